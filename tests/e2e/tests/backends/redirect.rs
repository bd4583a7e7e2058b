//! Signing in at a provider: what the way there and back leaves behind, and what cannot be slipped in.

use anyhow::{Result, ensure};
use perennial_e2e::{Backend, Browser, Role, Setup, scenario};

const BACKEND: Backend = Backend::OidcProvider;

#[test]
fn the_code_is_neither_in_the_address_nor_in_the_history() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }, async |world| {
        let browser = world.signed_in().await?;
        let entries = browser.run("return history.length").await?.as_u64().unwrap_or_default();
        ensure!(entries > 1, "there is no history to look at");
        for _ in 0..entries {
            let address = browser.driver().current_url().await?;
            ensure!(!address.query().unwrap_or_default().contains("code="), "{address}");
            browser.driver().back().await?;
        }
        ensure!(world.api().calls(BACKEND.calls().sign_in).len() == 1, "a code was used again");
        Ok(())
    });
}

#[test]
fn a_code_that_nobody_here_asked_for_is_not_used() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }, async |world| {
        let browser = world.browser().await?;
        browser.go(&format!("/login?code=theirs&state=theirs&iss={}", world.api().origin())).await?;
        browser.sees("This sign-in was not begun in this tab").await?;
        ensure!(world.api().calls(BACKEND.calls().sign_in).is_empty(), "somebody else's code was used");
        ensure!(browser.driver().current_url().await?.query().is_none(), "the code is still in the address");
        browser.submit_to(BACKEND, &world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn two_tabs_that_sign_in_at_once_do_not_disturb_each_other() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }, async |world| {
        let (browser, person) = (world.browser().await?, world.demo()?);
        let first = browser.tab().await?;
        leave(&browser, "/devices").await?;
        let second = browser.new_tab().await?;
        leave(&browser, "/").await?;
        for (tab, heading) in [(&first, "Devices"), (&second, "Overview")] {
            browser.look_at(tab).await?;
            browser.submit(&person).await?;
            browser.click(Role::Button, "Allow").await?;
            browser.find(Role::Heading, heading).await?;
            browser.chip_says("Signed in").await?;
        }
        browser.look_at(&first).await?;
        browser.is_signed_in().await?;
        browser.click(Role::Button, "Reload").await?;
        browser.sees("This device").await
    });
}

/// Asks for a page and goes to where people sign in.
async fn leave(browser: &Browser, path: &str) -> Result<()> {
    browser.go(path).await?;
    browser.click(Role::Button, "Sign in").await?;
    browser.find(Role::Heading, "Sign in at the provider").await.map(drop)
}
