//! A session that lives through a refresh, an outage and a wake-up, in pictures for whoever asks what this is about.

use std::time::Duration;

use anyhow::Result;
use perennial_e2e::wait::within;
use perennial_e2e::world::target_dir;
use perennial_e2e::{Ability, Browser, Clocks, Fault, Role, Runs, Setup, scenario};
use serde_json::json;
use thirtyfour::By;

use crate::REFRESH;

#[test]
fn a_session_is_photographed_through_a_refresh_an_outage_and_a_wake_up() {
    let server = vec!["--access-token-lifetime-s=30"];
    let config = json!({ "refresh_when": "always" });
    scenario(
        Setup { server, config, server_runs: Runs::AsProcess, clock: Clocks::Moved, ..Setup::default() }
            .needing(&[Ability::Freeze]),
        async |world| {
            let browser = world.signed_in().await?;
            browser.theme("light").await?;
            // High enough that no notice lies over the card.
            browser.resize(1280, 1100).await?;
            frame(&browser, 1, "fresh").await?;

            world.proxy.disturb(REFRESH, 1, Fault::DelayAnswer(Duration::from_secs(3)));
            browser.click(Role::Button, "Refresh now").await?;
            browser.chip_says("refreshing").await?;
            frame(&browser, 2, "refreshing").await?;
            world.pass(Duration::from_secs(3)).await?;
            browser.sees("because you asked for it").await?;

            world.server.kill()?;
            browser.click(Role::Button, "Refresh now").await?;
            browser.chip_says("Retrying").await?;
            frame(&browser, 3, "outage").await?;
            world.server.start().await?;
            let is_back =
                async || Ok(browser.text().await?.contains("Signed in · next refresh").then_some(()));
            world.pass_until(Duration::from_secs(60), "a refresh that succeeds", is_back).await?;
            frame(&browser, 4, "back").await?;

            // Longer than its token lasts.
            browser.set_offline(true).await?;
            browser.chip_says("Offline").await?;
            frame(&browser, 5, "asleep").await?;
            browser.set_frozen(true).await?;
            world.sleep_through(Duration::from_secs(32)).await?;
            browser.set_frozen(false).await?;
            browser.set_offline(false).await?;
            within(Duration::from_secs(30), "a new token", async || {
                Ok(browser.text().await?.contains("next refresh in").then_some(()))
            })
            .await?;
            frame(&browser, 6, "awake").await
        },
    );
}

/// The card of the session alone.
async fn frame(browser: &Browser, number: usize, name: &str) -> Result<()> {
    browser.settle().await?;
    let dir = target_dir().join("screenshots/story");
    std::fs::create_dir_all(&dir)?;
    let card = browser.driver().find(By::Css(".card-session")).await?;
    card.screenshot(&dir.join(format!("{number}-{name}.png"))).await?;
    Ok(())
}
