//! What a browser would refresh with, taken out of it and shown to the backend by hand.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use perennial_e2e::server::client;
use perennial_e2e::{Backend, Browser, Seen, World};
use serde_json::{Value, json};

/// A refresh credential, and how it travels.
#[derive(Debug)]
pub(crate) enum Held {
    Cookie(&'static str, String),
    Bearer(String),
    Json(Value),
    Form(String),
}

/// What the backend said to it.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The credential that the browser holds now.
pub(crate) async fn held(backend: Backend, browser: &Browser) -> Result<Held> {
    Ok(match backend {
        Backend::Perennial => cookie(browser, "perennial_refresh").await?,
        Backend::BetterAuth => cookie(browser, "better-auth.session_token").await?,
        Backend::CookiePair => cookie(browser, "refreshToken").await?,
        Backend::Exchange => Held::Bearer(stored(browser, "access").await?),
        Backend::Hybrid => Held::Bearer(stored(browser, "refresh").await?),
        Backend::Allauth => Held::Json(json!({ "refresh_token": stored(browser, "refresh").await? })),
        Backend::Django => Held::Json(json!({ "refresh": stored(browser, "refresh").await? })),
        Backend::OidcProvider => {
            // Its tokens are made of letters that need no escape in a form.
            let token = stored(browser, "refresh").await?;
            Held::Form(format!("grant_type=refresh_token&client_id=perennial&refresh_token={token}"))
        }
    })
}

/// What these requests carried to be let in, each once.
pub(crate) fn shown(backend: Backend, seen: &[Seen]) -> BTreeSet<String> {
    let credential = |seen: &Seen| {
        let held = match backend {
            Backend::CookiePair => seen.cookie("authToken"),
            Backend::BetterAuth => seen.cookie("better-auth.session_token"),
            Backend::Perennial | Backend::Exchange | Backend::Hybrid => seen.token(),
            Backend::Django | Backend::OidcProvider | Backend::Allauth => seen.token(),
        };
        held.map(str::to_owned)
    };
    seen.iter().filter_map(credential).collect()
}

impl Held {
    /// Asks for new tokens with it.
    pub(crate) async fn show(&self, world: &World) -> Result<Said> {
        let (method, path) = world.backend.calls().refresh.split_once(' ').context("a call has a method")?;
        let url = format!("{}{path}", world.api().origin());
        let request = client()?.request(method.parse()?, url);
        let request = request.header("origin", world.proxy.origin()).header("x-requested-by", "perennial");
        let request = match self {
            Self::Cookie(name, value) => request.header("cookie", format!("{name}={value}")),
            Self::Bearer(token) => request.header("authorization", format!("Bearer {token}")),
            Self::Json(body) => request.header("content-type", "application/json").body(body.to_string()),
            Self::Form(body) => {
                request.header("content-type", "application/x-www-form-urlencoded").body(body.clone())
            }
        };
        let answer = request.send().await?;
        Ok(Said { status: answer.status().as_u16(), body: answer.text().await? })
    }
}

async fn cookie(browser: &Browser, name: &'static str) -> Result<Held> {
    Ok(Held::Cookie(name, browser.cookie(name).await?.value))
}

/// A field of the grant that the application keeps.
async fn stored(browser: &Browser, field: &str) -> Result<String> {
    let grant = browser.run(GRANT).await?;
    let grant: Value = serde_json::from_str(grant.as_str().context("no grant is kept")?)?;
    Ok(grant[field].as_str().with_context(|| format!("no {field} is kept"))?.to_owned())
}

const GRANT: &str = "
    for (const storage of [localStorage, sessionStorage]) {
        const name = Object.keys(storage).find((name) => name.startsWith('perennial:/:') && name.endsWith(':grant'));
        if (name) return storage.getItem(name);
    }
    return null";
