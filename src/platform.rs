//! The browser, one Web API per file. Nothing here decides anything, and nothing reports what did not happen.

pub mod activity;
pub mod channel;
pub mod clock;
pub mod console;
pub mod dates;
pub mod entropy;
pub mod handle;
pub mod http;
pub mod kept;
pub mod location;
pub mod lock;
pub mod numbers;
pub mod pending;
pub mod preferences;
pub mod record;
pub mod save;
pub mod socket;
pub mod storage;
pub mod theme;
pub mod timer;
pub mod transfer;
pub mod wake;
pub(crate) mod words;
