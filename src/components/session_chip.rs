//! The session in one line.

use leptos::prelude::*;

use super::{Tone, changing};
use crate::texts::{Chip, t};

/// How the session is doing. A change of kind is announced; what ticks is for the eye only.
#[component]
pub fn SessionChip(
    /// What it says.
    chip: Memo<Chip>,
    /// What that means for the person.
    tone: Memo<Tone>,
) -> impl IntoView {
    view! {
        <p class="chip" role="status" aria-label=t().session.name data-tone=move || tone.get().name()>
            <span class="chip-dot" aria-hidden="true"></span>
            <span class="chip-text">
                {changing(move || chip.with(|chip| chip.said.clone()))}
                <span aria-hidden="true">{changing(move || chip.with(|chip| chip.counted.clone()))}</span>
            </span>
        </p>
    }
}
