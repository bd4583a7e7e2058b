//! What says how the session is doing.

use leptos::prelude::*;

use super::example;
use crate::{
    components::{Banner, CountdownDialog, CountdownTexts, Modal, Ring, SessionChip, Tone},
    texts::{Chip, t},
};

pub(super) fn banners() -> AnyView {
    [
        (Tone::Good, "You are signed out.", None),
        (Tone::Waiting, "You are offline. You stay signed in. An import waits until you are back; other changes need the network.", None),
        (Tone::Waiting, "This session ends at 17:00. Then sign in again.", Some("Sign in again")),
        (Tone::Bad, "Your devices could not be loaded. The server could not be reached.", Some("Try again")),
    ]
    .into_iter()
    .map(|(tone, sentence, action)| {
        view! {
            <Banner tone>
                <p>{sentence}</p>
                {action.map(|action| view! { <button type="button" class="button">{action}</button> })}
            </Banner>
        }
    })
    .collect_view()
    .into_any()
}

pub(super) fn chips() -> AnyView {
    let chips = [
        (Tone::Good, "Restoring your session", ""),
        (Tone::Good, "Signed in", " · next refresh in 54 min"),
        (Tone::Good, "Signed in", " · refreshed when needed"),
        (Tone::Good, "Signed in", " · refreshing"),
        (Tone::Waiting, "Retrying", " in 4 s"),
        (Tone::Waiting, "Waiting for the server until 12:05", ""),
        (Tone::Waiting, "Offline", ""),
        (Tone::Waiting, "Signed in, not confirmed", ""),
    ];
    let chips = chips.into_iter().map(|(tone, said, counted)| {
        let chip = Memo::new(move |_| Chip { said: said.to_owned(), counted: counted.to_owned() });
        view! { <li><SessionChip chip tone=Memo::new(move |_| tone) /></li> }
    });
    view! { <ul class="card">{chips.collect_view()}</ul> }.into_any()
}

pub(super) fn rings() -> AnyView {
    let rings = [
        ("Fresh", 1.0, "60 min", "to next refresh"),
        ("Half of it left", 0.5, "30 min", "to next refresh"),
        ("Nearly over", 0.02, "48 s", "to next refresh"),
        ("Refreshing", 0.0, "Now", "refreshing"),
        ("Retrying", 0.0, "4 s", "to next try"),
        ("Offline", 0.4, "Paused", "while offline"),
        ("At rest", 0.0, "Paused", "until it is needed"),
        ("No fixed time", 0.0, "On demand", "no fixed time"),
    ];
    let rings = rings.into_iter().map(|(name, share, value, note)| {
        example(name, view! { <Ring share value=value.to_owned() note /> })
    });
    view! { <div class="card"><div class="actions">{rings.collect_view()}</div></div> }.into_any()
}

/// Each as a still, beside a button that opens the real one.
pub(super) fn dialogs() -> AnyView {
    let (asked, confirmed) = (RwSignal::new(false), RwSignal::new(false));
    let left_ms = Memo::new(move |_| asked.get().then_some(300_000));
    let close = Callback::new(move |()| {
        asked.set(false);
        confirmed.set(false);
    });
    let said = CountdownTexts {
        heading: t().inactivity.heading,
        lead: t().inactivity.lead,
        spoken: t().inactivity.spoken,
        advice: None,
        stay: t().inactivity.stay,
        leave: t().inactivity.leave,
    };
    view! {
        <div class="actions">
            {still("Are you still there?", inactivity())}
            {still("Sign out everywhere else?", question())}
        </div>
        <div class="actions">
            <button type="button" class="button" on:click=move |_| asked.set(true)>"Open the first"</button>
            <button type="button" class="button" on:click=move |_| confirmed.set(true)>"Open the second"</button>
        </div>
        <CountdownDialog id="example" said left_ms opened_with_s=300 stay=close leave=close />
        <Modal open=confirmed role="dialog" labelled_by="open-heading" described_by="open-words" on_dismiss=close>
            <h2 class="modal-heading" id="open-heading">"Sign out everywhere else?"</h2>
            <p id="open-words">"2 other devices will be signed out at once. You stay signed in here."</p>
            <div class="actions">
                <button type="button" class="button button-danger" on:click=move |_| close.run(())>
                    "Sign out 2 devices"
                </button>
                <button type="button" class="button" autofocus on:click=move |_| close.run(())>"Cancel"</button>
            </div>
        </Modal>
    }
    .into_any()
}

/// A dialog that lies in the page.
fn still(name: &'static str, inside: AnyView) -> AnyView {
    view! {
        <dialog open class="modal" aria-label=name style:position="static" style:margin="0">
            <p class="modal-heading">{name}</p>
            {inside}
        </dialog>
    }
    .into_any()
}

fn inactivity() -> AnyView {
    view! {
        <p class="modal-count">
            "For your security you will be signed out in" <strong class="modal-clock">"4:59"</strong>
        </p>
        <div class="actions">
            <button type="button" class="button button-primary">"Stay signed in"</button>
            <button type="button" class="button">"Sign out now"</button>
        </div>
    }
    .into_any()
}

fn question() -> AnyView {
    view! {
        <p>"2 other devices will be signed out at once. You stay signed in here."</p>
        <div class="actions">
            <button type="button" class="button button-danger">"Sign out 2 devices"</button>
            <button type="button" class="button">"Cancel"</button>
        </div>
    }
    .into_any()
}
