//! The recipe of docs/operating.md, run: the files that it ships, in the programs that they are for.
//!
//! `cargo xtask operating` finds or fetches nginx and Caddy and runs this. Without them it fails: it is no part of plain
//! `cargo test`.

#![cfg(unix)]

#[cfg(test)]
mod client;
#[cfg(test)]
#[path = "../process/program.rs"]
#[allow(dead_code, reason = "shared with the suite of the program, which uses all of it")]
mod program;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod units;
