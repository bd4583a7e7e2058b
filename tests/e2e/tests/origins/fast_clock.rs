//! Both clocks of a page and its timers, which a scenario moves on.

use std::time::Duration;

use anyhow::{Context, Result};
use perennial_e2e::Browser;

/// Lets time pass in the page, in which whatever is due happens.
pub(super) async fn pass(browser: &Browser, time: Duration) -> Result<()> {
    browser.run(&format!("window.pass({})", time.as_millis())).await.map(drop)
}

/// How much time was let pass in the page, by a scenario and by itself.
pub(super) async fn age(browser: &Browser) -> Result<Duration> {
    let now_ms = browser.run("return performance.now()").await?;
    Ok(Duration::from_secs_f64(now_ms.as_f64().context("no clock")? / 1000.0))
}

/// Stands in for both clocks and the timer. What is due when time has passed happens in the order of its moments.
pub(super) const SHIM: &str = "{
    const now = Date.now, elapsed = performance.now.bind(performance);
    const set = setTimeout.bind(window), clear = clearTimeout.bind(window);
    const timers = new Map();
    let ahead = 0, last = 0;
    Date.now = () => now() + ahead;
    performance.now = () => elapsed() + ahead;
    const run = (id) => { const { act } = timers.get(id); timers.delete(id); act(); };
    const arm = (id, timer) => { timer.real = set(run, timer.due - performance.now(), id); };
    window.setTimeout = (act, delay = 0, ...given) => {
        last += 1;
        timers.set(last, { act: () => act(...given), due: performance.now() + delay });
        arm(last, timers.get(last));
        return last;
    };
    window.clearTimeout = (id) => {
        if (timers.has(id)) clear(timers.get(id).real);
        timers.delete(id);
    };
    window.pass = (time) => {
        ahead += time;
        for (const [id, timer] of [...timers].sort(([, a], [, b]) => a.due - b.due)) {
            clear(timer.real);
            arm(id, timer);
        }
    };
}";
