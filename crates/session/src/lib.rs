//! A session engine.

#![no_std]

extern crate alloc;

mod answer;
mod engine;
mod input;
mod line;
mod output;
mod random;
mod record;
mod secret;
mod settings;
mod snapshot;
mod state;
mod time;

pub use answer::{
    Account, Answer, Doubt, Grant, HeaderGrant, RefreshAnswer, Refusal, SignInAnswer, SignOutAnswer,
    ValidateAnswer,
};
pub use engine::Engine;
pub use input::{Input, Remembered, RequestEvent, SignInForm, Wake};
pub use line::Line;
pub use output::{
    Call, CallId, CallKind, Credential, Deadline, Order, Output, Reason, RequestError, RequestId,
};
pub use record::{Generation, IdempotencyKey, Record};
pub use secret::Secret;
pub use settings::Settings;
pub use snapshot::{
    Health, LastRefresh, RefreshCause, SignInFailure, SignInProgress, SignOutReason, Snapshot, Status,
};
pub use time::{Moment, Reading, Wall};
