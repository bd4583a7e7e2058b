//! What is counted for the operator, as `GET /metrics` on `--metrics-listen` tells it to Prometheus.
//!
//! Everything about requests is counted in one place, where the answer is known and is logged. No label holds a path as
//! typed, an address, an account or anything else that a client chooses: each comes from a list that is part of this
//! program, so the number of series is bounded.

mod labels;
mod scrape;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

pub(crate) use self::scrape::router;
use crate::metrics::labels::{
    Bound, Credential, Reason, Request, Route, State, credential_call, method_label,
};

/// All that is counted while the backend runs. A copy counts in the same place.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    sign_ins: Family<Credential, Counter>,
    refreshes: Family<Credential, Counter>,
    refusals: Family<Reason, Counter>,
    jobs_ended: Family<State, Counter>,
    pub(crate) connections: Connections,
}

/// What is counted of connections before a request is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    /// How many are open.
    pub(crate) open: Gauge,
    turned_away: Family<Bound, Counter>,
}

/// A request that was answered.
pub(crate) struct Answered<'a> {
    pub(crate) method: &'a Method,
    /// The pattern of its route.
    pub(crate) route: &'a str,
    pub(crate) status: StatusCode,
    /// What came of it, as the log says it.
    pub(crate) outcome: Option<&'static str>,
    pub(crate) duration: Duration,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            sign_ins: Family::default(),
            refreshes: Family::default(),
            refusals: Family::default(),
            jobs_ended: Family::default(),
            connections: Connections::default(),
        }
    }

    /// Counts a request.
    pub(crate) fn answered(&self, answered: &Answered<'_>) {
        let Answered { method, route, status, outcome, duration } = *answered;
        let request =
            Request { method: method_label(method), route: route.to_owned(), status: status.as_u16() };
        self.requests.get_or_create(&request).inc();
        self.durations.get_or_create(&Route { route: request.route }).observe(duration.as_secs_f64());
        if status.is_client_error() || status.is_server_error() {
            self.refusals.get_or_create(&Reason { reason: outcome.unwrap_or(UNNAMED) }).inc();
        }
        if let Some((call, dialect)) = credential_call(method, route) {
            let family = match call {
                labels::Call::SignIn => &self.sign_ins,
                labels::Call::Refresh => &self.refreshes,
            };
            family.get_or_create(&Credential { dialect, outcome: outcome.unwrap_or(UNNAMED) }).inc();
        }
    }

    /// Counts a job that a worker has brought to its end.
    pub(crate) fn job_ended(&self, state: &'static str) {
        self.jobs_ended.get_or_create(&State { state }).inc();
    }
}

impl Connections {
    /// Counts a connection for which there was no room, by the flag that says so.
    pub(crate) fn turned_away(&self, bound: &'static str) {
        self.turned_away.get_or_create(&Bound { bound }).inc();
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS_S)
}

/// In seconds. A refresh takes a few milliseconds, a comparison of passwords some hundred, and who asks for patience after
/// a busy store waits for five seconds.
const BUCKETS_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What came of a request that no handler had a word for.
const UNNAMED: &str = "unnamed";
