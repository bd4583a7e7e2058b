//! The browser, one Web API per file. Nothing here decides anything, and nothing reports what did not happen.

mod changes;

pub mod activity;
pub mod channel;
pub mod clock;
pub mod console;
pub mod dates;
pub mod drops;
pub mod entropy;
pub mod former;
pub mod handle;
pub mod http;
pub mod kept;
pub mod language;
pub mod location;
pub mod lock;
pub mod names;
pub mod numbers;
pub mod panic;
pub mod pending;
pub mod person;
pub mod preferences;
pub mod record;
pub mod save;
pub mod socket;
pub mod storage;
pub mod text;
pub mod theme;
pub mod timer;
pub mod told;
pub mod transfer;
pub mod version;
pub mod wake;
pub mod worker;
