//! What the operators of the systems that Perennial comes from tested by hand.

mod cookie_pair;
mod exchange;
mod hybrid;

use anyhow::Result;
use perennial_e2e::{Browser, eventually};

/// Waits for lines in the console, in whichever order; they may be older than this question.
async fn says(browser: &Browser, lines: &[&str]) -> Result<()> {
    let mut said = Vec::new();
    eventually(&format!("the lines {lines:?}"), async || {
        said.extend(browser.console().await?);
        let is_there = |line: &&str| said.iter().any(|said| said.contains(line));
        Ok(lines.iter().all(is_there).then_some(()))
    })
    .await
}
