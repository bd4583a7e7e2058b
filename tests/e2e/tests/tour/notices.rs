//! What comes before a session ends, and what is said afterwards.

use anyhow::Result;
use perennial_e2e::{Role, World};

use super::Tour;

/// The question whether the person is still there. Wants an inactivity limit whose warning lasts nearly as long.
pub(crate) async fn inactivity(world: &mut World, tour: &mut Tour) -> Result<()> {
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.go("/login").await?;
    // The question may be there before anybody has seen the page behind it.
    browser.submit(&demo).await?;
    browser.find(Role::Dialog, "Are you still there?").await?;
    tour.look(&browser, "inactivity").await
}

/// The notice before the absolute limit, alone and with another. Wants sessions that last less than ten minutes.
pub(crate) async fn absolute_limit(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    browser.sees("no session lasts longer").await?;
    tour.look(&browser, "absolute-limit").await?;
    browser.set_offline(true).await?;
    browser.sees("You are offline.").await?;
    tour.look(&browser, "two-banners").await?;
    browser.set_offline(false).await?;
    browser.chip_says("Signed in").await?;
    world.sign_out_everywhere().await?;
    browser.click(Role::Button, "Refresh now").await?;
    browser.find(Role::Heading, "Sign in").await?;
    tour.look(&browser, "sign-in-with-reason").await
}
