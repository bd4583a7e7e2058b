//! The store in one SQLite file, in WAL mode.
//!
//! Writers queue for a single connection instead of polling for the file's lock. Readers have connections of their own,
//! by how long they take, so that what is asked on every request never waits behind what takes seconds.

mod accounts;
mod datasets;
mod job_rows;
mod jobs;
mod look;
mod open;
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Account, Chain, Judge, Presentation, RevokedWhy, Session, Store, StoreError, Successor};
use crate::clock::Moment;
use crate::lines::Lines;
use crate::refresh_token::{Meaning, TokenHash};
use accounts::end_sessions;
pub(crate) use look::Look;
use rows::{AccountRow, SessionRow, TokenRow};

/// The store in one SQLite file.
#[derive(Debug)]
pub(crate) struct SqliteStore {
    options: SqliteConnectOptions,
    /// For what is found by a key.
    reader: SqlitePool,
    /// For pages of rows: each is read in their order, but may be large.
    pages: SqlitePool,
    /// For what reads a whole dataset.
    sorter: SqlitePool,
    /// A person has one sorted page at a time.
    sorting: Lines<Uuid>,
    writer: SqlitePool,
    /// When it was last tried that the file can be written, and could.
    proven: Mutex<Option<Instant>>,
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM accounts LIMIT 1").execute(&self.reader).await?;
        // Whoever asks meanwhile waits for the answer, so asking often costs no more than asking once.
        let mut proven = self.proven.lock().await;
        if proven.is_none_or(|at| at.elapsed() >= PROOF_HOLDS) {
            *proven = None;
            // The others may have in memory what is no longer in the file.
            let mut afresh = SqliteConnection::connect_with(&self.options).await?;
            sqlx::query("SELECT 1 FROM accounts, sessions LIMIT 1").execute(&mut afresh).await?;
            afresh.close().await?;
            // Nothing reads it; it is the smallest thing that goes all the way to the disk.
            sqlx::query("PRAGMA user_version = 0").execute(&self.writer).await?;
            *proven = Some(Instant::now());
        }
        Ok(())
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        let row: Option<AccountRow> = sqlx::query_as("SELECT * FROM accounts WHERE email = ?")
            .bind(email)
            .fetch_optional(&self.reader)
            .await?;
        row.map(Account::try_from).transpose()
    }

    async fn add_account(&self, account: &Account) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO accounts (id, email, name, roles, password_hash, disabled, created_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(account.id.to_string())
        .bind(&account.email)
        .bind(&account.name)
        .bind(account.roles.join(" "))
        .bind(&account.password_hash)
        .bind(account.disabled)
        .bind(account.created_at.unix_ms)
        .execute(&self.writer)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(found) if found.is_unique_violation() => StoreError::EmailTaken,
            _ => error.into(),
        })?;
        Ok(())
    }

    async fn enable_account(&self, id: Uuid, password_hash: Option<&str>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE accounts SET password_hash = coalesce(?, password_hash), disabled = 0 WHERE id = ?",
        )
        .bind(password_hash)
        .bind(id.to_string())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn disable_account(&self, id: Uuid, now: Moment) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE accounts SET disabled = 1 WHERE id = ?")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "UPDATE sessions SET revoked_at_ms = ?, revoked_why = ? WHERE account_id = ? AND revoked_at_ms IS NULL",
        )
        .bind(now.unix_ms)
        .bind(RevokedWhy::AccountDisabled.as_str())
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    async fn open_session(
        &self,
        session: &Session,
        first: &Successor,
        most: u32,
        password_hash: &str,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let mut transaction = self.begin().await?;
        let added = sqlx::query(
            "INSERT INTO sessions (id, account_id, device, address, kept, created_at_ms, last_seen_at_ms,
                expires_at_ms, generation, dialect)
             SELECT ?, id, ?, ?, ?, ?, ?, ?, ?, ? FROM accounts WHERE id = ? AND disabled = 0 AND password_hash = ?",
        )
        .bind(session.id.to_string())
        .bind(&session.device)
        .bind(&session.address)
        .bind(session.kept)
        .bind(session.created_at.unix_ms)
        .bind(session.last_seen_at.unix_ms)
        .bind(session.expires_at.unix_ms)
        .bind(session.generation)
        .bind(session.dialect.as_str())
        .bind(session.account_id.to_string())
        .bind(password_hash)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(None);
        }
        add_token(&mut transaction, session.id, session.generation, first).await?;
        let ended: Vec<String> = sqlx::query_scalar(
            "UPDATE sessions SET revoked_at_ms = ?1, revoked_why = ?2
             WHERE id IN (
                SELECT id FROM sessions
                WHERE account_id = ?3 AND id <> ?4 AND revoked_at_ms IS NULL AND expires_at_ms - ?1 >= 1000
                ORDER BY last_seen_at_ms DESC, created_at_ms DESC, id LIMIT -1 OFFSET ?5 - 1)
             RETURNING id",
        )
        .bind(session.created_at.unix_ms)
        .bind(RevokedWhy::Crowded.as_str())
        .bind(session.account_id.to_string())
        .bind(session.id.to_string())
        .bind(most)
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        ended.iter().map(|id| rows::uuid(id)).collect::<Result<_, _>>().map(Some)
    }

    async fn session(&self, id: Uuid) -> Result<Option<(Session, Account)>, StoreError> {
        let Some(session): Option<SessionRow> = sqlx::query_as("SELECT * FROM sessions WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.reader)
            .await?
        else {
            return Ok(None);
        };
        let account: Option<AccountRow> = sqlx::query_as("SELECT * FROM accounts WHERE id = ?")
            .bind(&session.account_id)
            .fetch_optional(&self.reader)
            .await?;
        account.map(|account| Ok((session.try_into()?, account.try_into()?))).transpose()
    }

    async fn session_of_token(&self, hash: &TokenHash) -> Result<Option<Uuid>, StoreError> {
        let id: Option<String> = sqlx::query_scalar("SELECT session_id FROM refresh_tokens WHERE hash = ?")
            .bind(hash.as_slice())
            .fetch_optional(&self.reader)
            .await?;
        id.as_deref().map(rows::uuid).transpose()
    }

    async fn live_sessions(&self, account_id: Uuid, now: Moment) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT * FROM sessions
             WHERE account_id = ? AND revoked_at_ms IS NULL AND expires_at_ms - ? >= 1000
             ORDER BY last_seen_at_ms DESC, created_at_ms DESC, id",
        )
        .bind(account_id.to_string())
        .bind(now.unix_ms)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(Session::try_from).collect()
    }

    async fn note_seen(&self, id: Uuid, address: &str, now: Moment) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions SET last_seen_at_ms = max(last_seen_at_ms, ?), address = ? WHERE id = ?",
        )
        .bind(now.unix_ms)
        .bind(address)
        .bind(id.to_string())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn refresh(
        &self,
        presentation: &Presentation<'_>,
        judge: Judge<'_>,
    ) -> Result<Option<(Chain, Meaning)>, StoreError> {
        let mut transaction = self.begin().await?;
        let Some(mut chain) = read_chain(&mut transaction, &presentation.hash).await? else {
            return Ok(None);
        };
        let (meaning, successor) = judge(&chain);
        if let Some(successor) = successor {
            rotate(&mut transaction, &chain, presentation, &successor).await?;
            chain.session.generation += 1;
            chain.current_kid = successor.kid;
        } else if meaning == Meaning::Stolen {
            revoke(&mut transaction, chain.session.id, RevokedWhy::Reused, presentation.now).await?;
        }
        transaction.commit().await?;
        Ok(Some((chain, meaning)))
    }

    async fn revoke(&self, id: Uuid, why: RevokedWhy, now: Moment) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let was_live = revoke(&mut transaction, id, why, now).await?;
        transaction.commit().await?;
        Ok(was_live)
    }

    async fn revoke_others(&self, account_id: Uuid, keep: Uuid, now: Moment) -> Result<u64, StoreError> {
        let why = RevokedWhy::RevokedElsewhere;
        Ok(end_sessions(&self.writer, account_id, Some(keep), why, now).await?.len() as u64)
    }

    async fn forget_ended(&self, before: Moment) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_at_ms < ?1 OR revoked_at_ms < ?1")
            .bind(before.unix_ms)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    async fn close(&self) {
        self.reader.close().await;
        self.pages.close().await;
        self.sorter.close().await;
        self.writer.close().await;
    }
}

impl SqliteStore {
    /// Begins a transaction that has the right to write from its first statement on, so it never has to be
    /// given up half-way because somebody else wrote in between.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

async fn read_chain(
    transaction: &mut Transaction<'static, Sqlite>,
    hash: &TokenHash,
) -> Result<Option<Chain>, StoreError> {
    let token: Option<TokenRow> = sqlx::query_as("SELECT * FROM refresh_tokens WHERE hash = ?")
        .bind(hash.as_slice())
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(token) = token else { return Ok(None) };
    let session: SessionRow = sqlx::query_as("SELECT * FROM sessions WHERE id = ?")
        .bind(&token.session_id)
        .fetch_one(&mut **transaction)
        .await?;
    let account: AccountRow = sqlx::query_as("SELECT * FROM accounts WHERE id = ?")
        .bind(&session.account_id)
        .fetch_one(&mut **transaction)
        .await?;
    let predecessor: Option<TokenRow> =
        sqlx::query_as("SELECT * FROM refresh_tokens WHERE session_id = ? AND generation = ?")
            .bind(&token.session_id)
            .bind(token.generation - 1)
            .fetch_optional(&mut **transaction)
            .await?;
    let current_kid =
        sqlx::query_scalar("SELECT kid FROM refresh_tokens WHERE session_id = ? AND generation = ?")
            .bind(&token.session_id)
            .bind(session.generation)
            .fetch_one(&mut **transaction)
            .await?;
    Ok(Some(Chain {
        session: session.try_into()?,
        account: account.try_into()?,
        generation: token.generation,
        made: predecessor.and_then(TokenRow::superseded),
        superseded: token.superseded(),
        current_kid,
    }))
}

async fn rotate(
    transaction: &mut Transaction<'static, Sqlite>,
    chain: &Chain,
    presentation: &Presentation<'_>,
    successor: &Successor,
) -> Result<(), StoreError> {
    let session = &chain.session;
    sqlx::query("UPDATE refresh_tokens SET superseded_at_ms = ?, superseded_by = ? WHERE hash = ?")
        .bind(presentation.now.unix_ms)
        .bind(presentation.idempotency_key)
        .bind(presentation.hash.as_slice())
        .execute(&mut **transaction)
        .await?;
    add_token(transaction, session.id, session.generation + 1, successor).await?;
    sqlx::query(
        "UPDATE sessions SET generation = generation + 1, last_seen_at_ms = ?, address = ? WHERE id = ?",
    )
    .bind(presentation.now.unix_ms)
    .bind(presentation.address)
    .bind(session.id.to_string())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn add_token(
    transaction: &mut Transaction<'static, Sqlite>,
    session_id: Uuid,
    generation: i64,
    token: &Successor,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO refresh_tokens (hash, session_id, generation, kid) VALUES (?, ?, ?, ?)")
        .bind(token.hash.as_slice())
        .bind(session_id.to_string())
        .bind(generation)
        .bind(&token.kid)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn revoke(
    transaction: &mut Transaction<'static, Sqlite>,
    id: Uuid,
    why: RevokedWhy,
    now: Moment,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE sessions SET revoked_at_ms = ?1, revoked_why = ?2
         WHERE id = ?3 AND revoked_at_ms IS NULL AND expires_at_ms - ?1 >= 1000",
    )
    .bind(now.unix_ms)
    .bind(why.as_str())
    .bind(id.to_string())
    .execute(&mut **transaction)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How long a write that succeeded says that the next one would: whoever may ask for the server's health cannot keep
/// the disk busy by it, and a full disk is noticed before many have met it.
const PROOF_HOLDS: Duration = Duration::from_secs(2);
