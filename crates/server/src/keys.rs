//! The server's keys: one signs, the others still verify.
//!
//! They live in one file of the data directory that only its owner may read. Each has a `kid`, which access
//! tokens carry in their header, so a rotation signs nobody out. The file holds one secret for each; the keys for each
//! algorithm and for refresh tokens are derived from it by names of their own, so that none tells anything of another.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::{KeyPair, PublicKey, SecretKey, Seed};
use hmac::{Hmac, Mac};
use jwt_compact::alg::Hs256Key;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::Moment;
use crate::failure::Failure;
use crate::private_file;

/// All keys, the signing one first.
#[derive(Clone, Debug)]
pub(crate) struct KeyRing {
    keys: Vec<Key>,
}

/// One key.
#[derive(Clone)]
pub(crate) struct Key {
    /// What tokens call it.
    pub(crate) kid: String,
    hs256: Hs256Key,
    ed25519: KeyPair,
    sign_out: Hs256Key,
    refresh: [u8; 32],
    device: [u8; 32],
}

impl KeyRing {
    /// Reads the key file, making it with one new key when there is none.
    pub(crate) fn open(path: &Path, now: Moment) -> Result<Self, Failure> {
        if !path.exists() {
            let file = KeyFile { keys: vec![StoredKey::generate(now)?] };
            match private_file::create(path, &file.to_bytes()) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(broken(path, error.to_string(), MAKE_WRITABLE)),
            }
        }
        Self::load(path)
    }

    /// Reads the key file that is there.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let file = KeyFile::read(path)?;
        let keys = file.keys.iter().map(|stored| stored.derive(path)).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(broken(path, "it holds no key".to_owned(), RESTORE));
        }
        Ok(Self { keys })
    }

    /// Puts a new key in front and keeps the youngest [`KEPT_KEYS`]; says what the new one is called.
    pub(crate) fn rotate(path: &Path, now: Moment) -> Result<String, Failure> {
        Self::open(path, now)?;
        let mut file = KeyFile::read(path)?;
        file.keys.insert(0, StoredKey::generate(now)?);
        file.keys.truncate(KEPT_KEYS);
        private_file::replace(path, &file.to_bytes())
            .map_err(|error| broken(path, error.to_string(), MAKE_WRITABLE))?;
        Ok(file.keys.swap_remove(0).kid)
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> &Key {
        &self.keys[0]
    }

    /// All keys, the signing one first.
    pub(crate) fn all(&self) -> &[Key] {
        &self.keys
    }

    /// The key of this name, if it is still kept.
    pub(crate) fn by_kid(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}

impl Key {
    /// The secret that signs and verifies access tokens with HS256.
    pub(crate) fn hs256(&self) -> &Hs256Key {
        &self.hs256
    }

    /// What signs access tokens with `EdDSA`.
    pub(crate) fn ed25519(&self) -> &SecretKey {
        &self.ed25519.sk
    }

    /// What anybody may verify them with.
    pub(crate) fn ed25519_public(&self) -> &PublicKey {
        &self.ed25519.pk
    }

    /// The key for sign-out tickets.
    pub(crate) fn sign_out(&self) -> &Hs256Key {
        &self.sign_out
    }

    /// What the log calls an account, given what was typed as its address: the same each time, and nothing that tells the
    /// address without this key.
    pub(crate) fn pseudonym(&self, email: &str) -> String {
        let hash = hmac(&self.refresh, &[b"the account in the log", email.as_bytes()]);
        hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// HMAC-SHA256 of `parts` under the key for refresh tokens.
    pub(crate) fn derive_refresh(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac(&self.refresh, parts)
    }

    /// What shows that this server has given a name to a device.
    pub(crate) fn device_mac(&self, signed: &[u8]) -> [u8; 32] {
        hmac(&self.device, &[signed])
    }

    /// Whether this key made it; compared in constant time.
    pub(crate) fn is_device_mac(&self, signed: &[u8], mac: &[u8; 32]) -> bool {
        started(&self.device, &[signed]).verify_slice(mac).is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Fills 32 bytes from the system's random source.
pub(crate) fn random_bytes() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::System {
        what: "the system gave no random bytes",
        found: io::Error::other(error.to_string()),
    })?;
    Ok(bytes)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    keys: Vec<StoredKey>,
}

impl KeyFile {
    fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| broken(path, error.to_string(), RESTORE);
        if let Some(found) = private_file::too_open(path).map_err(unreadable)? {
            return Err(broken(
                path,
                found,
                "run chmod 600 on it, and key rotate if anyone may have read it",
            ));
        }
        let bytes = fs::read(path).map_err(unreadable)?;
        // The parser's own message may quote the content, so only the place is told.
        serde_json::from_slice(&bytes).map_err(|error| {
            let found = format!("it is not a key file (line {}, column {})", error.line(), error.column());
            broken(path, found, RESTORE)
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    kid: String,
    created_at: String,
    secret: String,
}

impl StoredKey {
    fn generate(now: Moment) -> Result<Self, Failure> {
        Ok(Self {
            kid: uuid::Uuid::new_v4().simple().to_string()[..8].to_owned(),
            created_at: now.to_string(),
            secret: URL_SAFE_NO_PAD.encode(random_bytes()?),
        })
    }

    fn derive(&self, path: &Path) -> Result<Key, Failure> {
        let secret = URL_SAFE_NO_PAD.decode(&self.secret).unwrap_or_default();
        if secret.len() < SECRET_BYTES {
            let found = format!("the secret of key {:?} is not {SECRET_BYTES} bytes in base64url", self.kid);
            return Err(broken(path, found, RESTORE));
        }
        Ok(Key {
            kid: self.kid.clone(),
            hs256: Hs256Key::new(hmac(&secret, &[b"access token"])),
            ed25519: KeyPair::from_seed(Seed::new(hmac(&secret, &[b"access token by Ed25519"]))),
            sign_out: Hs256Key::new(hmac(&secret, &[b"sign-out ticket"])),
            refresh: hmac(&secret, &[b"refresh token"]),
            device: hmac(&secret, &[b"known device"]),
        })
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    started(key, parts).finalize().into_bytes().into()
}

fn started(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

fn broken(path: &Path, found: String, remedy: &'static str) -> Failure {
    Failure::Keys { path: PathBuf::from(path), found, remedy }
}

/// How many keys a rotation keeps. An access token outlives its key only after two more rotations within its
/// lifetime, and even then a refresh replaces it.
const KEPT_KEYS: usize = 3;

const SECRET_BYTES: usize = 32;

const RESTORE: &str = "restore it from a backup, or move it away to get a new one (access tokens in use are then renewed by a refresh)";

const MAKE_WRITABLE: &str = "make its directory writable for this user";
