//! Devices whose clock is wrong, or is set while somebody works.

use std::time::Duration;

use perennial_e2e::{Clocks, Role, Setup, eventually, scenario};
use serde_json::json;

use crate::{DEVICES, REFRESH, well_apart};

/// Scenario 13.
#[test]
fn a_clock_that_is_a_day_off_causes_no_refresh_more_and_signs_nobody_out() {
    for shim in [DAY_AHEAD, DAY_BEHIND] {
        let server = vec!["--access-token-lifetime-s=10"];
        let config = json!({ "refresh_when": "always" });
        scenario(
            Setup { server, config, shim: Some(shim), clock: Clocks::Moved, ..Setup::default() },
            async |world| {
                let (browser, demo) = (world.browser().await?, world.demo()?);
                browser.sign_in(&demo).await?;
                let signed_in = world.now();
                browser.open_tab("/").await?;
                browser.find(Role::Heading, "Overview").await?;
                world.pass(Duration::from_secs(20)).await?;
                browser.open_page("Devices").await?;
                browser.sees("This device").await?;
                let refreshes = well_apart(world, Duration::from_secs(6));
                let lifetimes = world.since(signed_in).as_secs() / 6;
                assert!((2..=lifetimes).contains(&(refreshes.len() as u64)), "{refreshes:?}");
                assert_eq!(
                    world.proxy.calls(CLOCK).len(),
                    0,
                    "a clock that is steadily wrong raises no question"
                );
                browser.is_signed_in().await
            },
        );
    }
}

#[test]
fn a_clock_that_is_set_a_day_ahead_while_somebody_works_signs_nobody_out() {
    scenario(Setup { shim: Some(SETTABLE), ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.sign_in(&demo).await?;
        let first = browser.tab().await?;
        let second = browser.open_tab("/").await?;
        browser.find(Role::Heading, "Overview").await?;
        world.proxy.forget();
        for days in [1, 0, -1, 0] {
            browser.run(&format!("localStorage.setItem('test.ahead_ms', {days} * 86400000)")).await?;
            for tab in [&first, &second] {
                browser.look_at(tab).await?;
                browser.run("dispatchEvent(new Event('focus'))").await?;
                browser.open_page("Devices").await?;
                browser.sees("This device").await?;
                browser.open_page("Overview").await?;
                browser.is_signed_in().await?;
            }
        }
        eventually("somebody to ask the server for the time", async || {
            Ok((!world.proxy.calls(CLOCK).is_empty()).then_some(()))
        })
        .await?;
        for asked in world.proxy.calls(CLOCK) {
            assert!(!asked.headers.contains_key("cookie") && asked.token().is_none(), "{asked:?}");
        }
        assert_eq!(world.proxy.calls(REFRESH).len(), 0, "the token is as old as it was");
        assert!(world.proxy.calls(DEVICES).iter().all(|seen| seen.status == Some(200)));
        Ok(())
    });
}

/// What the application asks when its clock is in doubt.
const CLOCK: &str = "HEAD /healthz";

const DAY_AHEAD: &str = "{ const now = Date.now; Date.now = () => now() + 86400000; }";
const DAY_BEHIND: &str = "{ const now = Date.now; Date.now = () => now() - 86400000; }";
/// The same clock in all tabs, set by what one of them stores.
const SETTABLE: &str =
    "{ const now = Date.now; Date.now = () => now() + Number(localStorage.getItem('test.ahead_ms')); }";
