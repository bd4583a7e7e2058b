//! What the tabs of one browser tell each other.

use alloc::{boxed::Box, string::String, sync::Arc};
use core::time::Duration;

use crate::{Access, Account, Doubt, Secret, SessionKey, SignOutReason, Wall};

/// A message to every other tab of this browser.
///
/// It never leaves the device. A tab that does not know its version drops it: tabs of an old and a new deployment run
/// side by side for as long as people keep them open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// [`Message::VERSION`] of the sender.
    pub version: u16,
    /// The tab that sent it.
    pub from: TabId,
    /// What it says.
    pub body: MessageBody,
}

impl Message {
    /// The version that this engine writes, and the only one it reads.
    pub const VERSION: u16 = 1;
}

/// Tells the tabs of a browser apart; drawn anew with every load of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TabId(pub u64);

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageBody {
    /// Has anybody a token that was granted later than this?
    Hello {
        /// The session asked about, if one is known.
        session: Option<SessionKey>,
        /// When the token held here was asked for.
        newer_than: Option<Wall>,
    },
    /// This token is good.
    Granted(Box<SharedGrant>),
    /// The session is over.
    SignedOut {
        /// Which.
        session: SessionKey,
        /// Why.
        reason: SignOutReason,
    },
    /// The person did something.
    Activity {
        /// In which session.
        session: SessionKey,
        /// When.
        at: Wall,
    },
    /// No refresh before then, in any tab.
    Waiting {
        /// Of which session.
        session: SessionKey,
        /// When this was said, so that a wait by a clock that has been set back since is not taken for a longer one.
        at: Wall,
        /// Until when.
        until: Wall,
        /// What was wrong; `None` where the server asked for the wait.
        why: Option<Doubt>,
    },
}

/// A token as tabs share it and as the device may keep it. Its place in time is told by the wall clock, which they share too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedGrant {
    /// The session it belongs to.
    pub session: SessionKey,
    /// The access token, or that there is a cookie.
    pub access: Access,
    /// The refresh token, where script holds one.
    pub refresh: Option<Secret>,
    /// What can end the session on the server and do nothing else. It is told to other tabs, and not kept.
    pub sign_out_ticket: Option<Secret>,
    /// When it was asked for.
    pub from: Wall,
    /// How long it lives from then.
    pub lifetime: Option<Duration>,
    /// Whose token it is.
    pub account: Arc<Account>,
    /// The server's name for the session.
    pub session_id: Option<String>,
    /// When the server's absolute limit ends the session.
    pub session_ends: Option<Wall>,
    /// Where the person lands after signing in.
    pub landing: Option<String>,
    /// Whether the person asked to stay signed in on this device.
    pub kept: bool,
    /// When the person was last active.
    pub last_activity: Wall,
    /// What time the server last said it is, and when that was by the device's clock: a tab that has asked nothing yet
    /// can tell sleep from a clock that was set all the same.
    pub server_date: Option<(Wall, Wall)>,
}
