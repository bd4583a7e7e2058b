//! Asks one call after the other, as a browser would, and collects what is to be said.

use std::{collections::BTreeSet, time::Duration};

use perennial_dialect::{
    Dialect, SignInBy,
    answers::WireAnswer,
    config::Config,
    request::{Cookies, Header, WireRequest},
};
use url::Url;

use crate::{
    call::{self, Call},
    exchange::{Incoming, Network, NoAnswer, Outgoing},
    finding::{Findings, Level},
    judge::{
        cookies,
        cors::{self, Cross, Permission},
        description,
        meaning::{self, Answered},
        reach,
    },
    page::{Page, Relation, is_trustworthy, origin},
    quote,
    report::{Asked, Report},
};

/// How long one exchange may take: what the configuration gives a call, and a minute at most.
#[must_use]
pub fn limit(config: &Config) -> Duration {
    Duration::from_secs(config.timing.call_timeout_s.min(60))
}

/// Asks everything that can be asked without a credential.
#[must_use]
pub fn run(config: &Config, page: &Page, network: &dyn Network) -> Report {
    let mut probe = Probe {
        page,
        network,
        limit: limit(config),
        findings: Findings::default(),
        asked: Vec::new(),
        silent: BTreeSet::new(),
    };
    probe.findings.add(None, reach::page(page));
    if let Some(dialect) = probe.describe(&config.dialect) {
        for call in Call::OF_DIALECT {
            probe.call(&dialect, call);
        }
    }
    Report { origin: page.origin(), asked: probe.asked, findings: probe.findings.finish() }
}

struct Probe<'a> {
    page: &'a Page,
    network: &'a dyn Network,
    limit: Duration,
    findings: Findings,
    asked: Vec<Asked>,
    /// Origins that cannot be reached, each of which is told of once.
    silent: BTreeSet<String>,
}

/// An answer, and from where to where it went.
struct Exchanged {
    url: Url,
    cross: Option<Cross>,
    answer: Incoming,
}

impl Probe<'_> {
    /// The dialect with what the provider says of itself, where there is one; `None` where it says nothing of use.
    fn describe(&mut self, dialect: &Dialect) -> Option<Dialect> {
        let (SignInBy::Redirect(client), Some(request)) = (&dialect.sign_in, dialect.discovery()) else {
            return Some(dialect.clone());
        };
        let call = Call::Discovery;
        let exchanged = self.follow(call, dialect, request)?;
        let wire = to_wire(dialect, &exchanged);
        let (metadata, said) = description::of_answer(client, &dialect.endpoints, &wire, &exchanged.answer);
        let outcome = if metadata.is_some() { "a description" } else { "nothing of use" };
        self.note_outcome(call, &exchanged.answer, outcome);
        self.findings.add(Some(call), said);
        Some(dialect.with_metadata(&metadata?))
    }

    /// The one call that goes along redirects: it carries nothing.
    fn follow(&mut self, call: Call, dialect: &Dialect, mut request: WireRequest) -> Option<Exchanged> {
        for _ in 0..=MAX_REDIRECTS {
            let exchanged = self.exchange(call, dialect, &request, &request)?;
            let Some(to) = exchanged.answer.redirect() else { return Some(exchanged) };
            let status = exchanged.answer.status;
            let Ok(to) = exchanged.url.join(to) else { return Some(exchanged) };
            self.note_outcome(
                call,
                &exchanged.answer,
                &format!("a redirect to {}", quote::address(to.as_str())),
            );
            if to.scheme() != "https" && to.scheme() != "http" {
                self.findings
                    .add(Some(call), [reach::redirected(status, &exchanged.url, to.as_str(), call.key())]);
                return None;
            }
            request.url = to.to_string();
        }
        self.findings.add(Some(call), [reach::circle(MAX_REDIRECTS, call.key())]);
        None
    }

    fn call(&mut self, dialect: &Dialect, call: Call) {
        let Some(kind) = call.made_up(dialect) else { return };
        let Some(request) = dialect.request(&kind, "") else { return };
        let with_cookies = dialect.request(&kind, &call::cookies(dialect));
        let Some(exchanged) =
            self.exchange(call, dialect, &request, with_cookies.as_ref().unwrap_or(&request))
        else {
            return;
        };
        let answer = &exchanged.answer;
        if let Some(to) = answer.redirect() {
            self.note_outcome(call, answer, "a lost network: it leads elsewhere");
            let said = reach::redirected(answer.status, &exchanged.url, to, call.key());
            self.findings.add(Some(call), [said]);
            return;
        }
        let asked = (&*request.method, &*quote::address(exchanged.url.as_str()));
        let answered = Answered { dialect, call, asked, answer };
        let meaning = meaning::of_answer(&answered, &kind, &to_wire(dialect, &exchanged));
        self.note_outcome(call, answer, &meaning.read_as);
        self.findings.add(Some(call), meaning.said);
    }

    /// Asks for permission where a browser would, sends the request, and judges all but what the answer means. `fullest` is the
    /// same request with all the headers that it ever has.
    fn exchange(
        &mut self,
        call: Call,
        dialect: &Dialect,
        request: &WireRequest,
        fullest: &WireRequest,
    ) -> Option<Exchanged> {
        let url = self.page.resolve(&request.url)?;
        let (key, page) = (call.key(), self.page);
        if self.silent.contains(&origin(&url)) {
            return None;
        }
        if !page.may_ask(&url) {
            self.silent.insert(origin(&url));
            self.findings.add(Some(call), [reach::mixed(&url, key)]);
            return None;
        }
        let relation = page.relation(&url);
        let has_cookies = match request.cookies {
            Cookies::Omit => false,
            Cookies::SameOrigin => relation == Relation::SameOrigin,
            Cookies::Include => true,
        };
        let cross = (relation != Relation::SameOrigin).then(|| Cross { origin: page.origin(), has_cookies });
        let headers = fullest.headers.iter().map(|Header { name, value }| (&**name, &**value));
        let permission = cross.as_ref().and_then(|_| Permission::needed(&request.method, headers));
        let mut is_permitted = true;
        if let Some((cross, permission)) = cross.as_ref().zip(permission) {
            let answer = self.send(call, &self.ask_permission(&url, cross, &permission))?;
            self.note_outcome(call, &answer, "");
            let said = cors::of_permission(cross, &permission, &answer);
            is_permitted = said.iter().all(|(level, _)| *level == Level::Note);
            self.findings.add(Some(call), said);
        }
        let answer = self.send(call, &self.outgoing(request, &url, cross.as_ref()))?;
        if let Some(cross) = &cross {
            let mut said = cors::of_answer(cross, &answer);
            if call == Call::Clock {
                // The application can do without.
                said.iter_mut().for_each(|(level, _)| *level = Level::Note);
            }
            if said.is_empty() {
                self.findings.add(Some(call), cors::of_headers(call, cross, dialect, &answer));
            }
            // A backend that gives no permission has been told what to send already.
            self.findings.add(Some(call), said.into_iter().filter(|_| is_permitted));
        }
        if has_cookies {
            self.findings.add(Some(call), cookies::of_answer(dialect, page, &url, &answer));
        }
        Some(Exchanged { url, cross, answer })
    }

    fn send(&mut self, call: Call, request: &Outgoing) -> Option<Incoming> {
        let address = if call == Call::SignIn && request.method != "OPTIONS" {
            format!("{} {} as {}", request.method, request.url, call::ACCOUNT)
        } else {
            format!("{} {}", request.method, request.url)
        };
        match self.network.send(request) {
            Ok(answer) => {
                self.asked.push(Asked { call, line: address });
                Some(answer)
            }
            Err(why) => {
                self.asked.push(Asked { call, line: format!("{address}: {}", no_answer(&why)) });
                self.silent.insert(origin(&request.url));
                self.findings
                    .add(Some(call), [reach::silence(&why, self.page, &request.url, self.limit, call.key())]);
                None
            }
        }
    }

    /// Says what came of what was asked last; what it was read as may be empty.
    fn note_outcome(&mut self, call: Call, answer: &Incoming, read_as: &str) {
        if let Some(last) = self.asked.last_mut().filter(|last| last.call == call) {
            let joint = if read_as.is_empty() { "" } else { ", read as " };
            last.line = format!("{}: {}{joint}{read_as}", last.line, answer.status);
        }
    }

    /// The headers of every request of a page (Fetch Standard and Fetch Metadata).
    fn headers_of_browsers(&self, url: &Url, needs_origin: bool) -> Vec<(String, String)> {
        let mut headers = vec![("Cache-Control", "no-cache".to_owned()), ("Pragma", "no-cache".to_owned())];
        if needs_origin {
            headers.push(("Origin", self.page.origin()));
        }
        if is_trustworthy(url) {
            let site = match self.page.relation(url) {
                Relation::SameOrigin => "same-origin",
                Relation::SameSite => "same-site",
                Relation::CrossSite => "cross-site",
            };
            headers.push(("Sec-Fetch-Site", site.to_owned()));
            headers.push(("Sec-Fetch-Mode", "cors".to_owned()));
            headers.push(("Sec-Fetch-Dest", "empty".to_owned()));
        }
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn ask_permission(&self, url: &Url, cross: &Cross, permission: &Permission) -> Outgoing {
        let mut headers = self.headers_of_browsers(url, false);
        headers.push(("Origin".to_owned(), cross.origin.clone()));
        headers.push(("Access-Control-Request-Method".to_owned(), permission.method.clone()));
        if !permission.headers.is_empty() {
            headers.push(("Access-Control-Request-Headers".to_owned(), permission.headers.join(",")));
        }
        Outgoing { method: "OPTIONS".to_owned(), url: url.clone(), headers, body: None }
    }

    fn outgoing(&self, request: &WireRequest, url: &Url, cross: Option<&Cross>) -> Outgoing {
        let needs_origin = cross.is_some() || !["GET", "HEAD"].contains(&&*request.method);
        let mut headers = self.headers_of_browsers(url, needs_origin);
        headers.extend(request.headers.iter().map(|Header { name, value }| (name.clone(), value.clone())));
        let body = request.body.as_ref().map(|body| body.expose().as_bytes().to_vec());
        Outgoing { method: request.method.clone(), url: url.clone(), headers, body }
    }
}

/// As much of an answer as script sees. Where it sees nothing at all, that has been said; what it would see then is looked
/// at all the same, so that everything is said at once.
fn to_wire(dialect: &Dialect, exchanged: &Exchanged) -> WireAnswer {
    let Exchanged { url: _, cross, answer } = exchanged;
    let is_seen = |name: &str| {
        let cross = cross.as_ref().filter(|cross| cors::of_answer(cross, answer).is_empty());
        cross.is_none_or(|cross| cors::is_exposed(cross, answer, name))
    };
    let header = |name: &str| answer.header(name).filter(|_| is_seen(name));
    WireAnswer {
        status: answer.status,
        retry_after: header("retry-after"),
        date: header("date"),
        age: header("age"),
        content_type: header("content-type"),
        www_authenticate: header("www-authenticate"),
        new_token: dialect.new_token_header.as_ref().and_then(|name| header(&name.to_ascii_lowercase())),
        body: answer.body.clone(),
        received_wall_ms: answer.received_wall_ms,
    }
}

fn no_answer(why: &NoAnswer) -> &'static str {
    match why {
        NoAnswer::UnknownHost => "no such host",
        NoAnswer::NotConnected(_) => "no connection",
        NoAnswer::Tls(_) => "no TLS connection",
        NoAnswer::TimedOut => "no answer in time",
        NoAnswer::TooLong => "too long an answer",
        NoAnswer::Broken(_) => "no whole answer",
    }
}

/// Longer ways to a description lead nowhere.
const MAX_REDIRECTS: usize = 5;
