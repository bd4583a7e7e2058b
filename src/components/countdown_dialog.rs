//! What is said before a session ends.

use leptos::prelude::*;

use super::{Modal, changing};
use crate::texts;

/// What a countdown says.
#[derive(Clone, Copy, Debug)]
pub struct CountdownTexts {
    /// Its name.
    pub heading: &'static str,
    /// Ahead of the count.
    pub lead: &'static str,
    /// The same in a sentence, with a place for `{length}`.
    pub spoken: &'static str,
    /// What to do about it, where the buttons do not say it.
    pub advice: Option<&'static str>,
    /// The button that has the focus, and does what Esc does.
    pub stay: &'static str,
    /// The button that ends the session now.
    pub leave: &'static str,
}

/// Says how long it is until the session ends, for as long as `left_ms` does.
///
/// The count that changes each second is for the eye. A live region tells the rest: at opening, each minute, then
/// at 30 and 10 seconds.
#[component]
pub fn CountdownDialog(
    /// Its identifier, which those of its parts begin with.
    id: &'static str,
    /// What it says.
    said: CountdownTexts,
    /// How long until the session ends; absent while there is nothing to say.
    left_ms: Memo<Option<u64>>,
    /// How much is left when it is said first.
    opened_with_s: u64,
    /// The person has answered that they are there, or have read it.
    stay: Callback<()>,
    /// The person wants to sign out.
    leave: Callback<()>,
) -> impl IntoView {
    let (heading, spoken, advice) = (format!("{id}-heading"), format!("{id}-spoken"), format!("{id}-advice"));
    let described_by = if said.advice.is_some() { format!("{spoken} {advice}") } else { spoken.clone() };
    let left = move || left_ms.get().unwrap_or_default();
    let open = Memo::new(move |_| left_ms.with(Option::is_some));
    // Nothing while it is closed, so that what stood there last is not read out when it opens.
    let spoken_s =
        Memo::new(move |_| left_ms.get().map(|left_ms| spoken_left_s(left_ms.div_ceil(1000), opened_with_s)));
    view! {
        <Modal open role="alertdialog" labelled_by=heading.clone() described_by on_dismiss=stay>
            <h2 class="modal-heading" id=heading>{said.heading}</h2>
            <p class="modal-count" aria-hidden="true">
                {said.lead}
                <strong class="modal-clock">{changing(move || texts::countdown(left()))}</strong>
            </p>
            <p class="visually-hidden" id=spoken aria-live="polite">
                {changing(move || {
                    let length = spoken_s.get().map(texts::length);
                    length.map(|length| texts::fill(said.spoken, &[("length", &length)]))
                })}
            </p>
            {said.advice.map(|text| view! { <p id=advice>{text}</p> })}
            <div class="actions">
                <button type="button" class="button button-primary" autofocus on:click=move |_| stay.run(())>
                    {said.stay}
                </button>
                <button type="button" class="button" on:click=move |_| leave.run(())>{said.leave}</button>
            </div>
        </Modal>
    }
    .into_any()
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
