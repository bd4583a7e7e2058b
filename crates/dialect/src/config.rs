//! What an operator may set, in the JSON data block of `index.html`.
//!
//! `keys` is the one list of what may be set: the parser, the sentences about mistakes, `docs/configuration.md` and the
//! JSON Schema beside it all come from it.
//!
//! An empty block means all defaults. Anything that is not understood is an error, and none is passed over in
//! favour of a default: a limit that silently is not the one written down is worse than a page that says so.

mod checks;
mod error;
mod forms;
mod keys;
mod kind;
mod node;
pub mod reference;
mod refused;
mod source;

use core::{num::NonZeroU32, time::Duration};
use std::sync::Arc;

use perennial_session::{GrantStore, RefreshBy, Settings, SignOutBy};

use crate::{
    dialect::{Dialect, RefreshCredential, SignInBy, Storage},
    presets::{PRESETS, Preset, TIMING, Timing},
};

pub use error::ConfigError;
use keys::{Found, Problems};
use kind::{Kind, Wrong};
pub use source::Source;

/// The settings of one installation, complete and within their bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How the backend is spoken to.
    pub dialect: Arc<Dialect>,
    /// The values of time.
    pub timing: Timing,
    /// Whether people are offered to stay signed in on a device.
    pub keep_signed_in: bool,
    /// The keys that stand in the text.
    written: Vec<&'static str>,
}

/// A configuration that is being read: a preset, and what is put in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Draft {
    dialect: Dialect,
    timing: Timing,
    keep_signed_in: bool,
}

impl Default for Config {
    fn default() -> Self {
        Draft::of(&PRESETS[0]).finish(Vec::new())
    }
}

impl Config {
    /// Reads the text of the data block.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text, so that it can be put right in one go.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigError>> {
        let entries = node::parse(text).map_err(|error| vec![error])?;
        let (found, mut problems) = keys::look_up(&entries);
        let mut draft = Draft::of(&PRESETS[0]);
        put(&found, &mut draft, &mut problems);
        let place = |name: &str| found.iter().find(|found| found.key.name == name).map(|found| found.at);
        draft.derive(|name| place(name).is_some());
        for (at, error) in checks::all(&draft, &problems, place) {
            problems.add(at, error);
        }
        let written = found.iter().map(|found| found.key.name).collect();
        problems.none().map(|()| draft.finish(written))
    }

    /// The values the session engine works with; what the tabs can do together is for the platform to say.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let (timing, dialect) = (&self.timing, &*self.dialect);
        let live = dialect.live.as_ref();
        let defaults = Settings::default();
        Settings {
            check_interval: Duration::from_secs(timing.check_interval_s),
            refresh_buffer: Duration::from_secs(timing.refresh_buffer_s),
            refresh_when: timing.refresh_when,
            retry_delay: Duration::from_secs(timing.retry_delay_s),
            attempts_per_round: u32::try_from(timing.attempts_per_round).ok().and_then(NonZeroU32::new),
            inactivity_limit: Duration::from_secs(timing.inactivity_limit_s),
            inactivity_warning: Duration::from_secs(timing.inactivity_warning_s),
            call_timeout: Duration::from_secs(timing.call_timeout_s),
            hold_limit: Duration::from_secs(timing.hold_limit_s),
            request_limit: Duration::from_secs(timing.request_limit_s),
            socket_renewal: live.map_or(defaults.socket_renewal, |live| live.renew),
            socket_silence_limit: live.and_then(|live| live.silence_limit_s).map(Duration::from_secs),
            may_keep: self.keep_signed_in,
            can_validate: dialect.endpoints.validate.is_some(),
            access_by: dialect.access,
            refresh_by: match dialect.refresh.by {
                RefreshCredential::Cookie => RefreshBy::Cookie,
                RefreshCredential::AccessBearer => RefreshBy::AccessToken,
                RefreshCredential::RefreshBearer | RefreshCredential::Body { .. } => RefreshBy::RefreshToken,
            },
            sign_out_by: match dialect.sign_in {
                SignInBy::Form(_) => SignOutBy::Access,
                SignInBy::Redirect(_) => SignOutBy::RefreshToken,
            },
            grant_store: match dialect.storage {
                Storage::Memory => GrantStore::None,
                Storage::Session => GrantStore::Tab,
                Storage::Local => GrantStore::Browser,
            },
            ..defaults
        }
    }
}

impl Draft {
    fn of(preset: &Preset) -> Self {
        Self { dialect: preset.dialect.clone(), timing: preset.timing.clone(), keep_signed_in: false }
    }

    fn finish(self, written: Vec<&'static str>) -> Config {
        let Self { dialect, timing, keep_signed_in } = self;
        Config { dialect: Arc::new(dialect), timing, keep_signed_in, written }
    }

    /// Whether the refresh credential is a token that script sees.
    fn holds_refresh_token(&self) -> bool {
        match self.dialect.refresh.by {
            RefreshCredential::Cookie | RefreshCredential::AccessBearer => false,
            RefreshCredential::RefreshBearer | RefreshCredential::Body { .. } => true,
        }
    }

    /// Gives the keys that are not written a value that fits those that are, and every address one form.
    fn derive(&mut self, is_written: impl Fn(&str) -> bool) {
        let backend = self.dialect.backend.trim_end_matches('/').len();
        self.dialect.backend.to_mut().truncate(backend);
        if !is_written("inactivity_warning_s") {
            self.timing.inactivity_warning_s = default_warning_s(self.timing.inactivity_limit_s);
        }
        if !is_written("storage") && self.dialect.refresh.by == RefreshCredential::Cookie {
            self.dialect.storage = Storage::Memory;
        }
        if !is_written("sign_out.refresh_token") && !self.holds_refresh_token() {
            self.dialect.sign_out.refresh_token = None;
        }
    }
}

/// Puts what was found in its place. What decides about the places of others comes before those, wherever it stands; while
/// it is wrong itself, nobody knows whether they mean anything.
fn put(found: &[Found<'_>], draft: &mut Draft, problems: &mut Problems) {
    let mut is_decided = true;
    for round in Kind::ROUNDS {
        for found in found.iter().filter(|found| found.key.kind.round() == round) {
            match found.set(draft) {
                Ok(()) => {}
                Err((Wrong::Meaningless, _)) if !is_decided => {}
                Err((_, error)) => {
                    is_decided &= round == Kind::LAST_ROUND;
                    problems.add(found.at, error);
                }
            }
        }
    }
}

/// The warning of those who only set a limit: five minutes, or a fifth of a limit too short for that.
fn default_warning_s(limit_s: u64) -> u64 {
    (limit_s / 5).clamp(1, TIMING.inactivity_warning_s)
}
