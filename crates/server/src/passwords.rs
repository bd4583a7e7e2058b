//! Passwords: hashed with argon2id, compared in the same time whether or not the account exists.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, RECOMMENDED_SALT_LEN, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

use crate::attempts::Name;
use crate::keys;
use crate::lines::Lines;

/// Compares passwords, a few at a time: each comparison takes 19 MiB and a core for a while, so a crowd of guesses
/// must queue instead of taking the machine down.
///
/// The memory to work in is kept for the next comparison, one area for each turn: given back, it stays with the
/// allocator, once for each thread that ever compared.
///
/// Those who sign in to one account wait for each other, and so do those who come from one address. So each account and
/// each address has one turn at most, and a sign-in from elsewhere to another account waits for a few turns, not for a crowd.
pub(crate) struct Passwords {
    accounts: Lines<Name>,
    addresses: Lines<Name>,
    turns: Arc<Semaphore>,
    areas: Arc<Areas>,
}

/// A turn to compare one password.
pub(crate) struct Turn {
    areas: Arc<Areas>,
    permits: [OwnedSemaphorePermit; 3],
}

/// The areas that nobody works in.
type Areas = Mutex<Vec<Area>>;

/// What argon2 works in; empty before its first use.
type Area = Vec<Block>;

impl Passwords {
    /// As many turns as there are cores, up to [`MOST_TURNS`].
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            accounts: Lines::new(1),
            addresses: Lines::new(1),
            turns: Arc::new(Semaphore::new(cores.min(MOST_TURNS))),
            areas: Arc::default(),
        }
    }

    /// Waits for the turn of this account, existing or not, and this address; nothing when the queue is too long.
    pub(crate) async fn turn(&self, account: Name, address: Name) -> Option<Turn> {
        let waiting = async {
            let account = self.accounts.take(account).await;
            let address = self.addresses.take(address).await;
            let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
            Some([account, address, turn])
        };
        let permits = tokio::time::timeout(LONGEST_WAIT, waiting).await.ok()??;
        Some(Turn { areas: Arc::clone(&self.areas), permits })
    }
}

impl Turn {
    /// Whether the password is the one hashed; without a hash it takes as long and never is.
    ///
    /// The turn lasts until the work is done, even when the one who asked has gone.
    pub(crate) async fn matches(self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        let work = move || {
            let matches =
                self.work(|area| is_matching_in(area, &password, hash.as_deref().unwrap_or(NOBODYS_HASH)));
            Ok(matches? && hash.is_some())
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))?
    }

    /// Hashes a new password, in the same turn and the same memory.
    pub(crate) async fn hash(self, password: String) -> Result<String, HashError> {
        tokio::task::spawn_blocking(move || self.work(|area| hash_in(area, &password)))
            .await
            .map_err(|error| HashError(error.to_string()))?
    }

    fn work<T>(self, work: impl FnOnce(&mut Area) -> T) -> T {
        let free = || self.areas.lock().unwrap_or_else(PoisonError::into_inner);
        // As many as there are turns can be out at once, so there are never more.
        let mut area = free().pop().unwrap_or_default();
        let done = work(&mut area);
        free().push(area);
        drop(self.permits);
        done
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

/// Hashes a password with a new salt; slow on purpose.
pub(crate) fn hash(password: &str) -> Result<String, HashError> {
    hash_in(&mut Area::new(), password)
}

fn hash_in(area: &mut Area, password: &str) -> Result<String, HashError> {
    let failed = |error: &dyn fmt::Display| HashError(error.to_string());
    let argon2 = Argon2::default();
    let params = argon2.params();
    let salt = keys::random_bytes().map_err(|error| failed(&error))?;
    let salt = Salt::new(&salt[..RECOMMENDED_SALT_LEN]).map_err(|error| failed(&error))?;
    let mut found = [0; Params::DEFAULT_OUTPUT_LEN];
    area.resize(params.block_count(), Block::new());
    argon2
        .hash_password_into_with_memory(composed(password).as_bytes(), &salt, &mut found, area)
        .map_err(|error| failed(&error))?;
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(params).map_err(|error| failed(&error))?,
        salt: Some(salt),
        hash: Some(Output::new(&found).map_err(|error| failed(&error))?),
    };
    Ok(hash.to_string())
}

/// Whether the password is the one hashed, in any form of its letters; slow on purpose.
///
/// Hashes are made of composed letters. Versions before hashed what a keyboard had sent, so both forms and what was
/// typed are tried where they differ: by the password alone, so that the time tells nothing of the hash.
pub(crate) fn is_matching(password: &str, hash: &str) -> Result<bool, HashError> {
    is_matching_in(&mut Area::new(), password, hash)
}

fn is_matching_in(area: &mut Area, password: &str, hash: &str) -> Result<bool, HashError> {
    let failed = |error: &dyn fmt::Display| HashError(error.to_string());
    let hash = PasswordHash::new(hash).map_err(|error| failed(&error))?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(|error| failed(&error))?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
    let params = Params::try_from(&hash).map_err(|error| failed(&error))?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(HashError("it holds no salt or no hash".to_owned()));
    };
    // Only a hash that was made with other costs needs another size.
    area.resize(params.block_count(), Block::new());
    let argon2 = Argon2::new(algorithm, version.map_err(|error| failed(&error))?, params);
    let mut found = [0; Output::MAX_LENGTH];
    let found = &mut found[..expected.len()];
    for form in forms(password) {
        argon2
            .hash_password_into_with_memory(form.as_bytes(), salt, found, &mut *area)
            .map_err(|error| failed(&error))?;
        // It is compared in constant time.
        if Output::new(found).map_err(|error| failed(&error))? == *expected {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The forms that a password may have been hashed in, each once: composed, decomposed, as typed.
fn forms(password: &str) -> Vec<String> {
    let mut forms = vec![composed(password)];
    for form in [decomposed(password), password.to_owned()] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The same letters in one form (NFC): some keyboards compose "ü" of two characters.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The same letters in the other form (NFD): "ü" of two characters.
pub(crate) fn decomposed(text: &str) -> String {
    text.nfd().collect()
}

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
#[error("a password hash could not be made or read: {0}")]
pub(crate) struct HashError(String);

/// What stands for the hash of an account that does not exist: as costly as a real one, and no password's.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cGVyZW5uaWFsbm9ib2R5cw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How many passwords are compared at once: 76 MiB of memory, and enough for a hundred sign-ins a second.
const MOST_TURNS: usize = 4;

/// How long a sign-in waits for its turn before it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher;
    use futures_util::FutureExt;

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

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn there_are_never_more_areas_than_turns() {
        let passwords = Arc::new(Passwords::new());
        let turns = passwords.turns.available_permits();
        let compared: Vec<_> = (0..3 * turns)
            .map(|n| {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move {
                    let turn = passwords.turn([u8::try_from(n).unwrap(); 32], [0; 32]).await.unwrap();
                    turn.matches("a password".to_owned(), None).await.unwrap()
                })
            })
            .collect();
        for compared in compared {
            assert!(!compared.await.unwrap());
        }
        let areas = passwords.areas.lock().unwrap();
        assert!((1..=turns).contains(&areas.len()), "{} for {turns}", areas.len());
    }

    #[tokio::test]
    async fn a_crowd_that_signs_in_to_one_account_or_from_one_address_keeps_nobody_else_waiting() {
        let passwords = Passwords::new();
        let (ada, eve, here, there) = ([101; 32], [102; 32], [103; 32], [104; 32]);
        let mut crowd: Vec<_> = (0..40u8)
            .map(|n| {
                let (account, address) = if n % 2 == 0 { (ada, [n; 32]) } else { ([n; 32], here) };
                Box::pin(passwords.turn(account, address))
            })
            .collect();
        let mut turns = Vec::new();
        let mut go_on = |turns: &mut Vec<Turn>| {
            crowd.retain_mut(|asks| match asks.as_mut().now_or_never() {
                Some(turn) => {
                    turns.push(turn.unwrap());
                    false
                }
                None => true,
            });
        };
        // They have asked before.
        go_on(&mut turns);
        let mut asks = Box::pin(passwords.turn(eve, there));
        let mut before = 0;
        while asks.as_mut().now_or_never().is_none() {
            before += 1;
            drop(turns.remove(0));
            go_on(&mut turns);
        }
        assert!(before <= 3, "{before} of the crowd came before");
    }

    #[test]
    fn a_hash_that_was_made_of_letters_as_they_were_typed_matches_still() {
        for stored in ["p\u{e4}ssword of his", "pa\u{308}ssword of his"] {
            let hash: PasswordHash = Argon2::default().hash_password(stored.as_bytes()).unwrap();
            let hash = hash.to_string();
            for typed in ["p\u{e4}ssword of his", "pa\u{308}ssword of his"] {
                assert!(is_matching(typed, &hash).unwrap(), "{typed:?} for {stored:?}");
            }
            assert!(!is_matching("password of his", &hash).unwrap());
        }
    }

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_matching("correct horse", &hash).unwrap());
        assert!(!is_matching("correct horsf", &hash).unwrap());
    }
}
