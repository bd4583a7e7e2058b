//! Whether a browser keeps the cookies of an answer: RFC 6265bis, section 5.7.

use perennial_dialect::{Csrf, Dialect};
use url::{Host, Url};

use crate::{
    exchange::Incoming,
    finding::{Said, note, problem},
    page::{Page, Relation, is_loopback},
    quote,
};

/// What is to be said of the cookies of an answer that came from this address.
pub(crate) fn of_answer(dialect: &Dialect, page: &Page, from: &Url, answer: &Incoming) -> Vec<Said> {
    let all = answer.all("set-cookie").take(MAX_COOKIES).filter_map(Cookie::parse);
    all.flat_map(|cookie| of_cookie(&cookie, dialect, page, from)).collect()
}

fn of_cookie(cookie: &Cookie<'_>, dialect: &Dialect, page: &Page, from: &Url) -> Vec<Said> {
    let mut said = Vec::new();
    let name = quote::text(cookie.name);
    let mut lost = |why: &str, helps: &str| {
        said.push(problem(format!("browsers do not keep the cookie `{name}`, because {why}; {helps}")));
    };
    if cookie.bytes > MAX_COOKIE_BYTES {
        lost("it is longer than 4096 bytes", "let the backend put less into it");
    }
    let is_plain = from.scheme() == "http";
    if cookie.is_secure && is_plain && !is_loopback(from) {
        lost("it is `Secure` and came over plain HTTP", "serve the backend over HTTPS");
    }
    if cookie.same_site == SameSite::None && !cookie.is_secure {
        lost(
            "it is `SameSite=None` without `Secure`",
            "let the backend add `Secure`, or send `SameSite=Lax` where page and backend are of one site",
        );
    }
    let host = from.host_str().unwrap_or_default();
    if let Some(domain) = cookie.domain.filter(|domain| !is_domain_of(from, domain)) {
        let domain = quote::text(domain);
        lost(
            &format!("its `Domain={domain}` is none that {host} may set cookies for"),
            "let the backend leave `Domain` out, or name a domain of its own that is no public suffix",
        );
    }
    let is_named = |prefix: &str| {
        cookie.name.get(..prefix.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(prefix))
    };
    if is_named("__Host-") && !(cookie.is_secure && cookie.domain.is_none() && cookie.path == Some("/")) {
        lost(
            "the prefix `__Host-` needs `Secure`, `Path=/` and no `Domain`",
            "let the backend send it so, or under a name without the prefix",
        );
    }
    if is_named("__Secure-") && !cookie.is_secure {
        lost("the prefix `__Secure-` needs `Secure`", "let the backend add it");
    }
    if page.relation(from) == Relation::CrossSite && cookie.same_site != SameSite::None {
        let how = match cookie.same_site {
            SameSite::Strict => "is `SameSite=Strict`",
            SameSite::Lax => "is `SameSite=Lax`",
            SameSite::Unsaid | SameSite::None => "does not say `SameSite`, which counts as `Lax`,",
        };
        lost(
            &format!("it {how} and {host} is of another site than the page"),
            "put page and backend on one site, such as app.example.org and api.example.org, or use a preset whose \
             credentials are tokens",
        );
    }
    if said.is_empty() {
        said.extend(of_kept(cookie, &name, dialect, page, from));
    }
    said
}

/// What is to be said of a cookie that is kept.
fn of_kept(cookie: &Cookie<'_>, name: &str, dialect: &Dialect, page: &Page, from: &Url) -> Vec<Said> {
    let mut said = Vec::new();
    if page.relation(from) == Relation::CrossSite {
        said.push(note(format!(
            "the cookie `{name}` comes from another site than the page, and browsers that block third-party cookies do not \
             keep it; put page and backend on one site, or use a preset whose credentials are tokens"
        )));
    }
    if cookie.is_secure && from.scheme() == "http" {
        said.push(note(format!(
            "the cookie `{name}` is `Secure` and came over plain HTTP from this device, which Chromium and Firefox keep, and \
             Safari does not"
        )));
    }
    if is_repeated(cookie.name, dialect) {
        if cookie.is_http_only {
            said.push(problem(format!(
                "the cookie `{name}`, which `csrf` says is to be repeated in a header, is `HttpOnly`, so script cannot read \
                 it; let the backend send it without `HttpOnly`"
            )));
        }
        let is_readable = match cookie.domain {
            Some(domain) => domain_matches(page.url(), domain),
            None => page.url().host() == from.host(),
        };
        if !is_readable {
            said.push(problem(format!(
                "the cookie `{name}`, which `csrf` says is to be repeated in a header, cannot be read by script of the page, \
                 as it belongs to {}; let the backend send it with a `Domain` that holds for the page too",
                quote::text(cookie.domain.or(from.host_str()).unwrap_or_default())
            )));
        }
    }
    said
}

fn is_repeated(name: &str, dialect: &Dialect) -> bool {
    match &dialect.csrf {
        Csrf::None | Csrf::Header { .. } => false,
        Csrf::DoubleSubmit { cookie, refresh_cookie, .. } => {
            [Some(cookie), refresh_cookie.as_ref()].into_iter().flatten().any(|it| it == name)
        }
    }
}

/// Whether a host may set cookies for a domain.
fn is_domain_of(host: &Url, domain: &str) -> bool {
    let is_own = host.host_str().is_some_and(|host| host.eq_ignore_ascii_case(domain));
    let domain = domain.to_ascii_lowercase();
    let is_suffix = psl::suffix_str(&domain) == Some(&*domain);
    is_own || (!is_suffix && domain_matches(host, &domain))
}

/// RFC 6265bis section 5.1.3.
fn domain_matches(host: &Url, domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    match host.host() {
        Some(Host::Domain(name)) => {
            name == domain
                || name
                    .strip_suffix(&domain)
                    .is_some_and(|before| !domain.is_empty() && before.ends_with('.'))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => host.host_str() == Some(&*domain),
        None => false,
    }
}

/// One `Set-Cookie`, without its value.
#[derive(Debug, PartialEq, Eq)]
struct Cookie<'a> {
    name: &'a str,
    /// Of name and value.
    bytes: usize,
    is_secure: bool,
    is_http_only: bool,
    same_site: SameSite,
    /// Without the dot before it.
    domain: Option<&'a str>,
    path: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SameSite {
    Strict,
    Lax,
    None,
    Unsaid,
}

impl<'a> Cookie<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let pair = parts.next()?.trim();
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() && value.is_empty() {
            return None;
        }
        let mut cookie = Self {
            name,
            bytes: name.len() + value.len(),
            is_secure: false,
            is_http_only: false,
            same_site: SameSite::Unsaid,
            domain: None,
            path: None,
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match &*key.trim().to_ascii_lowercase() {
                "secure" => cookie.is_secure = true,
                "httponly" => cookie.is_http_only = true,
                "domain" => {
                    cookie.domain =
                        Some(value.strip_prefix('.').unwrap_or(value)).filter(|it| !it.is_empty());
                }
                "path" => cookie.path = Some(value).filter(|it| it.starts_with('/')),
                "samesite" => {
                    cookie.same_site = match &*value.to_ascii_lowercase() {
                        "strict" => SameSite::Strict,
                        "lax" => SameSite::Lax,
                        "none" => SameSite::None,
                        _ => SameSite::Unsaid,
                    };
                }
                _ => {}
            }
        }
        Some(cookie)
    }
}

/// More cookies than this no answer of a session has.
const MAX_COOKIES: usize = 50;

/// The most that a browser keeps of name and value.
const MAX_COOKIE_BYTES: usize = 4096;
