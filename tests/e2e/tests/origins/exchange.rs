//! The systems with one access token: of five minutes (S0), and of sixty (S1).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use perennial_e2e::{
    Backend, Browser, Clocks, Concern, Fault, Role, Runs, Setup, World, eventually, scenario,
};
use serde_json::json;

use super::says;
use crate::DEVICES;
use crate::queue::{long_file, queue, send};

const BACKEND: Backend = Backend::Exchange;

#[test]
fn a_token_of_sixty_minutes_is_refreshed_after_fifty_five() {
    // Its own default is an hour.
    refreshed_between(None, Duration::from_secs(54 * 60 + 20), Duration::from_secs(55 * 60 + 5));
}

#[test]
fn a_token_of_five_minutes_is_refreshed_after_four() {
    refreshed_between(Some(300), Duration::from_secs(3 * 60 + 50), Duration::from_secs(4 * 60 + 5));
}

/// Lets a session grow older, and fails unless its token is refreshed between two moments, and then once.
fn refreshed_between(lifetime_s: Option<u32>, early: Duration, late: Duration) {
    let setup = Setup { backend: BACKEND, lifetime_s, clock: Clocks::Moved, ..Setup::default() };
    scenario(setup, async |world| {
        let browser = world.signed_in().await?;
        let calls = BACKEND.calls();
        let signed_in = world.proxy.calls(calls.sign_in).first().context("nobody signed in")?.at;
        world.proxy.forget();
        let there = world.now();
        for minute in 1..=early.as_secs() / 60 {
            world.pass(Duration::from_secs(60 * minute).saturating_sub(world.since(there))).await?;
            world
                .pass_until(Duration::from_secs(10), "the check of this minute", async || {
                    Ok((world.proxy.count(calls.validate, 200) as u64 >= minute).then_some(()))
                })
                .await?;
            if minute % 20 == 0 {
                // The person is at work.
                browser.open_page("Devices").await?;
                browser.open_page("Overview").await?;
            }
        }
        // While there is time enough for a slow machine.
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        world.pass(early.saturating_sub(world.since(signed_in))).await?;
        ensure!(world.proxy.calls(calls.refresh).is_empty(), "it was refreshed too early");
        world.pass(late.saturating_sub(world.since(signed_in))).await?;
        says(&browser, &["attempting refresh...", "Token refreshed successfully"]).await?;
        ensure!(world.proxy.count(calls.refresh, 200) == 1, "{:?}", world.proxy.calls(calls.refresh));
        let tokens: Vec<_> = used_tokens(world);
        browser.open_page("Overview").await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        ensure!(used_tokens(world).last() != tokens.last(), "the old token is still used");
        ensure!(world.proxy.calls(calls.refresh).len() == 1, "it was refreshed again");
        Ok(())
    });
}

fn used_tokens(world: &World) -> Vec<String> {
    world.proxy.calls(DEVICES).iter().filter_map(|seen| seen.token().map(str::to_owned)).collect()
}

#[test]
fn a_call_after_expiry_is_preceded_by_one_refresh() {
    let setup = Setup { backend: BACKEND, lifetime_s: Some(300), clock: Clocks::Moved, ..Setup::default() };
    scenario(setup, async |world| {
        let browser = world.signed_in().await?;
        world.proxy.forget();
        let delay = Duration::from_secs(2);
        world.proxy.disturb(BACKEND.calls().refresh, 1, Fault::Delay(delay));
        // The device slept, and the first thing after that is a click.
        world.sleep_through(Duration::from_secs(6 * 60)).await?;
        browser.click(Role::Link, "Devices").await?;
        world.pass(delay).await?;
        browser.sees("This device").await?;
        let (refreshes, asked) = (world.proxy.calls(BACKEND.calls().refresh), world.proxy.calls(DEVICES));
        ensure!(refreshes.len() == 1 && refreshes[0].status == Some(200), "{refreshes:?}");
        ensure!(asked.len() == 1 && asked[0].status == Some(200), "{asked:?}");
        ensure!(asked[0].at >= refreshes[0].at + delay, "it did not wait for the refresh");
        ensure!(asked[0].token() != refreshes[0].token(), "it went out with the token that had expired");
        Ok(())
    });
}

#[test]
fn a_validation_with_the_backend_stopped_keeps_the_session_and_says_so() {
    scenario(Setup { server_runs: Runs::AsProcess, ..quick_checks() }, async |world| {
        let browser = world.signed_in().await?;
        world.server.kill()?;
        world.pass(INTERVAL).await?;
        says(&browser, &["Session validation error (non-401), keeping session: "]).await?;
        browser.is_signed_in().await?;
        world.server.start().await?;
        world.proxy.forget();
        world
            .pass_until(Duration::from_secs(20), "a validation that succeeds", async || {
                Ok((world.proxy.count(BACKEND.calls().validate, 200) > 0).then_some(()))
            })
            .await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await
    });
}

#[test]
fn a_corrupted_token_in_the_local_storage_ends_at_the_sign_in_page_at_the_next_check() {
    scenario(quick_checks(), async |world| {
        let browser = world.signed_in().await?;
        corrupt(&browser).await?;
        world.pass(INTERVAL).await?;
        browser.find(Role::Heading, "Sign in").await?;
        says(&browser, &["Session unauthorized (401), logging out"]).await?;
        browser.submit(&world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn a_corrupted_token_in_the_local_storage_ends_at_the_sign_in_page_after_a_reload() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }.concerning(Concern::Storage), async |world| {
        let browser = world.signed_in().await?;
        // At once, so that the page cannot write it anew on its way out.
        browser.run(&format!("{CORRUPT} location.reload();")).await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&world.demo()?).await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

async fn corrupt(browser: &Browser) -> Result<()> {
    let corrupted = browser.run(&format!("{CORRUPT} return grant.access;")).await?;
    ensure!(corrupted.is_string(), "no token was there to corrupt");
    Ok(())
}

/// What somebody does in the developer tools: some letters in the middle of the token are others now.
const CORRUPT: &str = "
    const name = Object.keys(localStorage).find((name) => name.endsWith(':grant'));
    const grant = JSON.parse(localStorage.getItem(name));
    const middle = grant.access.length / 2;
    grant.access = grant.access.slice(0, middle) + 'corrupted' + grant.access.slice(middle + 9);
    localStorage.setItem(name, JSON.stringify(grant));";

#[test]
fn live_connections_are_made_anew_with_a_new_token_and_the_console_says_how_many() {
    scenario(Setup { backend: BACKEND, ..Setup::default() }, async |world| {
        let browser = queue(world).await?;
        send(&browser, &long_file(world, "1.csv", 100_000)?).await?;
        eventually("a live connection", async || Ok((world.proxy.open_sockets() > 0).then_some(()))).await?;
        let before = world.proxy.sockets().len();
        ensure!(browser.run("return window.perennial.refresh()").await? == json!(true), "no refresh");
        let lines = [
            "Token refreshed successfully (WebSocket updated)",
            "Reconnected 1 WebSocket connections with new token",
        ];
        says(&browser, &lines).await?;
        ensure!(world.proxy.sockets().len() == before + 1, "{} connections", world.proxy.sockets().len());
        Ok(())
    });
}

fn quick_checks() -> Setup {
    let config = json!({ "check_interval_s": 2 });
    Setup { backend: BACKEND, config, clock: Clocks::Moved, ..Setup::default() }
}

/// That of [`quick_checks`].
const INTERVAL: Duration = Duration::from_secs(2);
