//! Answers that send a request elsewhere.

use anyhow::{Result, ensure};
use perennial_e2e::{Backend, Concern, Fault, Role, Setup, World, eventually, scenario};
use serde_json::json;

/// Fields 40 and 45. Of a redirect that it does not follow a browser tells that it is one, and no more. Who leads a call
/// for JSON elsewhere is most likely a gateway that wants to show a page: that is said, and not that nobody was reached.
#[test]
fn a_redirect_carries_no_password_and_no_refresh_token_away_and_refuses_nothing() {
    for backend in [Backend::Perennial, Backend::Exchange, Backend::CookiePair, Backend::Hybrid] {
        // One preset shows how an engine treats redirects.
        let setup = match backend {
            Backend::Perennial => Setup::default().concerning(Concern::Session),
            _ => Setup { backend, ..Setup::default() },
        };
        scenario(setup, async |world| {
            let (browser, demo, calls) = (world.browser().await?, world.demo()?, backend.calls());
            for status in [302, 307, 308] {
                world.proxy.disturb(calls.sign_in, 1, elsewhere(status));
                browser.go("/login").await?;
                browser.submit(&demo).await?;
                browser.sees(GATEWAY).await?;
                ensure!(!browser.text().await?.contains("not right"), "a redirect is taken for a refusal");
            }
            browser.submit(&demo).await?;
            browser.find(Role::Heading, "Overview").await?;
            for call in [calls.refresh, calls.validate] {
                world.proxy.disturb(call, 9, elsewhere(307));
            }
            ensure!(browser.run("return window.perennial.refresh()").await? == json!(false), "refreshed");
            browser.is_signed_in().await?;
            browser.sees(GATEWAY).await?;
            world.proxy.undisturb();
            ensure!(browser.run("return window.perennial.refresh()").await? == json!(true), "not refreshed");
            browser.is_signed_in().await?;
            world.proxy.disturb(calls.sign_out, 1, elsewhere(307));
            browser.click(Role::Button, "Sign out").await?;
            browser.find(Role::Heading, "Sign in").await?;
            nobody_was_sent(world)
        });
    }
}

/// Field 45: what pages ask for with a token.
#[test]
fn a_redirect_carries_no_token_of_a_page_away() {
    scenario(Setup::default(), async |world| {
        let browser = world.signed_in().await?;
        world.proxy.disturb(crate::DEVICES, 1, elsewhere(307));
        browser.open_page("Devices").await?;
        eventually("the answer that leads elsewhere", async || {
            Ok((world.proxy.count(crate::DEVICES, 307) > 0).then_some(()))
        })
        .await?;
        // The page asks again by itself, or hears of its devices over its live connection.
        browser.sees("This device").await?;
        nobody_was_sent(world)?;
        browser.is_signed_in().await
    });
}

fn elsewhere(status: u16) -> Fault {
    Fault::Answer { status, header: Some(("location", ELSEWHERE)), body: "" }
}

fn nobody_was_sent(world: &World) -> Result<()> {
    let seen = world.proxy.seen();
    let sent = seen.iter().find(|seen| seen.call.ends_with(ELSEWHERE));
    ensure!(sent.is_none(), "{sent:?} followed the redirect");
    Ok(())
}

const GATEWAY: &str = "Something between you and the server wants you to sign in again. Reload the page.";
const ELSEWHERE: &str = "/api/elsewhere";
