//! One device of the list.

use std::collections::BTreeSet;

use leptos::prelude::*;
use perennial_dialect::wire::Device;
use perennial_session::Wall;

use crate::{
    components::TimeAgo,
    texts::{devices as labels, t},
};

/// A session of the person, with the way to end it.
#[component]
pub fn Row(
    /// The session.
    device: Device,
    /// What time it is.
    now: Signal<Wall>,
    /// The sessions that are being ended.
    #[prop(into)]
    busy: Signal<BTreeSet<String>>,
    /// The person wants to end this session.
    sign_out: Callback<Device>,
) -> impl IntoView {
    let name = labels::sign_out(&device.device, device.current);
    let id = device.id.clone();
    let ending = Memo::new(move |_| busy.with(|busy| busy.contains(&id)));
    let asked = device.clone();
    view! {
        <li class="device" data-current=device.current.then_some("true")>
            <div class="device-name">
                <h2 class="device-heading">{device.device}</h2>
                {device.current.then(|| view! { <span class="tag tag-accent">{t().devices.this_device}</span> })}
                {device.kept.then(|| view! { <span class="tag">{t().devices.kept}</span> })}
            </div>
            <dl class="device-facts">
                <div>
                    <dt>{t().devices.address}</dt>
                    <dd>{device.address}</dd>
                </div>
                <div>
                    <dt>{t().devices.signed_in}</dt>
                    <dd><TimeAgo moment=device.created_at now /></dd>
                </div>
                <div>
                    <dt>{t().devices.last_active}</dt>
                    <dd><TimeAgo moment=device.last_seen_at now /></dd>
                </div>
            </dl>
            <button
                type="button"
                class="button device-leave"
                aria-label=name
                aria-disabled=move || ending.get().then_some("true")
                on:click=move |_| {
                    if !ending.get_untracked() {
                        sign_out.run(asked.clone());
                    }
                }
            >
                {t().common.sign_out}
            </button>
        </li>
    }
}
