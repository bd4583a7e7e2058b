//! The request side: what the engine wants asked, as method, address, headers and body.

mod csrf;

use core::fmt;

use perennial_session::{
    Access, AccessBy, Answer, CallKind, ClockAnswer, Doubt, Proof, RefreshAnswer, Secret, SignInAnswer,
    SignInForm, SignOutAnswer, ValidateAnswer,
};
use serde_json::{Map, Value};

use crate::{
    dialect::{Csrf, Dialect, Encoding, Endpoint, Pairs, RefreshCredential, SignInBy, SignInFields},
    form,
};

/// A request to the backend, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireRequest {
    /// The HTTP method.
    pub method: String,
    /// The path from the root of the page's origin, or an absolute address.
    pub url: String,
    /// The headers, each name once.
    pub headers: Vec<Header>,
    /// The body; a secret, because a password may be in it.
    pub body: Option<Secret>,
    /// Whether the request is to reach the server even if the page goes away meanwhile (`keepalive` of fetch).
    pub keepalive: bool,
    /// Which cookies go with the request, and whether those of the answer are kept.
    pub cookies: Cookies,
}

/// Which cookies go with a request (`credentials` of fetch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookies {
    /// None.
    Omit,
    /// Those of the page's own origin.
    SameOrigin,
    /// Those of the origin that is asked, whichever it is.
    Include,
}

/// One header. `Debug` shows the name only: the value may be a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

impl Header {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …", self.name)
    }
}

impl Dialect {
    /// Turns a call of the engine into a request; `cookies` is what script sees of them (`document.cookie`).
    ///
    /// `None` where there is nobody to ask: [`Dialect::absent`] says what that means. A refresh carries its own
    /// credential and no other; where the backend knows it, a key lets it give a lost answer again.
    #[must_use]
    pub fn request(&self, call: &CallKind, cookies: &str) -> Option<WireRequest> {
        match call {
            CallKind::SignIn(form) => self.sign_in_request(form, cookies),
            CallKind::Refresh { key, access, refresh, account: _ } => {
                let mut request = self.begin_with(self.endpoints.refresh.as_ref(), cookies, true)?;
                let header = self.refresh.idempotency_header.as_deref();
                request.headers.extend(header.map(|name| Header::new(name, key.to_string())));
                self.add_refresh_credential(&mut request, access.as_ref(), refresh.as_ref());
                Some(request)
            }
            CallKind::Validate { access } => {
                let mut request = self.begin(self.endpoints.validate.as_ref(), cookies)?;
                request.headers.extend(bearer(access));
                Some(request)
            }
            // No header of its own, so that another origin is asked without being asked for leave first.
            CallKind::Clock => Some(WireRequest {
                cookies: Cookies::Omit,
                headers: Vec::new(),
                ..self.begin(self.endpoints.clock.as_ref(), cookies)?
            }),
            CallKind::SignOut { access, refresh, ticket } => {
                let mut request = self.sign_out_request(access.as_ref(), refresh.as_ref(), cookies)?;
                if let (Some(name), Some(ticket)) = (&self.sign_out.ticket_header, ticket) {
                    request.headers.push(Header::new(name.clone(), ticket.expose()));
                }
                Some(WireRequest { keepalive: true, ..request })
            }
        }
    }

    /// What it means that there is nobody to ask. A sign-out is done then, unless the provider has only not said yet
    /// where it is told.
    #[must_use]
    pub fn absent(&self, call: &CallKind) -> Answer {
        let doubt = Doubt::Unreadable;
        let is_undiscovered = |endpoint: Option<&Endpoint>| endpoint.is_some_and(Endpoint::is_undiscovered);
        match call {
            CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Unknown(doubt)),
            CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(doubt)),
            CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(doubt)),
            CallKind::Clock => Answer::Clock(ClockAnswer::Unknown(doubt)),
            CallKind::SignOut { .. } if is_undiscovered(self.endpoints.sign_out.as_ref()) => {
                Answer::SignOut(SignOutAnswer::Unknown(doubt))
            }
            CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Done),
        }
    }

    /// The headers that an ordinary request of the application needs beside its own.
    #[must_use]
    pub fn authorize(&self, access: &Access, method: &str, cookies: &str) -> Vec<Header> {
        self.csrf_header(method, cookies, false).into_iter().chain(bearer(access)).collect()
    }

    /// Where a path of the backend is.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.backend) } else { path.to_owned() }
    }

    /// Which cookies go with the requests of the application.
    #[must_use]
    pub fn cookies(&self) -> Cookies {
        self.cookies_for(&self.backend)
    }

    fn sign_in_request(&self, form: &SignInForm, cookies: &str) -> Option<WireRequest> {
        let mut request = self.begin(self.endpoints.sign_in.as_ref(), cookies)?;
        match (&self.sign_in, &form.proof) {
            (SignInBy::Form(fields), Proof::Password { identifier, password }) => {
                fields.fill(&mut request, (identifier, password), form.keep);
            }
            (SignInBy::Redirect(client), Proof::Code { code, verifier, nonce: _, redirect_uri }) => {
                client.redeem(&mut request, (code, verifier), redirect_uri);
            }
            (SignInBy::Form(_), Proof::Code { .. }) | (SignInBy::Redirect(_), Proof::Password { .. }) => {
                return None;
            }
        }
        Some(request)
    }

    fn add_refresh_credential(
        &self,
        request: &mut WireRequest,
        access: Option<&Access>,
        refresh: Option<&Secret>,
    ) {
        match &self.refresh.by {
            RefreshCredential::Cookie => {}
            RefreshCredential::AccessBearer => request.headers.extend(access.and_then(bearer)),
            RefreshCredential::RefreshBearer => request.headers.extend(refresh.map(authorization)),
            RefreshCredential::Body { encoding, field } => {
                let mut fields = pairs(&self.refresh.constants);
                fields.extend(self.client().map(|client| ("client_id", &*client.client_id)));
                fields.extend(refresh.map(|token| (&**field, token.expose())));
                request.fill(*encoding, &fields);
            }
        }
    }

    fn sign_out_request(
        &self,
        access: Option<&Access>,
        refresh: Option<&Secret>,
        cookies: &str,
    ) -> Option<WireRequest> {
        let mut request = self.begin(self.endpoints.sign_out.as_ref(), cookies)?;
        if let Some(client) = self.client() {
            client.revoke(&mut request, access, refresh)?;
            return Some(request);
        }
        request.headers.extend(access.and_then(bearer));
        let mut fields = pairs(&self.sign_out.constants);
        let field = self.sign_out.refresh_token.as_ref();
        fields.extend(field.zip(refresh).map(|(field, token)| (&**field, token.expose())));
        if !fields.is_empty() {
            request.fill(self.sign_out.encoding, &fields);
        }
        Some(request)
    }

    fn begin(&self, endpoint: Option<&Endpoint>, cookies: &str) -> Option<WireRequest> {
        self.begin_with(endpoint, cookies, false)
    }

    /// A request with what every request has; `None` where there is no such endpoint.
    fn begin_with(
        &self,
        endpoint: Option<&Endpoint>,
        cookies: &str,
        is_refresh: bool,
    ) -> Option<WireRequest> {
        let endpoint = endpoint.filter(|endpoint| !endpoint.is_undiscovered())?;
        let url = self.url(&endpoint.at);
        Some(WireRequest {
            method: endpoint.method.clone().into_owned(),
            headers: self.csrf_header(&endpoint.method, cookies, is_refresh).into_iter().collect(),
            body: None,
            keepalive: false,
            cookies: self.cookies_for(&url),
            url,
        })
    }

    /// Another origin sees and sets cookies only where it needs them: then it has to allow that, by name.
    fn cookies_for(&self, url: &str) -> Cookies {
        let needs_cookies = self.access == AccessBy::Cookie
            || self.refresh.by == RefreshCredential::Cookie
            || matches!(self.csrf, Csrf::DoubleSubmit { .. });
        if needs_cookies && url.starts_with("http") { Cookies::Include } else { Cookies::SameOrigin }
    }
}

impl WireRequest {
    /// Gives the request a body of these fields.
    pub(crate) fn fill(&mut self, encoding: Encoding, fields: &[(&str, &str)]) {
        match encoding {
            Encoding::Json => self.fill_json(to_json(fields)),
            Encoding::Form => {
                self.headers.push(Header::new("Content-Type", "application/x-www-form-urlencoded"));
                self.body = Some(Secret::new(form::encode(fields)));
            }
        }
    }

    fn fill_json(&mut self, fields: Map<String, Value>) {
        self.headers.push(Header::new("Content-Type", "application/json"));
        // Names and plain values: there is nothing in it that could fail.
        self.body = Some(Secret::new(serde_json::to_string(&Value::Object(fields)).unwrap_or_default()));
    }
}

impl SignInFields {
    fn fill(&self, request: &mut WireRequest, (identifier, password): (&str, &Secret), keep: bool) {
        let mut fields = pairs(&self.constants);
        fields.extend([(&*self.identifier, identifier), (&*self.password, password.expose())]);
        match self.encoding {
            Encoding::Json => {
                let mut json = to_json(&fields);
                if let Some(name) = &self.keep {
                    json.insert(name.clone().into_owned(), keep.into());
                }
                request.fill_json(json);
            }
            Encoding::Form => {
                let word = if keep { "true" } else { "false" };
                fields.extend(self.keep.as_ref().map(|name| (&**name, word)));
                request.fill(Encoding::Form, &fields);
            }
        }
    }
}

/// One after the other, as collecting them would bring a sort into the application.
fn to_json(fields: &[(&str, &str)]) -> Map<String, Value> {
    let mut json = Map::new();
    for (name, value) in fields {
        json.insert((*name).to_owned(), (*value).into());
    }
    json
}

fn pairs(constants: &Pairs) -> Vec<(&str, &str)> {
    constants.iter().map(|(name, value)| (&**name, &**value)).collect()
}

fn bearer(access: &Access) -> Option<Header> {
    match access {
        Access::Token(token) => Some(authorization(token)),
        Access::Cookie => None,
    }
}

fn authorization(token: &Secret) -> Header {
    Header::new("Authorization", format!("Bearer {}", token.expose()))
}
