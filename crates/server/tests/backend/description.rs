//! `/api/openapi.json`, held against what really answers.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::harness::Backend;

async fn description(backend: &Backend) -> Value {
    backend.get("/api/openapi.json").send().await.expect(StatusCode::OK).json()
}

fn paths(description: &Value) -> &Map<String, Value> {
    description["paths"].as_object().unwrap()
}

/// The path of a request, for one that may hold names of what there is none of.
fn concrete(path: &str) -> String {
    path.replace("{id}", "00000000-0000-0000-0000-000000000000")
}

#[tokio::test]
async fn the_methods_described_are_those_that_answer_and_no_others() {
    let backend = Backend::start().await;
    let description = description(&backend).await;
    for (path, item) in paths(&description) {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            // Of somebody who is not signed in, so that nothing is looked for and found missing.
            let reply = backend.call(method.clone(), &concrete(path)).send().await;
            let is_served = !matches!(reply.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND);
            let is_described = item.get(method.as_str().to_lowercase()).is_some();
            assert_eq!(is_served, is_described, "{method} {path}: {}", reply.status);
        }
    }
}

#[tokio::test]
async fn everything_that_is_promised_elsewhere_is_described() {
    let description = description(&Backend::start().await).await;
    let described: Vec<String> = paths(&description)
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let mut expected: Vec<_> = PROMISED.lines().map(|line| line.trim().to_owned()).collect();
    expected.retain(|line| !line.is_empty());
    let (mut found, mut expected) = (described, expected);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn every_operation_is_named_explained_and_refers_to_what_is_there() {
    let backend = Backend::start().await;
    let reply = backend.get("/api/openapi.json").send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
    let description = reply.json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3."));
    let mut names = BTreeSet::new();
    for (path, item) in paths(&description) {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} is there twice");
            let summary = operation["summary"].as_str().unwrap();
            assert!(summary.ends_with('.') && !summary.contains('/'), "{summary}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{method} {path}");
            assert!(operation["responses"]["default"]["content"].is_object(), "{method} {path}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let is_in_path = |parameter: &&Value| parameter["in"] == "path";
            let in_path = parameters.iter().filter(is_in_path).count();
            assert_eq!(in_path, path.matches('{').count(), "{method} {path}");
            for required in operation["security"].as_array().into_iter().flatten() {
                for scheme in required.as_object().unwrap().keys() {
                    assert!(description["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
                }
            }
        }
    }
    for reference in references(&description) {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_cause_is_described_by_its_code_and_its_values() {
    let description = description(&Backend::start().await).await;
    let schemas = &description["components"]["schemas"];
    let causes = |name: &str| -> Vec<(String, Vec<String>)> {
        let variants = schemas[name]["oneOf"].as_array().unwrap();
        let cause = |variant: &Value| {
            let code = variant["properties"]["code"]["enum"][0].as_str().unwrap().to_owned();
            let names = variant["required"].as_array().unwrap().iter();
            (code, names.map(|name| name.as_str().unwrap().to_owned()).collect())
        };
        variants.iter().map(cause).collect()
    };
    let of_rows = causes("RowCause");
    let codes: Vec<_> = of_rows.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["field_count", "not_utf8", "holds_nul"]);
    assert_eq!(of_rows[0].1, ["found", "expected", "code"]);
    let of_jobs = causes("JobCause");
    assert_eq!(of_jobs.len(), 13);
    assert!(of_jobs.contains(&("quote_not_closed".to_owned(), vec!["line".to_owned(), "code".to_owned()])));
}

/// Everything that a document refers to.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// What the documentation of the library says is served.
const PROMISED: &str = "
    POST /api/session
    GET /api/session
    DELETE /api/session
    POST /api/session/refresh
    POST /api/v1/auth/login
    POST /api/v1/auth/refresh
    GET /api/v1/auth/validate
    POST /api/v1/auth/logout
    POST /api/auth/login
    GET /api/auth/status
    POST /api/auth/refresh
    POST /api/auth/logout
    POST /api/login
    GET /api/me
    POST /api/refresh
    POST /api/logout
    GET /api/sessions
    DELETE /api/sessions/others
    DELETE /api/sessions/{id}
    POST /api/password
    GET /api/events
    GET /api/jobs
    POST /api/jobs
    GET /api/jobs/{id}
    GET /api/jobs/{id}/events
    POST /api/jobs/{id}/cancel
    POST /api/jobs/{id}/retry
    GET /api/datasets
    GET /api/datasets/{id}
    DELETE /api/datasets/{id}
    GET /api/datasets/{id}/rows
    GET /api/datasets/{id}/rejected
    GET /api/datasets/{id}/csv
    GET /api/openapi.json
";
