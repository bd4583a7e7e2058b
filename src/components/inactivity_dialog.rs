//! The question before the inactivity limit.

use leptos::prelude::*;

use super::Modal;
use crate::texts::{self, fill, t};

/// Asks whether the person is still there, for as long as `left_ms` says how much time is left.
///
/// The count that changes each second is for the eye. A live region tells the rest: at opening, each minute, then
/// at 30 and 10 seconds.
#[component]
pub fn InactivityDialog(
    /// How long until the session ends; absent while nobody needs to be asked.
    left_ms: Memo<Option<u64>>,
    /// How much was left when the question was first asked.
    opened_with_s: u64,
    /// The person is there.
    stay: Callback<()>,
    /// The person wants to sign out.
    leave: Callback<()>,
) -> impl IntoView {
    let left = move || left_ms.get().unwrap_or_default();
    let open = Memo::new(move |_| left_ms.with(Option::is_some));
    let spoken_s = Memo::new(move |_| spoken_left_s(left().div_ceil(1000), opened_with_s));
    view! {
        <Modal open role="alertdialog" labelled_by=HEADING described_by=SPOKEN on_dismiss=stay>
            <h2 class="modal-heading" id=HEADING>{t().inactivity.heading}</h2>
            <p class="modal-count" aria-hidden="true">
                {t().inactivity.lead}
                <strong class="modal-clock">{move || texts::countdown(left())}</strong>
            </p>
            <p class="visually-hidden" id=SPOKEN aria-live="polite">
                {move || fill(t().inactivity.spoken, &[("length", &texts::length(spoken_s.get()))])}
            </p>
            <div class="actions">
                <button type="button" class="button button-primary" autofocus on:click=move |_| stay.run(())>
                    {t().inactivity.stay}
                </button>
                <button type="button" class="button" on:click=move |_| leave.run(())>
                    {t().inactivity.leave}
                </button>
            </div>
        </Modal>
    }
}

/// The time left that was last worth saying: it changes at each minute, at 30 seconds and at 10.
fn spoken_left_s(left_s: u64, opened_with_s: u64) -> u64 {
    let step = match left_s {
        0..=10 => 10,
        11..=30 => 30,
        _ => left_s.div_ceil(60) * 60,
    };
    step.min(opened_with_s)
}

const HEADING: &str = "inactivity-heading";
const SPOKEN: &str = "inactivity-spoken";

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_time_left_is_said_at_opening_each_minute_and_at_30_and_10_seconds() {
        let mut said: Vec<u64> = (0..=300).rev().map(|left_s| spoken_left_s(left_s, 300)).collect();
        said.dedup();
        assert_eq!(said, [300, 240, 180, 120, 60, 30, 10]);
    }

    #[test]
    fn a_short_warning_is_said_as_it_is() {
        assert_eq!(spoken_left_s(8, 8), 8);
        assert_eq!(spoken_left_s(45, 45), 45);
    }
}
