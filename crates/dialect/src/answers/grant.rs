//! Answers that mean "yes": what they grant, and whom they name.

use core::time::Duration;
use std::sync::Arc;

use perennial_session::{
    Access, AccessBy, Account, Answer, CallKind, Grant, Proof, RefreshAnswer, Secret, SignInAnswer,
    SignInForm,
};
use serde_json::{Value, json};

use crate::{
    address::is_own_path,
    answers::{WireAnswer, facts},
    dialect::{Dialect, Paths, RefreshCredential},
    json, oauth,
    token::{Hint, is_bearer, is_refresh_token, plausible},
};

impl Dialect {
    /// A provider's answer to a sign-in must say who signed in, where it was asked to. Many an ID token holds no more than
    /// the identifier; even so it settles whose name userinfo may give later (OpenID Connect Core 1.0 section 5.3.2).
    pub(super) fn sign_in_grant(&self, form: &SignInForm, wire: &WireAnswer) -> Option<Grant> {
        let body = self.consistent_body(wire)?;
        let mut grant = self.grant(&body, wire)?;
        if let (Some(client), Proof::Code { nonce, .. }) = (self.client(), &form.proof) {
            let claims = client.signed_in(&body, nonce, &self.answers)?;
            grant.account = claims.and_then(|claims| self.account(&claims)).or(grant.account);
        }
        Some(grant)
    }

    /// An ID token in it must name the person whose session it is (OpenID Connect Core 1.0 section 12.2). Tokens of somebody
    /// else are not taken.
    pub(super) fn refresh_grant(&self, account: Option<&str>, wire: &WireAnswer) -> Option<Grant> {
        let body = if self.access == AccessBy::Cookie && json::is_empty(&wire.body) {
            json!({})
        } else {
            self.consistent_body(wire)?
        };
        let mut grant = self.grant(&body, wire)?;
        let claims = self.client().and_then(|client| client.refreshed(&body, &self.answers));
        let named = claims.and_then(|claims| self.account(&claims));
        if named.as_ref().zip(account).is_some_and(|(named, account)| named.id != account) {
            return None;
        }
        grant.account = named.or(grant.account);
        Some(grant)
    }

    /// The ID token of an answer that grants something, where there is one and it is good.
    #[must_use]
    pub fn id_token(&self, call: &CallKind, wire: &WireAnswer) -> Option<Secret> {
        let is_granted = match self.answer(call, wire) {
            Answer::SignIn(SignInAnswer::Granted(_)) | Answer::Refresh(RefreshAnswer::Granted(_)) => true,
            Answer::SignIn(_)
            | Answer::Refresh(_)
            | Answer::Validate(_)
            | Answer::Clock(_)
            | Answer::SignOut(_) => false,
        };
        let client = self.client().filter(|_| is_granted)?;
        let body = self.body(wire)?;
        client.refreshed(&body, &self.answers)?;
        body.get(oauth::ID_TOKEN)?.as_str().map(Secret::new)
    }

    fn grant(&self, body: &Value, wire: &WireAnswer) -> Option<Grant> {
        let answers = &self.answers;
        let (access, hint) = match self.access {
            AccessBy::Cookie => (Access::Cookie, Hint::default()),
            AccessBy::Token => {
                let token = self.access_token(body)?;
                (Access::Token(Secret::new(token)), Hint::of(token, &self.claims))
            }
        };
        let now = wire.server_time().or(hint.issued_at);
        Some(Grant {
            access,
            refresh: self.refresh_token(body)?,
            lifetime: self
                .lifetime(body, &answers.expires_in, now)
                .or(hint.lifetime)
                .or(self.access_lifetime()),
            account: self.account(body).or_else(|| self.account_of_token(hint.account_id)),
            session_id: facts::first(body, &answers.session_id, facts::id).or(hint.session_id),
            session_lifetime: self.lifetime(body, &answers.session_expires_in, now),
            landing: self.landing(body),
            sign_out_ticket: facts::first(body, &answers.sign_out_ticket, facts::text)
                .filter(|ticket| is_bearer(ticket))
                .map(Secret::new),
        })
    }

    fn access_token<'a>(&self, body: &'a Value) -> Option<&'a str> {
        let kind = facts::first(body, &self.answers.token_type, facts::text);
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return None;
        }
        facts::first(body, &self.answers.access_token, facts::text).filter(|token| is_bearer(token))
    }

    /// The refresh token: `Some(None)` where there is none or script is to hold none. One that cannot be sent makes the
    /// whole answer useless: the one before may be void already.
    fn refresh_token(&self, body: &Value) -> Option<Option<Secret>> {
        let is_sendable: fn(&str) -> bool = match self.refresh.by {
            RefreshCredential::Cookie | RefreshCredential::AccessBearer => return Some(None),
            RefreshCredential::RefreshBearer => is_bearer,
            RefreshCredential::Body { .. } => is_refresh_token,
        };
        let there = |value| Some(value).filter(|value: &&Value| !value.is_null());
        match facts::first(body, &self.answers.refresh_token, there) {
            None => Some(None),
            Some(value) => Some(Some(Secret::new(facts::text(value).filter(|token| is_sendable(token))?))),
        }
    }

    pub(super) fn lifetime(&self, body: &Value, paths: &Paths, now: Option<Duration>) -> Option<Duration> {
        let unit = self.answers.expires_in_unit;
        facts::first(body, paths, |value| facts::lifetime(value, unit, now))
    }

    /// How long an access credential lives by the configuration.
    pub(crate) fn access_lifetime(&self) -> Option<Duration> {
        self.access_lifetime_s.map(Duration::from_secs).and_then(plausible)
    }

    pub(super) fn landing(&self, body: &Value) -> Option<String> {
        let path = facts::first(body, &self.answers.landing, facts::text)?;
        Some(path).filter(|path| is_own_path(path)).map(str::to_owned)
    }

    /// Reads who is meant. Only the identifier is indispensable: what is not said is left for the session to know.
    pub(super) fn account(&self, body: &Value) -> Option<Arc<Account>> {
        let answers = &self.answers;
        let id = facts::first(body, &answers.user_id, facts::id)?;
        let email = facts::first(body, &answers.user_email, facts::text).unwrap_or_default().to_owned();
        let name = facts::first(body, &answers.user_name, facts::text).map(str::to_owned);
        let name = name.or_else(|| facts::joined(body, &answers.user_name_parts)).unwrap_or_default();
        let roles = facts::first(body, &answers.user_roles, facts::words);
        Some(Arc::new(Account { id, name, email, roles }))
    }

    /// An account of which no more than the identifier is known; only where nobody can be asked for more.
    fn account_of_token(&self, id: Option<String>) -> Option<Arc<Account>> {
        let id = id.filter(|_| self.endpoints.validate.is_none())?;
        Some(Arc::new(Account { id, name: String::new(), email: String::new(), roles: None }))
    }
}
