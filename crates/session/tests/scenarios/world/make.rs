//! Small things that scenarios are made of.

use std::time::Duration;

use perennial_session::{Account, Secret, SignInForm, ValidateAnswer};

/// How long a token lives unless a scenario says otherwise.
pub(crate) const LIFETIME: Duration = Duration::from_secs(900);

pub(crate) fn account(id: &str) -> Account {
    Account {
        id: id.into(),
        name: format!("Name of {id}"),
        email: format!("{id}@example.org"),
        roles: vec!["member".into()],
    }
}

pub(crate) fn form(keep: bool) -> SignInForm {
    SignInForm { identifier: "ada@example.org".into(), password: Secret::new("secret-password"), keep }
}

pub(crate) fn valid() -> ValidateAnswer {
    ValidateAnswer::Valid { account: None, session_lifetime: None }
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
