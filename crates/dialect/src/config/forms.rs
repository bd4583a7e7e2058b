//! The forms of texts in a configuration.

use crate::address::{MAX_BYTES, is_absolute, is_path};

/// What kind of text a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The name of a field, a claim, or a path of such names.
    Name,
    /// The name of a header or a cookie.
    Token,
    /// What a header holds.
    HeaderValue,
    /// Nothing, or an absolute address without a query.
    Backend,
    /// An absolute address without a query, perhaps empty for a moment.
    Issuer,
    /// A path, or an absolute address of a WebSocket.
    SocketAddress,
    /// Words with single spaces between them.
    Words,
    /// Visible characters.
    Visible,
}

impl Form {
    pub(super) fn accepts(self, text: &str) -> bool {
        let is_plain = |text: &str| !text.contains('?');
        match self {
            Self::Name => is_short(text) && !text.chars().any(|c| c.is_ascii_control()),
            Self::Token => is_short(text) && text.bytes().all(is_token_byte),
            Self::HeaderValue => {
                is_short(text)
                    && !text.starts_with(' ')
                    && !text.ends_with(' ')
                    && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
            }
            Self::Backend => text.is_empty() || (is_absolute(text, HTTP) && is_plain(text)),
            Self::Issuer => is_absolute(text, HTTP) && is_plain(text),
            Self::SocketAddress => is_path(text) || is_absolute(text, &["ws", "wss"]),
            Self::Words => text.split(' ').all(|word| Self::Visible.accepts(word)) && is_short(text),
            Self::Visible => is_short(text) && text.bytes().all(|byte| byte.is_ascii_graphic()),
        }
    }

    pub(super) fn allowed(self) -> &'static str {
        match self {
            Self::Name => "a name of 1 to 200 characters",
            Self::Token => {
                "a name as headers and cookies have it: up to 200 letters, digits, and marks such as - and _"
            }
            Self::HeaderValue => "a text of 1 to 200 visible ASCII characters and spaces between them",
            Self::Backend => {
                "\"\" for the origin of the page, or an absolute address such as \"https://api.example.org\", \
                 without a query"
            }
            Self::Issuer => "an absolute address such as \"https://login.example.org\", without a query",
            Self::SocketAddress => {
                "a path such as \"/api/events\", or an absolute address such as \"wss://api.example.org/events\""
            }
            Self::Words => "words with one space between them, 200 characters in all",
            Self::Visible => "a text of 1 to 200 visible ASCII characters",
        }
    }
}

/// Whether a text is a method and an address: `POST /path`, or `POST https://…`.
pub(super) fn split_endpoint(text: &str) -> Option<(&str, &str)> {
    let (method, at) = text.split_once(' ')?;
    let is_address = is_path(at) || is_absolute(at, HTTP);
    let is_known = METHODS.contains(&method) && is_address && text.len() <= MAX_BYTES;
    is_known.then_some((method, at))
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.chars().nth(MAX_CHARS).is_none()
}

/// The `tchar` of RFC 9110 section 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

const HTTP: &[&str] = &["http", "https"];

/// The methods that a backend may want.
pub(super) const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// No name is longer than this.
pub(super) const MAX_CHARS: usize = 200;
