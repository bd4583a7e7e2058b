//! The engine's calls on the wire: the dialect says what is sent and what the answer means.

use perennial_dialect::{
    Dialect,
    answers::WireAnswer,
    request::{Header, WireRequest},
};
use perennial_session::{
    Answer, CallKind, ClockAnswer, Doubt, RefreshAnswer, SignInAnswer, SignOutAnswer, ValidateAnswer, Wall,
};
use web_sys::AbortSignal;

use crate::platform::{
    clock,
    http::{self, Body, HttpRequest, HttpResponse},
};

/// What a call brought.
#[derive(Debug)]
pub struct Reply {
    /// What time it is at the server, where its answer says so.
    pub date: Option<Wall>,
    /// What the server said.
    pub answer: Answer,
}

/// Makes a call and says what the server answered.
pub async fn call(dialect: &Dialect, kind: &CallKind, abort: Option<&AbortSignal>) -> Reply {
    match http::send(&to_http(dialect.request(kind)), abort).await {
        Ok(response) => {
            let wire = to_wire(response);
            Reply { date: wire.server_date(), answer: dialect.answer(kind, &wire) }
        }
        Err(http::NoAnswer) => Reply { date: None, answer: unanswered(kind) },
    }
}

/// Turns headers of the dialect into names and values.
pub fn to_pairs(headers: impl IntoIterator<Item = Header>) -> Vec<(String, String)> {
    headers.into_iter().map(|header| (header.name.to_owned(), header.value)).collect()
}

fn to_http(request: WireRequest) -> HttpRequest {
    HttpRequest {
        method: request.method.to_owned(),
        url: request.path.to_owned(),
        headers: to_pairs(request.headers),
        body: request.body.map_or(Body::Empty, |body| Body::Bytes(body.expose().as_bytes().to_vec())),
        keepalive: request.keepalive,
        cookies: request.cookies,
    }
}

fn to_wire(response: HttpResponse) -> WireAnswer {
    WireAnswer {
        status: response.status,
        retry_after: response.headers.get("Retry-After"),
        date: response.headers.get("Date"),
        age: response.headers.get("Age"),
        body: response.body,
        received_wall_ms: clock::read().wall_ms,
    }
}

fn unanswered(kind: &CallKind) -> Answer {
    let doubt = Doubt::Network;
    match kind {
        CallKind::SignIn(_) => Answer::SignIn(SignInAnswer::Unknown(doubt)),
        CallKind::Refresh { .. } => Answer::Refresh(RefreshAnswer::Unknown(doubt)),
        CallKind::Validate { .. } => Answer::Validate(ValidateAnswer::Unknown(doubt)),
        CallKind::Clock => Answer::Clock(ClockAnswer::Unknown(doubt)),
        CallKind::SignOut { .. } => Answer::SignOut(SignOutAnswer::Unknown(doubt)),
    }
}
