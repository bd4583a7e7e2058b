//! The engine's calls on the wire: the dialect says what is sent and what the answer means.

use std::{cell::RefCell, sync::Arc};

use perennial_dialect::{
    Dialect, SignInBy,
    answers::WireAnswer,
    oauth::Metadata,
    request::{Header, WireRequest},
};
use perennial_session::{
    Answer, CallKind, ClockAnswer, Doubt, RefreshAnswer, Secret, SignInAnswer, SignOutAnswer, ValidateAnswer,
    Wall,
};
use web_sys::AbortSignal;

use crate::platform::{
    clock,
    http::{self, Body, HttpRequest, HttpResponse, Redirects},
    location,
};

/// What a call brought.
#[derive(Debug)]
pub struct Reply {
    /// What time it is at the server, where its answer says so.
    pub date: Option<Wall>,
    /// What the server said.
    pub answer: Answer,
}

/// The backend, as far as it is known how it is spoken to.
#[derive(Debug)]
pub struct Backend {
    dialect: RefCell<Arc<Dialect>>,
    /// The last ID token, in this page's memory alone: what tells the provider at a sign-out whose session it is.
    id_token: RefCell<Option<Secret>>,
}

impl Backend {
    /// Speaks this dialect; what the server says of itself is asked for when it is needed.
    #[must_use]
    pub fn new(dialect: Arc<Dialect>) -> Self {
        Self { dialect: RefCell::new(dialect), id_token: RefCell::default() }
    }

    /// The dialect, as far as it is known now.
    #[must_use]
    pub fn known(&self) -> Arc<Dialect> {
        self.dialect.borrow().clone()
    }

    /// The dialect with all endpoints. Where the server says which there are, it is asked once.
    ///
    /// # Errors
    /// Why they cannot be known now.
    pub async fn dialect(&self, abort: Option<&AbortSignal>) -> Result<Arc<Dialect>, Doubt> {
        let dialect = self.known();
        let (SignInBy::Redirect(client), Some(discovery)) = (&dialect.sign_in, dialect.discovery()) else {
            return Ok(dialect);
        };
        let answer = http::send(&to_http(discovery, Redirects::Follow), abort)
            .await
            .map_err(|http::NoAnswer| Doubt::Network)?;
        let metadata = Metadata::read(&to_wire(&dialect, answer), &client.issuer)?;
        let dialect = Arc::new(dialect.with_metadata(&metadata));
        self.dialect.replace(dialect.clone());
        Ok(dialect)
    }

    /// Gives the last ID token away, and knows it no longer.
    pub fn take_id_token(&self) -> Option<Secret> {
        self.id_token.take()
    }

    /// Makes a call and says what the server answered.
    pub async fn call(&self, kind: &CallKind, abort: Option<&AbortSignal>) -> Reply {
        let dialect = match self.dialect(abort).await {
            Ok(dialect) => dialect,
            Err(doubt) => return Reply { date: None, answer: unanswered(kind, doubt) },
        };
        let Some(request) = dialect.request(kind, &location::cookies()) else {
            return Reply { date: None, answer: dialect.absent(kind) };
        };
        match http::send(&to_http(request, Redirects::Refuse), abort).await {
            Ok(response) => {
                let wire = to_wire(&dialect, response);
                if let Some(token) = dialect.id_token(kind, &wire) {
                    self.id_token.replace(Some(token));
                }
                Reply { date: wire.server_date(), answer: dialect.answer(kind, &wire) }
            }
            Err(http::NoAnswer) => Reply { date: None, answer: unanswered(kind, Doubt::Network) },
        }
    }
}

/// Turns headers of the dialect into names and values.
pub fn to_pairs(headers: impl IntoIterator<Item = Header>) -> Vec<(String, String)> {
    headers.into_iter().map(|header| (header.name.to_string(), header.value)).collect()
}

fn to_http(request: WireRequest, redirects: Redirects) -> HttpRequest {
    HttpRequest {
        method: request.method.to_string(),
        url: request.url,
        headers: to_pairs(request.headers),
        body: request.body.map_or(Body::Empty, |body| Body::Bytes(body.expose().as_bytes().to_vec())),
        keepalive: request.keepalive,
        cookies: request.cookies,
        redirects,
    }
}

fn to_wire(dialect: &Dialect, response: HttpResponse) -> WireAnswer {
    WireAnswer {
        status: response.status,
        retry_after: response.headers.get("Retry-After"),
        date: response.headers.get("Date"),
        age: response.headers.get("Age"),
        content_type: response.headers.get("Content-Type"),
        www_authenticate: response.headers.get("WWW-Authenticate"),
        new_token: dialect.new_token_header.as_ref().and_then(|name| response.headers.get(name)),
        body: response.body,
        received_wall_ms: clock::read().wall_ms,
    }
}

fn unanswered(kind: &CallKind, doubt: Doubt) -> Answer {
    match kind {
        CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Unknown(doubt)),
        CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(doubt)),
        CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(doubt)),
        CallKind::Clock => Answer::Clock(ClockAnswer::Unknown(doubt)),
        CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Unknown(doubt)),
    }
}
