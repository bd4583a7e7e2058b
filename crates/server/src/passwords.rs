//! Passwords: hashed with argon2id, compared in the same time whether or not the account exists.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

/// Compares passwords, a few at a time: each comparison takes 19 MiB and a core for a while, so a crowd of guesses
/// must queue instead of taking the machine down.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

/// A turn to compare one password.
pub(crate) struct Turn {
    permit: OwnedSemaphorePermit,
}

impl Passwords {
    /// As many turns as there are cores.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { turns: Arc::new(Semaphore::new(cores)) }
    }

    /// Waits for a turn; nothing when the queue is too long.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let permit = tokio::time::timeout(LONGEST_WAIT, turn).await.ok()?.ok()?;
        Some(Turn { permit })
    }
}

impl Turn {
    /// Whether the password is the one hashed; without a hash it takes as long and never is.
    ///
    /// The turn lasts until the work is done, even when the one who asked has gone.
    pub(crate) async fn matches(self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        let work = move || {
            let matches = is_matching(&password, hash.as_deref().unwrap_or(NOBODYS_HASH));
            drop(self.permit);
            Ok(matches? && hash.is_some())
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))?
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

/// Hashes a password with a new salt; slow on purpose.
pub(crate) fn hash(password: &str) -> Result<String, HashError> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(composed(password).as_bytes())
        .map_err(|error| HashError(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password is the one hashed; slow on purpose.
pub(crate) fn is_matching(password: &str, hash: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(hash).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::default().verify_password(composed(password).as_bytes(), &hash).is_ok())
}

/// The same letters in one form (NFC): some keyboards compose "ü" of two characters.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
#[error("a password hash could not be made or read: {0}")]
pub(crate) struct HashError(String);

/// What stands for the hash of an account that does not exist: as costly as a real one, and no password's.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cGVyZW5uaWFsbm9ib2R5cw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How long a sign-in waits for its turn before it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_account_costs_as_much_as_a_real_one() {
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(NOBODYS_HASH), cost(&hash("a password").unwrap()));
        assert!(
            !is_matching("", NOBODYS_HASH).unwrap(),
            "it must be well-formed, or comparing would be quick"
        );
    }

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_matching("correct horse", &hash).unwrap());
        assert!(!is_matching("correct horsf", &hash).unwrap());
    }
}
