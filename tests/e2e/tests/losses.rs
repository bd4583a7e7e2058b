//! What gets lost on the way: the network, an answer, a sign-out.

use std::collections::BTreeSet;
use std::time::Duration;

use perennial_e2e::{Clocks, Concern, Fault, Role, Seen, Setup, eventually, scenario};
use serde_json::json;

use crate::{REFRESH, SIGN_OUT, well_apart};

/// Scenario 7.
#[test]
fn whoever_is_offline_for_three_lifetimes_is_signed_in_when_they_are_back() {
    let server = vec!["--access-token-lifetime-s=5"];
    let config = json!({ "refresh_when": "always" });
    scenario(
        Setup { server, config, clock: Clocks::Moved, ..Setup::default() }.concerning(Concern::Offline),
        async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            let first = browser.tab().await?;
            let second = browser.open_tab("/").await?;
            browser.find(Role::Heading, "Overview").await?;
            for tab in [&first, &second] {
                browser.look_at(tab).await?;
                browser.set_offline(true).await?;
            }
            world.proxy.forget();
            browser.chip_says("Offline").await?;
            world.pass(Duration::from_secs(15)).await?;
            assert_eq!(world.proxy.calls(REFRESH).len(), 0, "the network was not taken");
            for tab in [&first, &second] {
                browser.look_at(tab).await?;
                browser.is_signed_in().await?;
                browser.sees("You are offline. You stay signed in").await?;
            }
            let back = world.now();
            for tab in [&first, &second] {
                browser.look_at(tab).await?;
                browser.set_offline(false).await?;
            }
            browser.chip_says("Signed in").await?;
            let refreshed =
                eventually("a refresh", async || Ok(world.proxy.calls(REFRESH).into_iter().next()));
            let took = refreshed.await?.at.saturating_duration_since(back);
            assert!(took < Duration::from_secs(5), "it took {took:?} to refresh");
            for tab in [&first, &second] {
                browser.look_at(tab).await?;
                browser.open_page("Devices").await?;
                browser.sees("This device").await?;
            }
            well_apart(world, Duration::from_secs(3));
            Ok(())
        },
    );
}

/// Scenario 20: the page is gone before the answer comes, whether or not the backend has acted on the request.
#[test]
fn a_reload_while_a_refresh_is_under_way_repeats_it_as_the_same_attempt() {
    let long = Duration::from_secs(30);
    for fault in [Fault::Delay(long), Fault::DelayAnswer(long), Fault::LoseResponse] {
        scenario(Setup::default().concerning(Concern::Session), async |world| {
            let (browser, demo) = (world.browser().await?, world.demo()?);
            browser.sign_in(&demo).await?;
            world.proxy.forget();
            world.proxy.disturb(REFRESH, 1, fault.clone());
            browser.click(Role::Button, "Refresh now").await?;
            eventually("the refresh to be under way", async || {
                Ok((!world.proxy.calls(REFRESH).is_empty()).then_some(()))
            })
            .await?;
            browser.reload().await?;
            browser.find(Role::Heading, "Overview").await?;
            browser.chip_says("Signed in").await?;
            let refreshes = world.proxy.calls(REFRESH);
            let keys: BTreeSet<_> = refreshes.iter().map(Seen::idempotency_key).collect();
            assert_eq!(keys.len(), 1, "after {fault:?} it was taken for another attempt: {refreshes:?}");
            assert_eq!(refreshes.last().and_then(|seen| seen.status), Some(200));
            browser.click(Role::Button, "Refresh now").await?;
            browser.sees("because you asked for it").await?;
            let refreshes = world.proxy.calls(REFRESH);
            assert_eq!(refreshes.last().and_then(|seen| seen.status), Some(200), "the credential is good");
            Ok(())
        });
    }
}

/// Scenario 30.
#[test]
fn a_sign_out_that_gets_lost_is_repeated_until_the_server_knows() {
    scenario(Setup::default().concerning(Concern::Session), async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        for reload in [false, true] {
            browser.sign_in(&demo).await?;
            world.proxy.forget();
            world.proxy.disturb(SIGN_OUT, 1, Fault::LoseRequest);
            browser.click(Role::Button, "Sign out").await?;
            browser.find(Role::Heading, "Sign in").await?;
            if reload {
                browser.reload().await?;
                browser.find(Role::Heading, "Sign in").await?;
            }
            eventually("the sign-out to arrive", async || {
                Ok((world.proxy.count(SIGN_OUT, 204) == 1).then_some(()))
            })
            .await?;
            browser.is_signed_in().await.expect_err("it is over here at once");
        }
        Ok(())
    });
}
