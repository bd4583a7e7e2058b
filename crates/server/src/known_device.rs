//! Devices that have signed in to an account before, known by a cookie.
//!
//! Wrong guesses close an account to unknown devices for a while. They must not close it to its owner, so a device with
//! this cookie has a count of its own. The cookie opens nothing: a thief may guess as often as the owner may mistype.
//!
//! A cookie holds a token for each of the last few accounts that signed in there. A token is a random name for the
//! device and the time, signed together with the account and the hash of its password: it is worth nothing for another
//! account, after its time, and after a change of the password.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::attempts::{self, Name};
use crate::clock::Moment;
use crate::failure::Failure;
use crate::keys::{self, KeyRing};
use crate::store::Account;

/// What signs and judges tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownDevices<'a> {
    pub(crate) keys: &'a KeyRing,
    /// How long a device is known after a sign-in; 0 knows none.
    pub(crate) lifetime_s: u64,
    pub(crate) now: Moment,
}

impl KnownDevices<'_> {
    /// What the device is counted by, if it has signed in to this account before.
    pub(crate) fn recognise(&self, cookie: &str, account: &Account) -> Option<Name> {
        let token = tokens(cookie).find(|token| self.is_of(token, account))?;
        Some(attempts::name(&[&token.id[..], account.id.as_bytes()].concat()))
    }

    /// The cookie after a sign-in to this account, with what the one of before holds for others; nothing where no device
    /// is known.
    pub(crate) fn remember(
        &self,
        cookie: Option<&str>,
        account: &Account,
    ) -> Result<Option<String>, Failure> {
        if self.lifetime_s == 0 {
            return Ok(None);
        }
        // A new name each time, so that one who stole the cookie of before is counted apart from now on.
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&keys::random_bytes()?[..ID_BYTES]);
        let mut token = Token { id, signed_in_at: self.now, mac: [0; MAC_BYTES] };
        token.mac = self.keys.signing().device_mac(&token.signed(account).concat());
        let others = tokens(cookie.unwrap_or_default()).filter(|other| !self.is_of(other, account));
        let all: Vec<_> =
            std::iter::once(token).chain(others).take(MOST_ACCOUNTS).map(|token| token.encode()).collect();
        Ok(Some(all.join(SEPARATOR)))
    }

    fn is_of(&self, token: &Token, account: &Account) -> bool {
        let is_in_time =
            token.signed_in_at <= self.now && self.now < token.signed_in_at.plus_s(self.lifetime_s);
        let signed = token.signed(account).concat();
        is_in_time && self.keys.all().iter().any(|key| key.is_device_mac(&signed, &token.mac))
    }
}

/// What a cookie holds for one account.
struct Token {
    id: [u8; ID_BYTES],
    signed_in_at: Moment,
    mac: [u8; MAC_BYTES],
}

impl Token {
    fn signed(&self, account: &Account) -> [Vec<u8>; 4] {
        [
            self.id.to_vec(),
            self.signed_in_at.unix_ms.to_be_bytes().to_vec(),
            account.id.as_bytes().to_vec(),
            account.password_hash.as_bytes().to_vec(),
        ]
    }

    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.id[..], &self.signed_in_at.unix_ms.to_be_bytes(), &self.mac].concat())
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, rest) = bytes.split_first_chunk()?;
        let (signed_in_at, mac) = rest.split_first_chunk()?;
        Some(Self {
            id: *id,
            signed_in_at: Moment::from_unix_ms(i64::from_be_bytes(*signed_in_at)),
            mac: mac.try_into().ok()?,
        })
    }
}

fn tokens(cookie: &str) -> impl Iterator<Item = Token> {
    cookie.split(SEPARATOR).take(MOST_ACCOUNTS).filter_map(Token::decode)
}

const ID_BYTES: usize = 16;

const MAC_BYTES: usize = 32;

/// How many people of one browser are known at the same time.
const MOST_ACCOUNTS: usize = 4;

/// No character of base64url, and one that a cookie may have.
const SEPARATOR: &str = ".";

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn account(n: u128) -> Account {
        Account {
            id: Uuid::from_u128(n),
            email: format!("{n}@example.org"),
            name: String::new(),
            roles: Vec::new(),
            password_hash: format!("hash {n}"),
            disabled: false,
            created_at: Moment::from_unix_ms(0),
        }
    }

    fn devices(keys: &KeyRing, now_s: i64) -> KnownDevices<'_> {
        KnownDevices { keys, lifetime_s: 100, now: Moment::from_unix_ms(now_s * 1000) }
    }

    fn keys() -> (tempfile::TempDir, KeyRing) {
        let dir = tempfile::tempdir().unwrap();
        let keys = KeyRing::open(&dir.path().join("keys.json"), Moment::from_unix_ms(0)).unwrap();
        (dir, keys)
    }

    #[test]
    fn a_device_is_known_to_its_account_for_its_time_and_until_the_password_changes() {
        let (_dir, keys) = keys();
        let cookie = devices(&keys, 0).remember(None, &account(1)).unwrap().unwrap();
        let known = |now_s, account: &Account| devices(&keys, now_s).recognise(&cookie, account).is_some();
        assert!(known(0, &account(1)) && known(99, &account(1)));
        assert!(!known(100, &account(1)), "its time is over");
        assert!(!known(-1, &account(1)), "the clock was set back");
        assert!(!known(0, &account(2)), "another account");
        assert!(!known(0, &Account { id: Uuid::from_u128(2), ..account(1) }));
        assert!(!known(0, &Account { password_hash: "another".to_owned(), ..account(1) }));
        let (_dir, others) = self::keys();
        assert!(devices(&others, 0).recognise(&cookie, &account(1)).is_none(), "keys of another backend");
    }

    #[test]
    fn no_byte_of_a_cookie_can_be_changed() {
        let (_dir, keys) = keys();
        let cookie = devices(&keys, 0).remember(None, &account(1)).unwrap().unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&cookie).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(devices(&keys, 50).recognise(&changed, &account(1)).is_none(), "byte {at}");
        }
        for garbage in ["", ".", "....", "x", &cookie[1..], &format!("{cookie}A")] {
            assert!(devices(&keys, 50).recognise(garbage, &account(1)).is_none(), "{garbage}");
        }
    }

    #[test]
    fn people_who_share_a_browser_are_known_side_by_side_and_the_last_few_of_them() {
        let (_dir, keys) = keys();
        let mut cookie = None;
        for n in [1, 2, 2, 3, 4, 5] {
            cookie = devices(&keys, 0).remember(cookie.as_deref(), &account(n)).unwrap();
        }
        let cookie = cookie.unwrap();
        let known = |n| devices(&keys, 0).recognise(&cookie, &account(n));
        assert!(known(1).is_none());
        let names = [2, 3, 4, 5].map(|n| known(n).unwrap());
        assert!(names.iter().enumerate().all(|(n, name)| !names[..n].contains(name)));
        assert!(cookie.len() < 400, "{}", cookie.len());
    }

    #[test]
    fn each_sign_in_gives_the_device_another_name() {
        let (_dir, keys) = keys();
        let first = devices(&keys, 0).remember(None, &account(1)).unwrap().unwrap();
        let next = devices(&keys, 0).remember(Some(&first), &account(1)).unwrap().unwrap();
        assert_eq!(next.split(SEPARATOR).count(), 1);
        let name = |cookie: &str| devices(&keys, 0).recognise(cookie, &account(1)).unwrap();
        assert_ne!(name(&first), name(&next));
    }

    #[test]
    fn no_device_is_known_where_none_is_to_be() {
        let (_dir, keys) = keys();
        let cookie = devices(&keys, 0).remember(None, &account(1)).unwrap().unwrap();
        let none = KnownDevices { lifetime_s: 0, ..devices(&keys, 0) };
        assert!(none.recognise(&cookie, &account(1)).is_none());
        assert!(none.remember(None, &account(1)).unwrap().is_none());
    }
}
