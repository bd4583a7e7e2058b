use std::{
    cell::RefCell,
    pin::pin,
    rc::Rc,
    task::{Context, Waker},
};

use gloo_timers::future::TimeoutFuture;
use perennial::platform::{
    http::{Body, HttpRequest, NoAnswer, Redirects},
    transfer::{Moved, bytes, send},
};
use perennial_dialect::request::Cookies;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

fn request(method: &str, url: &str, body: Body) -> HttpRequest {
    HttpRequest {
        method: method.into(),
        url: url.into(),
        headers: vec![],
        body,
        keepalive: false,
        cookies: Cookies::SameOrigin,
        redirects: Redirects::Refuse,
    }
}

fn get(url: &str) -> HttpRequest {
    request("GET", url, Body::Empty)
}

/// A file of so many bytes, as a person may have chosen it.
fn file(length: u32) -> Body {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::new_with_length(length));
    Body::Blob(Blob::new_with_u8_array_sequence(&parts).unwrap())
}

/// Everything that is told of a request.
fn told() -> (Rc<RefCell<Vec<Moved>>>, impl Fn(Moved) + 'static) {
    let told: Rc<RefCell<Vec<Moved>>> = Rc::default();
    let teller = told.clone();
    (told, move |moved| teller.borrow_mut().push(moved))
}

/// The server of the test runner knows no such file.
#[wasm_bindgen_test]
async fn any_status_is_an_answer() {
    assert_eq!(send(&get("/no-such-file"), |_| {}).await.unwrap().status, 404);
}

#[wasm_bindgen_test]
async fn the_body_and_the_headers_arrive_whole_and_it_is_told_that_they_come() {
    let answer = send(&get("data:text/plain;charset=utf-8,%C3%A4%0A%00"), |_| {}).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(bytes(&answer.body).await.unwrap(), [0xc3, 0xa4, b'\n', 0]);
    assert_eq!(answer.headers.get("Content-Type").as_deref(), Some("text/plain;charset=utf-8"));
    // The page of the test runner: of a `data:` address Firefox tells that nothing has come.
    let (told, tell) = told();
    let answer = send(&get("/"), tell).await.unwrap();
    let length = bytes(&answer.body).await.unwrap().len() as u64;
    assert!(length > 0);
    assert_eq!(told.borrow().last(), Some(&Moved::Received(length)));
}

#[wasm_bindgen_test]
async fn it_is_told_how_much_of_a_file_has_left_up_to_the_last_byte() {
    let (told, tell) = told();
    send(&request("POST", "/no-such-file", file(300_000)), tell).await.unwrap();
    let told = told.borrow();
    let sent: Vec<u64> = told
        .iter()
        .filter_map(|moved| if let Moved::Sent(bytes, 300_000) = moved { Some(*bytes) } else { None })
        .collect();
    assert!(sent.is_sorted(), "{told:?}");
    assert_eq!(sent.last(), Some(&300_000), "{told:?}");
}

/// Port 1 is one that browsers refuse to call.
#[wasm_bindgen_test]
async fn a_server_that_cannot_be_reached_gives_no_answer() {
    assert_eq!(send(&get("http://127.0.0.1:1/"), |_| {}).await.err(), Some(NoAnswer));
}

#[wasm_bindgen_test]
async fn a_header_that_would_break_the_request_gives_no_answer() {
    let mut request = get("/");
    request.headers.push(("X-Broken".into(), "a\r\nb".into()));
    assert_eq!(send(&request, |_| {}).await.err(), Some(NoAnswer));
}

#[wasm_bindgen_test]
async fn a_request_that_cannot_be_made_as_it_is_meant_is_not_made() {
    let without_cookies = HttpRequest { cookies: Cookies::Omit, ..get("/no-such-file") };
    assert_eq!(send(&without_cookies, |_| {}).await.err(), Some(NoAnswer));
    let outliving = HttpRequest { keepalive: true, ..get("/no-such-file") };
    assert_eq!(send(&outliving, |_| {}).await.err(), Some(NoAnswer));
}

/// The second request is there to know when the first would long have been answered.
#[wasm_bindgen_test]
async fn nothing_is_heard_of_a_request_that_was_dropped() {
    let (told, tell) = told();
    {
        let request = request("POST", "/no-such-file", file(300_000));
        let mut sending = pin!(send(&request, tell));
        assert!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    send(&request("POST", "/no-such-file", file(300_000)), |_| {}).await.unwrap();
    TimeoutFuture::new(0).await;
    assert_eq!(*told.borrow(), []);
}
