//! What is done to whole accounts, in SQLite.

use async_trait::async_trait;
use sqlx::SqliteExecutor;
use uuid::Uuid;

use super::SqliteStore;
use super::rows::{self, AccountRow};
use crate::clock::Moment;
use crate::store::accounts::{AccountStore, PasswordChange, Spared};
use crate::store::{Account, RevokedWhy, StoreError};

#[async_trait]
impl AccountStore for SqliteStore {
    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<AccountRow> =
            sqlx::query_as("SELECT * FROM accounts ORDER BY email").fetch_all(&self.reader).await?;
        rows.into_iter().map(Account::try_from).collect()
    }

    async fn change_password(&self, change: PasswordChange<'_>) -> Result<Option<Vec<Uuid>>, StoreError> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE accounts SET password_hash = ?1 WHERE id = ?2 AND password_hash = coalesce(?3, password_hash)",
        )
        .bind(change.password_hash)
        .bind(change.account_id.to_string())
        .bind(change.instead_of)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        let spared = match change.spared {
            Spared::All => {
                transaction.commit().await?;
                return Ok(Some(Vec::new()));
            }
            Spared::One(id) => Some(id),
            Spared::None => None,
        };
        let (account_id, now) = (change.account_id, change.now);
        let ended =
            end_sessions(&mut *transaction, account_id, spared, RevokedWhy::PasswordChanged, now).await?;
        transaction.commit().await?;
        Ok(Some(ended))
    }

    async fn revoke_all(&self, account_id: Uuid, why: RevokedWhy, now: Moment) -> Result<u64, StoreError> {
        Ok(end_sessions(&self.writer, account_id, None, why, now).await?.len() as u64)
    }
}

/// Ends the sessions of an account but the one that is spared; which ended.
pub(super) async fn end_sessions(
    store: impl SqliteExecutor<'_>,
    account_id: Uuid,
    spared: Option<Uuid>,
    why: RevokedWhy,
    now: Moment,
) -> Result<Vec<Uuid>, StoreError> {
    let ended: Vec<String> = sqlx::query_scalar(
        "UPDATE sessions SET revoked_at_ms = ?1, revoked_why = ?2
         WHERE account_id = ?3 AND id IS NOT ?4 AND revoked_at_ms IS NULL AND expires_at_ms - ?1 >= 1000
         RETURNING id",
    )
    .bind(now.unix_ms)
    .bind(why.as_str())
    .bind(account_id.to_string())
    .bind(spared.map(|id| id.to_string()))
    .fetch_all(store)
    .await?;
    ended.iter().map(|id| rows::uuid(id)).collect()
}
