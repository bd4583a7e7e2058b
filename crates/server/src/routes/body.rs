//! JSON bodies, with an answer that says what is wrong with one.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::app::App;
use crate::refusal::Refusal;

/// A JSON body of this type.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        require_type(request.headers(), "application/json")?;
        let bytes = read(request.into_body(), app.settings.limits.body_limit_bytes).await?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body of this type, or none at all.
pub(super) async fn optional_json<T: DeserializeOwned>(
    request: Request,
    app: &App,
) -> Result<Option<T>, Refusal> {
    let (parts, body) = request.into_parts();
    let bytes = read(body, app.settings.limits.body_limit_bytes).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    require_type(&parts.headers, "application/json")?;
    parse(&bytes).map(Some)
}

/// Refuses a body that does not say it is of this media type.
pub(super) fn require_type(headers: &HeaderMap, wanted: &'static str) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(Refusal::MediaTypeUnsupported { wanted }) }
}

async fn read(body: Body, limit_bytes: u32) -> Result<Bytes, Refusal> {
    let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
    let reading = axum::body::to_bytes(body, limit);
    match tokio::time::timeout(LONGEST_READ, reading).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => {
            Err(Refusal::BodyTooLarge { limit_bytes: limit_bytes.into() })
        }
        Ok(Err(_)) => Err(Refusal::BodyMalformed("The body ended before it was complete.".to_owned())),
        Err(_) => Err(Refusal::BodyMalformed("The body took too long to arrive.".to_owned())),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        if found.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = found.source();
    }
    false
}

/// Parses without ever quoting a value: the body may hold a password.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        // Derived deserializers would take an array for an object, field by field.
        return Err(Refusal::BodyInvalid(NOT_AN_OBJECT.to_owned()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.inner());
        let at = format!("line {}, column {}", cause.line(), cause.column());
        match cause.classify() {
            Category::Data => Refusal::BodyInvalid(what_is_invalid(&path, &cause.to_string())),
            Category::Syntax | Category::Eof | Category::Io => {
                Refusal::BodyMalformed(format!("The body is not JSON: see {at}."))
            }
        }
    })?;
    deserializer.end().map_err(|_| Refusal::BodyMalformed("Something follows the JSON value.".to_owned()))?;
    Ok(value)
}

fn what_is_invalid(path: &str, cause: &str) -> String {
    // Only these two messages of serde are known to name fields and no values.
    let said = cause.split(" at line").next().unwrap_or_default();
    match (said.strip_prefix("missing field"), said.strip_prefix("unknown field"), path) {
        (Some(missing), _, _) => format!("The body has no field{missing}."),
        (_, Some(unknown), _) => format!("The body has an unknown field{unknown}."),
        (None, None, ".") => NOT_AN_OBJECT.to_owned(),
        (None, None, path) => format!("The field `{path}` holds a value of the wrong type."),
    }
}

const NOT_AN_OBJECT: &str = "The body must be a JSON object.";

/// How long a body may take to arrive.
const LONGEST_READ: std::time::Duration = std::time::Duration::from_secs(10);
