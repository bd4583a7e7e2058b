//! What the backend remembers, behind an interface that knows no database.
//!
//! SQLite is the one implementation so far. Each method is one atomic step: callers never hold a transaction.

pub mod accounts;
pub mod datasets;
pub mod jobs;
pub(crate) mod sqlite;

use std::fmt;

use async_trait::async_trait;
use uuid::Uuid;

use self::accounts::AccountStore;
use self::datasets::DatasetStore;
use self::jobs::JobStore;
use crate::clock::Moment;
use crate::dialect::Dialect;
use crate::refresh_token::{Meaning, TokenHash};

/// A person's account.
#[derive(Clone)]
pub struct Account {
    /// Its identifier.
    pub id: Uuid,
    /// What the person signs in with, in lower case.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<String>,
    /// The password's argon2id hash as a PHC string.
    pub password_hash: String,
    /// Whether nobody may sign in to it.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Moment,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One sign-in of a person on a device.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its identifier.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// The dialect it was opened in.
    pub dialect: Dialect,
    /// A plain name of the browser and system.
    pub device: String,
    /// The network address it was last seen from.
    pub address: String,
    /// Whether the person asked to stay signed in on the device.
    pub kept: bool,
    /// When the person signed in.
    pub created_at: Moment,
    /// When it was last used, to within half a minute.
    pub last_seen_at: Moment,
    /// The absolute limit.
    pub expires_at: Moment,
    /// The generation of the refresh token that is good now.
    pub generation: i64,
    /// Why it was ended, if it was.
    pub revoked: Option<RevokedWhy>,
}

impl Session {
    /// Whole seconds until the absolute limit; a session with less than one left is over.
    #[must_use]
    pub fn remaining_s(&self, now: Moment) -> u64 {
        now.whole_s_until(self.expires_at)
    }

    /// The first moment at which it is over.
    #[must_use]
    pub fn over_at(&self) -> Moment {
        Moment::from_unix_ms(self.expires_at.unix_ms.saturating_sub(999))
    }
}

/// Why a session was ended before its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokedWhy {
    /// The person signed out.
    SignedOut,
    /// The person ended it from another device.
    RevokedElsewhere,
    /// A superseded refresh token came back.
    Reused,
    /// Its account was closed for signing in.
    AccountDisabled,
    /// The person opened too many others since.
    Crowded,
    /// Somebody signed in in the same browser.
    Replaced,
    /// Its account got another password.
    PasswordChanged,
    /// Whoever runs the backend ended it.
    ByOperator,
}

impl RevokedWhy {
    /// The word kept in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::RevokedElsewhere => "revoked_elsewhere",
            Self::Reused => "reused",
            Self::AccountDisabled => "account_disabled",
            Self::Crowded => "crowded",
            Self::Replaced => "replaced",
            Self::PasswordChanged => "password_changed",
            Self::ByOperator => "by_operator",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::SignedOut,
            Self::RevokedElsewhere,
            Self::Reused,
            Self::AccountDisabled,
            Self::Crowded,
            Self::Replaced,
            Self::PasswordChanged,
            Self::ByOperator,
        ]
        .into_iter()
        .find(|why| why.as_str() == word)
    }
}

/// A presented refresh token and the session it belongs to.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The session.
    pub session: Session,
    /// Its person.
    pub account: Account,
    /// The generation of the presented token.
    pub generation: i64,
    /// What made the presented token; nothing for the one of the sign-in.
    pub made: Option<Rotation>,
    /// What superseded the presented token; nothing for the current one.
    pub superseded: Option<Rotation>,
    /// The key that the current token was derived with.
    pub current_kid: String,
}

/// How a refresh token came to be superseded by the next one.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// When.
    pub at: Moment,
    /// The `Idempotency-Key` of the request that did it, if it had one.
    pub by: Option<String>,
}

/// What the store needs to know to let a token be followed by another.
#[derive(Clone, Debug)]
pub struct Successor {
    /// The hash of the new token.
    pub hash: TokenHash,
    /// The key it was derived with.
    pub kid: String,
}

/// A refresh as the store sees it.
#[derive(Clone, Debug)]
pub struct Presentation<'a> {
    /// The hash of the presented token.
    pub hash: TokenHash,
    /// The request's `Idempotency-Key`.
    pub idempotency_key: Option<&'a str>,
    /// Where the request comes from.
    pub address: &'a str,
    /// When.
    pub now: Moment,
}

/// Decides what a presented token means and what follows it: a successor for [`Meaning::Current`] only.
pub type Judge<'a> = &'a (dyn Fn(&Chain) -> (Meaning, Option<Successor>) + Send + Sync);

/// The backend's memory.
#[async_trait]
pub trait Store: AccountStore + DatasetStore + JobStore + fmt::Debug + Send + Sync {
    /// Answers when the store can be read and written.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The account with this address in lower case.
    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError>;

    /// Adds an account.
    ///
    /// # Errors
    /// [`StoreError::EmailTaken`] when there is one with this address.
    async fn add_account(&self, account: &Account) -> Result<(), StoreError>;

    /// Lets people sign in to an account, with another password if one is given.
    async fn enable_account(&self, id: Uuid, password_hash: Option<&str>) -> Result<(), StoreError>;

    /// Lets nobody sign in to an account and ends its sessions.
    async fn disable_account(&self, id: Uuid, now: Moment) -> Result<(), StoreError>;

    /// Adds a session with its first refresh token, and ends those of the person beyond `most`, the ones used longest ago;
    /// says which.
    ///
    /// Nothing when the account was closed since its password was compared with `password_hash`, or got another one.
    async fn open_session(
        &self,
        session: &Session,
        first: &Successor,
        most: u32,
        password_hash: &str,
    ) -> Result<Option<Vec<Uuid>>, StoreError>;

    /// A session and its person, ended or not.
    async fn session(&self, id: Uuid) -> Result<Option<(Session, Account)>, StoreError>;

    /// The session that a refresh token of any generation belongs to.
    async fn session_of_token(&self, hash: &TokenHash) -> Result<Option<Uuid>, StoreError>;

    /// The sessions of a person that are not over, the one active last first.
    async fn live_sessions(&self, account_id: Uuid, now: Moment) -> Result<Vec<Session>, StoreError>;

    /// Notes that a session was used.
    async fn note_seen(&self, id: Uuid, address: &str, now: Moment) -> Result<(), StoreError>;

    /// Judges a refresh token and does what follows, as one step that no other refresh can come between.
    ///
    /// Nothing when the token is not known.
    async fn refresh(
        &self,
        presentation: &Presentation<'_>,
        judge: Judge<'_>,
    ) -> Result<Option<(Chain, Meaning)>, StoreError>;

    /// Ends a session; says whether it was live.
    async fn revoke(&self, id: Uuid, why: RevokedWhy, now: Moment) -> Result<bool, StoreError>;

    /// Ends all live sessions of a person but one; says how many.
    async fn revoke_others(&self, account_id: Uuid, keep: Uuid, now: Moment) -> Result<u64, StoreError>;

    /// Forgets sessions that were over before `before`; says how many.
    async fn forget_ended(&self, before: Moment) -> Result<u64, StoreError>;

    /// Finishes what is being written and lets go of the store.
    async fn close(&self);
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another account has this address.
    #[error("an account with this e-mail address exists")]
    EmailTaken,
    /// Too many want to write at once; trying again helps.
    #[error("the database is busy")]
    Busy,
    /// The disk does not take or give what it should: it is full, or fails. Nothing was changed, and once the disk is
    /// mended the same succeeds.
    #[error("the disk fails the database: {0}")]
    Disk(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database failed.
    #[error("{0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
