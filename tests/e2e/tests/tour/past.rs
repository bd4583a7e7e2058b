//! The record of a long morning, and the page that shows it.

use anyhow::Result;
use perennial_e2e::{Browser, Role, World, eventually};
use serde_json::Value;

use super::Tour;

/// Activity with a morning in it, one kind of it, a kind of which there is nothing, and nothing at all.
pub(crate) async fn activity(world: &mut World, tour: &mut Tour) -> Result<()> {
    let browser = world.signed_in().await?;
    remember(&browser).await?;
    browser.open_page("Activity").await?;
    browser.sees("Because the token neared its end.").await?;
    tour.look(&browser, "activity").await?;
    browser.run(&choose(2)).await?;
    browser.sees("The server answered with status 503.").await?;
    tour.look(&browser, "activity-trouble").await?;
    browser.click(Role::Button, "Clear activity").await?;
    browser.sees("Nothing has happened yet.").await?;
    tour.look(&browser, "activity-empty").await
}

/// Puts a morning of ten hours ahead of what happened, and reads it as a reload does.
pub(crate) async fn remember(browser: &Browser) -> Result<()> {
    eventually("a record", async || Ok((browser.run(PAST).await? == Value::Bool(true)).then_some(())))
        .await?;
    browser.reload().await?;
    browser.find(Role::Heading, "Overview").await.map(drop)
}

/// Chooses what Activity shows. The button itself is drawn by its label, and so cannot be seen.
fn choose(kind: usize) -> String {
    format!("document.querySelectorAll('.segments input[name=kind]')[{kind}].click()")
}

/// A day at work: refreshes each hour or so, a server that was away for some minutes, lunch with a closed lid.
const PAST: &str = "
    const text = localStorage.getItem('perennial:/:perennial:record');
    if (!text) return false;
    const [head, account, ...entries] = text.split('\\n');
    const at = (minutes) => Date.now() - minutes * 60000;
    const hour = 3600000;
    const refresh = (minutes, cause, ms, end) => `${at(minutes)} refresh ${cause} ${ms} ${end}`;
    const granted = `granted ${hour}`;
    const past = [
        `${at(596)} signed_in ${hour}`,
        ...[541, 486, 431].map((minutes, n) => refresh(minutes, 'scheduled', 74 + 9 * n, granted)),
        refresh(402, 'manual', 66, granted),
        refresh(347, 'scheduled', 5012, `failed timed_out ${at(346.9)}`),
        refresh(346, 'scheduled', 41, `failed 503 ${at(344)}`),
        refresh(344, 'scheduled', 38, `failed 503 ${at(340)}`),
        refresh(332, 'scheduled', 203, granted),
        `${at(290)} went_offline`,
        `${at(248)} slept ${42 * 60000}`,
        `${at(247)} came_online`,
        refresh(247, 'validation_refused', 118, granted),
        ...[192, 137].map((minutes, n) => refresh(minutes, 'scheduled', 81 + 4 * n, granted)),
        `${at(96)} started`,
        refresh(96, 'restore', 59, granted),
        refresh(41, 'scheduled', 77, granted),
    ];
    localStorage.setItem('perennial:/:perennial:record', [head, account, ...past, ...entries].join('\\n'));
    return true;";
