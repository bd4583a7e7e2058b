//! Waiting for a condition instead of for a time.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Polls until the condition gives a value, for at most [`BOUND`].
///
/// # Errors
/// Names what was waited for when the bound passes, with the last error if there was one.
pub async fn eventually<T>(what: &str, condition: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    within(BOUND, what, condition).await
}

/// Polls until the condition gives a value, for at most this long.
///
/// An error counts as "not yet": an element may go stale between finding and reading it.
///
/// # Errors
/// Names what was waited for when the bound passes, with the last error if there was one.
pub async fn within<T>(
    bound: Duration,
    what: &str,
    mut condition: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        let missing = match condition().await {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => String::new(),
            Err(error) => format!(": {error:#}"),
        };
        if started.elapsed() > bound {
            bail!("waited {} s in vain for {what}{missing}", bound.as_secs());
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Long enough for a busy machine, short enough that a hanging scenario is noticed.
pub const BOUND: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(50);
