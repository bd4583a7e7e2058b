//! Imports, and what became of them.

use std::time::Duration;

use anyhow::Result;
use perennial_e2e::{Browser, Fault, Role, World, eventually};
use serde_json::Value;

use super::Tour;
use crate::imports::fixture;
use crate::queue::{comes_to, long_file, makes_progress, send};

/// The queue from empty to full, and two datasets.
pub(crate) async fn work(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    browser.open_page("Queue").await?;
    browser.sees("No imports yet.").await?;
    tour.look(&browser, "queue-empty").await?;

    let long = long_file(world, "readings of all stations, 2026.csv", 1_000_000)?;
    world.proxy.disturb("POST /api/jobs", 1, Fault::Delay(Duration::from_secs(60)));
    browser.choose_file("CSV file", &long).await?;
    browser.click(Role::Button, "Start import").await?;
    browser.find(Role::Button, "Cancel").await?;
    tour.look(&browser, "queue-sending").await?;
    browser.click(Role::Button, "Cancel").await?;
    browser.sees("Cancelled. Nothing was imported.").await?;
    world.proxy.undisturb();

    fill(world, &browser).await?;
    send(&browser, &long).await?;
    makes_progress(&browser, "readings of all stations, 2026.csv").await?;
    tour.look(&browser, "queue").await?;
    browser.open_page("Overview").await?;
    browser.find(Role::Heading, "Running imports").await?;
    eventually("the import on the overview", async || {
        Ok((browser.run(RUNNING).await? == Value::Bool(true)).then_some(()))
    })
    .await?;
    tour.look(&browser, "overview-running").await?;
    browser.open_page("Queue").await?;
    browser.click(Role::Button, "Cancel readings of all stations, 2026.csv").await?;
    datasets(&browser, tour).await
}

/// Leaves a file that was taken, one that was not and one of which rows were rejected.
async fn fill(world: &World, browser: &Browser) -> Result<()> {
    for name in ["people.csv", "measurements.csv"] {
        send(browser, &fixture(name)?).await?;
        comes_to(browser, name, "Done").await?;
    }
    for (name, content, state) in [
        ("columns.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n", "Done"),
        ("quotes.csv", "id,n\n1,\"x\n2,y\n3,z\n", "Failed"),
    ] {
        let path = world.file(name)?;
        std::fs::write(&path, content)?;
        send(browser, &path).await?;
        comes_to(browser, name, state).await?;
    }
    Ok(())
}

async fn datasets(browser: &Browser, tour: &mut Tour) -> Result<()> {
    browser.click(Role::Link, "Open people.csv").await?;
    browser.find(Role::Heading, "people.csv").await?;
    browser.sees("Every row of the file was taken.").await?;
    tour.look(browser, "dataset").await?;
    browser.open_page("Queue").await?;
    browser.click(Role::Link, "2 rejected rows of columns.csv").await?;
    browser.sees("The row has 1 field, but the header has 2.").await?;
    tour.look(browser, "dataset-rejected").await
}

/// Whether the overview shows how far an import is.
const RUNNING: &str = "return (document.querySelector('.running-job progress')?.value ?? 0) > 0";
