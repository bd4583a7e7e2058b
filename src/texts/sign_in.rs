//! What the sign-in page says.

use perennial_session::{Doubt, ServerText};

use super::{fill, t};

/// Where people sign in, if not here.
#[must_use]
pub fn elsewhere(host: &str) -> String {
    fill(t().sign_in.elsewhere, &[("host", host)])
}

/// Where a person goes after signing in.
#[must_use]
pub fn return_note(page: &str) -> String {
    fill(t().sign_in.back_to, &[("page", page)])
}

/// Why nobody can be led to the server where they sign in.
#[must_use]
pub fn no_way(doubt: Doubt) -> String {
    match doubt {
        Doubt::Network | Doubt::TimedOut => t().sign_in.no_way_network.to_owned(),
        Doubt::Status(_) | Doubt::Unreadable => t().sign_in.no_way_trouble.to_owned(),
        Doubt::Gateway => t().request.gateway.to_owned(),
    }
}

/// That the server refused the sign-in, and what it says of that itself.
#[must_use]
pub fn refused(message: &ServerText) -> String {
    fill(t().sign_in.refused_why, &[("message", message.as_str())])
}

/// How long a person may be away, said where they sign in (WCAG 2.2.6).
#[must_use]
pub fn limit(limit: &str, keep_offered: bool) -> String {
    let text = if keep_offered { t().sign_in.limit_unless } else { t().sign_in.limit };
    fill(text, &[("limit", limit)])
}
