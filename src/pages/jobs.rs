//! The imports of a person, as pages show them: what is known of them, and how it comes to be known.

pub mod job;
pub mod list;
mod pace;

use std::time::Duration;

use leptos::prelude::*;
use perennial_session::Health;

use super::listing::{when_online, when_seen};
use crate::contexts::use_auth;

pub use list::{JobList, Listed};

/// Keeps a list current as long as the page is there that calls this.
pub fn keep_current(list: JobList) {
    // Another tab or device may have made jobs while nobody looked at this one.
    when_seen(move || {
        if !list.listing.loading.get_untracked() {
            list.load();
        }
    });
    when_online(list.listing, move || list.load());
    reload_now_and_then(list);
    // What happened to the jobs since the list came is not to be lost with the page.
    on_cleanup(move || list.keep());
}

/// Keeps the list true while somebody may look at it: jobs that are behind catch up where live connections cannot be
/// had, as behind some proxies, and jobs that another tab or device has made or begun anew turn up.
fn reload_now_and_then(list: JobList) {
    let ticks = StoredValue::new(0_u32);
    let snapshot = use_auth().snapshot();
    let reload = move || {
        if list.listing.loading.get_untracked() || document().hidden() {
            return;
        }
        let patience = ticks.get_value() + 1;
        let is_due = list.is_behind() || patience >= TICKS_AT_REST;
        // A request would have a token refreshed that nobody needs.
        let is_resting = snapshot.with_untracked(|snapshot| snapshot.health == Health::Resting);
        if is_due && !is_resting {
            ticks.set_value(0);
            list.load();
        } else {
            ticks.set_value(patience);
        }
    };
    if let Ok(interval) = set_interval_with_handle(reload, TICK) {
        on_cleanup(move || interval.clear());
    }
}

/// Patient enough for a server in trouble, and quick enough for somebody who waits for an import.
const TICK: Duration = Duration::from_secs(15);

/// A list of which nothing is missed is asked for once in a minute: nobody waits for what another tab began, and a
/// hundred pages left open are two requests a second.
const TICKS_AT_REST: u32 = 4;
