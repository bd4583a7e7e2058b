//! `GET /metrics`: what was counted, and what is there at this moment.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::{Metrics, labels};
use crate::app::App;
use crate::machine;

/// The one route of the listener for metrics.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Arc::clone(app))
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut registry = Registry::default();
    register_counts(&mut registry, &app.metrics);
    register_present(&mut registry, &app).await;
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What has been counted since the start.
fn register_counts(registry: &mut Registry, metrics: &Metrics) {
    let metrics = metrics.clone();
    let ours = registry.sub_registry_with_prefix("perennial");
    ours.register("requests", "Requests answered, by the pattern of their route", metrics.requests);
    let help = "Time from a request's head to the head of its answer";
    ours.register_with_unit("request_duration", help, Unit::Seconds, metrics.durations);
    ours.register("sign_ins", "Attempts to sign in: signed_in, or why not", metrics.sign_ins);
    let help = "Refreshes: rotated, renewed, exchanged, repeated (an answer was lost, or two tabs asked), or why not";
    ours.register("refreshes", help, metrics.refreshes);
    ours.register("refusals", "Answers of 4xx and 5xx, by reason", metrics.refusals);
    let help = "Connections for which there was no room, by the flag that bounds them";
    ours.register("connections_turned_away", help, metrics.connections.turned_away);
    ours.register("open_connections", "Connections that are open", metrics.connections.open);
    ours.register("jobs_ended", "Jobs that a worker has brought to their end", metrics.jobs_ended);
}

/// What is there at this moment. What cannot be found out is left out.
async fn register_present(registry: &mut Registry, app: &App) {
    let live: Family<labels::State, Gauge> = Family::default();
    let (authenticated, unauthenticated) = app.live.places.taken();
    set(&live, "authenticated", authenticated.into());
    set(&live, "unauthenticated", unauthenticated.into());
    let ours = registry.sub_registry_with_prefix("perennial");
    ours.register("build", "The version that runs", Info::new(labels::Build { version: VERSION }));
    ours.register("live_connections", "WebSockets, and whether it is known whose they are", live);
    let is_up = app.store.ping().await.is_ok();
    ours.register("database_up", "Whether the database can be read and written", gauge(is_up.into()));
    if let Ok(queue) = app.store.queue().await {
        let jobs: Family<labels::State, Gauge> = Family::default();
        set(&jobs, "queued", queue.queued);
        set(&jobs, "running", queue.running);
        ours.register("jobs", "Jobs that have not ended", jobs);
        let waits_ms = queue.oldest_queued_at.map_or(0, |at| app.clock.now().ms_since(at));
        let help = "How long the job has waited that waits longest; 0 when none does";
        ours.register_with_unit("job_wait", help, Unit::Seconds, gauge(waits_ms / 1000));
    }
    if let Some(free) = machine::free_bytes(app.data_dir()) {
        let help = "Room on the disk of the data directory";
        ours.register_with_unit("data_dir_free", help, Unit::Bytes, bytes(free));
    }
    // These have the names that every program has for them.
    if let Some(resident) = machine::resident_bytes() {
        registry.register_with_unit("process_resident_memory", "Memory in use", Unit::Bytes, bytes(resident));
    }
    if let Some(open) = machine::open_handles() {
        registry.register("process_open_fds", "Files and connections that are open", bytes(open));
    }
}

fn set(family: &Family<labels::State, Gauge>, state: &'static str, value: i64) {
    family.get_or_create(&labels::State { state }).set(value);
}

fn gauge(value: i64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}

fn bytes(value: u64) -> Gauge {
    gauge(i64::try_from(value).unwrap_or(i64::MAX))
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
