//! What scenarios do with the queue, and what they read there.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use perennial_e2e::wait::within;
use perennial_e2e::{Browser, Role, World};
use serde_json::{Value, json};

/// A file with this many rows, eight fields in each: long enough to be watched, and each row is another.
pub(crate) fn long_file(world: &World, name: &str, rows: usize) -> Result<PathBuf> {
    let path = world.file(name)?;
    let columns: Vec<_> = (1..8).map(|column| format!("reading {column} (°C)")).collect();
    let mut text = format!("row,{}\n", columns.join(","));
    // Written once and used again: this program is not optimised.
    let readings: Vec<String> = (0..97)
        .map(|row| (1..8).map(|column| format!(",{}.{column:02}", row * column % 89)).collect())
        .collect();
    for row in 1..=rows {
        writeln!(text, "{row}{}", readings[row % readings.len()])?;
    }
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Opens a browser, signs in and goes to the page Queue, which is watched from then on.
pub(crate) async fn queue(world: &mut World) -> Result<Browser> {
    let (browser, demo) = (world.browser().await?, world.demo()?);
    browser.sign_in(&demo).await?;
    browser.open_page("Queue").await?;
    note_progress(&browser).await?;
    Ok(browser)
}

/// Sends a file from the page Queue, which is shown, and waits for its row.
pub(crate) async fn send(browser: &Browser, path: &Path) -> Result<()> {
    let name = path.file_name().and_then(|name| name.to_str()).context("a file without a name")?;
    browser.choose_file("CSV file", path).await?;
    browser.click(Role::Button, "Start import").await?;
    within(LONGEST_IMPORT, &format!("a row for {name}"), async || cell(browser, name, "State").await)
        .await
        .map(drop)
}

/// Waits until the row of a file says this about its state.
pub(crate) async fn comes_to(browser: &Browser, file: &str, state: &str) -> Result<()> {
    within(LONGEST_IMPORT, &format!("{file} to come to \"{state}\""), async || {
        let shown = cell(browser, file, "State").await?.context("it has no row")?;
        Ok(shown.starts_with(state).then_some(()))
    })
    .await
}

/// Waits until some rows of a file were taken.
pub(crate) async fn makes_progress(browser: &Browser, file: &str) -> Result<()> {
    within(LONGEST_IMPORT, &format!("progress of {file}"), async || {
        Ok(rows_taken(browser, file).await?.filter(|rows| *rows > 0))
    })
    .await
    .map(drop)
}

/// How many rows of a file were taken, as its row says.
pub(crate) async fn rows_taken(browser: &Browser, file: &str) -> Result<Option<u64>> {
    let shown = cell(browser, file, "Rows taken").await?;
    Ok(shown.as_deref().and_then(number))
}

/// What the table says about a file in a column; nothing where it has no row.
pub(crate) async fn cell(browser: &Browser, file: &str, column: &str) -> Result<Option<String>> {
    let script = format!("{TABLE} return cell({}, {});", json!(file), json!(column));
    Ok(browser.run(&script).await?.as_str().map(str::to_owned))
}

/// Notes from now on each number of rows that the table shows as taken.
async fn note_progress(browser: &Browser) -> Result<()> {
    browser.run(&format!("{TABLE} {NOTE}")).await.map(drop)
}

/// The numbers that were shown for a file, in the order in which they were; none are there after a reload.
pub(crate) async fn progress(browser: &Browser, file: &str) -> Result<Vec<u64>> {
    let noted = browser.run(&format!("return (window.progress ?? {{}})[{}] ?? null", json!(file))).await?;
    let noted = noted.as_array().context("nothing was noted: the page was loaded again")?;
    noted.iter().map(|shown| shown.as_str().and_then(number).context("that is no number")).collect()
}

/// The whole number that a person reads.
fn number(shown: &str) -> Option<u64> {
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Every line that the page has written to the console since this was last asked.
pub(crate) async fn console(browser: &Browser) -> Result<Vec<String>> {
    browser.console().await
}

/// Whether the page is still the one in which this was set.
pub(crate) async fn mark_page(browser: &Browser) -> Result<()> {
    browser.run("window.isMarked = true").await.map(drop)
}

/// Fails where the page was loaded again since it was marked.
pub(crate) async fn is_marked_page(browser: &Browser) -> Result<()> {
    anyhow::ensure!(browser.run("return window.isMarked").await? == Value::Bool(true), "it was loaded again");
    Ok(())
}

/// Columns and rows are found by their roles and headings, as assistive technology finds them.
const TABLE: &str = "
    const rows = () => [...document.querySelectorAll('tbody [role=row]')];
    const name = (row) => row.querySelector('[role=rowheader] > :first-child').textContent;
    const column = (heading) =>
        [...document.querySelectorAll('[role=columnheader]')].findIndex((it) => it.textContent === heading);
    const cell = (file, heading) => {
        const row = rows().find((row) => name(row) === file);
        return row ? row.children[column(heading)].textContent : null;
    };";

const NOTE: &str = "
    window.progress = {};
    new MutationObserver(() => {
        for (const row of rows()) {
            const noted = (window.progress[name(row)] ??= []);
            const shown = cell(name(row), 'Rows taken');
            if (noted.at(-1) !== shown) noted.push(shown);
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });";

/// Several times what an import of the longest file takes in a development build on a busy machine.
pub(crate) const LONGEST_IMPORT: Duration = Duration::from_secs(120);
