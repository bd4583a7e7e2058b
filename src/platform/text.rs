//! Text as people type it (`String.prototype.normalize`).

use js_sys::JsString;

/// The same text in its composed form (Unicode NFC). A keyboard or a password manager may write `ü` as one character or
/// as two, and to a server those are two names and two passwords (RFC 8265).
#[must_use]
pub fn composed(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}
