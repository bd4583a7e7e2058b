//! What the backend says when it does not do what was asked.

mod body;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(crate) use self::body::ErrorBody;
use crate::new_password::Unfit;
use crate::passwords::HashError;
use crate::request_log::Note;
use crate::store::{RevokedWhy, StoreError};

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    WrongCredentials,
    WrongPassword,
    PasswordUnfit(Unfit),
    PasswordFixed,
    TooManyAttempts { retry_after_s: u64 },
    TooManyRefreshes { retry_after_s: u64 },
    RefreshMissing,
    RefreshUnknown,
    RefreshReused,
    RefreshSuperseded,
    TokenMissing,
    TokenInvalid,
    TokenExpired,
    TokenNotExchangeable,
    SessionRevoked(RevokedWhy),
    SessionExpired,
    Csrf(&'static str),
    IdempotencyKeyInvalid,
    BodyMalformed(String),
    BodyInvalid(String),
    BodyTooLarge { limit_bytes: u64 },
    MediaTypeUnsupported { wanted: &'static str },
    QueryInvalid(&'static str),
    TooManyJobs { limit: u32 },
    TooManyDatasets { limit: u32 },
    TooManyDownloads { limit: u32 },
    NoRoom,
    JobEnded,
    JobNotRepeatable,
    NothingToEnd,
    NotFound,
    UpgradeRequired,
    MethodNotAllowed,
    Busy,
    Internal,
}

impl Refusal {
    /// The status, the stable word for programs and what kind of problem it is.
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::WrongCredentials => {
                (StatusCode::UNAUTHORIZED, "wrong_credentials", "Wrong e-mail or password")
            }
            // No 401: the session is good, and nothing is to be refreshed for it.
            Self::WrongPassword => (StatusCode::FORBIDDEN, "wrong_password", "Wrong password"),
            Self::PasswordUnfit(unfit) => {
                let reason = match unfit {
                    Unfit::TooShort => "password_too_short",
                    Unfit::TooLong => "password_too_long",
                    Unfit::Blank => "password_blank",
                    Unfit::Common => "password_common",
                };
                (StatusCode::UNPROCESSABLE_ENTITY, reason, "Unfit password")
            }
            Self::PasswordFixed => (StatusCode::FORBIDDEN, "password_fixed", "Fixed password"),
            Self::TooManyAttempts { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "Too many failed sign-ins")
            }
            Self::TooManyRefreshes { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_refreshes", "Too many refreshes")
            }
            Self::RefreshMissing => (StatusCode::UNAUTHORIZED, "refresh_missing", "No refresh token"),
            Self::RefreshUnknown => (StatusCode::UNAUTHORIZED, "refresh_unknown", "Unknown refresh token"),
            Self::RefreshReused => (StatusCode::UNAUTHORIZED, "refresh_reused", "Refresh token used twice"),
            Self::RefreshSuperseded => (StatusCode::CONFLICT, "refresh_superseded", "Late duplicate"),
            Self::TokenMissing => (StatusCode::UNAUTHORIZED, "token_missing", "No access token"),
            Self::TokenInvalid => (StatusCode::UNAUTHORIZED, "token_invalid", "Invalid access token"),
            Self::TokenExpired => (StatusCode::UNAUTHORIZED, "token_expired", "Expired access token"),
            Self::TokenNotExchangeable => {
                (StatusCode::UNAUTHORIZED, "token_not_exchangeable", "Access token of another dialect")
            }
            Self::SessionRevoked(_) => (StatusCode::UNAUTHORIZED, "session_revoked", "Session ended"),
            Self::SessionExpired => (StatusCode::UNAUTHORIZED, "session_expired", "Session expired"),
            Self::Csrf(_) => (StatusCode::FORBIDDEN, "csrf", "Not from a page of this application"),
            Self::IdempotencyKeyInvalid => {
                (StatusCode::BAD_REQUEST, "idempotency_key_invalid", "Invalid Idempotency-Key")
            }
            Self::BodyMalformed(_) => (StatusCode::BAD_REQUEST, "body_malformed", "Malformed body"),
            Self::BodyInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "body_invalid", "Invalid body"),
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "Body too large"),
            Self::MediaTypeUnsupported { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported", "Unsupported media type")
            }
            Self::QueryInvalid(_) => (StatusCode::BAD_REQUEST, "query_invalid", "Invalid query"),
            Self::TooManyJobs { .. } => (StatusCode::CONFLICT, "too_many_jobs", "Too many jobs"),
            Self::TooManyDatasets { .. } => (StatusCode::CONFLICT, "too_many_datasets", "Too many datasets"),
            Self::TooManyDownloads { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_downloads", "Too many downloads")
            }
            Self::NoRoom => (StatusCode::INSUFFICIENT_STORAGE, "no_room", "No room for the file"),
            Self::JobEnded => (StatusCode::CONFLICT, "job_ended", "Job has ended"),
            Self::JobNotRepeatable => (StatusCode::CONFLICT, "job_not_repeatable", "Job cannot be repeated"),
            Self::NothingToEnd => (StatusCode::NOT_FOUND, "nothing_to_end", "Nothing to end"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not found"),
            Self::UpgradeRequired => (StatusCode::UPGRADE_REQUIRED, "upgrade_required", "Not a WebSocket"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed")
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    /// The stable word for programs.
    pub(crate) fn reason(&self) -> &'static str {
        self.kind().1
    }

    /// Whether the fault is here, and the same request may succeed later.
    pub(crate) fn is_trouble_here(&self) -> bool {
        self.kind().0.is_server_error()
    }

    /// What happened this time and what to do about it, in a sentence.
    pub(crate) fn detail(&self) -> String {
        self.sentence(in_words)
    }

    /// The same, with a time to wait in whole minutes.
    fn detail_in_minutes(&self) -> String {
        self.sentence(in_minutes)
    }

    fn sentence(&self, time: fn(u64) -> String) -> String {
        match self {
            Self::WrongCredentials => "The e-mail address or the password is wrong.",
            Self::WrongPassword => "The password of before is wrong.",
            Self::PasswordUnfit(why) => unfit(*why),
            Self::PasswordFixed => "The password of the demo account stays as it is.",
            Self::TooManyAttempts { retry_after_s } => {
                return format!("Too many failed sign-ins. Try again in {}.", time(*retry_after_s));
            }
            Self::TooManyRefreshes { retry_after_s } => {
                return format!("Too many refreshes. Try again in {}.", time(*retry_after_s));
            }
            Self::RefreshMissing => "The request carries no refresh token. Sign in.",
            Self::RefreshUnknown => "The refresh token is not known here. Sign in again.",
            Self::RefreshReused => {
                "A refresh token that was already used came back, so the session was ended for safety. Sign in again."
            }
            Self::RefreshSuperseded => {
                "The refresh this repeats was answered and its answer used since. Go on with the newer tokens."
            }
            Self::TokenMissing => "The request carries no access token. Sign in.",
            Self::TokenInvalid => "The access token was not made by this server, or was changed.",
            Self::TokenExpired => "The access token has expired. Refresh it.",
            Self::TokenNotExchangeable => {
                "The access token was not made to be exchanged. Use the refresh token that came with it, or sign in."
            }
            Self::SessionRevoked(why) => ended(*why),
            Self::SessionExpired => "The session reached its time limit. Sign in again.",
            Self::Csrf(what) => what,
            Self::IdempotencyKeyInvalid => "Idempotency-Key must be 32 hexadecimal digits.",
            Self::BodyMalformed(what) | Self::BodyInvalid(what) => what,
            Self::BodyTooLarge { limit_bytes } => {
                return format!("What was sent is larger than the {} allowed here.", size(*limit_bytes));
            }
            Self::MediaTypeUnsupported { wanted } => return format!("Send the body as {wanted}."),
            Self::QueryInvalid(what) => what,
            Self::TooManyJobs { limit } => {
                return format!(
                    "You have {limit} jobs waiting or running, which is the most. Wait for one to end or cancel one."
                );
            }
            Self::TooManyDatasets { limit } => {
                return format!(
                    "You have {limit} datasets, or as many with the files that wait. Delete one that you do not need any more."
                );
            }
            Self::TooManyDownloads { limit } => {
                return format!(
                    "You have {limit} downloads under way, which is the most. Wait for one to end or cancel one."
                );
            }
            Self::NoRoom => "The server has no room for the file. Try again later.",
            Self::JobEnded => "The job has ended already.",
            Self::JobNotRepeatable => {
                "Only a job that failed or was cancelled can be repeated, as long as its file is kept. Send the file again."
            }
            Self::NothingToEnd => "The request names no session that is known here, so none was ended.",
            Self::NotFound => "There is nothing of this name here.",
            Self::UpgradeRequired => "This path takes WebSocket connections (RFC 6455, version 13) only.",
            Self::MethodNotAllowed => "This path knows other methods; the Allow header lists them.",
            Self::Busy => "The server is busy. Try again in a moment.",
            Self::Internal => "Something went wrong on the server. It has been logged; try again later.",
        }
        .to_owned()
    }

    fn retry_after_s(&self) -> Option<u64> {
        if let Self::TooManyAttempts { retry_after_s } | Self::TooManyRefreshes { retry_after_s } = self {
            return Some(*retry_after_s);
        }
        if let Self::TooManyDownloads { .. } = self {
            return Some(5);
        }
        (*self == Self::Busy).then_some(1)
    }

    /// How many a person may have, where that is the reason.
    fn limit(&self) -> Option<u64> {
        if let Self::TooManyJobs { limit }
        | Self::TooManyDatasets { limit }
        | Self::TooManyDownloads { limit } = self
        {
            return Some((*limit).into());
        }
        None
    }

    /// How long a body may be, where that is the reason.
    fn limit_bytes(&self) -> Option<u64> {
        if let Self::BodyTooLarge { limit_bytes } = self { Some(*limit_bytes) } else { None }
    }
}

impl Refusal {
    /// Makes an answer say this; its other headers stay.
    pub(crate) fn word(&self, body: ErrorBody, response: &mut Response) {
        let (status, reason, _) = self.kind();
        let (content_type, body) = body.render(self);
        *response.status_mut() = status;
        *response.body_mut() = body;
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, content_type);
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if *self == Self::UpgradeRequired {
            // RFC 9110 section 15.5.22.
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        Note::outcome(reason).attach(response);
    }
}

impl IntoResponse for Refusal {
    /// A problem document, which remembers what it says so that it can be put in the words of another dialect.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        self.word(ErrorBody::Problem, &mut response);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => {
                tracing::warn!("the database is busy");
                Self::Busy
            }
            StoreError::Disk(_) => {
                tracing::error!(%error, "the database cannot be used for now");
                Self::Busy
            }
            StoreError::EmailTaken | StoreError::Failed(_) => {
                tracing::error!(%error, "the database failed");
                Self::Internal
            }
        }
    }
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        tracing::error!(%error, "comparing a password failed");
        Self::Internal
    }
}

/// Why a new password is not taken, and what to do about it.
fn unfit(why: Unfit) -> &'static str {
    match why {
        Unfit::TooShort => "The password is shorter than 8 characters. Choose a longer one.",
        Unfit::TooLong => "The password is longer than 1,024 bytes. Choose a shorter one.",
        Unfit::Blank => "The password consists of blanks only. Choose another one.",
        Unfit::Common => "The password is one of the first that a stranger would try. Choose another one.",
    }
}

/// Why a session was ended, and what to do about it.
fn ended(why: RevokedWhy) -> &'static str {
    match why {
        RevokedWhy::SignedOut => "You signed out. Sign in again.",
        RevokedWhy::RevokedElsewhere => "This session was signed out from another device. Sign in again.",
        RevokedWhy::Reused => {
            "This session was ended for safety, because one of its refresh tokens was used twice. Sign in again."
        }
        RevokedWhy::AccountDisabled => "This account was closed for signing in.",
        RevokedWhy::Crowded => {
            "This session was ended because you signed in too many times since. Sign in again."
        }
        RevokedWhy::Replaced => "Somebody has signed in in this browser since. Sign in again.",
        RevokedWhy::PasswordChanged => "The password of this account was changed. Sign in with the new one.",
        RevokedWhy::ByOperator => "This session was ended by the operator. Sign in again.",
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        0..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn in_minutes(seconds: u64) -> String {
    match seconds {
        0..=60 => "1 minute".to_owned(),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// A limit as its operator will have meant it.
fn size(bytes: u64) -> String {
    match (bytes / MIB, bytes % MIB) {
        (1.., 0) => format!("{} MiB", bytes / MIB),
        _ => format!("{bytes} bytes"),
    }
}

const MIB: u64 = 1 << 20;
