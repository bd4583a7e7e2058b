//! Every place a person is signed in.

mod list;
mod row;

use leptos::prelude::*;
use perennial_dialect::wire::Device;
use perennial_session::Wall;

use super::listing::{ListTop, ListTrouble, when_online, when_seen};
use crate::{
    components::{Modal, Skeleton, changing},
    contexts::use_auth,
    texts::{devices as labels, t},
};
use list::{DeviceList, Listed, SAID};
use row::Row;

/// The device list.
#[component]
pub fn Devices(
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let auth = use_auth();
    let list = DeviceList::new();
    let listing = list.listing;
    list.load();
    // Where nothing comes by itself, the list is as old as the last look at it.
    when_seen(move || list.catch_up());
    when_online(listing, move || list.load());
    let reload = Callback::new(move |()| list.load());
    let sign_out = Callback::new(
        move |device: Device| {
            if device.current { auth.sign_out() } else { list.revoke(device) }
        },
    );
    let devices = move || list.devices.get().unwrap_or_default();
    view! {
        <main class="page" aria-busy=move || listing.loading.get().then_some("true")>
            <ListTop listing heading=t().pages.devices lead=t().devices.introduction reload />
            <div>
                <p class="said" role="status" tabindex="-1" id=SAID>{changing(move || listing.said.get())}</p>
                <ListTrouble listing nothing=t().devices.failed again=reload />
                {move || match list.devices.with(Option::is_some) {
                    false if listing.failed.with(Option::is_some) => ().into_any(),
                    false => view! { <Skeleton label=t().devices.loading /> }.into_any(),
                    true => view! {
                        <ul class="devices">
                            <For each=devices key=|listed| listed.id.clone() let(listed: Listed)>
                                <Row listed now busy=list.busy sign_out />
                            </For>
                        </ul>
                    }
                    .into_any(),
                }}
            </div>
            <Others list />
        </main>
    }
}

/// The way to sign out everywhere else, which asks first.
#[component]
fn Others(list: DeviceList) -> impl IntoView {
    let others = Memo::new(move |_| list.others());
    let asking = RwSignal::new(false);
    let close = Callback::new(move |()| asking.set(false));
    let confirm = move |_| {
        asking.set(false);
        list.revoke_others();
    };
    let count = move || others.get().unwrap_or_default();
    view! {
        {move || match others.get() {
            None => ().into_any(),
            Some(0) => view! { <p class="soft">{t().devices.only_this}</p> }.into_any(),
            Some(_) => view! {
                <button type="button" class="button button-danger" on:click=move |_| asking.set(true)>
                    {t().devices.sign_out_others}
                </button>
            }
            .into_any(),
        }}
        <Modal open=asking role="alertdialog" labelled_by=CONFIRM described_by=EXPLAINED on_dismiss=close>
            <h2 class="modal-heading" id=CONFIRM>{t().devices.confirm}</h2>
            <p id=EXPLAINED>{changing(move || labels::confirm(count()))}</p>
            <div class="actions">
                <button type="button" class="button button-danger" on:click=confirm>
                    {changing(move || labels::confirm_button(count()))}
                </button>
                <button type="button" class="button" autofocus on:click=move |_| close.run(())>
                    {t().common.cancel}
                </button>
            </div>
        </Modal>
    }
}

const CONFIRM: &str = "others-heading";
const EXPLAINED: &str = "others-explained";
