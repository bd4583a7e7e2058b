//! Rows as SQLite gives them, and what they mean.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Moment;
use crate::dialect::Dialect;
use crate::store::{Account, RevokedWhy, Rotation, Session, StoreError};

#[derive(FromRow)]
pub(super) struct AccountRow {
    id: String,
    email: String,
    name: String,
    roles: String,
    password_hash: String,
    disabled: bool,
    created_at_ms: i64,
}

#[derive(FromRow)]
pub(super) struct SessionRow {
    id: String,
    pub(super) account_id: String,
    device: String,
    address: String,
    kept: bool,
    created_at_ms: i64,
    last_seen_at_ms: i64,
    expires_at_ms: i64,
    pub(super) generation: i64,
    revoked_why: Option<String>,
    dialect: String,
}

#[derive(FromRow)]
pub(super) struct TokenRow {
    pub(super) session_id: String,
    pub(super) generation: i64,
    superseded_at_ms: Option<i64>,
    superseded_by: Option<String>,
}

impl TokenRow {
    pub(super) fn superseded(self) -> Option<Rotation> {
        let at = Moment::from_unix_ms(self.superseded_at_ms?);
        Some(Rotation { at, by: self.superseded_by })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: uuid(&row.id)?,
            email: row.email,
            name: row.name,
            roles: row.roles.split_whitespace().map(str::to_owned).collect(),
            password_hash: row.password_hash,
            disabled: row.disabled,
            created_at: Moment::from_unix_ms(row.created_at_ms),
        })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let revoked = match row.revoked_why.as_deref() {
            None => None,
            Some(word) => Some(RevokedWhy::parse(word).ok_or_else(|| strange("revoked_why", word))?),
        };
        let dialect = Dialect::parse(&row.dialect).ok_or_else(|| strange("dialect", &row.dialect))?;
        Ok(Self {
            id: uuid(&row.id)?,
            dialect,
            account_id: uuid(&row.account_id)?,
            device: row.device,
            address: row.address,
            kept: row.kept,
            created_at: Moment::from_unix_ms(row.created_at_ms),
            last_seen_at: Moment::from_unix_ms(row.last_seen_at_ms),
            expires_at: Moment::from_unix_ms(row.expires_at_ms),
            generation: row.generation,
            revoked,
        })
    }
}

/// Reads an identifier.
pub(super) fn uuid(text: &str) -> Result<Uuid, StoreError> {
    text.parse().map_err(|_| strange("id", text))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // The low byte is the primary result code.
        let code = error
            .as_database_error()
            .and_then(|found| found.code()?.parse::<u32>().ok())
            .map(|code| code & 0xff);
        match (code, &error) {
            (Some(SQLITE_BUSY | SQLITE_LOCKED), _) | (_, sqlx::Error::PoolTimedOut) => Self::Busy,
            (Some(SQLITE_READONLY | SQLITE_IOERR | SQLITE_FULL | SQLITE_CANTOPEN), _) => {
                Self::Disk(Box::new(error))
            }
            _ => Self::Failed(Box::new(error)),
        }
    }
}

/// What is to be said of a value that this version did not write.
pub(super) fn strange(column: &str, found: &str) -> StoreError {
    StoreError::Failed(
        format!("the column {column} holds {found:?}, which this version does not know").into(),
    )
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
/// What a file system says that was mounted anew for reading only after an error.
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
