//! Live connections: real sockets on a real listener, against a backend whose clock is moved by hand.

mod authentication;
mod bounds;
pub(crate) mod client;
mod events;
mod handshake;
mod sessions;
mod slow;
