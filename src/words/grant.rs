//! A [`SharedGrant`], as tabs tell it and as it is kept.

use core::time::Duration;

use perennial_dialect::token;
use perennial_session::{Access, Account, Secret, SharedGrant};
use serde::{Deserialize, Serialize};

use super::{Key, optional_wall, wall};

/// A grant that has been written down. `Debug` is left out on purpose: it holds credentials.
#[derive(Serialize, Deserialize)]
pub(crate) struct Grant {
    session: Key,
    /// The access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access: Option<String>,
    /// Whether a cookie authorises requests, in the place of a token.
    #[serde(default, skip_serializing_if = "is_false")]
    cookie: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_out_ticket: Option<String>,
    from_ms: u64,
    lifetime_ms: Option<u64>,
    user: User,
    session_id: Option<String>,
    session_ends_ms: Option<u64>,
    kept: bool,
    last_activity_ms: u64,
    server_date_ms: Option<(u64, u64)>,
    landing: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct User {
    id: String,
    name: String,
    email: String,
    /// Empty where no answer has said them, too: the next one says so again.
    roles: Vec<String>,
}

impl From<&SharedGrant> for Grant {
    fn from(grant: &SharedGrant) -> Self {
        let Account { id, name, email, roles } = Account::clone(&grant.account);
        Self {
            session: grant.session.into(),
            access: grant.access.token().map(|token| token.expose().to_owned()),
            cookie: grant.access == Access::Cookie,
            refresh: grant.refresh.as_ref().map(|token| token.expose().to_owned()),
            sign_out_ticket: grant.sign_out_ticket.as_ref().map(|ticket| ticket.expose().to_owned()),
            from_ms: grant.from.0,
            lifetime_ms: grant.lifetime.map(|life| u64::try_from(life.as_millis()).unwrap_or(u64::MAX)),
            user: User { id, name, email, roles: roles.unwrap_or_default() },
            session_id: grant.session_id.clone(),
            session_ends_ms: grant.session_ends.map(|end| end.0),
            kept: grant.kept,
            last_activity_ms: grant.last_activity.0,
            server_date_ms: grant.server_date.map(|(date, at)| (date.0, at.0)),
            landing: grant.landing.clone(),
        }
    }
}

impl Grant {
    /// Reads it. Nothing that the dialect would refuse from a server is taken from a tab or a store.
    pub(crate) fn read(self) -> Option<SharedGrant> {
        let User { id, name, email, roles } = self.user;
        if id.is_empty() {
            return None;
        }
        let access = match (self.access, self.cookie) {
            (Some(token), false) => Access::Token(secret(token)?),
            (None, true) => Access::Cookie,
            (Some(_), true) | (None, false) => return None,
        };
        let refresh = match self.refresh {
            Some(token) => Some(secret(token)?),
            None => None,
        };
        let lifetime = match self.lifetime_ms {
            // What has expired is told and kept for the sake of the refresh token.
            Some(0) => Some(Duration::ZERO),
            Some(ms) => Some(token::plausible(Duration::from_millis(ms))?),
            None => None,
        };
        Some(SharedGrant {
            session: self.session.read()?,
            access,
            refresh,
            // A tab of an older deployment knows of none, and one that cannot be sent is none.
            sign_out_ticket: self.sign_out_ticket.and_then(secret),
            from: wall(self.from_ms)?,
            lifetime,
            account: Account { id, name, email, roles: Some(roles).filter(|roles| !roles.is_empty()) }.into(),
            session_id: self.session_id,
            session_ends: optional_wall(self.session_ends_ms)?,
            kept: self.kept,
            last_activity: wall(self.last_activity_ms)?,
            server_date: match self.server_date_ms {
                Some((date, at)) => Some((wall(date)?, wall(at)?)),
                None => None,
            },
            landing: self.landing,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A credential that can be sent.
pub(crate) fn secret(token: String) -> Option<Secret> {
    token::is_bearer(&token).then(|| Secret::new(token))
}
