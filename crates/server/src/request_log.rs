//! One log line per request, and what is counted of it.
//!
//! The path is the route's pattern, never what was typed, and no header or body is ever looked at: what is not
//! read cannot leak.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::app::App;
use crate::metrics::Answered;

/// What a handler wants the log line of its request to say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Note {
    session_id: Option<Uuid>,
    outcome: Option<&'static str>,
}

impl Note {
    /// The request was about this session.
    pub(crate) fn session(id: Uuid) -> Self {
        Self { session_id: Some(id), outcome: None }
    }

    /// This came of it.
    pub(crate) fn outcome(outcome: &'static str) -> Self {
        Self { session_id: None, outcome: Some(outcome) }
    }

    /// The same, and this came of it.
    pub(crate) fn and_outcome(self, outcome: &'static str) -> Self {
        Self { outcome: Some(outcome), ..self }
    }

    /// Adds what this note says to what is noted already.
    pub(crate) fn attach(self, response: &mut Response) {
        let noted = response.extensions_mut().get_or_insert_default::<Self>();
        noted.session_id = self.session_id.or(noted.session_id);
        noted.outcome = self.outcome.or(noted.outcome);
    }
}

/// Writes the line once the answer is known.
pub(crate) async fn log(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = app.clock.elapsed();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    app.disbelief.note(&app.settings, &request);
    let response = next.run(request).await;
    let note = response.extensions().get::<Note>().copied().unwrap_or_default();
    let duration = app.clock.elapsed().saturating_sub(started);
    let route = path.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let (status, outcome) = (response.status(), note.outcome);
    app.metrics.answered(&Answered { method: &method, route, status, outcome, duration });
    tracing::info!(
        method = method.as_str(),
        path = route,
        status = status.as_u16(),
        duration_ms = duration.as_micros() as f64 / 1000.0,
        session = note.session_id.map(tracing::field::display),
        outcome,
        "request"
    );
    response
}

/// What stands for the path of files and of what is not there.
const UNMATCHED: &str = "(none)";
