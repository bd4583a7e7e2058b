//! What people press, tick and type into.

use leptos::prelude::*;

use super::example;
use crate::{components::ThemeSwitch, platform::theme::Theme};

pub(super) fn buttons() -> AnyView {
    let kinds =
        [("Normal", "button"), ("Primary", "button button-primary"), ("Danger", "button button-danger")];
    let rows = kinds.into_iter().map(|(name, class)| {
        view! {
            <div class="actions">
                <button type="button" class=class>{name}</button>
                <button type="button" class=class aria-disabled="true">{name}", disabled"</button>
            </div>
        }
    });
    view! {
        {rows.collect_view()}
        <div class="actions">
            <button type="button" class="button button-primary" aria-disabled="true">"Signing in…"</button>
            <a class="button" href="/style#buttons">"A link"</a>
        </div>
        <div class="entrance">
            <button type="button" class="button button-primary button-wide">"Wide"</button>
        </div>
    }
    .into_any()
}

pub(super) fn fields() -> AnyView {
    let fields = [
        ("Empty", "empty", "text", "", false),
        ("Filled", "filled", "email", "ada@perennial.example", false),
        ("Password", "secret", "password", "correct horse", false),
        ("Wrong", "wrong", "password", "", true),
    ];
    let fields = fields.into_iter().map(|(label, id, kind, value, is_wrong)| {
        view! {
            <div class="field">
                <label class="field-label" for=id>{label}</label>
                <input
                    class="input" id=id type=kind value=value autocomplete="off"
                    aria-invalid=is_wrong.then_some("true")
                />
            </div>
        }
    });
    view! {
        <div class="entrance">
            <div class="card entrance-card">
                <div class="form">
                    {fields.collect_view()}
                    <div class="field">
                        <label class="field-label" for="separator">"Separated by"</label>
                        <select class="select" id="separator"><option>"As found"</option></select>
                    </div>
                    <p class="form-problem">"The email or the password is not right."</p>
                </div>
            </div>
        </div>
        <div class="card">
            <div class="drop">
                <span class="field-label">"CSV file"</span>
                <div class="import-line">
                    <button type="button" class="button">"Choose a file"</button>
                    <span>"No file chosen"</span>
                </div>
                <p class="soft">"Choose a file or drop it here."</p>
            </div>
            <div class="drop" data-over="true"><p>"A file is over it"</p></div>
        </div>
    }
    .into_any()
}

pub(super) fn choices() -> AnyView {
    let chosen = RwSignal::new(Theme::System);
    let choose = Callback::new(move |theme| chosen.set(theme));
    view! {
        <div class="choices">
            <label class="choice"><input type="checkbox" class="choice-box" />"Show password"</label>
            <label class="choice">
                <input type="checkbox" class="choice-box" checked />
                "Keep me signed in on this device"
            </label>
        </div>
        <ThemeSwitch name="style-theme" chosen choose />
    }
    .into_any()
}

pub(super) fn progress() -> AnyView {
    let shares = [("Nothing yet", 0), ("Some of it", 8), ("Half of it", 50), ("All of it", 100)];
    let bars = shares.into_iter().map(|(name, share)| {
        example(name, view! { <progress class="bar" max="100" value=share aria-label=name></progress> })
    });
    view! { <div class="card">{bars.collect_view()}</div> }.into_any()
}

pub(super) fn navigation() -> AnyView {
    view! {
        <nav class="nav" aria-label="Example">
            <a class="nav-link" href="/style#navigation" aria-current="page">"Overview"</a>
            <a class="nav-link" href="/style#navigation">"Queue"</a>
            <a class="nav-link" href="/style#navigation">"Devices"</a>
        </nav>
        <p><a class="back" href="/style#navigation">"All imports"</a></p>
        <details class="import-reading"><summary>"If a file is read wrongly"</summary><p>"More"</p></details>
    }
    .into_any()
}
