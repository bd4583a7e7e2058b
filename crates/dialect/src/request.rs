//! The request side: what the engine wants asked, as method, path, headers and body.

use core::fmt;

use perennial_session::{CallKind, Secret, SignInForm};
use serde_json::json;

use crate::dialect::{Dialect, Endpoint};

/// A request to the backend, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRequest {
    /// The HTTP method.
    pub method: &'static str,
    /// The path from the root of the origin.
    pub path: &'static str,
    /// The headers, each name once.
    pub headers: Vec<Header>,
    /// The body; a secret, because a password may be in it.
    pub body: Option<Secret>,
    /// Whether the request is to reach the server even if the page goes away meanwhile (`keepalive` of fetch).
    pub keepalive: bool,
    /// Whether the cookies of the origin go with the request and those of the answer are kept.
    pub cookies: bool,
}

/// One header. `Debug` shows the name only: the value may be a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name.
    pub name: &'static str,
    /// The value.
    pub value: String,
}

impl Header {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …", self.name)
    }
}

impl Dialect {
    /// Turns a call of the engine into a request.
    ///
    /// The refresh carries no token: the cookie is the credential, and a token that is about to be replaced
    /// has no business on the wire. Its `Idempotency-Key` is what lets the server give a lost answer again.
    #[must_use]
    pub fn request(&self, call: &CallKind) -> WireRequest {
        match call {
            CallKind::SignIn(form) => {
                let mut request = self.bare(self.sign_in);
                request.headers.push(Header::new("Content-Type", "application/json"));
                request.body = Some(self.sign_in_body(form));
                request
            }
            CallKind::Refresh { key, access: _ } => {
                let mut request = self.bare(self.refresh);
                request.headers.push(Header::new("Idempotency-Key", key.to_string()));
                request
            }
            CallKind::Validate { access } => {
                let mut request = self.bare(self.validate);
                request.headers.push(bearer(access));
                request
            }
            CallKind::Clock => WireRequest { cookies: false, ..self.bare(self.clock) },
            CallKind::SignOut { access } => {
                let mut request = self.bare(self.sign_out);
                request.headers.extend(access.as_ref().map(bearer));
                request.keepalive = true;
                request
            }
        }
    }

    /// The headers that an ordinary request of the application needs beside its own.
    #[must_use]
    pub fn authorize(&self, access: &Secret) -> [Header; 2] {
        [self.marker(), bearer(access)]
    }

    fn bare(&self, endpoint: Endpoint) -> WireRequest {
        WireRequest {
            method: endpoint.method,
            path: endpoint.path,
            headers: vec![self.marker()],
            body: None,
            keepalive: false,
            cookies: true,
        }
    }

    fn marker(&self) -> Header {
        Header::new(self.marker.0, self.marker.1)
    }

    fn sign_in_body(&self, form: &SignInForm) -> Secret {
        let fields = &self.sign_in_fields;
        let body = json!({
            (fields.identifier): form.identifier,
            (fields.password): form.password.expose(),
            (fields.keep): form.keep,
        });
        Secret::new(body.to_string())
    }
}

fn bearer(access: &Secret) -> Header {
    Header::new("Authorization", format!("Bearer {}", access.expose()))
}
