//! The server as one person's browser sees it: a session, refresh credentials that are good for one use, and access
//! tokens that say themselves until when they are good.

use perennial_session::{Access, IdempotencyKey, Refusal, Secret};

use crate::setup::DAY_MS;

/// What the server knows of one person.
#[derive(Debug, Default)]
pub(crate) struct Server {
    session: u32,
    is_open: bool,
    /// How often the refresh credential has been replaced in this session.
    rotations: u32,
    /// Under which key it was last replaced.
    last_key: Option<IdempotencyKey>,
    ends_ms: u64,
}

/// The refresh credential in the browser. No script sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cookie {
    session: u32,
    rotations: u32,
}

/// What a granted call brings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issued {
    pub(crate) cookie: Cookie,
    pub(crate) token_ends_ms: u64,
    pub(crate) session_left_s: u64,
}

impl Server {
    /// Begins a session, and ends the one that was there.
    pub(crate) fn sign_in(&mut self, lifetime_ms: u64, now_ms: u64) -> Issued {
        *self = Self {
            session: self.session + 1,
            is_open: true,
            rotations: 0,
            last_key: None,
            ends_ms: now_ms + DAY_MS,
        };
        self.issue(lifetime_ms, now_ms)
    }

    /// Replaces the refresh credential. The one before is good for nothing but the same attempt, whose answer was lost;
    /// with any other key it looks stolen.
    pub(crate) fn refresh(
        &mut self,
        cookie: Cookie,
        key: IdempotencyKey,
        lifetime_ms: u64,
        now_ms: u64,
    ) -> Result<Issued, Refusal> {
        self.look_at_session(cookie.session, now_ms)?;
        if cookie.rotations == self.rotations {
            self.rotations += 1;
            self.last_key = Some(key);
        } else if cookie.rotations + 1 != self.rotations || self.last_key != Some(key) {
            self.is_open = false;
            return Err(Refusal::Reused);
        }
        Ok(self.issue(lifetime_ms, now_ms))
    }

    /// Says how long the session lasts, in seconds.
    pub(crate) fn validate(&self, access: &Access, now_ms: u64) -> Result<u64, Refusal> {
        let (session, token_ends_ms) = read_token(access).ok_or(Refusal::Unspecified)?;
        self.look_at_session(session, now_ms)?;
        if token_ends_ms <= now_ms {
            return Err(Refusal::Unspecified);
        }
        Ok((self.ends_ms - now_ms) / 1_000)
    }

    pub(crate) fn sign_out(&mut self) {
        self.is_open = false;
    }

    fn look_at_session(&self, session: u32, now_ms: u64) -> Result<(), Refusal> {
        if session != self.session {
            return Err(Refusal::Unspecified);
        }
        match self.is_open {
            true if self.ends_ms > now_ms => Ok(()),
            true => Err(Refusal::Expired),
            false => Err(Refusal::Revoked),
        }
    }

    fn issue(&self, lifetime_ms: u64, now_ms: u64) -> Issued {
        Issued {
            cookie: Cookie { session: self.session, rotations: self.rotations },
            token_ends_ms: now_ms + lifetime_ms,
            session_left_s: (self.ends_ms - now_ms) / 1_000,
        }
    }
}

impl Issued {
    /// The access token: as long as one of the reference backend, since the engine keeps it.
    pub(crate) fn token(self) -> Secret {
        let (session, ends_ms) = (self.cookie.session, self.token_ends_ms);
        Secret::new(format!("{:.<1$}{session:08x}{ends_ms:016x}", "", TOKEN_BYTES - TOKEN_FACTS_BYTES))
    }
}

fn read_token(access: &Access) -> Option<(u32, u64)> {
    let facts = access.token()?.expose().get(TOKEN_BYTES - TOKEN_FACTS_BYTES..)?;
    let (session, ends_ms) = facts.split_at_checked(8)?;
    Some((u32::from_str_radix(session, 16).ok()?, u64::from_str_radix(ends_ms, 16).ok()?))
}

const TOKEN_BYTES: usize = 300;

const TOKEN_FACTS_BYTES: usize = 24;
