//! Whether there is anybody.

use std::time::Duration;

use url::Url;

use crate::{
    exchange::NoAnswer,
    finding::{Said, note, problem},
    page::{Page, Relation, is_trustworthy, origin},
    quote,
};

/// What is to be said of the page itself.
pub(crate) fn page(page: &Page) -> Option<Said> {
    (!is_trustworthy(page.url())).then(|| {
        note(
            "it is served over plain HTTP, where HTTPS is expected: passwords can be read on the way, and browsers give such \
             a page no lock between tabs and no offline start; put a proxy with TLS in front",
        )
    })
}

/// A call that no browser makes.
pub(crate) fn mixed(to: &Url, key: &str) -> Said {
    problem(format!(
        "it goes to {} over plain HTTP, and browsers let a page that came over HTTPS ask over HTTPS only (mixed content); \
         serve the backend over HTTPS, and correct `backend` or `{key}`",
        origin(to)
    ))
}

/// No answer at all.
pub(crate) fn silence(why: &NoAnswer, page: &Page, to: &Url, limit: Duration, key: &str) -> Said {
    let (host, origin) = (to.host_str().unwrap_or_default(), origin(to));
    let correct = match page.relation(to) {
        Relation::SameOrigin => format!("correct the address of the page, or `backend` or `{key}`"),
        Relation::SameSite | Relation::CrossSite => format!("correct `backend` or `{key}`"),
    };
    problem(match why {
        NoAnswer::UnknownHost => format!(
            "the name {host} is not known (DNS), where an address was expected; {correct}, or register the name"
        ),
        NoAnswer::NotConnected(why) => format!(
            "nobody takes connections at {origin} ({}), where the backend was expected; start it, or {correct}",
            quote::text(why)
        ),
        NoAnswer::Tls(why) => format!(
            "no TLS connection to {origin} came about ({}), and a browser would refuse it as well; see that it \
             speaks TLS at this port, with a certificate for this name that browsers trust and its whole chain, or {correct}",
            quote::text(why)
        ),
        NoAnswer::TimedOut => format!(
            "{origin} did not answer within {} s, the time that `call_timeout_s` gives a call (60 s at most here); see what \
             keeps it, or {correct}",
            limit.as_secs()
        ),
        NoAnswer::TooLong => format!(
            "the answer of {origin} is longer than 8 MiB, which is more than the application reads of one; {correct}"
        ),
        NoAnswer::Broken(why) => {
            let speech = if to.scheme() == "https" { "HTTP/1.1 over TLS" } else { "plain HTTP/1.1" };
            format!(
                "{origin} gave no whole HTTP answer ({}); see whether it speaks {speech} at this port, or {correct}",
                quote::text(why)
            )
        }
    })
}

/// An answer that names another address. `fetch` makes an error of it.
pub(crate) fn redirected(status: u16, from: &Url, to: &str, key: &str) -> Said {
    let target = from.join(to).map_or_else(|_| to.to_owned(), |url| url.to_string());
    let target = quote::address(&target);
    problem(format!(
        "the answer was {status} and leads to {target}, where an answer of the backend itself was expected, as no credential \
         is ever sent along a redirect; write the address that answers into `backend` or `{key}`, and if that is a page to \
         sign in at, let what is in front of the backend answer with a status"
    ))
}

/// A description that is always somewhere else.
pub(crate) fn circle(redirects: usize, key: &str) -> Said {
    problem(format!(
        "the answer led elsewhere more than {redirects} times, where the provider's description of itself was expected; correct \
         `{key}`"
    ))
}
