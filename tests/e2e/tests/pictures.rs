//! Pictures of every page, for a designer's eye.

use anyhow::{Context, Result, ensure};
use perennial_e2e::world::target_dir;
use perennial_e2e::{Browser, Role, Setup, scenario};
use serde_json::json;

use crate::imports::fixture;
use crate::queue;

#[test]
fn every_page_is_photographed_in_both_themes_and_two_widths() {
    let config = json!({ "inactivity_limit_s": 600, "keep_signed_in": true });
    scenario(Setup { config, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        each_look(&browser, "/login", "Sign in", "sign-in").await?;
        browser.sign_in(&demo).await?;
        world.browser().await?.sign_in(&demo).await?;
        each_look(&browser, "/", "Overview", "overview").await?;
        each_look(&browser, "/devices", "Devices", "devices").await?;
        each_look(&browser, "/no/such/page", "Not found", "not-found").await
    });
}

#[test]
fn the_queue_and_a_dataset_are_photographed_in_both_themes_and_two_widths() {
    scenario(Setup::default(), async |world| {
        let browser = queue::queue(world).await?;
        for name in ["people.csv", "measurements.csv"] {
            queue::send(&browser, &fixture(name)?).await?;
            queue::comes_to(&browser, name, "Done").await?;
        }
        each_look(&browser, "/queue", "Queue", "queue").await?;
        browser.click(Role::Link, "Open people.csv").await?;
        browser.find(Role::Heading, "people.csv").await?;
        let path = browser.run("return location.pathname").await?;
        each_look(&browser, path.as_str().context("no path")?, "people.csv", "dataset").await
    });
}

#[test]
fn the_inactivity_dialog_is_photographed_in_both_themes_and_two_widths() {
    let config = json!({ "inactivity_limit_s": 300, "inactivity_warning_s": 299 });
    scenario(Setup { config, ..Setup::default() }, async |world| {
        let (browser, demo) = (world.browser().await?, world.demo()?);
        browser.go("/login").await?;
        // The question may be there before anybody has seen the page behind it.
        browser.submit(&demo).await?;
        browser.find(Role::Dialog, "Are you still there?").await?;
        for theme in THEMES {
            wear(&browser, theme).await?;
            browser.go("/").await?;
            browser.find(Role::Dialog, "Are you still there?").await?;
            photograph(&browser, "inactivity", theme).await?;
        }
        Ok(())
    });
}

/// Photographs one page in both themes and all widths.
async fn each_look(browser: &Browser, path: &str, heading: &str, name: &str) -> Result<()> {
    for theme in THEMES {
        browser.go(path).await?;
        wear(browser, theme).await?;
        browser.reload().await?;
        browser.find(Role::Heading, heading).await?;
        photograph(browser, name, theme).await?;
    }
    Ok(())
}

async fn photograph(browser: &Browser, name: &str, theme: &str) -> Result<()> {
    for (width, height) in SIZES {
        browser.resize(width, height).await?;
        browser.settle().await?;
        let file = target_dir().join(format!("screenshots/{name}-{theme}-{width}.png"));
        browser.photograph(&file).await?;
        let too_wide = browser.run(OVERFLOW).await?.as_i64().unwrap_or_default();
        ensure!(too_wide <= 0, "{name} is {too_wide} px wider than its window of {width} px");
    }
    Ok(())
}

async fn wear(browser: &Browser, theme: &str) -> Result<()> {
    browser.run(&format!("localStorage.setItem('perennial.theme', '{theme}')")).await.map(drop)
}

const THEMES: [&str; 2] = ["light", "dark"];
const SIZES: [(u32, u32); 2] = [(360, 740), (1280, 800)];
const OVERFLOW: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
