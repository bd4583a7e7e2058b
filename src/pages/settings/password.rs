//! The change of the own password.

use leptos::{ev::SubmitEvent, html::Input, prelude::*, task::spawn_local};
use perennial_dialect::wire::{NewPassword, Revoked};
use perennial_session::Status;

use crate::{
    client::{ApiRequest, Client, FetchError},
    components::{Checkbox, changing, focus},
    contexts::{use_auth, use_client},
    platform::text,
    texts::{
        password::{self as words, Concern},
        t,
    },
};

/// Asks for the password of before and for the next one.
///
/// The fields belong to the browser and its password manager: what is in them is read when the form is sent, and goes
/// to the server and to no other place.
#[component]
pub(super) fn ChangePassword() -> impl IntoView {
    let texts = words::texts();
    let form = Form::new();
    let client = StoredValue::new_local(use_client());
    let snapshot = use_auth().snapshot();
    let name = move || {
        snapshot.with(|snapshot| match &snapshot.status {
            Status::SignedIn { account, .. } => account.email.clone(),
            Status::Restoring | Status::SignedOut { .. } => String::new(),
        })
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let (Some(client), Some(wanted)) = (client.try_get_value(), form.begin()) {
            spawn_local(async move { form.end(send(&client, &wanted).await) });
        }
    };
    let kind = move || if form.shown.get() { "text" } else { "password" };
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 class="card-heading" id=HEADING>{texts.heading}</h2>
            <form class="form" method="post" on:submit=on_submit>
                // For password managers, which have to know whose password it is.
                <input type="text" name="username" autocomplete="username" hidden readonly prop:value=name />
                <div class="field">
                    <label class="field-label" for=CURRENT>{texts.current}</label>
                    <input
                        class="input" id=CURRENT name="current-password" autocomplete="current-password" required
                        type=kind spellcheck="false" autocapitalize="none" aria-describedby=PROBLEM
                        node_ref=form.current aria-invalid=move || form.is_wrong(Concern::Current).then_some("true")
                    />
                </div>
                <div class="field">
                    <label class="field-label" for=NEW>{texts.new}</label>
                    <input
                        class="input" id=NEW name="new-password" autocomplete="new-password" required
                        type=kind spellcheck="false" autocapitalize="none" aria-describedby=HINTS
                        node_ref=form.new aria-invalid=move || form.is_wrong(Concern::New).then_some("true")
                    />
                    <p class="soft settings-hint" id=HINT>{texts.hint}</p>
                </div>
                <div class="choices">
                    <Checkbox label=t().sign_in.show_password chosen=form.shown />
                    <Checkbox label=texts.others chosen=form.others />
                </div>
                <button type="submit" class="button" aria-disabled=move || form.busy.get().then_some("true")>
                    {changing(move || if form.busy.get() { texts.busy } else { texts.change })}
                </button>
                <p class="form-problem" role="alert" id=PROBLEM>
                    {changing(move || form.refused.with(|error| error.as_ref().map(words::failure)))}
                </p>
                <p class="said" role="status" tabindex="-1" id=SAID>{changing(move || form.said.get())}</p>
            </form>
        </section>
    }
    .into_any()
}

/// The state of the form. Its task may outlive it, so all that it does to it is tried.
#[derive(Clone, Copy)]
struct Form {
    current: NodeRef<Input>,
    new: NodeRef<Input>,
    /// Whether the passwords can be read.
    shown: RwSignal<bool>,
    /// Whether the other sessions end.
    others: RwSignal<bool>,
    busy: RwSignal<bool>,
    said: RwSignal<String>,
    refused: RwSignal<Option<FetchError>>,
}

impl Form {
    fn new() -> Self {
        Self {
            current: NodeRef::new(),
            new: NodeRef::new(),
            shown: RwSignal::new(false),
            others: RwSignal::new(true),
            busy: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            refused: RwSignal::new(None),
        }
    }

    /// What to send, unless something is under way.
    fn begin(self) -> Option<NewPassword> {
        let (current, new) = (typed(self.current)?, typed(self.new)?);
        if self.busy.get_untracked() {
            return None;
        }
        // A readable password would be offered again by the browser the next time somebody types.
        self.shown.set(false);
        self.said.set(String::new());
        self.refused.set(None);
        self.busy.set(true);
        Some(NewPassword { current, new, sign_out_others: self.others.get_untracked() })
    }

    /// Says what came of it, unless the person has left the page meanwhile.
    fn end(self, outcome: Result<Revoked, FetchError>) {
        if self.busy.try_set(false).is_some() {
            return;
        }
        match outcome {
            Ok(Revoked { revoked }) => {
                clear(self.current);
                clear(self.new);
                self.said.set(words::changed(revoked));
                focus::focus(SAID);
            }
            Err(error) => {
                match words::concern(&error) {
                    Concern::Current => focus::focus(CURRENT),
                    Concern::New => focus::focus(NEW),
                    Concern::Neither => {}
                }
                self.refused.set(Some(error));
            }
        }
    }

    /// Whether this was not right.
    fn is_wrong(self, which: Concern) -> bool {
        self.refused.with(|error| error.as_ref().map(words::concern) == Some(which))
    }
}

async fn send(client: &Client, wanted: &NewPassword) -> Result<Revoked, FetchError> {
    let request = ApiRequest::post(PATH).json(wanted).map_err(|_| FetchError::Unreadable)?;
    client.send(request).await?.json()
}

/// What is in a field, in one form of its letters.
fn typed(field: NodeRef<Input>) -> Option<String> {
    field.get_untracked().map(|field| text::composed(&field.value()))
}

fn clear(field: NodeRef<Input>) {
    if let Some(field) = field.get_untracked() {
        field.set_value("");
    }
}

const PATH: &str = "/api/password";

const HEADING: &str = "settings-password";
const CURRENT: &str = "settings-password-current";
const NEW: &str = "settings-password-new";
const HINT: &str = "settings-password-hint";
const PROBLEM: &str = "settings-password-problem";
const HINTS: &str = "settings-password-hint settings-password-problem";
const SAID: &str = "settings-password-said";
