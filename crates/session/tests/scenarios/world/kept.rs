//! Backends whose credentials script holds, or never sees, and the store in which they are kept.

use std::num::NonZeroU32;

use perennial_session::{
    Access, AccessBy, Call, CallKind, GrantStore, Output, RefreshBy, Secret, Settings, SharedGrant,
};

use super::{World, mins};

/// One access token, kept, that is exchanged for the next.
pub(crate) fn exchange() -> Settings {
    Settings {
        refresh_by: RefreshBy::AccessToken,
        grant_store: GrantStore::Browser,
        may_keep: true,
        ..Settings::default()
    }
}

/// An access token and a refresh token.
pub(crate) fn refresh_token(grant_store: GrantStore) -> Settings {
    Settings { refresh_by: RefreshBy::RefreshToken, grant_store, may_keep: true, ..Settings::default() }
}

/// Two cookies that no script sees.
pub(crate) fn cookie_pair() -> Settings {
    Settings {
        access_by: AccessBy::Cookie,
        refresh_by: RefreshBy::Cookie,
        check_interval: mins(5),
        refresh_buffer: mins(10),
        attempts_per_round: NonZeroU32::new(3),
        ..Settings::default()
    }
}

impl World {
    /// Somebody has just signed in.
    pub(crate) fn signed_in_by(settings: Settings) -> Self {
        Self::signed_in_with(settings, 1, |_| {})
    }

    /// Loses the network and the page, and loads the page again after this.
    pub(crate) fn reload_after(mut self, length: std::time::Duration) -> Self {
        self.pass(length);
        self.restart()
    }

    /// Somebody changes what is kept, or nothing where nothing is.
    pub(crate) fn alter(&mut self, change: impl FnOnce(&mut SharedGrant)) {
        self.is_altered = true;
        if let Some(kept) = &mut self.kept {
            change(kept);
        }
    }

    /// Somebody removes it.
    pub(crate) fn lose_kept(&mut self) {
        self.is_altered = true;
        self.kept = None;
    }

    /// The texts of the access token and the refresh token that are kept.
    pub(crate) fn kept_texts(&self) -> Option<(String, String)> {
        let kept = self.kept.as_ref()?;
        Some((text(Some(&kept.access)), secret_text(kept.refresh.as_ref())))
    }

    /// With what each sign-out named the session: the access token, and the refresh token.
    pub(crate) fn sign_outs(&self) -> Vec<(String, String)> {
        let named = |call: &Call| match &call.kind {
            CallKind::SignOut { access, refresh, .. } => {
                Some((text(access.as_ref()), secret_text(refresh.as_ref())))
            }
            CallKind::SignIn(_) | CallKind::Refresh { .. } | CallKind::Validate { .. } | CallKind::Clock => {
                None
            }
        };
        self.calls().filter_map(named).collect()
    }

    /// The refresh tokens that refreshes were asked for with, in order; the access token where there is none.
    pub(crate) fn refreshed_with(&self) -> Vec<String> {
        let with = |call: &Call| match &call.kind {
            CallKind::Refresh { access, refresh, .. } => Some(match refresh {
                Some(refresh) => secret_text(Some(refresh)),
                None => text(access.as_ref()),
            }),
            CallKind::SignIn(_) | CallKind::Validate { .. } | CallKind::SignOut { .. } | CallKind::Clock => {
                None
            }
        };
        self.calls().filter_map(with).collect()
    }

    /// What holds of what is kept, whatever the scenario: it ends with its session, and no refresh is asked for with
    /// anything but that.
    pub(super) fn judge_kept(&self, output: &Output) {
        let Output::Send(Call { kind: CallKind::Refresh { access, refresh, .. }, .. }) = output else {
            return;
        };
        let Some(kept) = self.kept.as_ref().filter(|_| !self.is_altered) else { return };
        match self.settings.refresh_by {
            RefreshBy::Cookie => {}
            RefreshBy::AccessToken => assert_eq!(access.as_ref(), Some(&kept.access), "not what is kept"),
            RefreshBy::RefreshToken => assert_eq!(refresh, &kept.refresh, "not what is kept"),
        }
    }

    pub(super) fn judge_kept_after(&self) {
        let is_over = self.ended.is_some() && self.record.is_none() && !self.is_altered;
        assert!(!(is_over && self.kept.is_some()), "kept beyond the end: {:?}", self.kept);
        assert!(
            self.settings.grant_store != GrantStore::None || self.kept.is_none(),
            "kept where nothing is"
        );
    }
}

fn text(access: Option<&Access>) -> String {
    match access {
        Some(Access::Token(token)) => token.expose().to_owned(),
        Some(Access::Cookie) => "cookie".into(),
        None => String::new(),
    }
}

fn secret_text(secret: Option<&Secret>) -> String {
    secret.map(Secret::expose).unwrap_or_default().to_owned()
}
