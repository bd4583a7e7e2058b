use std::{cell::RefCell, rc::Rc};

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::{FutureExt as _, StreamExt as _};
use gloo_timers::future::TimeoutFuture;
use perennial::platform::socket::{Signal, Socket, open};
use perennial_session::Secret;
use wasm_bindgen_test::wasm_bindgen_test;

fn protocols(of: &[&str]) -> Vec<Secret> {
    of.iter().map(|protocol| Secret::new(*protocol)).collect()
}

fn open_here(offered: &[&str]) -> (Result<Socket, String>, UnboundedReceiver<Signal>) {
    let (sender, signals) = unbounded();
    let socket =
        open("/no-such-socket", &protocols(offered), move |signal| drop(sender.unbounded_send(signal)));
    (socket, signals)
}

/// The server of the test runner speaks no WebSocket.
#[wasm_bindgen_test]
async fn a_connection_that_cannot_be_made_is_reported_as_closed_and_once() {
    let (socket, mut signals) = open_here(&["perennial.v1"]);
    let socket = socket.unwrap();
    assert!(signals.next().await.unwrap() == Signal::Closed { code: 1006 });
    TimeoutFuture::new(50).await;
    assert!(signals.next().now_or_never().is_none());
    drop(socket);
}

#[wasm_bindgen_test]
async fn nothing_is_reported_of_a_connection_that_was_dropped() {
    let seen = Rc::new(RefCell::new(0));
    let socket = open("/no-such-socket", &[], {
        let seen = Rc::clone(&seen);
        move |_| *seen.borrow_mut() += 1
    });
    drop(socket.unwrap());
    TimeoutFuture::new(200).await;
    assert_eq!(*seen.borrow(), 0);
}

#[wasm_bindgen_test]
fn a_message_before_the_connection_is_there_is_not_sent_and_says_so() {
    let (socket, _signals) = open_here(&[]);
    assert_eq!(socket.unwrap().send("too early"), Err("the connection is not open yet".to_owned()));
}

/// A token with characters that no subprotocol may have: the error does not repeat it.
#[wasm_bindgen_test]
fn a_protocol_that_cannot_be_offered_is_an_error_that_keeps_the_secret() {
    let (socket, _signals) = open_here(&["perennial.v1", "bearer.secret/token="]);
    assert!(!socket.unwrap_err().contains("secret"));
}
