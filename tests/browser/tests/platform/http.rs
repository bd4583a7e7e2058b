use gloo_timers::future::TimeoutFuture;
use perennial::platform::http::{Abort, Body, HttpRequest, NoAnswer, Redirects, send};
use perennial_dialect::request::Cookies;
use wasm_bindgen_test::wasm_bindgen_test;

fn get(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET".into(),
        url: url.into(),
        headers: vec![],
        body: Body::Empty,
        keepalive: false,
        cookies: Cookies::SameOrigin,
        redirects: Redirects::Refuse,
    }
}

/// The server of the test runner knows no such file.
#[wasm_bindgen_test]
async fn any_status_is_an_answer() {
    let response = send(&get("/no-such-file"), None).await.unwrap();
    assert_eq!(response.status, 404);
}

#[wasm_bindgen_test]
async fn the_body_and_the_headers_arrive_whole() {
    let response = send(&get("data:text/plain;charset=utf-8,%C3%A4%0A%00"), None).await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.body, [0xc3, 0xa4, b'\n', 0]);
    assert_eq!(response.headers.get("Content-Type").as_deref(), Some("text/plain;charset=utf-8"));
}

/// Port 1 is one that browsers refuse to call.
#[wasm_bindgen_test]
async fn a_server_that_cannot_be_reached_gives_no_answer() {
    assert_eq!(send(&get("http://127.0.0.1:1/"), None).await.err(), Some(NoAnswer));
}

#[wasm_bindgen_test]
async fn a_header_that_would_break_the_request_gives_no_answer() {
    let mut request = get("/");
    request.headers.push(("X-Broken".into(), "a\r\nb".into()));
    assert_eq!(send(&request, None).await.err(), Some(NoAnswer));
}

#[wasm_bindgen_test]
async fn a_request_whose_abort_is_dropped_gives_no_answer() {
    let abort = Abort::new().unwrap();
    let signal = abort.signal();
    drop(abort);
    assert!(signal.aborted());
    assert_eq!(send(&get("/no-such-file"), Some(&signal)).await.err(), Some(NoAnswer));
    TimeoutFuture::new(0).await;
}
