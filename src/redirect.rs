//! Signing in at an authorization server: leaving for it, and coming back (RFC 6749 section 4.1).
//!
//! What this tab must know when it comes back lies in its own storage, under the `state` that the server sends back. So
//! tabs that sign in at the same time do not meet, and an answer that this tab never asked for finds nothing.

use perennial_dialect::{
    Dialect, SignInBy,
    oauth::{Asking, Pending, Return},
};
use perennial_session::SignInForm;

use crate::{
    backend::Backend,
    guard::sign_in_path,
    platform::{console, entropy, location, pending},
    texts::{self, t},
};

/// Leaves for the authorization server; nothing comes back where it works.
///
/// # Errors
/// Why this page is still here, in a sentence.
pub async fn leave(
    backend: &Backend,
    redirect_uri: &str,
    back: Option<&str>,
    keep: bool,
    asking: Asking,
) -> Result<(), String> {
    let dialect = backend.dialect(None).await.map_err(texts::sign_in::no_way)?;
    let entropy = entropy::draw().map_err(|_| t().broken_config.no_entropy.to_owned())?;
    let asked = dialect.authorization(&entropy, redirect_uri, back, keep, asking);
    let (pending, url) = asked.ok_or_else(|| t().sign_in.no_server.to_owned())?;
    pending::keep(&pending.state, &pending.to_json())?;
    location::go(&url)
}

/// Takes the answer of the authorization server out of the address bar and of the history, and puts the sign-in page
/// with the way back in its place. `None` where there is no such answer.
///
/// # Errors
/// Why it is not taken, in a sentence.
pub fn arrive(dialect: &Dialect, base: &str, sign_in: &str) -> Option<Result<SignInForm, String>> {
    let SignInBy::Redirect(_) = dialect.sign_in else { return None };
    let address = location::read()
        .filter(|address| address.path.trim_end_matches('/') == format!("{base}{sign_in}"))?;
    let answer = Return::read(&address.query)?;
    let pending = pending::take(&answer.state).and_then(|text| Pending::parse(&text));
    let back = pending.as_ref().and_then(|pending| pending.return_path.clone());
    location::replace(&format!("{base}{}", sign_in_path(sign_in, back.as_deref().unwrap_or("/"))));
    let Some(pending) = pending else { return Some(Err(t().sign_in.unasked.to_owned())) };
    Some(pending.accept(answer).map_err(|error| {
        console::warn(&format!("The authorization server's answer was not taken: {error}"));
        error.to_string()
    }))
}

/// Where the authorization server sends people back to: the sign-in page.
#[must_use]
pub fn redirect_uri(base: &str, sign_in: &str) -> Option<String> {
    Some(format!("{}{base}{sign_in}", location::read()?.origin))
}
