//! How a live connection ends.

use axum::extract::ws::CloseFrame;
use perennial_dialect::wire::live::Close;

use super::LONGEST_MESSAGE;
use crate::refusal::Refusal;
use crate::sessions::Refused;

/// Why a connection is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The network broke, or the client is gone without a word.
    Gone,
    /// The client said that it goes.
    Left,
    /// This server ends it and says why.
    Closed(Close, String),
    /// Something failed here that is not the client's fault.
    Failed,
}

impl End {
    /// Ends it for this reason.
    pub(super) fn closed(close: Close, reason: impl Into<String>) -> Self {
        Self::Closed(close, reason.into())
    }

    /// What the client sent cannot be read on; or the connection broke.
    pub(super) fn of_error(error: axum::Error) -> Self {
        match error.into_inner().downcast::<tungstenite::Error>().as_deref() {
            Ok(tungstenite::Error::Capacity(_)) => {
                let said = format!("Expected at most {LONGEST_MESSAGE} bytes, found a longer message.");
                Self::closed(Close::NotUnderstood, said)
            }
            Ok(tungstenite::Error::Utf8(_)) => {
                Self::closed(Close::NotUnderstood, "Expected JSON, found bytes that are not UTF-8.")
            }
            Ok(_) | Err(_) => Self::Gone,
        }
    }

    /// The frame that says so, if there is somebody to read it.
    pub(super) fn frame(&self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Gone | Self::Left => return None,
            Self::Closed(close, reason) => (close.code(), &**reason),
            Self::Failed => (INTERNAL_ERROR, "Something failed on the server. Connect again in a moment."),
        };
        let end = reason.floor_char_boundary(LONGEST_REASON);
        Some(CloseFrame { code, reason: reason[..end].into() })
    }
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        if refusal.is_trouble_here() {
            return Self::Failed;
        }
        Self::closed(Close::Unauthenticated, refusal.detail())
    }
}

impl From<Refused> for End {
    fn from(refused: Refused) -> Self {
        refused.refusal.into()
    }
}

/// In bytes, by RFC 6455 section 5.5: what a control frame holds beside the code.
const LONGEST_REASON: usize = 123;

/// RFC 6455 section 7.4.1. It is none of [`Close`]: a client does what it does when the network breaks.
const INTERNAL_ERROR: u16 = 1011;
