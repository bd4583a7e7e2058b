//! What a configuration means, in a few lines.

use std::fmt::Write as _;

use perennial_dialect::{
    Csrf, Dialect, Endpoint, Endpoints, Page, RefreshCredential, SignInBy, Storage, config::Config,
    presets::Timing,
};
use perennial_session::RefreshWhen;

/// Says what an operator wants to see confirmed.
pub(super) fn of(config: &Config) -> String {
    let (dialect, timing) = (&*config.dialect, &config.timing);
    let backend = if dialect.backend.is_empty() { "the origin of the page" } else { &dialect.backend };
    let live = dialect.live.as_ref().map_or("none", |live| &live.at);
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        let written = writeln!(out, "  {name:<12} {value}");
        debug_assert!(written.is_ok(), "a String takes everything");
    };
    line("preset", dialect.name);
    line("backend", backend);
    match &dialect.sign_in {
        SignInBy::Form(_) => line("sign-in", "by a form of the application"),
        SignInBy::Redirect(client) => {
            line("sign-in", &format!("at {} as {}, for {}", client.issuer, client.client_id, client.scope));
        }
    }
    line("endpoints", &endpoints(&dialect.endpoints));
    line("refresh", refresh(dialect));
    line("forgery", csrf(&dialect.csrf));
    line("storage", storage(dialect.storage));
    line("live", live);
    line("pages", &pages(&dialect.pages));
    line(
        "times",
        &format!(
            "checked every {} s, refreshed {}, over after {} s of inactivity ({} s warning)",
            timing.check_interval_s,
            refreshed(timing),
            timing.inactivity_limit_s,
            timing.inactivity_warning_s,
        ),
    );
    out.truncate(out.trim_end().len());
    out
}

fn endpoints(endpoints: &Endpoints) -> String {
    let Endpoints { sign_in, refresh, validate, sign_out, clock } = endpoints;
    let all = [
        ("sign-in", sign_in),
        ("refresh", refresh),
        ("validate", validate),
        ("sign-out", sign_out),
        ("clock", clock),
    ];
    let said = |(name, endpoint): (&str, &Option<Endpoint>)| match endpoint {
        None => format!("{name} none"),
        Some(endpoint) if endpoint.is_undiscovered() => format!("{name} as the provider says"),
        Some(endpoint) => format!("{name} {} {}", endpoint.method, endpoint.at),
    };
    all.map(said).join(", ")
}

fn refresh(dialect: &Dialect) -> &'static str {
    match dialect.refresh.by {
        RefreshCredential::Cookie => "by a cookie",
        RefreshCredential::AccessBearer => "by the access token",
        RefreshCredential::RefreshBearer | RefreshCredential::Body { .. } => "by a refresh token",
    }
}

fn refreshed(timing: &Timing) -> String {
    let before_the_end = format!("{} s before the end at most", timing.refresh_buffer_s);
    match timing.refresh_when {
        RefreshWhen::Always => before_the_end,
        RefreshWhen::Active => format!("{before_the_end} while somebody is there"),
        RefreshWhen::Manual => "when a token is needed".to_owned(),
    }
}

fn csrf(csrf: &Csrf) -> &'static str {
    match csrf {
        Csrf::None => "nothing shown, as no cookie should authorise anything",
        Csrf::Header { .. } => "a constant header",
        Csrf::DoubleSubmit { .. } => "a header that repeats a cookie",
    }
}

fn storage(storage: Storage) -> &'static str {
    match storage {
        Storage::Memory => "memory: a reload asks the backend by cookie",
        Storage::Session => "session: tokens stay in the tab",
        Storage::Local => "local: tokens stay in the browser, for all its tabs",
    }
}

fn pages(pages: &[Page]) -> String {
    let name = |page: &Page| match page {
        Page::Queue => "queue",
        Page::Devices => "devices",
        Page::Password => "password",
    };
    if pages.is_empty() { "none".to_owned() } else { pages.iter().map(name).collect::<Vec<_>>().join(", ") }
}
