//! Staying signed in: lifetimes, restarts, lost answers.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::ensure;
use perennial_e2e::{Ability, Clocks, Concern, Fault, Pace, Role, Runs, Seen, Setup, eventually, scenario};
use serde_json::json;

use crate::{DEVICES, REFRESH};

#[test]
fn refresh_now_causes_one_refresh_and_says_so() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.forget();
        browser.click(Role::Button, "Refresh now").await?;
        browser.sees("because you asked for it").await?;
        assert_eq!(world.proxy.calls(REFRESH).len(), 1);
        assert_eq!(world.proxy.count(REFRESH, 200), 1);
        eventually("the line in the console", async || {
            let lines = browser.console().await?;
            Ok(lines.iter().any(|line| line.contains("Token refreshed successfully")).then_some(()))
        })
        .await
    });
}

#[test]
fn a_page_that_nobody_uses_asks_for_no_token_until_somebody_is_back() {
    let lifetime = Duration::from_secs(60);
    let server = vec!["--access-token-lifetime-s=60"];
    scenario(
        Setup { server, clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Session),
        async |world| {
            let browser = world.signed_in().await?;
            world.pass(2 * lifetime).await?;
            world.proxy.forget();
            world.pass(10 * lifetime).await?;
            let asked = world.proxy.calls(REFRESH).len();
            ensure!(asked == 0, "{asked} refreshes for nobody");
            browser.chip_says("Signed in · refreshed when needed").await?;
            browser.nudge_pointer().await?;
            eventually("a refresh for who is back", async || {
                Ok((world.proxy.count(REFRESH, 200) == 1).then_some(()))
            })
            .await?;
            browser.chip_says("Signed in · next refresh").await
        },
    );
}

#[test]
fn a_server_that_is_killed_and_comes_back_twenty_seconds_later_finds_the_person_signed_in() {
    // In real time: the server is to find the token expired as well, and a process knows no other.
    let setup = Setup { clock: Clocks::Machine, pace: Pace::Waits, ..short_tokens() };
    scenario(Setup { server_runs: Runs::AsProcess, ..setup }, async |world| {
        let browser = world.signed_in().await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        browser.open_page("Overview").await?;
        let old = tokens(&world.proxy.seen());
        ensure!(!old.is_empty(), "no request carried a token");
        world.server.kill()?;
        world.proxy.forget();
        // Nothing but time tells the page. A token that was given just before is replaced shortly before its end.
        world
            .pass_until(2 * LIFETIME, "a retry", async || {
                // Nothing is refreshed for nobody.
                browser.nudge_pointer().await?;
                Ok(browser.text().await?.contains("Retrying").then_some(()))
            })
            .await?;
        world.pass(Duration::from_secs(20)).await?;
        browser.is_signed_in().await?;
        world.server.start().await?;
        // The longest pause between two attempts is a minute.
        world
            .pass_until(Duration::from_secs(60), "a refresh that succeeds", async || {
                Ok((world.proxy.count(REFRESH, 200) > 0).then_some(()))
            })
            .await?;
        browser.open_page("Devices").await?;
        browser.sees("This device").await?;
        let asked = world.proxy.calls(DEVICES);
        ensure!(!asked.is_empty() && asked.iter().all(|seen| seen.status == Some(200)), "{asked:?}");
        ensure!(tokens(&asked).is_disjoint(&old), "a request carried a token that had expired");
        browser.is_signed_in().await
    });
}

fn tokens(seen: &[Seen]) -> BTreeSet<String> {
    seen.iter().filter_map(|seen| seen.token().map(str::to_owned)).collect()
}

#[test]
fn a_refresh_whose_answer_is_lost_is_repeated_with_the_same_key_and_costs_no_session() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.forget();
        world.proxy.disturb(REFRESH, 1, Fault::LoseResponse);
        browser.click(Role::Button, "Refresh now").await?;
        eventually("the repetition", async || Ok((world.proxy.count(REFRESH, 200) > 0).then_some(())))
            .await?;
        let calls = world.proxy.calls(REFRESH);
        let keys: BTreeSet<_> = calls.iter().map(Seen::idempotency_key).collect();
        assert_eq!(keys.len(), 1, "a repetition must carry the key of what it repeats: {keys:?}");
        browser.reload().await?;
        browser.find(Role::Heading, "Overview").await.map(drop)
    });
}

#[test]
fn trouble_on_the_server_is_no_reason_to_sign_anybody_out() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        for status in [500, 403, 429, 200] {
            world.proxy.forget();
            let body = "<h1>Something else answered</h1>";
            world.proxy.disturb(REFRESH, 1, Fault::Answer { status, header: None, body });
            browser.reload().await?;
            eventually(&format!("recovery from {status}"), async || {
                Ok((world.proxy.calls(REFRESH).len() >= 2).then_some(()))
            })
            .await?;
            browser.find(Role::Heading, "Overview").await?;
            browser.chip_says("Signed in").await?;
        }
        Ok(())
    });
}

#[test]
fn a_person_who_asked_to_be_kept_outlives_the_inactivity_limit_and_the_browser() {
    let config = json!({ "keep_signed_in": true, "inactivity_limit_s": 6, "inactivity_warning_s": 4 });
    scenario(
        Setup { config, clock: Clocks::Moved, ..Setup::default() }
            .needing(&[Ability::Cookies, Ability::Profile]),
        async |world| {
            let (browser, demo) = (world.browser_with_profile().await?, world.demo()?);
            browser.go("/login").await?;
            browser.click(Role::Field, "Keep me signed in on this device").await?;
            browser.submit(&demo).await?;
            browser.find(Role::Heading, "Overview").await?;
            let cookie = browser.cookie("perennial_refresh").await?;
            assert!(!cookie.ends_with_browser, "the cookie ends with the browser");
            for _ in 0..7 {
                world.pass(Duration::from_secs(1)).await?;
                assert!(!browser.shows(Role::Dialog, "Are you still there?").await?, "the person was asked");
            }
            browser.is_signed_in().await?;
            let browser = world.restart_browser().await?;
            browser.go("/devices").await?;
            browser.find(Role::Heading, "Devices").await?;
            browser.sees("Stays signed in").await
        },
    );
}

#[test]
fn a_person_without_a_network_is_told_keeps_the_session_and_finds_nothing_moved() {
    let setup = Setup { shim: Some(WATCH_FOR_SHIFTS), ..short_tokens() };
    scenario(setup.needing(&[Ability::LayoutShift]), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.reload().await?;
        browser.sees("because the page was loaded").await?;
        browser.run(FORGET_SHIFTS).await?;
        browser.set_offline(true).await?;
        browser.sees(OFFLINE).await?;
        browser.chip_says("Offline").await?;
        browser.uses(Ability::LayoutShift)?;
        let moved = browser.run(SHIFTS).await?.as_f64().unwrap_or(1.0);
        // The words inside the ring change, which counts for a thousandth.
        assert!(moved < 0.002, "the page moved by {moved}");
        world.proxy.forget();
        world.pass(LIFETIME).await?;
        browser.open_page("Devices").await?;
        browser.is_signed_in().await?;
        // The browser itself may look for a newer service worker.
        let sent: Vec<_> = world.proxy.seen().into_iter().filter(|seen| seen.call != "GET /sw.js").collect();
        assert!(sent.is_empty(), "something was sent: {sent:?}");
        browser.set_offline(false).await?;
        browser.chip_says("next refresh").await?;
        assert!(!browser.text().await?.contains(OFFLINE), "the banner stayed");
        browser.sees("This device").await?;
        assert_eq!(world.proxy.calls(REFRESH).len(), 1);
        Ok(())
    });
}

fn short_tokens() -> Setup {
    Setup { server: vec!["--access-token-lifetime-s=10"], clock: Clocks::Moved, ..Setup::default() }
}

/// Adds up by how much the page moved without being touched, as the browser measures it.
const WATCH_FOR_SHIFTS: &str = "
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });";
const FORGET_SHIFTS: &str = "window.shifts = 0";
const SHIFTS: &str = "return window.shifts";
const OFFLINE: &str = "You are offline. You stay signed in";

/// That of [`short_tokens`].
const LIFETIME: Duration = Duration::from_secs(10);
