//! The form people sign in with.

use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use perennial_session::{Proof, Secret, ServerText, SignInFailure, SignInForm, SignInProgress, Wall};

use crate::{
    components::{Checkbox, changing},
    drafts::use_draft,
    platform::{dates, text},
    texts::{self, t},
};

/// Address, password and the wish to sign in.
///
/// The fields belong to the browser and its password manager: what is in them is read when the form is sent, and
/// only a wrong password is ever cleared. An address may have letters of any script (RFC 6531), which browsers refuse in
/// a field of the type `email`; whether it is one, the server says.
#[component]
pub fn CredentialsForm(
    /// How the sign-in is doing.
    progress: Memo<SignInProgress>,
    /// What the server says itself of the sign-in that it refused.
    message: Memo<Option<ServerText>>,
    /// What time it is.
    now: Signal<Wall>,
    /// Whether people sign in with their email address, and not with a name that looks like none.
    by_email: bool,
    /// Whether staying signed in on this device is offered.
    keep_offered: bool,
    /// The person wants to sign in.
    submit: Callback<SignInForm>,
) -> impl IntoView {
    let (identifier, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let (shown, keep) = (RwSignal::new(false), RwSignal::new(false));
    let typed = RwSignal::new(String::new());
    // Of whoever is not signed in yet; never the password, and nothing of anybody who was signed in.
    use_draft(
        DRAFT,
        move |draft| typed.set(draft),
        move || Some(typed.get()).filter(|typed| !typed.is_empty()),
    );
    let pending = Memo::new(move |_| progress.get() == SignInProgress::Pending);
    let blocked = Memo::new(move |_| pending.get() || must_wait(progress.get(), now.get()));
    ask_for_another(password, progress);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(identifier), Some(password)) = (identifier.get_untracked(), password.get_untracked())
        else {
            return;
        };
        if !blocked.get_untracked() {
            // A readable password would be offered again by the browser the next time somebody types.
            shown.set(false);
            let password = Secret::new(text::composed(&password.value()));
            // A space around a name comes with a paste or a suggestion, and belongs to no name.
            let identifier = text::composed(identifier.value().trim());
            let proof = Proof::Password { identifier, password };
            submit.run(SignInForm { proof, keep: keep.get_untracked() });
        }
    };
    view! {
        <form class="form" method="post" on:submit=on_submit>
            <div class="field">
                <label class="field-label" for=IDENTIFIER>
                    {if by_email { t().sign_in.email } else { t().sign_in.username }}
                </label>
                <input
                    class="input" id=IDENTIFIER autocomplete="username" required autofocus type="text"
                    inputmode=by_email.then_some("email") name=if by_email { "email" } else { "username" }
                    spellcheck="false" autocapitalize="none" aria-describedby=WHY node_ref=identifier
                    value=typed.get_untracked() on:input=move |event| typed.set(event_target_value(&event))
                />
            </div>
            <div class="field">
                <label class="field-label" for=PASSWORD>{t().sign_in.password}</label>
                <input
                    class="input" id=PASSWORD name="password" autocomplete="current-password" required
                    type=move || if shown.get() { "text" } else { "password" }
                    spellcheck="false" autocapitalize="none" aria-describedby=PROBLEM node_ref=password
                    aria-invalid=move || [WRONG, REFUSED].contains(&progress.get()).then_some("true")
                />
            </div>
            <div class="choices">
                <Checkbox label=t().sign_in.show_password chosen=shown />
                {keep_offered.then(|| view! { <Checkbox label=t().sign_in.keep chosen=keep /> })}
            </div>
            <button
                type="submit"
                class="button button-primary button-wide"
                aria-disabled=move || blocked.get().then_some("true")
            >
                {changing(move || if pending.get() { t().sign_in.busy } else { t().pages.sign_in })}
            </button>
            <Problem progress message now by_email />
        </form>
    }
}

/// What was wrong, announced once; a count that follows it is for the eye only.
#[component]
fn Problem(
    progress: Memo<SignInProgress>,
    message: Memo<Option<ServerText>>,
    now: Signal<Wall>,
    by_email: bool,
) -> impl IntoView {
    let in_its_words = move || message.with(|message| message.as_ref().map(texts::sign_in::refused));
    let problem = Memo::new(move |_| match progress.get() {
        WRONG if !by_email => {
            Some(texts::Chip { said: t().sign_in.wrong_username.to_owned(), counted: String::new() })
        }
        REFUSED if message.with(Option::is_some) => {
            in_its_words().map(|said| texts::Chip { said, counted: String::new() })
        }
        SignInProgress::Failed(failure) => Some(texts::sign_in_failure(failure, now.get(), dates::clock)),
        SignInProgress::Idle | SignInProgress::Pending => None,
    });
    let said =
        Memo::new(move |_| problem.with(|problem| problem.as_ref().map(|problem| problem.said.clone())));
    let counted = move || problem.with(|problem| problem.as_ref().map(|problem| problem.counted.clone()));
    view! {
        <p class="form-problem" role="alert" id=PROBLEM>
            {changing(move || said.get())}
            <span aria-hidden="true">{changing(counted)}</span>
        </p>
    }
}

/// After a wrong password, or what the server does not accept for a reason of its own, the password's field is empty and has the focus.
fn ask_for_another(password: NodeRef<Input>, progress: Memo<SignInProgress>) {
    Effect::new(move |_| {
        if [WRONG, REFUSED].contains(&progress.get())
            && let Some(password) = password.get_untracked()
        {
            password.set_value("");
            // A field that cannot take the focus leaves it where it was.
            drop(password.focus());
        }
    });
}

fn must_wait(progress: SignInProgress, now: Wall) -> bool {
    matches!(progress, SignInProgress::Failed(SignInFailure::TooMany { until }) if until > now)
}

/// The identifier of the place where the page says why it is shown.
pub const WHY: &str = "sign-in-why";

/// The name of the draft.
const DRAFT: &str = "sign-in";

const IDENTIFIER: &str = "username";
const PASSWORD: &str = "password";
const PROBLEM: &str = "sign-in-problem";
const WRONG: SignInProgress = SignInProgress::Failed(SignInFailure::WrongCredentials);
const REFUSED: SignInProgress = SignInProgress::Failed(SignInFailure::Refused);
