//! An access token, and when it is to be replaced.

use core::time::Duration;

use crate::{Access, Credential, Generation, Moment, Settings, Wall, random::Random};

/// An access token with its place in time.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) access: Access,
    pub(crate) generation: Generation,
    pub(crate) from: Moment,
    /// The same, as all tabs say it.
    pub(crate) from_wall: Wall,
    pub(crate) lifetime: Option<Duration>,
    /// Whether nobody here saw it granted. Then `lifetime` is the rest of its life since `from`, else all of it.
    pub(crate) is_found: bool,
    pub(crate) refresh_at: Option<Moment>,
}

impl Token {
    /// Places a granted token in time and chooses when to replace it.
    pub(crate) fn schedule(
        grant: (Access, Option<Duration>),
        generation: Generation,
        (sent_at, from_wall): (Moment, Wall),
        held: Option<&Self>,
        settings: &Settings,
        random: &mut Random,
    ) -> Self {
        let (access, lifetime) = grant;
        let (from, is_found) = (sent_at, false);
        let mut token = Self { access, generation, from, from_wall, lifetime, is_found, refresh_at: None };
        token.refresh_at = if held.is_some_and(|held| token.lasts_no_longer_than(held)) {
            // The server has no more to give; asking before the end would only ask again and again.
            token.until().map(|until| until.max(sent_at + MIN_REFRESH_GAP))
        } else {
            token.due_before_its_end(lifetime, sent_at, settings, random)
        };
        token
    }

    /// Takes in when the token ends, as the server has said by itself: after `rest`, counted from `asked`. `whole` is how long
    /// it lives in all, where that is known by another way than by seeing it granted.
    pub(crate) fn told_end(
        &mut self,
        (rest, whole): (Duration, Option<Duration>),
        (asked, asked_wall): (Moment, Wall),
        settings: &Settings,
        random: &mut Random,
    ) {
        if self.is_found {
            (self.from, self.from_wall) = (asked, asked_wall);
        }
        self.lifetime = Some((asked + rest).since(self.from));
        let whole = if self.is_found { whole } else { self.lifetime };
        self.refresh_at = self.due_before_its_end(whole, asked, settings, random);
    }

    /// Takes in that it ends some time, and no more. One that was found may be near its end: it is replaced soon.
    pub(crate) fn told_life(&mut self, asked: Moment) {
        if self.is_found && self.lifetime.is_none() && self.refresh_at.is_none() {
            self.refresh_at = Some(asked + MIN_REFRESH_GAP);
        }
    }

    /// When to replace it. Where nobody knows how long it lives in all, no share of its life can be taken.
    fn due_before_its_end(
        &self,
        whole: Option<Duration>,
        asked: Moment,
        settings: &Settings,
        random: &mut Random,
    ) -> Option<Moment> {
        let share = whole.map(|whole| whole / BUFFER_SHARE);
        let buffer = share.map_or(settings.refresh_buffer, |share| share.min(settings.refresh_buffer));
        let expires = self.until()?;
        Some((expires - buffer - random.up_to(buffer / JITTER_SHARE)).max(asked + MIN_REFRESH_GAP))
    }

    /// Whether the token is good for as long as the session, so that no other could be better.
    pub(crate) fn lasts_until(&self, session_ends: Option<Moment>) -> bool {
        matches!((self.until(), session_ends), (Some(until), Some(end)) if until >= end)
    }

    pub(crate) fn until(&self) -> Option<Moment> {
        self.lifetime.map(|lifetime| self.from + lifetime)
    }

    pub(crate) fn is_expired(&self, now: Moment) -> bool {
        self.until().is_some_and(|until| until <= now)
    }

    /// Whether the token may have expired unseen: nothing was said about its life, and it is not just from the server.
    pub(crate) fn may_have_expired(&self, now: Moment) -> bool {
        self.until().unwrap_or(self.from + SHORTEST_LIFETIME) <= now
    }

    pub(crate) fn credential(&self) -> Credential {
        Credential { generation: self.generation, access: self.access.clone() }
    }

    /// Lifetimes come in whole seconds, so that the same expiry told twice may seem to differ by one; a life that
    /// got shorter tells the two apart.
    fn lasts_no_longer_than(&self, held: &Self) -> bool {
        let (Some(new), Some(old)) = (self.until(), held.until()) else { return false };
        new <= old || (self.lifetime < held.lifetime && new <= old + Duration::from_secs(1))
    }
}

/// A token is refreshed when a fifth of its life is left, or [`Settings::refresh_buffer`], whichever is less.
const BUFFER_SHARE: u32 = 5;

/// A fleet that signed in within a minute spreads by a tenth of the buffer with each refresh; earlier only, since
/// later would eat into the time that is left for trying again.
const JITTER_SHARE: u32 = 10;

/// No token lives shorter than this, even where nothing is said about its life.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(5);

/// No server is asked for a token more often than this, however short its tokens live.
const MIN_REFRESH_GAP: Duration = Duration::from_secs(1);
