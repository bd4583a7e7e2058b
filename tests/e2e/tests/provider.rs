//! Signing in at a provider: what is left behind, what comes back, and what is made of what nobody asked for.

use anyhow::{Context, Result, ensure};
use perennial_e2e::{Ability, Backend, Browser, Concern, Role, Setup, World, eventually, scenario};
use serde_json::json;

#[test]
fn the_code_is_left_in_no_address_no_history_and_no_storage() {
    scenario(at_a_provider().needing(&[Ability::WayBack]), async |world| {
        let browser = world.signed_in().await?;
        let left = browser.run(STORED).await?.to_string();
        ensure!(!left.contains("pending"), "something of the sign-in is left in a store: {left}");
        let entries = browser.run("return history.length").await?.as_u64().unwrap_or_default();
        ensure!(entries > 1, "there is no history to look at");
        for entry in 0..entries {
            if entry > 0 {
                browser.uses(Ability::WayBack)?;
                browser.driver().back().await?;
            }
            let address = browser.driver().current_url().await?;
            ensure!(!address.query().unwrap_or_default().contains("code="), "{address}");
        }
        ensure!(world.api().calls(world.backend.calls().sign_in).len() == 1, "a code was used again");
        Ok(())
    });
}

#[test]
fn verifier_and_state_lie_in_the_storage_of_the_tab_and_of_no_other() {
    scenario(at_a_provider(), async |world| {
        let browser = world.browser().await?;
        let state = leave_and_come_back(&browser).await?;
        let shared = browser.run("return JSON.stringify({ ...localStorage })").await?.to_string();
        ensure!(!shared.contains(&state), "the state lies where all tabs see it: {shared}");
        browser.open_tab("/login").await?;
        browser.find(Role::Heading, "Sign in").await?;
        ensure!(pending(&browser).await?.is_none(), "another tab sees it");
        Ok(())
    });
}

#[test]
fn two_tabs_that_sign_in_at_once_do_not_disturb_each_other() {
    scenario(at_a_provider(), async |world| {
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
        browser.sees("Your sign-in was not used").await?;
        browser.look_at(&first).await?;
        browser.is_signed_in().await?;
        browser.click(Role::Button, "Reload").await?;
        browser.sees("This device").await
    });
}

#[test]
fn a_code_that_nobody_here_asked_for_is_not_used() {
    scenario(at_a_provider(), async |world| {
        let browser = world.browser().await?;
        let theirs = format!("/login?code=theirs&state=theirs&iss={}", world.api().origin());
        for address in [&*theirs, "/login?code=theirs"] {
            browser.go(address).await?;
            browser.sees("This sign-in was not begun in this tab").await?;
            nothing_was_taken(world, &browser).await?;
        }
        browser.submit_to(world.backend, &world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn an_answer_in_the_name_of_another_provider_is_not_taken() {
    scenario(at_a_provider(), async |world| {
        let browser = world.browser().await?;
        let state = leave_and_come_back(&browser).await?;
        browser.go(&format!("/login?code=stolen&state={state}&iss=https%3A%2F%2Fevil.example")).await?;
        browser.find(Role::Button, "Sign in").await?;
        browser.sees(OTHER_PROVIDER).await?;
        nothing_was_taken(world, &browser).await
    });
}

#[test]
fn a_person_who_changes_their_mind_at_the_provider_is_told_and_can_sign_in_after_all() {
    scenario(at_a_provider(), async |world| {
        let browser = world.browser().await?;
        let state = leave_and_come_back(&browser).await?;
        let issuer = world.api().origin().replace(':', "%3A").replace('/', "%2F");
        browser.go(&format!("/login?error=access_denied&state={state}&iss={issuer}")).await?;
        browser.sees(DENIED).await?;
        nothing_was_taken(world, &browser).await?;
        browser.submit_to(world.backend, &world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

/// The provider's own session goes on, and would let anybody at this device in who presses the button.
#[test]
fn a_person_who_was_signed_out_for_doing_nothing_must_say_again_who_they_are() {
    let config = json!({ "inactivity_limit_s": 8, "inactivity_warning_s": 4 });
    scenario(Setup { config, ..at_a_provider() }, async |world| {
        let browser = world.signed_in().await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.sees("You were signed out after 8 seconds without activity.").await?;
        browser.click(Role::Button, "Sign in").await?;
        browser.find(Role::Heading, "Sign in at the provider").await?;
        browser.submit(&world.demo()?).await?;
        browser.click(Role::Button, "Allow").await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn a_person_who_signed_out_here_and_at_the_provider_comes_back_to_a_page_that_says_so_once() {
    scenario(at_a_provider().concerning(Concern::Session), async |world| {
        let browser = world.signed_in().await?;
        browser.sign_out_of(world.backend).await?;
        browser.sees("You signed out.").await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await?;
        ensure!(!browser.text().await?.contains("You signed out."), "it is said again");
        Ok(())
    });
}

/// Asks for a page and goes to where people sign in.
async fn leave(browser: &Browser, path: &str) -> Result<()> {
    browser.go(path).await?;
    browser.click(Role::Button, "Sign in").await?;
    browser.find(Role::Heading, "Sign in at the provider").await.map(drop)
}

/// Sets out for the provider and returns without having signed in; returns the state that was left behind.
async fn leave_and_come_back(browser: &Browser) -> Result<String> {
    leave(browser, "/").await?;
    browser.go("/login").await?;
    browser.find(Role::Heading, "Sign in").await?;
    pending(browser).await?.context("nothing was left behind")
}

async fn pending(browser: &Browser) -> Result<Option<String>> {
    Ok(browser.run(PENDING).await?.as_str().map(str::to_owned))
}

async fn nothing_was_taken(world: &World, browser: &Browser) -> Result<()> {
    eventually("the address to be clean", async || {
        let address = browser.run("return location.search").await?;
        Ok((address == "").then_some(()))
    })
    .await?;
    ensure!(world.api().calls(world.backend.calls().sign_in).is_empty(), "the provider was asked for tokens");
    browser.find(Role::Heading, "Sign in").await.map(drop)
}

fn at_a_provider() -> Setup {
    Setup { backend: Backend::OidcProvider, ..Setup::default() }
}

const STORED: &str = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])";
const PENDING: &str = "
    const word = ':pending.';
    const key = Object.keys(sessionStorage).find((key) => key.includes(word));
    return key ? key.slice(key.indexOf(word) + word.length) : null";
const OTHER_PROVIDER: &str = "This answer does not come from the service that you were sent to.";
const DENIED: &str = "The sign-in was cancelled.";
