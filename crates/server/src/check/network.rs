//! Addresses, origins, and what a proxy in front has to do with them.

use super::Finding;
use crate::cli::Serve;

pub(super) fn findings(flags: &Serve) -> Vec<Finding> {
    let mut findings = Vec::new();
    for origin in flags.public_origins.iter().filter(|origin| origin.is_exposed()) {
        findings.push(Finding::warning(format!(
            "the public origin {origin} is plain http and not of this machine, so passwords and tokens can be read on the way; put a proxy with TLS in front and name its https origin"
        )));
    }
    findings.extend(metrics(flags));
    findings.extend(proxy(flags));
    findings
}

fn metrics(flags: &Serve) -> Option<Finding> {
    let address = flags.metrics_listen?;
    // Port 0 takes a free one each time.
    if address == flags.listen && address.port() != 0 {
        return Some(Finding::error(format!(
            "--metrics-listen is {address}, and so is --listen; name another port for one of them"
        )));
    }
    (!address.ip().to_canonical().is_loopback()).then(|| {
        Finding::warning(format!(
            "--metrics-listen is {address}, where others than this machine may read the metrics, without a password and without TLS; name a loopback address such as 127.0.0.1, or one of a network of your own"
        ))
    })
}

fn proxy(flags: &Serve) -> Option<Finding> {
    let is_loopback = flags.listen.ip().to_canonical().is_loopback();
    let is_https = flags.public_origins.first().is_some_and(|origin| origin.as_str().starts_with("https://"));
    let Some(main) = flags.public_origins.first() else {
        let is_for_others = flags.trust_forwarded_for || !is_loopback;
        return is_for_others.then(|| Finding::warning(
            "no --public-origin is named, so pages are expected from the address listened on, and cookies are not Secure; name the origin that people see, such as https://app.example.org",
        ));
    };
    match flags.trust_forwarded_for {
        false if is_https => Some(Finding::warning(format!(
            "the public origin {main} is https, so a proxy is in front, but --trust-forwarded-for is missing: all people are one address here, and one stranger's wrong passwords refuse everybody; set it if the proxy writes X-Forwarded-For"
        ))),
        true if !is_loopback => Some(Finding::warning(format!(
            "--trust-forwarded-for is set and --listen is {}, so whoever reaches this port without the proxy may write any address as theirs; listen on a loopback address, or let only the proxy in",
            flags.listen
        ))),
        true | false => None,
    }
}
