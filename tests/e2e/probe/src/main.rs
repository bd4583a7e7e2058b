//! Lets the end-to-end suite send many requests at the same instant through the client that pages use.
//!
//! No page of the application does that, and none should be made to for a test. This one is built from the same
//! library, served by the harness on the same origin, and restores the same session.

use std::cell::Cell;

use futures_util::future::join_all;
use gloo_events::EventListener;
use perennial::{
    client::{ApiRequest, Client},
    config,
    driver::Driver,
    platform::{entropy, names},
};
use web_sys::Document;

fn main() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(start());
}

async fn start() {
    let document = web_sys::window().and_then(|window| window.document()).expect("a page");
    let config = config::read().await.expect("a configuration without errors");
    names::serve(&config.dialect.audience());
    let driver = Driver::start(config, entropy::draw().expect("a browser with randomness"), |_| {});
    let client = Client::new(driver);
    let button = document.get_element_by_id("burst").expect("the button");
    let bursts = Cell::new(0);
    let listener = EventListener::new(&button, "click", {
        let document = document.clone();
        move |_| {
            bursts.set(bursts.get() + 1);
            let (client, document, number) = (client.clone(), document.clone(), bursts.get());
            wasm_bindgen_futures::spawn_local(async move { burst(&client, &document, number).await });
        }
    });
    listener.forget();
    say(&document, "ready");
}

async fn burst(client: &Client, document: &Document, number: u32) {
    let requests = (0..REQUESTS).map(|_| client.send(ApiRequest::get("/api/sessions")));
    let answers = join_all(requests).await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    say(document, &format!("{answered} of {REQUESTS} answered, burst {number}"));
}

fn say(document: &Document, text: &str) {
    document.get_element_by_id("outcome").expect("a place for the outcome").set_text_content(Some(text));
}

const REQUESTS: usize = 50;
