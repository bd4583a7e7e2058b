//! Perennial: a browser application that keeps people signed in while they work, and not a minute longer.
//!
//! Read in this order: [`config`] is what an operator may choose, [`driver`] owns the session engine, [`backend`] puts
//! its calls on the wire, [`client`] is what pages fetch with, [`contexts`] is what pages see. [`platform`] is the
//! browser, one Web API per file. Only `app`, `pages` and `components` know this application's routes and texts;
//! the rest could serve another.

#![allow(unreachable_pub, reason = "the component macro makes public items of private components")]

pub mod backend;
pub mod client;
pub mod config;
pub mod contexts;
pub mod driver;
pub mod platform;

/// Starts the application.
pub fn start() {}
