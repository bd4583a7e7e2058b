//! Live connections: what is told over them, and both ends of each.

use perennial_session::{ConnectionId, Credential, Generation, Loss, Output, Position, SocketId};

use crate::rng::Rng;

/// Everything about live connections that is not in one tab.
#[derive(Debug)]
pub(crate) struct Sockets {
    /// Apart from the other randomness, so that a run without live connections is what it was before there were any.
    pub(crate) rng: Rng,
    /// How many events there were about each topic. The first half of the topics belongs to one account, the second to
    /// the other.
    pub(crate) topics: [u64; TOPICS],
    /// Every connection there ever was.
    pub(crate) connections: Vec<Connection>,
    /// Those that the server has.
    pub(crate) at_server: Vec<u32>,
    /// Whether the server refuses every token that comes over a live connection.
    pub(crate) refuses_all: bool,
    /// From when on nothing is told any more.
    pub(crate) quiet_from: u64,
    /// The orders that a bug that is planted keeps for later.
    pub(crate) held_back: Vec<Output>,
}

/// One connection: the page's end, the server's end, and the way between.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) tab: usize,
    pub(crate) socket: SocketId,
    pub(crate) id: ConnectionId,
    pub(crate) topic: usize,
    // The page's end.
    pub(crate) is_open: bool,
    pub(crate) is_accepted: bool,
    /// Whether the page has said over it what it watches.
    pub(crate) has_asked: bool,
    /// The token that left over it last, and when.
    pub(crate) sent: Option<Sent>,
    /// Whether the server has not answered to that.
    pub(crate) waits: bool,
    /// When the engine was last told that something came.
    pub(crate) heard_at: u64,
    // The way.
    /// Nothing gets through any more, and nobody says so.
    pub(crate) is_silent: bool,
    /// When the last arrives of what is on its way to the server, and of what is on its way to the page.
    pub(crate) up_at: u64,
    pub(crate) down_at: u64,
    // The server's end.
    pub(crate) there: Option<There>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) token: usize,
    pub(crate) generation: Generation,
    pub(crate) at: u64,
}

/// What the server knows of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct There {
    /// The last token it was shown, if that was good.
    pub(crate) token: Option<usize>,
    /// The number of the last event it has sent, to somebody who watches.
    pub(crate) sent: Option<u64>,
    /// Whether it waits for a slow reader.
    pub(crate) is_held_up: bool,
}

/// An event as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The number of the one sent before it.
    pub(crate) after: u64,
    pub(crate) number: u64,
}

/// What comes out of a connection at the page's end.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    Opened,
    Authenticated,
    Events(Box<[Frame]>),
    Alive,
    Closed(Loss),
}

/// What comes out of it at the server's end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    /// A connection is wanted, and this is the token in its handshake.
    Handshake(Option<usize>),
    Token(usize),
    Watch {
        after: u64,
    },
    Closed,
}

/// What falls due at the server's end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    /// Somebody must have authenticated by now.
    Authentication,
    /// A token has expired.
    Expiry,
    Alive,
    /// A slow reader may have room.
    Room,
}

/// What a page watches.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// What it shows whenever somebody is signed in.
    pub(crate) wishes: Vec<Wish>,
    pub(crate) watches: Vec<Watch>,
    pub(crate) last_socket: u64,
    /// The account that the page last showed.
    pub(crate) account: usize,
    /// How often the device gave hope: each ends the patience of every socket.
    pub(crate) wakes: u64,
    /// The token that was sent last, for a bug that is planted.
    pub(crate) kept: Option<Credential>,
    /// The refreshes that a refusal of a good token caused.
    pub(crate) refreshes: Refreshes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A topic of whoever is signed in.
    Own(usize),
    /// One of somebody else.
    Foreign,
}

/// A listener: one socket, and how far it has come.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) socket: SocketId,
    pub(crate) topic: usize,
    pub(crate) wish: Wish,
    pub(crate) position: Position,
    /// The number of the last event that was shown, as the rules count.
    pub(crate) shown: u64,
    pub(crate) attempts: Attempts,
    /// Its connections that are open or being made.
    pub(crate) connections: Vec<u32>,
}

/// The connections made for a socket within a minute.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Attempts {
    pub(crate) from: u64,
    pub(crate) count: u64,
    pub(crate) wakes: u64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Refreshes {
    pub(crate) from: u64,
    pub(crate) count: u64,
    pub(crate) session: Option<usize>,
    /// The token that the last of them was to replace.
    pub(crate) token: Option<usize>,
}

impl Sockets {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed ^ 0x50_c4e7),
            topics: [0; TOPICS],
            connections: Vec::new(),
            at_server: Vec::new(),
            refuses_all: false,
            quiet_from: u64::MAX,
            held_back: Vec::new(),
        }
    }

    pub(crate) fn at(&mut self, connection: u32) -> &mut Connection {
        &mut self.connections[connection as usize]
    }
}

impl Connection {
    pub(crate) fn new(tab: usize, watch: &Watch, id: ConnectionId, now: u64) -> Self {
        Self {
            tab,
            socket: watch.socket,
            id,
            topic: watch.topic,
            is_open: true,
            is_accepted: false,
            has_asked: false,
            sent: None,
            waits: false,
            heard_at: now,
            is_silent: false,
            up_at: 0,
            down_at: 0,
            there: None,
        }
    }
}

impl Page {
    pub(crate) fn watch(&mut self, socket: SocketId) -> Option<&mut Watch> {
        self.watches.iter_mut().find(|watch| watch.socket == socket)
    }

    pub(crate) fn take_watch(&mut self, socket: SocketId) -> Option<Watch> {
        let index = self.watches.iter().position(|watch| watch.socket == socket)?;
        Some(self.watches.swap_remove(index))
    }
}

impl Wish {
    pub(crate) fn topic(self, account: usize) -> usize {
        match self {
            Self::Own(number) => account * TOPICS / 2 + number,
            Self::Foreign => (1 - account) * TOPICS / 2,
        }
    }
}

/// The number of the account whose topic it is.
pub(crate) fn owner(topic: usize) -> usize {
    topic * 2 / TOPICS
}

/// Whether an event is a change of state, which is never left out.
pub(crate) fn is_change(topic: usize, number: u64) -> bool {
    (number * 7 + topic as u64).is_multiple_of(11)
}

pub(crate) const TOPICS: usize = 4;
