//! Scenarios of one session: each test's name is the sentence that it shows.
//!
//! The engine stands in a [`world::World`] of virtual clocks; whatever it says is held against the rules of
//! `world::rules` in every test, besides what the test itself is about.

mod answers;
mod console;
mod cookies;
mod header_tokens;
mod history;
mod inactivity;
mod kept_grants;
mod leaving;
mod manual;
mod names;
mod numbers;
mod people;
mod properties;
mod refresh;
mod refresh_tokens;
mod refusals;
mod requests;
mod resting;
mod restore;
mod retry;
mod rounds;
mod sign_in;
mod sign_out;
mod sign_out_errand;
mod sign_out_ticket;
mod sockets;
mod time;
mod validation;
mod world;
