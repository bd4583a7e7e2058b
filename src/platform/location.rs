//! The address bar (`location`, `history`), and the cookies of this page (`document.cookie`).

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlDocument, window};

/// The origin, the path and the query that the page was opened with; the query begins with `?` where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Scheme, host and port.
    pub origin: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: String,
}

/// Where this page is.
#[must_use]
pub fn read() -> Option<Address> {
    let location = window()?.location();
    Some(Address {
        origin: location.origin().ok()?,
        path: location.pathname().ok()?,
        query: location.search().ok()?,
    })
}

/// Puts another address of this origin in the place of the present one, which leaves no trace in the history.
pub fn replace(path: &str) {
    let history = window().and_then(|window| window.history().ok());
    // What can fail is an address of another origin, which is not asked for here.
    drop(history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(path))));
}

/// Leaves this page for another address.
///
/// # Errors
/// Where the browser refuses to go there.
pub fn go(url: &str) -> Result<(), String> {
    let gone = window().map(|window| window.location().assign(url));
    match gone {
        Some(Ok(())) => Ok(()),
        Some(Err(_)) | None => Err("the browser refuses to open the address".into()),
    }
}

/// The cookies that scripts may see, as `name=value` with `; ` between them.
#[must_use]
pub fn cookies() -> String {
    let document = window().and_then(|window| window.document());
    let document = document.and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    document.and_then(|document| document.cookie().ok()).unwrap_or_default()
}
