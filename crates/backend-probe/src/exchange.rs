//! One request and its answer.

use std::fmt;

use url::Url;

/// What asks and brings the answer.
pub trait Network {
    /// Sends a request, follows no redirect, and waits for the whole answer.
    ///
    /// # Errors
    /// Why there is no answer.
    fn send(&self, request: &Outgoing) -> Result<Incoming, NoAnswer>;
}

impl<F: Fn(&Outgoing) -> Result<Incoming, NoAnswer>> Network for F {
    fn send(&self, request: &Outgoing) -> Result<Incoming, NoAnswer> {
        self(request)
    }
}

/// A request. `Debug` shows the names of headers only, and no body.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The HTTP method.
    pub method: String,
    /// Where it goes.
    pub url: Url,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let mut out = f.debug_struct("Outgoing");
        out.field("method", &self.method).field("url", &self.url.as_str()).field("headers", &names);
        out.finish_non_exhaustive()
    }
}

/// An answer that has arrived as a whole. `Debug` shows the names of headers only, and no body.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, [`MAX_BODY_BYTES`] at most.
    pub body: Vec<u8>,
    /// When it came, in milliseconds since 1970.
    pub received_wall_ms: u64,
}

impl Incoming {
    /// The values of a header, each as it was sent; the name in lower case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The values of a header as one text, as `fetch` gives it to script; `None` where there is no such header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let all: Vec<_> = self.all(name).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Where the answer sends the one who asked, where `fetch` would follow it (Fetch Standard, "redirect status").
    pub(crate) fn redirect(&self) -> Option<&str> {
        let location = self.all("location").next()?;
        [301, 302, 303, 307, 308].contains(&self.status).then_some(location)
    }

    /// The type of the body, without its parameters and in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Whether it is one of those pages that static hosts and gateways give.
    pub(crate) fn is_page(&self) -> bool {
        self.media_type().as_deref() == Some("text/html")
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let mut out = f.debug_struct("Incoming");
        out.field("status", &self.status).field("headers", &names).field("body_bytes", &self.body.len());
        out.finish_non_exhaustive()
    }
}

/// Why there is no answer. The texts are from this machine, and not from the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The name of the host is not known.
    UnknownHost,
    /// There is nobody to connect to.
    NotConnected(String),
    /// The host did not show that it is the one that was meant, or speaks no TLS.
    Tls(String),
    /// It did not come in time.
    TimedOut,
    /// The body is longer than [`MAX_BODY_BYTES`].
    TooLong,
    /// The connection ended before the answer did, or what came is no HTTP.
    Broken(String),
}

/// The longest body that is read: as much as the application reads of one.
pub const MAX_BODY_BYTES: usize = 8 << 20;
