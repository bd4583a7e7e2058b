//! The system that hands out fresh tokens in two ways (S3).

use std::time::Duration;

use anyhow::{Result, ensure};
use perennial_e2e::{Backend, Clocks, Concern, Fault, Role, Setup, eventually, scenario};
use serde_json::{Value, json};

use super::says;
use crate::DEVICES;

const BACKEND: Backend = Backend::Hybrid;

#[test]
fn a_token_in_the_header_of_an_answer_is_used_from_then_on_and_spares_a_refresh() {
    // The server offers one when a fifth of the life is left; the application itself would ask later.
    let config = json!({ "refresh_buffer_s": 1 });
    let setup =
        Setup { backend: BACKEND, config, lifetime_s: Some(100), clock: Clocks::Moved, ..Setup::default() };
    scenario(setup, async |world| {
        let browser = world.signed_in().await?;
        world.proxy.forget();
        let since = world.now();
        while !world.proxy.seen().iter().any(|seen| seen.brought_token) {
            ensure!(world.since(since) < Duration::from_secs(150), "no answer brings a token");
            browser.open_page("Devices").await?;
            browser.sees("This device").await?;
            // Either page's call may be the first in the last fifth.
            browser.open_page("Overview").await?;
            world.pass(Duration::from_secs(5)).await?;
        }
        says(&browser, &["New token received in X-New-Token"]).await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        let asked = world.proxy.calls(DEVICES);
        let (first, last) = (asked.first().and_then(|seen| seen.token()), asked.last());
        ensure!(last.and_then(|seen| seen.token()) != first, "the old token is still used");
        ensure!(world.proxy.calls(BACKEND.calls().refresh).is_empty(), "it was refreshed all the same");
        ensure!(asked.iter().all(|seen| seen.status == Some(200)), "{asked:?}");
        Ok(())
    });
}

#[test]
fn a_reload_asks_who_it_is_while_the_token_is_good_and_refreshes_when_it_is_not() {
    let setup = Setup { backend: BACKEND, lifetime_s: Some(300), clock: Clocks::Moved, ..Setup::default() };
    scenario(setup.concerning(Concern::Session), async |world| {
        let browser = world.signed_in().await?;
        let calls = BACKEND.calls();
        world.proxy.forget();
        browser.reload().await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.sees(&world.demo()?.email).await?;
        ensure!(world.proxy.count(calls.validate, 200) == 1, "{:?}", world.proxy.calls(calls.validate));
        ensure!(world.proxy.calls(calls.refresh).is_empty(), "a good token was refreshed");
        // Nobody looks at the application until the token has expired. A browser may keep the page that was left, frozen.
        browser.driver().goto("about:blank").await?;
        world.sleep_through(Duration::from_secs(301)).await?;
        world.proxy.forget();
        browser.go("/").await?;
        browser.find(Role::Heading, "Overview").await?;
        browser.sees(&world.demo()?.email).await?;
        ensure!(world.proxy.count(calls.refresh, 200) == 1, "{:?}", world.proxy.calls(calls.refresh));
        let refused: Vec<_> =
            world.proxy.seen().into_iter().filter(|seen| seen.status == Some(401)).collect();
        ensure!(refused.is_empty(), "the expired token was used: {refused:?}");
        Ok(())
    });
}

#[test]
fn signing_out_clears_everything_here_whatever_the_server_says() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.signed_in().await?, world.demo()?);
        ensure!(stored(&browser).await?.contains("eyJ"), "no token was kept, so none can be cleared");
        let answer = Fault::Answer { status: 500, header: None, body: "<h1>Something else answered</h1>" };
        world.proxy.disturb(BACKEND.calls().sign_out, 100, answer);
        browser.sign_out_of(BACKEND).await?;
        ensure!(!browser.text().await?.contains(&demo.email), "something personal is left on the page");
        eventually("the server to be told", async || {
            Ok((world.proxy.count(BACKEND.calls().sign_out, 500) > 0).then_some(()))
        })
        .await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await?;
        ensure!(browser.run(GRANT).await? == Value::Null, "the grant is still kept");
        Ok(())
    });
}

async fn stored(browser: &perennial_e2e::Browser) -> Result<String> {
    Ok(browser.run(GRANT).await?.to_string())
}

const GRANT: &str = "
    for (const storage of [localStorage, sessionStorage]) {
        const name = Object.keys(storage).find((name) => name.startsWith('perennial:/:') && name.endsWith(':grant'));
        if (name) return storage.getItem(name);
    }
    return null";
