//! The end of a session that no activity moves: when people are told of it, and that once is enough.

use leptos::prelude::*;
use perennial_session::{Snapshot, Status, Wall};

use super::now::ENDS_SOON_MS;
use crate::platform::told;

/// How near the absolute limit is, and whether the person knows.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// When the session ends, where that is soon.
    pub ends: Memo<Option<Wall>>,
    /// How long until then, while the person has not said that they have read it.
    pub left_ms: Memo<Option<u64>>,
    told: RwSignal<Option<u64>>,
}

impl Limit {
    /// Watches the session, and what other tabs say of it: whoever has read the notice in one has read it in all.
    #[must_use]
    pub fn new(snapshot: ReadSignal<Snapshot>, now: Signal<Wall>) -> Self {
        let told = RwSignal::new(told::read());
        told::listen(move || {
            told.try_set(told::read());
        })
        .keep();
        let ends = Memo::new(move |_| {
            let ends = snapshot.with(|snapshot| match snapshot.status {
                Status::SignedIn { .. } => snapshot.session_ends,
                Status::Restoring | Status::SignedOut { .. } => None,
            });
            ends.filter(|ends| is_soon(*ends, now.get()))
        });
        let is_asking = Memo::new(move |_| snapshot.with(|snapshot| snapshot.inactivity_ends.is_some()));
        let left_ms = Memo::new(move |_| {
            let ends = ends.get().filter(|ends| !is_asking.get() && !is_known(*ends, told.get()))?;
            Some(ends.0.saturating_sub(now.get().0))
        });
        Self { ends, left_ms, told }
    }

    /// The person has read the notice.
    pub fn dismiss(self) {
        if let Some(ends) = self.ends.get_untracked() {
            told::store(ends.0);
            self.told.set(Some(ends.0));
        }
    }
}

/// Whether people are to be told by now. An end that has passed and ended nothing is that of a clock that was set.
fn is_soon(ends: Wall, now: Wall) -> bool {
    ends > now && ends.0 - now.0 <= ENDS_SOON_MS
}

/// Whether the notice that was read was about this end. The server says how long is left in whole seconds, so that tabs
/// place the same end a little apart.
fn is_known(ends: Wall, told: Option<u64>) -> bool {
    told.is_some_and(|told| told.abs_diff(ends.0) <= SPREAD_MS)
}

/// Clocks of a device are set by less, and two sessions in a row end further apart.
const SPREAD_MS: u64 = 5_000;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn people_are_told_ten_minutes_before_and_not_by_a_clock_that_was_set_by_a_day() {
        assert!(!is_soon(Wall(600_001), Wall(0)));
        assert!(is_soon(Wall(600_000), Wall(0)));
        assert!(is_soon(Wall(1), Wall(0)));
        assert!(!is_soon(Wall(600_000), Wall(86_400_000)));
    }

    #[test]
    fn a_notice_that_was_read_is_not_shown_again_but_the_next_session_has_its_own() {
        assert!(!is_known(Wall(600_000), None));
        assert!(is_known(Wall(600_000), Some(601_200)));
        assert!(!is_known(Wall(620_000), Some(600_000)));
    }
}
