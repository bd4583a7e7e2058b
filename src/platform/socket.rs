//! Live connections (`WebSocket`).

use gloo_events::EventListener;
use js_sys::Array;
use perennial_session::Secret;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, MessageEvent, WebSocket, window};

/// A connection that is open or being made; dropping it closes it, and nothing more is reported of it.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocket,
    #[expect(dead_code, reason = "held for its drop")]
    listeners: [EventListener; 3],
}

/// What a connection reports.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "a message may hold personal data")]
pub enum Signal {
    /// It is there.
    Opened,
    /// A text came.
    Text(String),
    /// It is closed, or could not be made: the browser tells scripts no more than this code.
    Closed {
        /// The close code; 1006 where the network failed.
        code: u16,
    },
}

/// Makes a connection to a path of this origin, or to an absolute address of another.
///
/// # Errors
/// Why the browser would not try, which never holds what was offered as a protocol.
pub fn open(url: &str, protocols: &[Secret], on_signal: impl Fn(Signal) + 'static) -> Result<Socket, String> {
    let offered: Array = protocols.iter().map(|protocol| JsValue::from_str(protocol.expose())).collect();
    let address = address(url).ok_or("this page has no address")?;
    let socket = WebSocket::new_with_str_sequence(&address, &offered)
        .map_err(|_| "the browser refuses to make the connection".to_owned())?;
    let on_signal = std::rc::Rc::new(on_signal);
    let opened = EventListener::new(&socket, "open", {
        let on_signal = on_signal.clone();
        move |_| on_signal(Signal::Opened)
    });
    let message = EventListener::new(&socket, "message", {
        let on_signal = on_signal.clone();
        move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            text.map(Signal::Text).into_iter().for_each(&*on_signal);
        }
    });
    let closed = EventListener::new(&socket, "close", move |event| {
        let code = event.dyn_ref::<CloseEvent>().map_or(ABNORMAL, CloseEvent::code);
        on_signal(Signal::Closed { code });
    });
    Ok(Socket { socket, listeners: [opened, message, closed] })
}

impl Socket {
    /// Sends a text.
    ///
    /// # Errors
    /// Why it was not sent. A connection that is closing takes it without a word, and reports its end.
    pub fn send(&self, text: &str) -> Result<(), String> {
        self.socket.send_with_str(text).map_err(|_| "the connection is not open yet".to_owned())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Without a code there is nothing that could be wrong with it.
        drop(self.socket.close());
    }
}

fn address(url: &str) -> Option<String> {
    if !url.starts_with('/') {
        return Some(url.to_owned());
    }
    let location = window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{url}", location.host().ok()?))
}

/// What a browser reports where no close frame came (RFC 6455 section 7.1.5).
const ABNORMAL: u16 = 1006;
