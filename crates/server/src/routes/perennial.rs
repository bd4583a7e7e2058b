//! The `perennial` dialect: a short access JWT in JSON, a rotated refresh token in a cookie, events on WebSockets.
//!
//! What is under `sessions`, `jobs`, `datasets` and `events` serves those who signed in by another dialect as well.

mod datasets;
mod jobs;
mod live;
mod password;
mod session;
mod session_end;
mod sessions;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::refusal::ErrorBody;
use crate::routes::description::{described, from_pages, guarded};

/// The routes under `/api`.
pub(super) fn routes(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    let session = OpenApiRouter::new()
        .routes(guarded(app, routes!(session::profile)))
        .routes(from_pages(app, routes!(session::sign_in, session::sign_out)))
        .routes(from_pages(app, routes!(session::refresh)));
    let sessions = OpenApiRouter::new()
        .routes(guarded(app, routes!(sessions::list)))
        .routes(guarded(app, routes!(sessions::revoke_others)))
        .routes(guarded(app, routes!(sessions::revoke)));
    let password = OpenApiRouter::new().routes(guarded(app, routes!(password::change)));
    let events = OpenApiRouter::new().routes(routes!(live::connect));
    [
        ("perennial", session),
        ("sessions", sessions),
        ("password", password),
        ("events", events),
        ("jobs", jobs(app)),
        ("datasets", datasets(app)),
    ]
    .into_iter()
    .map(|(tag, router)| described(router, tag, ErrorBody::Problem))
    .fold(OpenApiRouter::new(), OpenApiRouter::merge)
}

/// Imports.
fn jobs(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(guarded(app, routes!(jobs::list, jobs::send)))
        .routes(guarded(app, routes!(jobs::one)))
        .routes(guarded(app, routes!(jobs::events)))
        .routes(guarded(app, routes!(jobs::cancel)))
        .routes(guarded(app, routes!(jobs::retry)))
}

/// What comes of them.
fn datasets(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(guarded(app, routes!(datasets::list)))
        .routes(guarded(app, routes!(datasets::one, datasets::delete)))
        .routes(guarded(app, routes!(datasets::rows)))
        .routes(guarded(app, routes!(datasets::rejected)))
        .routes(guarded(app, routes!(datasets::download)))
}
