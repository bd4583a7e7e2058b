//! What is done to whole accounts.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Account, RevokedWhy, StoreError};
use crate::clock::Moment;

/// A new password for an account.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds hashes of passwords")]
pub struct PasswordChange<'a> {
    /// Whose.
    pub account_id: Uuid,
    /// The hash of the new one.
    pub password_hash: &'a str,
    /// The hash that must still be there, where the change follows from knowing the password of before.
    pub instead_of: Option<&'a str>,
    /// Which sessions go on.
    pub spared: Spared,
    /// When.
    pub now: Moment,
}

/// Which live sessions of a person go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spared {
    /// All of them.
    All,
    /// This one.
    One(Uuid),
    /// None.
    None,
}

/// The part of the store that holds accounts.
#[async_trait]
pub trait AccountStore {
    /// All accounts, by their addresses.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Sets a password and ends sessions, as one step; says which ended. Nothing when there is no such account with
    /// such a password any more.
    async fn change_password(&self, change: PasswordChange<'_>) -> Result<Option<Vec<Uuid>>, StoreError>;

    /// Ends all live sessions of a person; says how many.
    async fn revoke_all(&self, account_id: Uuid, why: RevokedWhy, now: Moment) -> Result<u64, StoreError>;
}
