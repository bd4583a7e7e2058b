//! Small things that scenarios are made of.

use std::{sync::Arc, time::Duration};

use perennial_session::{
    Account, Confirmed, Proof, Record, Secret, SessionKey, SignInForm, ValidateAnswer, Wall,
};

/// How long a token lives unless a scenario says otherwise.
pub(crate) const LIFETIME: Duration = Duration::from_secs(900);

pub(crate) fn account(id: &str) -> Arc<Account> {
    Arc::new(Account {
        id: id.into(),
        name: format!("Name of {id}"),
        email: format!("{id}@example.org"),
        roles: Some(vec!["member".into()]),
    })
}

pub(crate) fn form(keep: bool) -> SignInForm {
    let proof =
        Proof::Password { identifier: "ada@example.org".into(), password: Secret::new("secret-password") };
    SignInForm { proof, keep }
}

/// What a session leaves on the device whose person was last active then.
pub(crate) fn record(last_activity: Wall) -> Record {
    let session = SessionKey { since_ms: 1, salt: 0 };
    Record { session, last_activity, kept: false, attempt: None, not_before: None, token_from: None }
}

pub(crate) fn valid() -> ValidateAnswer {
    ValidateAnswer::Valid(Confirmed::default())
}

pub(crate) fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub(crate) fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) fn mins(n: u64) -> Duration {
    secs(60 * n)
}

pub(crate) fn hours(n: u64) -> Duration {
    mins(60 * n)
}

pub(crate) fn days(n: u64) -> Duration {
    hours(24 * n)
}
