//! The backends that the same scenarios run against, and what differs between them.

mod allauth;
mod better_auth;
mod django;
mod manage;
mod oidc_provider;

use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::clock::Clocks;
use crate::process::Process;
use crate::proxy::Fault;
use crate::server::client;
use crate::world::Account;
use allauth::Allauth;
use better_auth::BetterAuth;
use django::Django;
use oidc_provider::OidcProvider;

/// A backend, with the way to talk to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// The reference backend in its own dialect.
    #[default]
    Perennial,
    /// The reference backend as one with one access token and nothing else.
    Exchange,
    /// The reference backend as one with two cookies that no script sees.
    CookiePair,
    /// The reference backend as one with both tokens in its answers.
    Hybrid,
    /// Django REST framework with SimpleJWT, on another origin.
    Django,
    /// An OpenID Connect provider, on another origin.
    OidcProvider,
    /// django-allauth without pages, on another origin: it refuses by 400.
    Allauth,
    /// better-auth, on another origin: a session cookie that tells nobody how long it lives.
    BetterAuth,
}

/// What is known of how long an access credential lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// The backend or the credential itself says it, so that a new one is asked for before the end.
    Told,
    /// Nobody says it: a credential is used until it is refused.
    Untold,
}

/// How a backend says no.
#[derive(Clone, Debug)]
pub struct Refusals {
    /// What a person reads who mistypes a password.
    pub password: &'static str,
    /// The status of a refresh with the credential of a session that has ended.
    pub refresh: u16,
    /// What its body holds then.
    pub word: &'static str,
    /// The status of a sign-out that has ended the session.
    pub sign_out: RangeInclusive<u16>,
}

/// The requests of one backend, as [`Seen::call`](crate::Seen) names them.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// How a person signs in, where the application asks for a password.
    pub sign_in: &'static str,
    /// How a new token is asked for; with a query where the path alone says something else.
    pub refresh: &'static str,
    /// How the session is checked.
    pub validate: &'static str,
    /// What the backend is told at a sign-out.
    pub sign_out: &'static str,
}

/// A backend written by others, as a child process.
#[derive(Debug)]
pub(crate) enum Foreign {
    Django(Django),
    OidcProvider(OidcProvider),
    Allauth(Allauth),
    BetterAuth(BetterAuth),
}

impl Backend {
    /// What it is asked.
    #[must_use]
    pub fn calls(self) -> Calls {
        let [sign_in, refresh, validate, sign_out] = match self {
            Self::Perennial => {
                ["POST /api/session", "POST /api/session/refresh", "GET /api/session", "DELETE /api/session"]
            }
            Self::Exchange => [
                "POST /api/v1/auth/login",
                "POST /api/v1/auth/refresh",
                "GET /api/v1/auth/validate",
                "POST /api/v1/auth/logout",
            ],
            Self::CookiePair => [
                "POST /api/auth/login",
                "POST /api/auth/refresh",
                "GET /api/auth/status",
                "POST /api/auth/logout",
            ],
            Self::Hybrid => ["POST /api/login", "POST /api/refresh", "GET /api/me", "POST /api/logout"],
            Self::Django => {
                ["POST /api/token/", "POST /api/token/refresh/", "GET /api/me/", "POST /api/token/blacklist/"]
            }
            Self::OidcProvider => ["POST /token", "POST /token", "GET /me", "POST /token/revocation"],
            Self::Allauth => [
                "POST /_allauth/app/v1/auth/login",
                "POST /_allauth/app/v1/tokens/refresh",
                "GET /_allauth/app/v1/auth/session",
                "DELETE /_allauth/app/v1/auth/session",
            ],
            Self::BetterAuth => [
                "POST /api/auth/sign-in/email",
                "GET /api/auth/get-session?disableCookieCache=true",
                "GET /api/auth/get-session",
                "POST /api/auth/sign-out",
            ],
        };
        Calls { sign_in, refresh, validate, sign_out }
    }

    /// Whether it lives on an origin of its own, so that the reference backend serves the pages only.
    #[must_use]
    pub fn is_elsewhere(self) -> bool {
        match self {
            Self::Perennial | Self::Exchange | Self::CookiePair | Self::Hybrid => false,
            Self::Django | Self::OidcProvider | Self::Allauth | Self::BetterAuth => true,
        }
    }

    /// What is known of how long its access credential lives.
    #[must_use]
    pub fn life(self) -> Life {
        match self {
            Self::BetterAuth => Life::Untold,
            Self::Perennial | Self::Exchange | Self::CookiePair | Self::Hybrid => Life::Told,
            Self::Django | Self::OidcProvider | Self::Allauth => Life::Told,
        }
    }

    /// How it says no.
    #[must_use]
    pub fn refusals(self) -> Refusals {
        let (password, sign_out) = ("password is not right.", 200..=299);
        match self {
            Self::Perennial | Self::Exchange | Self::CookiePair | Self::Hybrid => {
                Refusals { password, refresh: 401, word: "session_revoked", sign_out }
            }
            Self::Django => Refusals { password, refresh: 401, word: "token_not_valid", sign_out },
            Self::OidcProvider => Refusals { password, refresh: 400, word: "invalid_grant", sign_out },
            Self::Allauth => Refusals {
                password: "The email address and/or password you specified are not correct.",
                refresh: 400,
                word: "{\"status\": 400}",
                // That nobody is signed in any more.
                sign_out: 401..=401,
            },
            Self::BetterAuth => {
                Refusals { password: "Invalid email or password", refresh: 200, word: "null", sign_out }
            }
        }
    }

    /// Whose time passes in scenarios about lifetimes. Programs that others wrote know no time but the machine's.
    #[must_use]
    pub fn clocks(self) -> Clocks {
        match self {
            Self::Perennial | Self::Exchange | Self::CookiePair | Self::Hybrid => Clocks::Moved,
            // They are to judge by it.
            Self::Django | Self::OidcProvider => Clocks::Machine,
            // What they show is how they refuse, and not when: time is let pass in the pages alone.
            Self::Allauth | Self::BetterAuth => Clocks::Moved,
        }
    }

    /// What the next so many requests of one call suffer from, so that the backend refuses them.
    #[must_use]
    pub fn forgery(self) -> Fault {
        match self {
            Self::CookiePair => Fault::ReplaceCookie("authToken", FORGED.to_owned()),
            Self::BetterAuth => Fault::ReplaceCookie(better_auth::COOKIE, FORGED.to_owned()),
            Self::Perennial | Self::Exchange | Self::Hybrid => Fault::ReplaceToken(FORGED.to_owned()),
            Self::Django | Self::OidcProvider | Self::Allauth => Fault::ReplaceToken(FORGED.to_owned()),
        }
    }

    /// What an operator writes into the data block for it, when it answers at this origin.
    ///
    /// # Errors
    /// When the file that says so is no JSON.
    pub fn config(self, origin: &str) -> Result<Value> {
        let text = match self {
            Self::Perennial => return Ok(json!({})),
            Self::Exchange => return Ok(json!({ "preset": "exchange" })),
            Self::CookiePair => return Ok(json!({ "preset": "cookie-pair" })),
            Self::Hybrid => return Ok(json!({ "preset": "hybrid" })),
            Self::Django => include_str!("../backends/django/perennial.json"),
            Self::OidcProvider => include_str!("../backends/oidc-provider/perennial.json"),
            Self::Allauth => include_str!("../backends/allauth/perennial.json"),
            Self::BetterAuth => include_str!("../backends/better-auth/perennial.json"),
        };
        serde_json::from_str(&text.replace("http://127.0.0.1:8000", origin))
            .context("perennial.json is no JSON")
    }
}

impl Foreign {
    /// Describes one without starting it; `None` for the reference backend.
    ///
    /// # Errors
    /// When it is not installed or no port is free.
    pub(crate) fn new(backend: Backend, data_dir: &Path) -> Result<Option<Self>> {
        Ok(match backend {
            Backend::Perennial | Backend::Exchange | Backend::CookiePair | Backend::Hybrid => None,
            Backend::Django => Some(Self::Django(Django::new(data_dir)?)),
            Backend::OidcProvider => Some(Self::OidcProvider(OidcProvider::new(data_dir)?)),
            Backend::Allauth => Some(Self::Allauth(Allauth::new(data_dir)?)),
            Backend::BetterAuth => Some(Self::BetterAuth(BetterAuth::new(data_dir)?)),
        })
    }

    /// Starts it for the first time: for pages of the one origin, and reached at the other.
    ///
    /// # Errors
    /// When it does not answer.
    pub(crate) async fn set_up(&mut self, page: &str, own: &str, lifetime_s: u32) -> Result<()> {
        match self {
            Self::Django(django) => django.set_up(page, lifetime_s)?,
            Self::OidcProvider(provider) => provider.set_up(page, own, lifetime_s)?,
            Self::Allauth(allauth) => allauth.set_up(page, lifetime_s)?,
            Self::BetterAuth(better) => better.set_up(page, own)?,
        }
        self.start().await
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer.
    pub(crate) async fn start(&mut self) -> Result<()> {
        self.process_mut().start().await
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it is not running.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process_mut().kill()
    }

    pub(crate) fn port(&self) -> u16 {
        self.process().port()
    }

    pub(crate) fn log(&self) -> String {
        self.process().log()
    }

    fn process(&self) -> &Process {
        match self {
            Self::Django(django) => &django.process,
            Self::OidcProvider(provider) => &provider.process,
            Self::Allauth(allauth) => &allauth.process,
            Self::BetterAuth(better) => &better.process,
        }
    }

    fn process_mut(&mut self) -> &mut Process {
        match self {
            Self::Django(django) => &mut django.process,
            Self::OidcProvider(provider) => &mut provider.process,
            Self::Allauth(allauth) => &mut allauth.process,
            Self::BetterAuth(better) => &mut better.process,
        }
    }

    pub(crate) fn account(&self) -> &Account {
        match self {
            Self::Django(django) => &django.account,
            Self::OidcProvider(provider) => &provider.account,
            Self::Allauth(allauth) => &allauth.account,
            Self::BetterAuth(better) => &better.account,
        }
    }

    /// Ends every session of the person behind the application's back.
    ///
    /// # Errors
    /// When that fails.
    pub(crate) async fn sign_out_everywhere(&self) -> Result<()> {
        match self {
            Self::Django(django) => django.sign_out_everywhere(),
            Self::OidcProvider(provider) => sign_out_everywhere(&provider.process, &provider.admin).await,
            Self::Allauth(allauth) => allauth.sign_out_everywhere(),
            Self::BetterAuth(better) => sign_out_everywhere(&better.process, &better.admin).await,
        }
    }
}

/// Asks a backend of Node.js, which has no command line, as its administrator would.
async fn sign_out_everywhere(process: &Process, admin: &str) -> Result<()> {
    let url = format!("http://127.0.0.1:{}/admin/sign-out-everywhere", process.port());
    let sent = client()?.post(url).header("authorization", format!("Bearer {admin}")).send().await;
    sent?.error_for_status().context("the backend refuses its administrator").map(drop)
}

/// A well-formed token for somebody else, signed with a key that nobody trusts.
pub const FORGED: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImZvcmdlZCJ9.eyJzdWIiOiIxIiwic2lkIjoiMSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmVkIGJ5IG5vYm9keSB3aG8gbWF0dGVycyBoZXJl";
