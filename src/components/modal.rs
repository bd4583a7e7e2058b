//! A native dialog that follows a signal.

use leptos::{ev::Event, html::Dialog, prelude::*};

use crate::platform::activity::by_script;

/// A `<dialog>` over the page, open exactly while `open` says so.
///
/// The browser keeps the focus inside, makes the page behind it inert and gives the focus back. Esc is an answer
/// like any other: it is handed to `on_dismiss`, and closing is left to whoever owns the signal.
#[component]
pub fn Modal(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// `dialog`, or `alertdialog` for what cannot wait.
    role: &'static str,
    /// The identifier of its heading, from which it has its name.
    #[prop(into)]
    labelled_by: Oco<'static, str>,
    /// The identifiers of what it explains.
    #[prop(into)]
    described_by: Oco<'static, str>,
    /// The person pressed Esc.
    on_dismiss: Callback<()>,
    /// What is inside. The control with `autofocus` gets the focus.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // It fails only where the dialog left the page meanwhile, and then nobody waits for it.
            (true, false) => drop(by_script(|| dialog.show_modal())),
            (false, true) => by_script(|| dialog.close()),
            (true, true) | (false, false) => {}
        }
    });
    let cancel = move |event: Event| {
        event.prevent_default();
        on_dismiss.run(());
    };
    // Browsers close a dialog without asking when Esc is pressed twice; that is the same answer.
    let closed = move |_: Event| {
        if open.get_untracked() {
            on_dismiss.run(());
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="modal"
            role=role
            aria-labelledby=labelled_by
            aria-describedby=described_by
            on:cancel=cancel
            on:close=closed
        >
            {children()}
        </dialog>
    }
}
