//! The box by which a person keeps the record of their activity beyond their session.

use leptos::prelude::*;

use crate::{
    components::changing,
    {contexts::use_auth, platform::preferences, texts::t},
};

/// The box, and what becomes of the record as it is ticked. Nothing can be chosen while it is not known for whom.
#[component]
pub fn KeepRecord(
    /// The identifier of the words under the box.
    hint: &'static str,
) -> impl IntoView {
    let person = use_auth().person();
    let account = Memo::new(move |_| {
        person.with(|person| person.as_ref().map(|person| person.id.clone())).unwrap_or_default()
    });
    let chosen = RwSignal::new(());
    let is_kept = Memo::new(move |_| {
        chosen.track();
        account.with(|account| preferences::keeps_record(account))
    });
    let choose = move |event| {
        let keeps = event_target_checked(&event);
        account.with_untracked(|account| preferences::set_keeps_record(account, keeps));
        chosen.set(());
    };
    let says = move || if is_kept.get() { t().settings.record_stays } else { t().settings.record_goes };
    view! {
        <div class="settings-choices">
            <label class="choice">
                <input
                    type="checkbox"
                    class="choice-box"
                    aria-describedby=hint
                    disabled=move || account.with(String::is_empty)
                    prop:checked=is_kept
                    on:change=choose
                />
                {t().settings.keep_record}
            </label>
            <p class="soft settings-hint" id=hint>{changing(says)}</p>
        </div>
    }
    .into_any()
}
