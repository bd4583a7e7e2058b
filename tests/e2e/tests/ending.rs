//! The ways a session ends.

use std::time::Duration;

use anyhow::Result;
use perennial_e2e::{Ability, Clocks, Concern, Fault, Role, Setup, World, eventually, scenario};
use serde_json::json;

use crate::REFRESH;

#[test]
fn a_person_who_signs_out_is_out_after_a_reload_and_does_not_come_back_by_the_back_button() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        browser.open_page("Devices").await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        revoked_once(world).await?;
        browser.driver().back().await?;
        browser.find(Role::Heading, "Sign in").await?;
        assert!(!browser.text().await?.contains(&demo.email), "something personal is left on the page");
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await.map(drop)
    });
}

#[test]
fn a_person_can_sign_out_while_the_session_cannot_be_restored() {
    scenario(Setup::default(), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.proxy.disturb(REFRESH, 100, Fault::LoseRequest);
        browser.reload().await?;
        browser.chip_says("Retrying").await?;
        browser.click(Role::Button, "Sign out").await?;
        browser.find(Role::Heading, "Sign in").await?;
        revoked_once(world).await?;
        browser.reload().await?;
        browser.find(Role::Heading, "Sign in").await.map(drop)
    });
}

#[test]
fn a_session_that_nobody_asked_to_keep_ends_with_the_browser() {
    let config = json!({ "keep_signed_in": true });
    scenario(
        Setup { config, ..Setup::default() }.needing(&[Ability::Profile]).concerning(Concern::Storage),
        async |world| {
            let (browser, demo) = (world.browser_with_profile().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            let browser = world.restart_browser().await?;
            browser.go("/").await?;
            browser.find(Role::Heading, "Sign in").await.map(drop)
        },
    );
}

#[test]
fn a_session_ended_on_another_device_says_so_and_the_way_back_leads_to_the_same_page() {
    let config = json!({ "check_interval_s": 2 });
    scenario(Setup { config, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let demo = world.demo()?;
        let (here, there) = (world.browser().await?, world.browser().await?);
        here.sign_in(&demo).await?;
        here.open_page("Devices").await?;
        there.sign_in(&demo).await?;
        there.open_page("Devices").await?;
        there.click(Role::Button, "Sign out everywhere else").await?;
        there.click(Role::Button, "Sign out 1 device").await?;
        there.sees("1 other device was signed out.").await?;
        world.pass(Duration::from_secs(2)).await?;
        here.find(Role::Heading, "Sign in").await?;
        here.sees("You were signed out on another device.").await?;
        here.submit(&demo).await?;
        here.find(Role::Heading, "Devices").await?;
        assert_eq!(here.path().await?, "/devices");
        there.is_signed_in().await
    });
}

#[test]
fn a_person_who_does_nothing_is_asked_can_stay_and_is_signed_out_the_next_time() {
    let config = json!({ "inactivity_limit_s": 120, "inactivity_warning_s": 60 });
    scenario(
        Setup { config, clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Dialogs),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            world.pass(Duration::from_secs(60)).await?;
            browser.find(Role::Dialog, "Are you still there?").await?;
            browser.click(Role::Button, "Stay signed in").await?;
            browser.misses(Role::Dialog, "Are you still there?").await?;
            browser.is_signed_in().await?;
            world.pass(Duration::from_secs(60)).await?;
            browser.find(Role::Dialog, "Are you still there?").await?;
            world.pass(Duration::from_secs(60)).await?;
            browser.find(Role::Heading, "Sign in").await?;
            browser.sees("You were signed out after 2 minutes without activity.").await?;
            revoked_once(world).await?;
            browser.reload().await?;
            browser.find(Role::Heading, "Sign in").await.map(drop)
        },
    );
}

#[test]
fn a_page_that_moves_beneath_a_resting_pointer_is_not_a_person() {
    let config = json!({ "inactivity_limit_s": 120, "inactivity_warning_s": 60 });
    scenario(
        Setup { config, clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Dialogs),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            browser.nudge_pointer().await?;
            world.pass(Duration::from_secs(45)).await?;
            browser.run(GROW).await?;
            browser.settle().await?;
            browser.run(SHRINK).await?;
            browser.settle().await?;
            world.pass(Duration::from_secs(15)).await?;
            browser.find(Role::Dialog, "Are you still there?").await.map(drop)
        },
    );
}

/// Puts something tall above the page and scrolls to its end, as what goes on elsewhere may make it grow.
const GROW: &str = "const tall = Object.assign(document.createElement('div'), { id: 'tall' });
    tall.style.height = '3000px';
    document.body.prepend(tall);
    scrollTo(0, document.documentElement.scrollHeight);";
/// Takes it away: the browser moves what is seen, and reports a scroll and a pointer over something else.
const SHRINK: &str = "document.getElementById('tall').remove();";

#[test]
fn a_person_who_is_asked_can_sign_out_at_once() {
    let config = json!({ "inactivity_limit_s": 30, "inactivity_warning_s": 27 });
    scenario(Setup { config, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        world.pass(Duration::from_secs(3)).await?;
        browser.find(Role::Dialog, "Are you still there?").await?;
        browser.click(Role::Button, "Sign out now").await?;
        browser.find(Role::Heading, "Sign in").await?;
        revoked_once(world).await
    });
}

#[test]
fn the_absolute_limit_of_the_server_ends_the_session_with_its_reason() {
    let server = vec!["--access-token-lifetime-s=5", "--session-lifetime-s=12"];
    scenario(Setup { server, clock: Clocks::Moved, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/").await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.submit(&demo).await?;
        // It is over so soon that the notice comes at once, and lies over the page.
        browser.click(Role::Button, "OK").await?;
        browser.find(Role::Heading, "Overview").await?;
        world.pass(Duration::from_secs(12)).await?;
        browser.find(Role::Heading, "Sign in").await?;
        browser.sees("Your session reached its time limit. Please sign in again.").await?;
        let refreshes = world.proxy.calls(REFRESH).len();
        assert!(refreshes <= 4, "{refreshes} refreshes in two and a half lifetimes");
        Ok(())
    });
}

/// Waits until the server has ended the session: the page does not wait for that.
async fn revoked_once(world: &World) -> Result<()> {
    eventually("the revocation on the server", async || {
        Ok((world.proxy.count("DELETE /api/session", 204) == 1).then_some(()))
    })
    .await
}
