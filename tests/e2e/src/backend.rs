//! The backends that the same scenarios run against, and what differs between them.

mod django;
mod oidc_provider;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::proxy::Fault;
use crate::world::Account;
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
}

/// The requests of one backend, as [`Seen::call`](crate::Seen) names them.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// How a person signs in, where the application asks for a password.
    pub sign_in: &'static str,
    /// How a new token is asked for.
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
        };
        Calls { sign_in, refresh, validate, sign_out }
    }

    /// Whether it lives on an origin of its own, so that the reference backend serves the pages only.
    #[must_use]
    pub fn is_elsewhere(self) -> bool {
        matches!(self, Self::Django | Self::OidcProvider)
    }

    /// What the next so many requests of one call suffer from, so that the backend refuses them.
    #[must_use]
    pub fn forgery(self) -> Fault {
        match self {
            Self::CookiePair => Fault::ReplaceCookie("authToken", FORGED.to_owned()),
            Self::Perennial | Self::Exchange | Self::Hybrid | Self::Django | Self::OidcProvider => {
                Fault::ReplaceToken(FORGED.to_owned())
            }
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
        }
        self.start().await
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer.
    pub(crate) async fn start(&mut self) -> Result<()> {
        match self {
            Self::Django(django) => django.process.start().await,
            Self::OidcProvider(provider) => provider.process.start().await,
        }
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it is not running.
    pub(crate) fn kill(&mut self) -> Result<()> {
        match self {
            Self::Django(django) => django.process.kill(),
            Self::OidcProvider(provider) => provider.process.kill(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        match self {
            Self::Django(django) => django.process.port(),
            Self::OidcProvider(provider) => provider.process.port(),
        }
    }

    pub(crate) fn log(&self) -> String {
        match self {
            Self::Django(django) => django.process.log(),
            Self::OidcProvider(provider) => provider.process.log(),
        }
    }

    pub(crate) fn account(&self) -> &Account {
        match self {
            Self::Django(django) => &django.account,
            Self::OidcProvider(provider) => &provider.account,
        }
    }

    /// Ends every session of the person behind the application's back.
    ///
    /// # Errors
    /// When that fails.
    pub(crate) async fn sign_out_everywhere(&self) -> Result<()> {
        match self {
            Self::Django(django) => django.sign_out_everywhere(),
            Self::OidcProvider(provider) => provider.sign_out_everywhere().await,
        }
    }
}

/// A well-formed token for somebody else, signed with a key that nobody trusts.
pub const FORGED: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImZvcmdlZCJ9.eyJzdWIiOiIxIiwic2lkIjoiMSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmVkIGJ5IG5vYm9keSB3aG8gbWF0dGVycyBoZXJl";
