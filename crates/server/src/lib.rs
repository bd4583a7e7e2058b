//! The reference backend of Perennial: accounts, sessions and their tokens, for development, tests and small
//! installations.

pub mod app;
pub mod cli;
pub mod commands;
pub mod failure;
pub mod serve;
pub mod settings;

mod assets;
mod headers;
pub mod log;
mod problems;
mod refusal;
mod request_log;
mod routes;

mod access_token;
mod attempts;
mod device;
pub mod refresh_token;
mod sessions;

pub mod accounts;
pub mod clock;
mod data_dir;
mod keys;
mod passwords;
mod private_file;
pub mod store;
