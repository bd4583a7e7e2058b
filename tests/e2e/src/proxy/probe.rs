//! The probe on the site's origin: a page from which one click sends many requests at the same instant.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Response, header};
use serde_json::Value;

use super::page::rewrite;
use crate::server::artifact;

/// The page with its configuration or one of its files; `None` for every path of the site.
pub(super) fn answer(path: &str, config: Option<&Value>) -> Option<Result<Response<Full<Bytes>>>> {
    let name = path.strip_prefix("/__probe/")?;
    Some(match name {
        "" => rewrite(&PAGE.into(), config, &[]).and_then(|page| respond("text/html", page)),
        name if name.ends_with(".wasm") => file(name).and_then(|body| respond("application/wasm", body)),
        name => file(name).and_then(|body| respond("text/javascript", body)),
    })
}

fn file(name: &str) -> Result<Bytes> {
    let path = artifact("E2E_PROBE", "../probe")?.join(name);
    Ok(std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?.into())
}

fn respond(kind: &str, body: Bytes) -> Result<Response<Full<Bytes>>> {
    Ok(Response::builder().header(header::CONTENT_TYPE, kind).body(Full::new(body))?)
}

const PAGE: &str = include_str!("../../probe/index.html");
