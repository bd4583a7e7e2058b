//! Requests that say how far they are (`XMLHttpRequest`; `fetch` says nothing on the way).

use std::rc::Rc;

use futures_channel::oneshot;
use gloo_events::EventListener;
use gloo_net::http::Headers;
use perennial_dialect::request::Cookies;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, EventTarget, ProgressEvent, Url, XmlHttpRequest, XmlHttpRequestResponseType};

use super::{
    http::{Body, HttpRequest, HttpResponse, NoAnswer, Redirects},
    numbers::whole,
};

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// So many bytes of the body have left, of so many.
    Sent(u64, u64),
    /// So many bytes of the answer have come.
    Received(u64),
}

/// A request on its way; dropping it calls it back.
struct Transfer {
    request: XmlHttpRequest,
    listeners: Vec<EventListener>,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        // An abort is an event of its own, and nobody waits for it any more.
        self.listeners.clear();
        // It does nothing to a request that has ended.
        drop(self.request.abort());
    }
}

/// Sends a request, tells how far it is, and waits for the whole answer, which the browser holds.
///
/// Where the answer is there before the body has been sent, browsers give it as if the body had been.
///
/// This API follows redirects and cannot be told otherwise. On the way to another origin browsers leave the header
/// `Authorization` behind (Fetch, section "HTTP-redirect fetch"). Where no redirect is wanted, the answer counts for
/// nothing.
///
/// # Errors
/// [`NoAnswer`] where the network failed, the body could not be read, or the browser refused to make the request, as
/// it must where it is to outlive the page or to go without cookies: neither can be said in this API.
pub async fn send(
    request: &HttpRequest,
    on_moved: impl Fn(Moved) + 'static,
) -> Result<HttpResponse<Blob>, NoAnswer> {
    let (ended, end) = oneshot::channel();
    let transfer = start(request, on_moved, ended).map_err(|_| NoAnswer)?;
    // The sender goes away with the transfer only.
    end.await.map_err(|_| NoAnswer)?;
    if request.redirects == Redirects::Refuse && has_been_redirected(request, &transfer.request) {
        let body = Blob::new().map_err(|_| NoAnswer)?;
        return Ok(HttpResponse { status: 0, headers: Headers::new(), body });
    }
    read(&transfer.request).map_err(|_| NoAnswer)
}

/// The bytes of a body that the browser holds.
///
/// # Errors
/// [`NoAnswer`] where the browser has lost it.
pub async fn bytes(blob: &Blob) -> Result<Vec<u8>, NoAnswer> {
    let buffer = JsFuture::from(blob.array_buffer()).await.map_err(|_| NoAnswer)?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

fn start(
    request: &HttpRequest,
    on_moved: impl Fn(Moved) + 'static,
    ended: oneshot::Sender<()>,
) -> Result<Transfer, JsValue> {
    if request.keepalive || request.cookies == Cookies::Omit {
        return Err(JsValue::NULL);
    }
    let xhr = XmlHttpRequest::new()?;
    xhr.open_with_async(&request.method, &request.url, true)?;
    xhr.set_response_type(XmlHttpRequestResponseType::Blob);
    xhr.set_with_credentials(request.cookies == Cookies::Include);
    for (name, value) in &request.headers {
        xhr.set_request_header(name, value)?;
    }
    let upload = xhr.upload()?;
    let on_moved = Rc::new(on_moved);
    let on_sent = on_moved.clone();
    let transfer = Transfer {
        listeners: vec![
            on_progress(&upload, move |event| {
                on_sent(Moved::Sent(whole(event.loaded()), whole(event.total())))
            }),
            on_progress(&xhr, move |event| on_moved(Moved::Received(whole(event.loaded())))),
            EventListener::once(&xhr, "loadend", move |_| {
                // Nobody waits where the future was dropped meanwhile.
                ended.send(()).unwrap_or(());
            }),
        ],
        request: xhr,
    };
    match &request.body {
        Body::Empty => transfer.request.send()?,
        Body::Bytes(bytes) => transfer.request.send_with_opt_u8_array(Some(bytes))?,
        Body::Blob(blob) => transfer.request.send_with_opt_blob(Some(blob))?,
    }
    Ok(transfer)
}

fn has_been_redirected(request: &HttpRequest, xhr: &XmlHttpRequest) -> bool {
    let base = leptos::prelude::document().base_uri().ok().flatten().unwrap_or_default();
    let asked = Url::new_with_base(&request.url, &base).map(|url| url.href());
    // Without an answer there is no address, and the status says so.
    let answered = xhr.response_url();
    !answered.is_empty() && asked.is_ok_and(|asked| asked != answered)
}

fn on_progress(of: &EventTarget, moved: impl Fn(&ProgressEvent) + 'static) -> EventListener {
    EventListener::new(of, "progress", move |event| {
        if let Some(event) = event.dyn_ref::<ProgressEvent>() {
            moved(event);
        }
    })
}

fn read(xhr: &XmlHttpRequest) -> Result<HttpResponse<Blob>, JsValue> {
    let status = xhr.status()?;
    if status == 0 {
        return Err(JsValue::NULL);
    }
    let headers = Headers::new();
    for line in xhr.get_all_response_headers()?.lines() {
        if let Some((name, value)) = line.split_once(':') {
            headers.append(name.trim(), value.trim());
        }
    }
    Ok(HttpResponse { status, headers, body: xhr.response()?.dyn_into()? })
}
