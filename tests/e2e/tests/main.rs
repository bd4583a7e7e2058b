//! The scenarios: each a sentence about what a person, a browser and a backend do together.
#![allow(clippy::disallowed_methods, reason = "a scenario watches real programs in real time")]

mod accessibility;
mod activity;
mod backends;
mod clocks;
mod devices;
mod dialog;
mod drafts;
mod ending;
mod errors;
mod hosts;
mod imports;
mod installations;
mod installing;
mod keyboard;
mod languages;
mod live;
mod losses;
mod magnified;
mod offline;
mod origins;
mod passing;
mod passwords;
mod provider;
#[cfg(test)]
mod proxying;
mod queue;
mod redirected;
mod refusals;
mod signing_in;
mod stability;
mod staying;
mod story;
mod switching;
mod tabs;
mod tour;
mod translated;
mod uploads;
mod versions;
mod wire;

use std::time::Duration;

use perennial_e2e::{Seen, World};

/// What the application asks when a token nears its end.
const REFRESH: &str = "POST /api/session/refresh";
/// What the application says when somebody signs out.
const SIGN_OUT: &str = "DELETE /api/session";
/// Where the application hears what happens to a job.
const EVENTS: &str = "GET /api/events";
/// What the page Devices asks.
const DEVICES: &str = "GET /api/sessions";

/// The refreshes so far: all were granted, and no two came within this time of each other.
fn well_apart(world: &World, least: Duration) -> Vec<Seen> {
    let refreshes = world.proxy.calls(REFRESH);
    assert!(refreshes.iter().all(|seen| seen.status == Some(200)), "{refreshes:?}");
    for pair in refreshes.windows(2) {
        let gap = pair[1].at.duration_since(pair[0].at);
        assert!(gap >= least, "two refreshes within {gap:?} of each other");
    }
    refreshes
}
