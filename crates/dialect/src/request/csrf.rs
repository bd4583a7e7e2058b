//! What shows that a request was not forged.

use crate::{
    dialect::{Csrf, Dialect},
    form::percent_decode,
    request::Header,
};

impl Dialect {
    /// The header that a request with this method needs, if it needs one.
    ///
    /// A constant goes with every request; what a cookie holds goes only with those that change something, as no server
    /// asks for it elsewhere.
    pub(super) fn csrf_header(&self, method: &str, cookies: &str, is_refresh: bool) -> Option<Header> {
        match &self.csrf {
            Csrf::None => None,
            Csrf::Header { header, value } => Some(Header::new(&**header, &**value)),
            Csrf::DoubleSubmit { .. } if is_safe(method) => None,
            Csrf::DoubleSubmit { header, cookie, refresh_header, refresh_cookie } => {
                let (header, cookie) = if is_refresh {
                    (refresh_header.as_ref().unwrap_or(header), refresh_cookie.as_ref().unwrap_or(cookie))
                } else {
                    (header, cookie)
                };
                Some(Header::new(&**header, cookie_value(cookies, cookie)?))
            }
        }
    }
}

/// What a cookie holds, without the percent signs that servers write for what no cookie may hold (RFC 6265 section
/// 4.1.1): what they compare is what they wanted to write. Nothing that does not fit into a header is taken.
fn cookie_value(cookies: &str, name: &str) -> Option<String> {
    let written = cookies.split(';').find_map(|cookie| {
        let (key, value) = cookie.split_once('=')?;
        (key.trim_ascii() == name).then_some(value.trim_ascii())
    })?;
    let fits = |value: &String| {
        !value.is_empty() && value.len() <= MAX_BYTES && value.bytes().all(|byte| byte.is_ascii_graphic())
    };
    percent_decode(written).filter(fits).or_else(|| Some(written.to_owned()).filter(fits))
}

fn is_safe(method: &str) -> bool {
    ["GET", "HEAD", "OPTIONS"].iter().any(|safe| method.eq_ignore_ascii_case(safe))
}

/// The most that a browser keeps of one cookie (RFC 6265bis section 5.6).
const MAX_BYTES: usize = 4096;
