//! Files that people get to keep (`<a download>`).

use std::time::Duration;

use leptos::prelude::{document, set_timeout};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Hands a file to the browser, which puts it where this person keeps downloads.
///
/// # Errors
/// What the browser threw. What becomes of the file afterwards, no page is told.
pub fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link = document().create_element("a")?.unchecked_into::<HtmlAnchorElement>();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    set_timeout(move || drop(Url::revoke_object_url(&url)), KEPT_FOR);
    Ok(())
}

/// Hands a text to the browser as a file of this type.
///
/// # Errors
/// What the browser threw.
pub fn save_text(text: &str, media_type: &str, name: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&text.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    save(&Blob::new_with_str_sequence_and_options(&parts, &options)?, name)
}

/// How long the browser may take to begin reading the file. Once it has begun, the address is not needed any more.
const KEPT_FOR: Duration = Duration::from_secs(20);
