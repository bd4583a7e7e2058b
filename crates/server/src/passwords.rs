//! Passwords: hashed with argon2id, compared in the same time whether or not the account exists.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// Hashes and compares, a few at a time: each comparison takes 19 MiB and a core for a while, so a crowd of
/// guesses must queue instead of taking the machine down.
pub(crate) struct Passwords {
    turns: Semaphore,
    nobodys: Arc<OnceLock<String>>,
}

/// A turn to compare one password.
pub(crate) struct Turn<'a> {
    _permit: tokio::sync::SemaphorePermit<'a>,
    nobodys: Arc<OnceLock<String>>,
}

impl Passwords {
    /// As many turns as there are cores.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { turns: Semaphore::new(cores), nobodys: Arc::default() }
    }

    /// Waits for a turn; nothing when the queue is too long.
    pub(crate) async fn turn(&self) -> Option<Turn<'_>> {
        let permit = tokio::time::timeout(LONGEST_WAIT, self.turns.acquire()).await.ok()?.ok()?;
        Some(Turn { _permit: permit, nobodys: Arc::clone(&self.nobodys) })
    }
}

impl Turn<'_> {
    /// Whether the password is the one hashed; without a hash it takes as long and never is.
    pub(crate) async fn matches(self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        tokio::task::spawn_blocking(move || {
            let is_somebody = hash.is_some();
            let hash = match hash {
                Some(hash) => hash,
                None => nobodys_hash(&self.nobodys)?,
            };
            Ok(is_matching(&password, &hash)? && is_somebody)
        })
        .await
        .map_err(|error| HashError(error.to_string()))?
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

/// Hashes a password with a new salt; slow on purpose.
pub(crate) fn hash(password: &str) -> Result<String, HashError> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|error| HashError(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password is the one hashed; slow on purpose.
pub(crate) fn is_matching(password: &str, hash: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(hash).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
#[error("a password hash could not be made or read: {0}")]
pub(crate) struct HashError(String);

fn nobodys_hash(cell: &OnceLock<String>) -> Result<String, HashError> {
    match cell.get() {
        Some(hash) => Ok(hash.clone()),
        None => {
            let made = hash("nobody has this password")?;
            Ok(cell.get_or_init(|| made).clone())
        }
    }
}

/// How long a sign-in waits for its turn before it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
