//! The values that every key is tried with.

use serde_json::{Map, Value, json};

/// Values of every shape, on both sides of every bound.
pub(super) fn all() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(false),
        json!({}),
        json!([]),
        json!([[]]),
        json!({"a": "b"}),
        json!({"a": 1}),
        json!({"": "b"}),
        json!({"a": "x".repeat(200)}),
        json!({"a": "x".repeat(201)}),
        json!([{"status": 400, "field": "error", "value": "no"}]),
        json!([{"status": 400.0, "field": "error", "value": "no"}]),
        json!([{"status": 399, "field": "error", "value": "no"}]),
        json!([{"status": 500, "field": "error", "value": "no"}]),
        json!([{"status": 400}]),
        json!([{"status": 200}]),
        json!([{"status": 200, "field": "error", "value": "no"}]),
        json!([{"status": 199, "field": "error", "value": "no"}]),
        json!([{"status": 299.0, "field": "error", "value": -1}]),
        json!([{"status": 300, "field": "error", "value": "no"}]),
        json!([{"status": 400, "field": "error", "value": null}]),
        json!([{"status": 400, "field": "error", "value": true}]),
        json!([{"status": 400, "field": "error", "value": -1.0}]),
        json!([{"status": 400, "field": "error", "value": 1.5}]),
        json!([{"status": 400, "field": "error", "value": -1.5}]),
        json!([{"status": 400, "field": "error", "value": 9_007_199_254_740_991_i64}]),
        json!([{"status": 400, "field": "error", "value": 9_007_199_254_740_992_i64}]),
        json!([{"status": 400, "field": "error", "value": i64::MIN}]),
        json!([{"status": 400, "field": "error", "value": u64::MAX}]),
        json!([{"status": 400, "field": "error", "value": ""}]),
        json!([{"status": 400, "field": "error", "value": []}]),
        json!([{"status": 400, "value": "no"}]),
        json!([{"field": "error", "value": "no"}]),
        json!([{"status": 400, "field": "", "value": "no"}]),
        json!([{"status": 400, "field": "error"}]),
        json!([{"status": 400, "field": "error", "value": "no", "more": 1}]),
        json!(["queue"]),
        json!(["devices", "queue"]),
        json!(["queue", "queue"]),
        json!(["tray"]),
        json!([7]),
        json!(["user.id", "id"]),
        json!(["a", "b", "c", "d", "e"]),
        json!([""]),
    ];
    let many = |count: usize| (0..count).map(|n| (n.to_string(), json!("x"))).collect::<Map<_, _>>();
    values.extend([json!(many(20)), json!(many(21))]);
    let refused = json!({"status": 400, "field": "error", "value": "no"});
    values.extend([json!(vec![refused.clone(); 10]), json!(vec![refused; 11])]);
    for number in [-1.0, 0.0, 0.5, 1.0, 2.0, 60.0, 100.0, 101.0, 300.0, 301.0, 3600.0, 3601.0, 86_400.0] {
        values.push(json!(number));
    }
    for number in
        [0, 1, 2, 99, 100, 101, 300, 301, 3600, 3601, 86_400, 86_401, 2_591_999, 2_592_000, 2_592_001]
    {
        values.push(json!(number));
    }
    values.extend([json!(u64::MAX), json!(i64::MIN), json!(1e300)]);
    values.extend(texts().into_iter().map(Value::from));
    values
}

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = TEXTS.iter().copied().map(str::to_owned).collect();
    for length in [200, 201] {
        texts.push("x".repeat(length));
        texts.push("é".repeat(length));
    }
    for length in [2000, 2001] {
        for begin in ["POST /", "/", "https://x.example/", "POST https://x.example/"] {
            texts.push(format!("{begin:x<length$}"));
        }
    }
    texts
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "a b",
    "a  b",
    " a",
    "a ",
    "ä",
    "\u{7f}",
    "\n",
    "a\tb",
    "user.id",
    "https://x.example/roles",
    "X-New-Token",
    "Authorization",
    "content-type",
    "COOKIE",
    "Origin",
    "Originator",
    "Accept",
    "te",
    "Sec-Fetch-Mode",
    "proxy-x",
    "Second",
    "Set-Cookie",
    "set-cookie2",
    "Set-Cookie3",
    "PUT /x",
    "HEAD https://x.example/y",
    "X:Y",
    "(x)",
    "a/b",
    "{x}",
    "bearer",
    "cookie",
    "json",
    "form",
    "memory",
    "session",
    "local",
    "s",
    "ms",
    "time",
    "none",
    "header",
    "double_submit",
    "access_bearer",
    "refresh_bearer",
    "message",
    "subprotocol",
    "in_band",
    "reconnect",
    "perennial",
    "openid email",
    "login consent",
    "POST /api/login",
    "GET /",
    "GET //x",
    "GET /a b",
    "get /x",
    "POST  /x",
    "POST x",
    "TRACE /x",
    "POST /x?y=1",
    "POST /x#y",
    "POST /x\\y",
    "POST https://x.example/y?z",
    "POST https://x.example",
    "POST ftp://x.example/y",
    "POST https://u:p@x.example/y",
    "POST /é",
    "POST ",
    "POST",
    "HEAD /a//b",
    "DELETE /~x|y^z`",
    "/",
    "//",
    "/x",
    "/x y",
    "/x?y",
    "/x#y",
    "x",
    "ws://x.example",
    "wss://x.example:443/y?z",
    "wss://",
    "wss:/x",
    "ws://x.example/y#z",
    "http://x.example",
    "https://x.example/",
    "https://x.example/a/b",
    "https://x.example?y",
    "https://x.example/?y",
    "https://x.example/#y",
    "https://x.example:8443",
    "https://x.example:",
    "https://x.example:123456",
    "https://x.example:8a",
    "https://[::1]:8000/a",
    "https://[]",
    "https://[::g]",
    "https://[::1",
    "https://::1",
    "https://x_y.example",
    "https://",
    "https:///x",
    "HTTPS://x.example",
    "https://u@x.example",
    "https://é.example",
    "https://x.example/é",
    "https://x.example\\y",
    "mailto:x@y.example",
];
