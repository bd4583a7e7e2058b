//! One device of the list.

use std::collections::BTreeSet;

use leptos::prelude::*;
use perennial_dialect::wire::Device;
use perennial_session::Wall;

use super::list::Listed;
use crate::{
    components::{TimeAgo, changing},
    platform::dates,
    texts::{devices as labels, t},
};

/// A session of the person, with the way to end it.
#[component]
pub fn Row(
    /// The session.
    listed: Listed,
    /// What time it is.
    now: Signal<Wall>,
    /// The sessions that are being ended.
    #[prop(into)]
    busy: Signal<BTreeSet<String>>,
    /// The person wants to end this session.
    sign_out: Callback<Device>,
) -> impl IntoView {
    let Listed { id, is_current, device } = listed;
    // Neither the name nor the moment of the sign-in ever changes.
    let Device { device: name, created_at, kept, .. } = device.get_untracked();
    let (asked, address, last_seen) = (device.clone(), device.clone(), device);
    let last_seen = Memo::new(move |_| last_seen.with(|device| device.last_seen_at.clone()));
    let button = button_id(&id);
    let signed_in = dates::parse(&created_at).map_or_else(|| created_at.clone(), dates::date_and_second);
    let ending = Memo::new(move |_| busy.with(|busy| busy.contains(&id)));
    view! {
        <li class="device" data-current=is_current.then_some("true")>
            <div class="device-name">
                <h2 class="device-heading">{name.clone()}</h2>
                {is_current.then(|| view! { <span class="tag tag-accent">{t().devices.this_device}</span> })}
                {kept.then(|| view! { <span class="tag">{t().devices.kept}</span> })}
            </div>
            <dl class="device-facts">
                <div>
                    <dt>{t().devices.address}</dt>
                    <dd>{changing(move || address.with(|device| device.address.clone()))}</dd>
                </div>
                <div>
                    <dt>{t().devices.signed_in}</dt>
                    <dd><TimeAgo moment=created_at now /></dd>
                </div>
                <div>
                    <dt>{t().devices.last_active}</dt>
                    <dd>{move || view! { <TimeAgo moment=last_seen.get() now /> }}</dd>
                </div>
            </dl>
            <button
                type="button"
                class="button device-leave"
                id=button
                aria-label=labels::sign_out(&name, is_current, &signed_in)
                aria-disabled=move || ending.get().then_some("true")
                on:click=move |_| {
                    if !ending.get_untracked() {
                        sign_out.run(asked.get_untracked());
                    }
                }
            >
                {t().common.sign_out}
            </button>
        </li>
    }
}

/// The identifier of the button that ends a session.
pub fn button_id(session: &str) -> String {
    format!("device-{session}")
}
