//! How each dialect spells an error.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::response::IntoResponse;
use perennial_dialect::wire::{PROBLEM_PREFIX, Problem};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::Refusal;

/// In which shape a refusal is put into words; a router says it of its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum ErrorBody {
    /// RFC 9457, as `perennial` has it and everything that belongs to no dialect.
    #[default]
    Problem,
    /// As `exchange` has it.
    Exchange,
    /// As `hybrid` has it.
    Plain,
    /// As `cookie-pair` has it: times to wait are in minutes.
    CookiePair,
    /// As `cookie-pair` says who is signed in.
    Status,
}

impl ErrorBody {
    /// The media type and the body.
    pub(super) fn render(self, refusal: &Refusal) -> (HeaderValue, Body) {
        let (status, reason, title) = refusal.kind();
        let (error, message) = (reason.to_owned(), refusal.detail());
        match self {
            Self::Problem => {
                let problem = Problem {
                    kind: format!("{PROBLEM_PREFIX}{reason}"),
                    title: title.to_owned(),
                    status: status.as_u16(),
                    detail: message,
                    reason: error,
                    retry_after_s: refusal.retry_after_s(),
                    limit: refusal.limit(),
                    limit_bytes: refusal.limit_bytes(),
                };
                self.json(problem)
            }
            Self::Exchange => self.json(ExchangeError { success: false, error, message }),
            Self::Plain => self.json(PlainError { error, message }),
            Self::CookiePair => self.json(PlainError { error, message: refusal.detail_in_minutes() }),
            Self::Status => self.json(StatusError { authenticated: false, error, message }),
        }
    }

    /// The media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Problem => "application/problem+json",
            Self::Exchange | Self::Plain | Self::CookiePair | Self::Status => "application/json",
        }
    }

    /// The name of the shape, and the shape.
    pub(crate) fn schema(self) -> (String, RefOr<Schema>) {
        match self {
            Self::Problem => (Problem::name().into(), Problem::schema()),
            Self::Exchange => (ExchangeError::name().into(), ExchangeError::schema()),
            Self::Plain | Self::CookiePair => (PlainError::name().into(), PlainError::schema()),
            Self::Status => (StatusError::name().into(), StatusError::schema()),
        }
    }

    fn json(self, body: impl Serialize) -> (HeaderValue, Body) {
        (HeaderValue::from_static(self.media_type()), axum::Json(body).into_response().into_body())
    }
}

/// An error of the `exchange` dialect.
#[derive(Serialize, ToSchema)]
struct ExchangeError {
    /// Always false.
    success: bool,
    /// The stable word for programs.
    error: String,
    /// What happened this time and what to do about it, in a sentence.
    message: String,
}

/// An error of the `cookie-pair` and `hybrid` dialects.
#[derive(Serialize, ToSchema)]
struct PlainError {
    /// The stable word for programs.
    error: String,
    /// What happened this time and what to do about it, in a sentence.
    message: String,
}

/// What `cookie-pair` says where nobody is signed in.
#[derive(Serialize, ToSchema)]
struct StatusError {
    /// Always false.
    authenticated: bool,
    /// The stable word for programs.
    error: String,
    /// What happened this time and what to do about it, in a sentence.
    message: String,
}
