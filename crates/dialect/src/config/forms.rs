//! The forms of texts in a configuration.

use crate::address::{MAX_BYTES, is_absolute, is_loopback, is_path};

/// What kind of text a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The name of a field, a claim, or a path of such names.
    Name,
    /// The name of a cookie.
    Token,
    /// The name of a header of requests that nobody else sets.
    RequestHeader,
    /// The name of a header of answers that script may read.
    AnswerHeader,
    /// What a header holds.
    HeaderValue,
    /// Nothing, or an absolute address without a query.
    Backend,
    /// An absolute address without a query, of TLS or of this device.
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
            Self::RequestHeader => {
                let begins = |prefix: &&str| {
                    text.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix))
                };
                let is_foreign = is_one_of(&SET_BY_OTHERS, text) || PREFIXES_OF_OTHERS.iter().any(begins);
                Self::Token.accepts(text) && !is_foreign
            }
            Self::AnswerHeader => Self::Token.accepts(text) && !is_one_of(&NEVER_READ, text),
            Self::HeaderValue => {
                is_short(text)
                    && !text.starts_with(' ')
                    && !text.ends_with(' ')
                    && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
            }
            Self::Backend => text.is_empty() || (is_absolute(text, HTTP) && is_plain(text)),
            Self::Issuer => {
                is_absolute(text, HTTP) && is_plain(text) && (text.starts_with("https:") || is_loopback(text))
            }
            Self::SocketAddress => is_path(text) || is_absolute(text, &["ws", "wss"]),
            Self::Words => text.split(' ').all(|word| Self::Visible.accepts(word)) && is_short(text),
            Self::Visible => is_short(text) && text.bytes().all(|byte| byte.is_ascii_graphic()),
        }
    }

    pub(super) fn allowed(self) -> &'static str {
        match self {
            Self::Name => "a name of 1 to 200 characters",
            Self::Token => "a name as cookies have it: up to 200 letters, digits, and marks such as - and _",
            Self::RequestHeader => {
                "a name as headers have it, but of none that the application or the browser sets itself, such as \
                 Authorization, Cookie or Origin: up to 200 letters, digits, and marks such as - and _"
            }
            Self::AnswerHeader => {
                "a name as headers have it, but not Set-Cookie, which no script can read: up to 200 letters, digits, \
                 and marks such as - and _"
            }
            Self::HeaderValue => "a text of 1 to 200 visible ASCII characters and spaces between them",
            Self::Backend => {
                "\"\" for the origin of the page, or an absolute address such as \"https://api.example.org\", \
                 without a query"
            }
            Self::Issuer => {
                "an absolute https address such as \"https://login.example.org\", without a query, or one with http on \
                 this device alone, such as \"http://localhost:9000\": on a network anybody could answer for it"
            }
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

fn is_one_of(names: &[&str], text: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(text))
}

/// The headers that the application or the browser sets on requests. What is said in one of them would replace what is
/// needed there, or would never be sent (Fetch, forbidden request-header names).
pub(super) const SET_BY_OTHERS: [&str; 26] = [
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Authorization",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Cookie2",
    "Date",
    "DNT",
    "Expect",
    "Host",
    "Keep-Alive",
    "Origin",
    "Referer",
    "Set-Cookie",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
];

/// What the names of further ones begin with.
pub(super) const PREFIXES_OF_OTHERS: [&str; 2] = ["Proxy-", "Sec-"];

/// The headers of answers that the browser shows to no script (Fetch, forbidden response-header names).
pub(super) const NEVER_READ: [&str; 2] = ["Set-Cookie", "Set-Cookie2"];

/// The methods of requests with a body.
pub(super) const METHODS_WITH_BODY: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

const HTTP: &[&str] = &["http", "https"];

/// The methods that a backend may want.
pub(super) const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// No name is longer than this.
pub(super) const MAX_CHARS: usize = 200;
