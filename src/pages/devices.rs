//! Every place a person is signed in.

mod list;
mod row;

use leptos::{html::P, prelude::*};
use perennial_dialect::wire::Device;
use perennial_session::Wall;

use crate::{
    components::{Banner, Modal, Skeleton, Tone},
    contexts::use_auth,
    platform::dates,
    texts::{self, devices as labels, t},
};
use list::DeviceList;
use row::Row;

/// The device list.
#[component]
pub fn Devices(
    /// What time it is.
    now: Signal<Wall>,
) -> impl IntoView {
    let auth = use_auth();
    let list = DeviceList::new();
    list.load();
    let said = NodeRef::<P>::new();
    // The button that was pressed goes away with its row: the focus moves to what was done.
    Effect::new(move |_| {
        if let Some(said) = said.get()
            && list.said.with(|said| !said.is_empty())
        {
            drop(said.focus());
        }
    });
    let sign_out = Callback::new(
        move |device: Device| {
            if device.current { auth.sign_out() } else { list.revoke(device) }
        },
    );
    view! {
        <main class="page" aria-busy=move || list.loading.get().then_some("true")>
            <div class="page-top">
                <div>
                    <h1 tabindex="-1">{t().pages.devices}</h1>
                    <p class="lead">{t().devices.introduction}</p>
                </div>
                <button
                    type="button"
                    class="button"
                    aria-disabled=move || list.loading.get().then_some("true")
                    on:click=move |_| {
                        if !list.loading.get_untracked() {
                            list.load();
                        }
                    }
                >
                    {t().common.reload}
                </button>
            </div>
            <div>
                <p class="said" tabindex="-1" node_ref=said>{list.said}</p>
                <Trouble list />
                {move || match list.loaded.get() {
                    None if list.failed.with(Option::is_some) => ().into_any(),
                    None => view! { <Skeleton label=t().devices.loading /> }.into_any(),
                    Some(loaded) => {
                        let rows = loaded.devices.into_iter();
                        view! {
                            <ul class="devices">
                                {rows.map(|device| view! { <Row device now busy=list.busy sign_out /> }).collect_view()}
                            </ul>
                        }
                        .into_any()
                    }
                }}
            </div>
            <Others list />
        </main>
    }
}

/// What could not be loaded or done, with what is shown instead.
#[component]
fn Trouble(list: DeviceList) -> impl IntoView {
    let failed = move |why: String| {
        let shown = list.loaded.with(|loaded| {
            loaded.as_ref().map(|loaded| texts::at(t().common.loaded_at, &dates::clock(loaded.at)))
        });
        view! {
            <Banner tone=Tone::Bad>
                <p>{shown.unwrap_or_else(|| t().devices.failed.to_owned())}" "{why}</p>
                <button type="button" class="button" on:click=move |_| list.load()>{t().common.try_again}</button>
            </Banner>
        }
    };
    view! {
        <div class="trouble" role="alert">
            {move || list.failed.get().map(failed)}
            {move || list.refused.get().map(|why| view! { <Banner tone=Tone::Bad><p>{why}</p></Banner> })}
        </div>
    }
}

/// The way to sign out everywhere else, which asks first.
#[component]
fn Others(list: DeviceList) -> impl IntoView {
    let others = Memo::new(move |_| list.loaded.with(|loaded| loaded.as_ref().map(list::Loaded::others)));
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
            <p id=EXPLAINED>{move || labels::confirm(count())}</p>
            <div class="actions">
                <button type="button" class="button button-danger" on:click=confirm>
                    {move || labels::confirm_button(count())}
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
