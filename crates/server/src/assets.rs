//! The built application, served beside the API.
//!
//! Files with a hash in their name never change and are cached for ever; the rest is asked for again each time.
//! A path that is no file is a page of the application, so it gets `index.html`; a missing file stays missing,
//! because a browser that asks for last week's script must not be given a page.

use std::convert::Infallible;
use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::{Service, ServiceExt, service_fn};
use tower_http::services::{ServeDir, ServeFile};

use crate::failure::Failure;
use crate::refusal::Refusal;

/// Whether the directory holds an application, and nothing that is only for this program.
pub(crate) fn check(dir: &Path, data_dir: &Path) -> Result<(), Failure> {
    let failed = |found: String| Failure::StaticDir { path: dir.to_owned(), found };
    if !dir.is_dir() {
        return Err(failed("it is not a directory".to_owned()));
    }
    if !dir.join(INDEX).is_file() {
        return Err(failed(format!("it holds no {INDEX}")));
    }
    // Before the first start it is not there, but the directory that it will be made in is.
    let data = std::path::absolute(data_dir).ok();
    let data = data.iter().flat_map(|data| data.ancestors()).find_map(|path| path.canonicalize().ok());
    if let (Ok(dir), Some(data)) = (dir.canonicalize(), data)
        && data.starts_with(dir)
    {
        let data = data_dir.display();
        return Err(failed(format!(
            "the data directory {data} lies in it, and would be served to everybody"
        )));
    }
    Ok(())
}

/// Serves the files of `dir`, brotli-compressed where a `.br` lies beside the file, under this content security policy.
pub(crate) fn service(
    dir: &Path,
    policy: HeaderValue,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
    let files = ServeDir::new(dir)
        .append_index_html_on_directories(false)
        .redirect_to_trailing_slash(false)
        .precompressed_br();
    let index = ServeFile::new(dir.join(INDEX)).precompressed_br();
    service_fn(move |request: Request| {
        let (files, index, policy) = (files.clone(), index.clone(), policy.clone());
        async move { Ok(serve(files, index, policy, request).await) }
    })
}

async fn serve(files: ServeDir, index: ServeFile, policy: HeaderValue, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path == "/api" || path.starts_with("/api/") || is_hidden(&path) || is_too_long(&path) {
        return Refusal::NotFound.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ([(header::ALLOW, "GET,HEAD")], Refusal::MethodNotAllowed).into_response();
    }
    let page = is_page(&path, request.headers()).then(|| same_request(&request));
    let mut response = done(files.oneshot(request).await);
    if response.status() == StatusCode::NOT_FOUND {
        let Some(page) = page else { return Refusal::NotFound.into_response() };
        response = done(index.oneshot(page).await);
    }
    let is_lasting = response.status() != StatusCode::NOT_FOUND && has_hash(&path);
    let cache = if is_lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    if let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(with_charset) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn done<B>(result: Result<axum::http::Response<B>, Infallible>) -> Response
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    match result {
        Ok(response) => response.map(Body::new),
    }
}

/// The request without its body, for a second try; pages are asked for without one.
fn same_request(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// The media type of a text with the encoding that all of them have, where it does not say it.
fn with_charset(kind: &HeaderValue) -> Option<HeaderValue> {
    let kind = kind.to_str().ok().filter(|kind| kind.starts_with("text/") && !kind.contains(';'))?;
    HeaderValue::try_from(format!("{kind}; charset=utf-8")).ok()
}

/// Whether the path is a page of the application: its last part has no dot, and the browser would take HTML.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let takes_html =
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_none_or(|accepted| {
            accepted.split(',').any(|kind| {
                let kind = kind.split(';').next().unwrap_or_default().trim();
                kind == "text/html" || kind == "*/*"
            })
        });
    !last.contains('.') && takes_html
}

/// Whether a part of the path begins with a dot: what tools and people leave lying about in a directory is nobody's
/// business.
fn is_hidden(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/");
    path.split('/').any(|part| part.starts_with('.'))
}

/// Whether no file can have the path, because the system allows none so long.
fn is_too_long(path: &str) -> bool {
    let length = |part: &str| part.len() - 2 * part.matches('%').count().min(part.len() / 3);
    length(path) > LONGEST_PATH || path.split('/').any(|part| length(part) > LONGEST_PART)
}

/// Whether the file's name holds a hash of its content, as Trunk writes it: `app-0123456789abcdef_bg.wasm`, and
/// without the zeros that a hash may begin with.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    name.contains('.')
        && stem
            .split(['-', '_'])
            .skip(1)
            .any(|part| part.len() >= SHORTEST_HASH && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

const INDEX: &str = "index.html";

/// In bytes, as all usual file systems have it, with room for `.br`.
const LONGEST_PART: usize = 252;

/// In bytes, with room for the directory before it.
const LONGEST_PATH: usize = 2_048;

/// In digits: one hash in a million is shorter, and is merely asked for again; a date has no more than eight.
const SHORTEST_HASH: usize = 12;

#[cfg(test)]
mod tests {
    use super::has_hash;

    #[test]
    fn a_hash_is_told_from_a_name() {
        for path in [
            "/app-0123456789abcdef.js",
            "/app-0123456789abcdef_bg.wasm",
            "/app-ed5f3cb51b0ae4e_bg.wasm",
            "/style/main-00ff00ff00ff00ff.css",
        ] {
            assert!(has_hash(path), "{path}");
        }
        for path in [
            "/index.html",
            "/boot.js",
            "/a-long-name-with-dashes.js",
            "/0123456789abcdef.js",
            "/x-0123.js",
            "/report-20261120.js",
            "/x-0123456789abcdef",
        ] {
            assert!(!has_hash(path), "{path}");
        }
    }
}
