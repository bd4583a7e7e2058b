//! The page, as far as a browser judges calls by where it was loaded from.

use std::{error::Error, fmt};

use url::{Host, Url};

/// The address that people open, from which the origin of the page follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page(Url);

/// Why an address is not one of a page. `Display` is a plain sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPage;

impl fmt::Display for NoPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "The address of the page must be absolute, begin with https:// or http://, and hold no password, such as \
             https://app.example.org/.",
        )
    }
}

impl Error for NoPage {}

/// How two addresses lie to each other, as `Sec-Fetch-Site` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Scheme, host and port are the same.
    SameOrigin,
    /// The scheme is the same, and the hosts are of one registrable domain: `SameSite` cookies are kept.
    SameSite,
    /// Neither.
    CrossSite,
}

impl Page {
    /// Reads an address.
    ///
    /// # Errors
    /// Where no browser could show a page from it.
    pub fn parse(text: &str) -> Result<Self, NoPage> {
        let url = Url::parse(text.trim()).map_err(|_| NoPage)?;
        let is_http = ["http", "https"].contains(&url.scheme()) && url.has_host();
        let has_user = !url.username().is_empty() || url.password().is_some();
        if is_http && !has_user { Ok(Self(url)) } else { Err(NoPage) }
    }

    /// The origin, as browsers write it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        origin(&self.0)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// Where the page's `fetch` goes for an address; `None` where that is none of HTTP.
    pub(crate) fn resolve(&self, address: &str) -> Option<Url> {
        let url = self.0.join(address).ok()?;
        ["http", "https"].contains(&url.scheme()).then_some(url)
    }

    pub(crate) fn relation(&self, to: &Url) -> Relation {
        if self.0.origin() == to.origin() {
            Relation::SameOrigin
        } else if self.0.scheme() == to.scheme() && is_same_site(&self.0, to) {
            Relation::SameSite
        } else {
            Relation::CrossSite
        }
    }

    /// Whether browsers let the page ask there at all (Mixed Content, section 4.4).
    pub(crate) fn may_ask(&self, to: &Url) -> bool {
        self.0.scheme() == "http" || is_trustworthy(to)
    }
}

/// An origin, as browsers write it.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether nobody on the way can listen or answer (Secure Contexts, section 3.1).
pub(crate) fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

/// Whether an address is one of the device itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A name has a registrable domain by the Public Suffix List; an address of a host and a name without one are of no site
/// but their own.
fn is_same_site(one: &Url, other: &Url) -> bool {
    match (one.host(), other.host()) {
        (Some(Host::Domain(one)), Some(Host::Domain(other))) => {
            let both = psl::domain_str(one).zip(psl::domain_str(other));
            both.map_or(one == other, |(one, other)| one == other)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Relation};

    fn relation(page: &str, to: &str) -> Relation {
        Page::parse(page).unwrap().relation(&to.parse().unwrap())
    }

    #[test]
    fn sites_are_told_apart_by_scheme_and_registrable_domain() {
        let page = "https://app.example.org/somewhere";
        assert_eq!(relation(page, "https://app.example.org:443/api"), Relation::SameOrigin);
        assert_eq!(relation(page, "https://api.example.org/"), Relation::SameSite);
        assert_eq!(relation(page, "https://app.example.org:8443/"), Relation::SameSite);
        assert_eq!(relation(page, "http://api.example.org/"), Relation::CrossSite);
        assert_eq!(relation(page, "https://example.com/"), Relation::CrossSite);
        assert_eq!(relation("https://one.github.io/", "https://two.github.io/"), Relation::CrossSite);
        assert_eq!(relation("https://one.co.uk/", "https://two.co.uk/"), Relation::CrossSite);
        assert_eq!(relation("http://127.0.0.1:1/", "http://127.0.0.1:2/"), Relation::SameSite);
        assert_eq!(relation("http://localhost:1/", "http://127.0.0.1:1/"), Relation::CrossSite);
    }

    #[test]
    fn only_an_absolute_address_without_a_password_is_one_of_a_page() {
        for text in
            ["", "app.example.org", "ftp://app.example.org/", "https://ada:pw@app.example.org/", "/login"]
        {
            assert!(Page::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            Page::parse("HTTPS://App.Example.org:443/x?y").unwrap().origin(),
            "https://app.example.org"
        );
        assert_eq!(Page::parse("http://[::1]:8080").unwrap().origin(), "http://[::1]:8080");
    }

    #[test]
    fn a_page_over_tls_may_ask_over_tls_and_on_its_own_device_only() {
        let page = Page::parse("https://app.example.org/").unwrap();
        let may_ask = |to: &str| page.may_ask(&to.parse().unwrap());
        assert!(
            may_ask("https://api.example.org/")
                && may_ask("http://127.0.0.1:8080/")
                && may_ask("http://localhost/")
        );
        assert!(!may_ask("http://api.example.org/") && !may_ask("http://10.0.0.1/"));
    }
}
