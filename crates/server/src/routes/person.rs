//! A person as answers show them.

use perennial_dialect::wire::User;

use crate::store::Account;

/// What the person may know of themselves.
pub(super) fn user(account: Account) -> User {
    User { id: account.id.to_string(), email: account.email, name: account.name, roles: account.roles }
}

/// Where this person lands after signing in.
pub(super) fn landing(account: &Account) -> &'static str {
    let has = |wanted: &str| account.roles.iter().any(|role| role == wanted);
    match () {
        () if has("admin") => "/devices",
        () if has("operator") => "/queue",
        () => "/",
    }
}
