//! The headers that tell a browser what the answers may be used for.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::settings::Settings;

/// Adds the headers to every answer; what a handler has set stays.
pub(crate) async fn secure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        set_default(headers, name.clone(), value);
    }
    if app.settings.is_https() {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

/// What the pages of the application may do: run the application's own files, and talk to this origin and those named.
/// The document has a `<base>`, so `base-uri` is not `'none'`.
///
/// WebAssembly is compiled, so it needs `'wasm-unsafe-eval'`; nothing inline runs. A text becomes markup or the name of a
/// script only through the application's own Trusted Types policy.
pub(crate) fn document_policy(settings: &Settings) -> HeaderValue {
    let named = &settings.connect_origins;
    let connect: String = named.iter().map(|origin| format!(" {origin} {}", origin.live())).collect();
    let form: String = named.iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{connect}; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; \
         form-action 'self'{form}; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(LOCKED))
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Of these, `no-store` and the first policy are for the answers of the API; files bring their own.
///
/// The referrer policy is not `no-referrer`: with it, browsers send `Origin: null` on a POST made in the mode
/// `same-origin`, and the origin could not be checked.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, LOCKED),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// What an answer that is no document may do.
const LOCKED: &str = "default-src 'none'; frame-ancestors 'none'";
