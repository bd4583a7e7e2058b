//! Sockets: what the application says of them, what the engine orders, and what holds of that whatever the scenario.

use std::collections::BTreeMap;

use perennial_session::{
    Access, ConnectionId, Input, Loss, Output, SocketError, SocketEvent, SocketId, SocketOrder,
};

use super::{World, seen::number_of};

/// The sockets somebody listens to, and the connections of each that are open or being made.
#[derive(Default)]
pub(super) struct Sockets {
    open: BTreeMap<SocketId, Vec<ConnectionId>>,
    last: u64,
    /// The socket whose listener goes with the input under way: the engine may have failed it before it looks at that.
    settled: Option<(SocketId, Vec<ConnectionId>)>,
    /// The connection that the input under way says is lost.
    lost: Option<ConnectionId>,
}

impl Sockets {
    pub(super) fn before(&mut self, input: &Input) {
        (self.settled, self.lost) = (None, None);
        let Input::Socket { id, event } = input else { return };
        match event {
            SocketEvent::Asked => drop(self.open.entry(*id).or_default()),
            SocketEvent::Lost(lost, _) => {
                self.lost = Some(*lost);
                if let Some(open) = self.open.get_mut(id) {
                    open.retain(|it| it != lost);
                }
            }
            SocketEvent::Settled => self.settled = self.open.remove(id).map(|open| (*id, open)),
            SocketEvent::Opened(_) | SocketEvent::Accepted(_) | SocketEvent::Heard(_) => {}
        }
    }

    /// Takes an order in, and returns the token that leaves with it.
    pub(super) fn ordered<'a>(
        &mut self,
        id: SocketId,
        order: &'a SocketOrder,
        is_out: bool,
    ) -> Option<&'a Access> {
        match order {
            SocketOrder::Connect { connection, credential } => {
                assert!(!is_out, "a connection while nobody is signed in");
                assert!(connection.0 > self.last, "a connection's number was used twice");
                self.last = connection.0;
                let open = self.open.get_mut(&id).expect("a connection for nobody");
                open.push(*connection);
                assert!(open.len() <= 2, "more than two connections at once: {open:?}");
                credential.as_ref().map(|credential| &credential.access)
            }
            SocketOrder::Authenticate { connection, credential } => {
                assert!(!is_out, "a token while nobody is signed in");
                assert!(self.open[&id].contains(connection), "a token for a connection that is closed");
                Some(&credential.access)
            }
            SocketOrder::Close(connection) => {
                let settled = self.settled.as_mut().filter(|(it, _)| *it == id).map(|(_, open)| open);
                let open = settled.or_else(|| self.open.get_mut(&id)).expect("of a socket");
                let before = open.len();
                open.retain(|it| it != connection);
                let is_closed = open.len() < before || self.lost == Some(*connection);
                assert!(is_closed, "closed a connection that was closed");
                None
            }
            SocketOrder::Fail(_) => {
                let settled = self.settled.take_if(|(it, _)| *it == id).map(|(_, open)| open);
                let open = settled.or_else(|| self.open.remove(&id)).expect("failed a socket twice");
                assert_eq!(open, [], "a failed socket leaves connections open");
                None
            }
        }
    }

    pub(super) fn after(&mut self, is_out: bool) {
        if let Some((_, open)) = &self.settled {
            assert_eq!(*open, [], "nobody listens, and connections are open");
        }
        assert!(!is_out || self.open.is_empty(), "sockets outlived the session: {:?}", self.open);
    }
}

impl World {
    /// Somebody wants to listen.
    pub(crate) fn listen(&mut self, id: u64) {
        self.socket(id, SocketEvent::Asked);
    }

    /// The same, and the server lets them.
    pub(crate) fn listen_live(&mut self, id: u64) {
        self.listen(id);
        self.opened(id);
        self.accepted(id);
    }

    pub(crate) fn opened(&mut self, id: u64) {
        self.socket(id, SocketEvent::Opened(self.connection(id)));
    }

    pub(crate) fn accepted(&mut self, id: u64) {
        self.socket(id, SocketEvent::Accepted(self.connection(id)));
    }

    pub(crate) fn heard(&mut self, id: u64) {
        self.socket(id, SocketEvent::Heard(self.connection(id)));
    }

    /// The connection that was made last is lost.
    pub(crate) fn lose(&mut self, id: u64, loss: Loss) {
        self.socket(id, SocketEvent::Lost(self.connection(id), loss));
    }

    pub(crate) fn socket(&mut self, id: u64, event: SocketEvent) {
        self.input(Input::Socket { id: SocketId(id), event });
    }

    /// The connection that was made last for a socket.
    pub(crate) fn connection(&self, id: u64) -> ConnectionId {
        self.connections(id).last().unwrap_or_else(|| panic!("no connection was made for socket {id}"))
    }

    /// The sockets that somebody listens to.
    pub(crate) fn listened(&self) -> Vec<u64> {
        self.rules.sockets.open.keys().map(|id| id.0).collect()
    }

    /// Every connection that was ever made for a socket.
    pub(crate) fn connections(&self, id: u64) -> impl DoubleEndedIterator<Item = ConnectionId> {
        self.socket_orders(id).filter_map(|order| match order {
            SocketOrder::Connect { connection, .. } => Some(*connection),
            SocketOrder::Authenticate { .. } | SocketOrder::Close(_) | SocketOrder::Fail(_) => None,
        })
    }

    /// What became of a socket so far: `1: token 2` is "the second token is sent over the first connection".
    pub(crate) fn socket_fate(&self, id: u64) -> Vec<String> {
        let told = |order: &SocketOrder| match order {
            SocketOrder::Connect { connection, credential: None } => format!("{}: connect", connection.0),
            SocketOrder::Connect { connection, credential: Some(it) } => {
                format!("{}: connect {}", connection.0, number_of(&it.access))
            }
            SocketOrder::Authenticate { connection, credential } => {
                format!("{}: token {}", connection.0, number_of(&credential.access))
            }
            SocketOrder::Close(connection) => format!("{}: close", connection.0),
            SocketOrder::Fail(SocketError::SignedOut) => "signed out".into(),
            SocketOrder::Fail(SocketError::AccountChanged) => "account changed".into(),
            SocketOrder::Fail(SocketError::Gone) => "gone".into(),
            SocketOrder::Fail(SocketError::TooMany) => "too many".into(),
        };
        self.socket_orders(id).map(told).collect()
    }

    fn socket_orders(&self, id: u64) -> impl DoubleEndedIterator<Item = &SocketOrder> {
        self.outputs.iter().filter_map(move |output| {
            let Output::Socket(of, order) = output else { return None };
            (*of == SocketId(id)).then_some(order)
        })
    }
}
