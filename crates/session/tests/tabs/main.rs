//! Scenarios of many tabs, of time and of the ways out: each test's name is the sentence that it shows.
//!
//! The engines stand in one [`browser::Browser`]: one store, one lock, one channel, one pair of clocks, one jar with a
//! cookie, and one server that turns every refresh credential over and calls a used one stolen.

mod browser;
mod chatter;
mod clocks;
mod idle;
mod joining;
mod kept;
mod lock;
mod order;
mod platform;
mod refresh;
mod resting;
mod sign_out;
mod sockets;
mod store;
mod waiting;
mod wake;
