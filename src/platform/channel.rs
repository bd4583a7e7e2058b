//! Messages between the tabs of this origin (`BroadcastChannel`).

mod wire;

use gloo_events::EventListener;
use perennial_session::Message;
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};

use super::names;

/// A place on the channel; dropping it leaves.
#[derive(Debug)]
pub struct Channel {
    channel: BroadcastChannel,
    #[expect(dead_code, reason = "held for its drop")]
    listener: EventListener,
}

/// Whether the browser has such channels and lets this page use them.
#[must_use]
pub fn is_available() -> bool {
    BroadcastChannel::new(&names::of_device("presence")).map(|channel| channel.close()).is_ok()
}

/// Joins the channel, and calls back with what the others say; never with what was said through this value.
///
/// Anything of this origin can write to it: another deployment, an extension, the console. What is not a message of
/// this version, in full and of bearable size, is dropped without a word, as there is nothing to be done about it.
#[must_use]
pub fn join(name: &str, on_message: impl Fn(Message) + 'static) -> Option<Channel> {
    let channel = BroadcastChannel::new(name).ok()?;
    let listener = EventListener::new(&channel, "message", move |event| {
        let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        if let Some(message) = text.as_deref().and_then(wire::read) {
            on_message(message);
        }
    });
    Some(Channel { channel, listener })
}

impl Channel {
    /// Tells the others.
    ///
    /// # Errors
    /// Why nobody hears it.
    pub fn send(&self, message: &Message) -> Result<(), String> {
        let text = wire::write(message).ok_or("the message is too long")?;
        self.channel.post_message(&text.into()).map_err(|error| format!("{error:?}"))
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
