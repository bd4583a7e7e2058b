//! The places of requests and sockets at the engine.

use futures_channel::mpsc::UnboundedReceiver;
use perennial_session::{Input, Order, RequestEvent, RequestId, SocketEvent, SocketId, SocketOrder};

use super::Driver;

/// A request's place at the gate. Dropping it tells the engine that the request has ended.
#[derive(Debug)]
pub struct Ticket {
    pub(super) id: RequestId,
    pub(super) orders: UnboundedReceiver<Order>,
    pub(super) driver: Driver,
}

impl Ticket {
    /// The number the engine knows the request by.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// The orders about this request, as they come.
    pub fn orders(&mut self) -> &mut UnboundedReceiver<Order> {
        &mut self.orders
    }

    /// Tells the engine what happened to the request.
    pub fn report(&self, event: RequestEvent) {
        self.driver.dispatch(Input::Request { id: self.id, event });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.driver.0.requests.borrow_mut().remove(&self.id);
        self.report(RequestEvent::Settled);
    }
}

/// A socket's place at the engine, and the orders about it. Dropping the place ends both.
#[derive(Debug)]
pub struct SocketTicket {
    /// What is to be done, as it comes; ends when the place is dropped.
    pub orders: UnboundedReceiver<SocketOrder>,
    /// Where to report.
    pub place: SocketPlace,
}

/// A socket's place at the engine. Dropping it tells the engine that nobody listens any more.
#[derive(Debug)]
pub struct SocketPlace {
    pub(super) id: SocketId,
    pub(super) driver: Driver,
}

impl SocketPlace {
    /// Tells the engine what happened to the socket.
    pub fn report(&self, event: SocketEvent) {
        self.driver.dispatch(Input::Socket { id: self.id, event });
    }
}

impl Drop for SocketPlace {
    fn drop(&mut self) {
        self.driver.0.sockets.borrow_mut().remove(&self.id);
        self.report(SocketEvent::Settled);
    }
}
