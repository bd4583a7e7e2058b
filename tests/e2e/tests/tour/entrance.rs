//! The sign-in page in each of its states, and the page of an installation that cannot start.

use std::time::Duration;

use anyhow::Result;
use perennial_e2e::{Account, Browser, Fault, Role, World};

use super::Tour;

/// Coming in, and everything that can be in the way. Wants a server that allows two wrong passwords.
pub(crate) async fn entrance(world: &mut World, tour: &mut Tour) -> Result<()> {
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.go("/login").await?;
    browser.find(Role::Heading, "Sign in").await?;
    tour.look(&browser, "sign-in").await?;

    browser.go("/no/such/page").await?;
    browser.find(Role::Heading, "Not found").await?;
    tour.look(&browser, "not-found-signed-out").await?;

    browser.go("/login").await?;
    world.proxy.disturb(SIGN_IN, 1, Fault::Delay(LONG));
    browser.submit(&demo).await?;
    browser.sees("Signing in…").await?;
    tour.look(&browser, "sign-in-busy").await?;
    world.proxy.undisturb();

    failing(world, tour, &browser, &demo).await
}

async fn failing(world: &mut World, tour: &mut Tour, browser: &Browser, demo: &Account) -> Result<()> {
    let wrong = Account { password: "not the password".to_owned(), ..demo.clone() };
    browser.go("/login").await?;
    browser.submit(&wrong).await?;
    browser.sees("The email or the password is not right.").await?;
    tour.look(browser, "sign-in-wrong").await?;
    for _ in 0..2 {
        browser.submit(&wrong).await?;
        browser.find(Role::Button, "Sign in").await?;
    }
    browser.sees("Too many attempts.").await?;
    tour.look(browser, "sign-in-too-often").await?;

    browser.go("/login").await?;
    browser.find(Role::Heading, "Sign in").await?;
    world.server.kill()?;
    browser.submit(demo).await?;
    browser.sees("What you typed is still here").await?;
    tour.look(browser, "sign-in-unreachable").await
}

/// What whoever runs the site sees when they have set what cannot be.
pub(crate) async fn broken_configuration(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.browser().await?;
    browser.go("/").await?;
    browser.find(Role::Heading, "This installation is not configured correctly").await?;
    tour.look(&browser, "broken-configuration").await
}

const SIGN_IN: &str = "POST /api/session";
/// Longer than anybody looks.
const LONG: Duration = Duration::from_secs(60);
