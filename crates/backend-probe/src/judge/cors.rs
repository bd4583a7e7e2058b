//! Whether the browser lets the page ask another origin, and see what it answers: the Fetch Standard, sections 3.2 and 4.8.

use perennial_dialect::Dialect;
use perennial_session::AccessBy;

use crate::{
    call::Call,
    exchange::Incoming,
    finding::{Said, note, problem},
    quote,
};

/// A request to another origin than the page's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cross {
    /// The page's.
    pub(crate) origin: String,
    /// Whether cookies go along.
    pub(crate) has_cookies: bool,
}

/// What a browser asks permission for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    /// The method.
    pub(crate) method: String,
    /// The headers that no form could send, in lower case and in order.
    pub(crate) headers: Vec<String>,
}

impl Permission {
    /// What has to be asked for; `None` where a form could send the same.
    pub(crate) fn needed<'a>(
        method: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Option<Self> {
        let is_unsafe = |(name, value): &(&str, &str)| match &*name.to_ascii_lowercase() {
            "content-type" => !FORM_TYPES.contains(&value.to_ascii_lowercase().as_str()),
            "accept" | "accept-language" | "content-language" => false,
            _ => true,
        };
        let unsafe_headers = headers.into_iter().filter(is_unsafe);
        let mut headers: Vec<_> = unsafe_headers.map(|(name, _)| name.to_ascii_lowercase()).collect();
        headers.sort_unstable();
        headers.dedup();
        let is_plain = SAFE_METHODS.contains(&method) && headers.is_empty();
        (!is_plain).then(|| Self { method: method.to_owned(), headers })
    }
}

/// What is wrong with the answer to `OPTIONS`.
pub(crate) fn of_permission(cross: &Cross, permission: &Permission, answer: &Incoming) -> Vec<Said> {
    if !(200..=299).contains(&answer.status) {
        let status = answer.status;
        return vec![problem(format!(
            "`OPTIONS`, by which browsers ask for permission (CORS), was answered with {status}, where a 2xx was expected, so the \
             call itself is never sent; let the server, and what is in front of it, answer `OPTIONS` for pages from {} \
             without a credential",
            cross.origin
        ))];
    }
    let mut said =
        origin_and_cookies(cross, answer, ("the answer to `OPTIONS`", "so the call itself is never sent"));
    if !said.is_empty() {
        // Backends that do not know the origin say nothing of the rest.
        return said;
    }
    let allowed = words(answer, "access-control-allow-methods");
    let is_any = !cross.has_cookies && allowed.contains(&"*");
    let method = &*permission.method;
    if !SAFE_METHODS.contains(&method) && !is_any && !allowed.contains(&method) {
        said.push(problem(format!(
            "the answer to `OPTIONS` does not allow the method {method}; name it in `Access-Control-Allow-Methods`{}",
            star(cross, &allowed)
        )));
    }
    let allowed = words(answer, "access-control-allow-headers");
    let is_any = !cross.has_cookies && allowed.contains(&"*");
    let is_allowed = |name: &str| {
        // The star does not stand for this one.
        (is_any && name != "authorization") || allowed.iter().any(|it| it.eq_ignore_ascii_case(name))
    };
    let missing: Vec<_> =
        permission.headers.iter().filter(|name| !is_allowed(name)).map(|name| title(name)).collect();
    if !missing.is_empty() {
        said.push(problem(format!(
            "the answer to `OPTIONS` does not allow the header {}; name it in `Access-Control-Allow-Headers`{}",
            and(&missing),
            star(cross, &allowed)
        )));
    }
    if answer.header("access-control-max-age").is_none() && said.is_empty() {
        said.push(note(
            "the answer to `OPTIONS` has no `Access-Control-Max-Age`, so browsers ask again after 5 s; let the server send \
             `Access-Control-Max-Age: 7200`",
        ));
    }
    said
}

/// What is wrong with the answer itself, for script to see it.
pub(crate) fn of_answer(cross: &Cross, answer: &Incoming) -> Vec<Said> {
    origin_and_cookies(cross, answer, ("the answer", "so script never sees it"))
}

/// What script cannot see of an answer that it can see.
pub(crate) fn of_headers(call: Call, cross: &Cross, dialect: &Dialect, answer: &Incoming) -> Vec<Said> {
    let mut said = Vec::new();
    let is_hidden = |name: &str| !is_exposed(cross, answer, &name.to_ascii_lowercase());
    let renewing = match call {
        Call::Validate if dialect.access == AccessBy::Token => dialect.new_token_header.as_deref(),
        Call::Validate | Call::Discovery | Call::Refresh | Call::SignIn | Call::SignOut | Call::Clock => None,
    };
    if let Some(name) = renewing.filter(|name| is_hidden(name)) {
        said.push(problem(format!(
            "the header {name}, in which `new_token_header` expects fresh tokens, is not exposed to script; name it in \
             `Access-Control-Expose-Headers`, or set `new_token_header` to null"
        )));
    }
    if call == Call::Clock {
        return said;
    }
    let headers = [
        ("Retry-After", "a server that asks for patience is not heard"),
        ("Date", "a device clock that jumps is believed more often"),
    ];
    for (name, so) in headers.into_iter().filter(|(name, _)| call != Call::Discovery && is_hidden(name)) {
        said.push(note(format!(
            "the header {name} is not exposed to script, so {so}; name it in `Access-Control-Expose-Headers`"
        )));
    }
    said
}

/// Whether script may see a header of an answer, by its name in lower case.
pub(crate) fn is_exposed(cross: &Cross, answer: &Incoming, name: &str) -> bool {
    let exposed = words(answer, "access-control-expose-headers");
    SAFE_ANSWER_HEADERS.contains(&name)
        || (!cross.has_cookies && exposed.contains(&"*"))
        || exposed.iter().any(|it| it.eq_ignore_ascii_case(name))
}

fn origin_and_cookies(cross: &Cross, answer: &Incoming, (what, so): (&str, &str)) -> Vec<Said> {
    let mut said = Vec::new();
    let origin = &cross.origin;
    let let_it = format!(
        "let the server send `Access-Control-Allow-Origin: {origin}` on every answer, those to `OPTIONS` and errors included"
    );
    match (answer.header("access-control-allow-origin").as_deref(), cross.has_cookies) {
        (Some("*"), false) => {}
        (Some(allowed), _) if allowed == origin => {}
        (None, _) => said.push(problem(format!(
            "{what} has no `Access-Control-Allow-Origin`, where {origin} was expected, {so}; {let_it}"
        ))),
        (Some("*"), true) => said.push(problem(format!(
            "{what} has `Access-Control-Allow-Origin: *`, where {origin} was expected, as cookies go along, {so}; {let_it}"
        ))),
        (Some(allowed), _) if answer.all("access-control-allow-origin").nth(1).is_some() => {
            said.push(problem(format!(
                "{what} has `Access-Control-Allow-Origin` more than once (`{}`), where {origin} was expected once, {so}; let \
                 either the server or what is in front of it send it, and not both",
                quote::text(allowed)
            )));
        }
        (Some(allowed), _) => said.push(problem(format!(
            "{what} has `Access-Control-Allow-Origin: {}`, where {origin} was expected, {so}; {let_it}",
            quote::text(allowed)
        ))),
    }
    let allows_cookies = answer.header("access-control-allow-credentials").as_deref() == Some("true");
    if cross.has_cookies && !allows_cookies && said.is_empty() {
        said.push(problem(format!(
            "{what} has no `Access-Control-Allow-Credentials: true`, which was expected as cookies go along, {so}; let the \
             server send it beside `Access-Control-Allow-Origin`"
        )));
    }
    said
}

/// The words of a header with commas between them.
fn words<'a>(answer: &'a Incoming, name: &'a str) -> Vec<&'a str> {
    answer.all(name).flat_map(|value| value.split(',')).map(str::trim).take(MAX_WORDS).collect()
}

/// Why a star is not enough.
fn star(cross: &Cross, allowed: &[&str]) -> &'static str {
    match (allowed.contains(&"*"), cross.has_cookies) {
        (false, _) => "",
        (true, true) => ", as `*` counts for nothing where cookies go along",
        (true, false) => ", as `*` does not stand for it",
    }
}

fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A name of a header as people write it.
fn title(name: &str) -> String {
    let part = |part: &str| {
        let mut chars = part.chars();
        chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

/// CORS-safelisted methods.
const SAFE_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

/// The types of bodies that forms send.
const FORM_TYPES: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// CORS-safelisted response-header names.
const SAFE_ANSWER_HEADERS: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// More words than this no such header has.
const MAX_WORDS: usize = 1000;
