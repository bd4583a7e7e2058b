//! What comes before a session ends, and what is said afterwards.

use anyhow::Result;
use perennial_e2e::{Role, World};
use thirtyfour::Key;

use super::Tour;
use crate::offline::is_kept;
use crate::versions::LOOK_FOR_ONE;

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
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.go("/login").await?;
    browser.submit(&demo).await?;
    browser.find(Role::Dialog, "Your session ends soon").await?;
    tour.look(&browser, "absolute-limit-dialog").await?;
    browser.press(Key::Escape).await?;
    browser.misses(Role::Dialog, "Your session ends soon").await?;
    browser.sees("This session ends at").await?;
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

/// A fault in the application. Wants a page in which making a form fails once `plant` was called.
pub(crate) async fn fault(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    browser.run("window.plant()").await?;
    browser.click(Role::Link, "Queue").await?;
    browser.find(Role::Heading, "Perennial has stopped").await?;
    tour.look(&browser, "fault").await?;
    browser.click(Role::Button, "Details").await?;
    tour.look(&browser, "fault-details").await
}

/// A newer version, of which the page says that it is ready. Wants a build that may be replaced.
pub(crate) async fn new_version(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    is_kept(&browser).await?;
    world.deploy()?;
    browser.run(LOOK_FOR_ONE).await?;
    browser.sees("A new version is ready.").await?;
    tour.look(&browser, "new-version").await
}
