//! Whom the credentials of an installation are for.

use crate::dialect::Dialect;

impl Dialect {
    /// Whom credentials are for, as a text: the preset, the backend, each other origin that an endpoint names, and the
    /// provider with the name of this application there.
    ///
    /// No part holds a space. Two installations with different texts share no credential. To be asked of the dialect as
    /// it was configured: the text is needed before a provider has described itself.
    #[must_use]
    pub fn audience(&self) -> String {
        let mut text = self.name.to_owned();
        let mut add = |part: &str| {
            text.push(' ');
            text.push_str(part);
        };
        if !self.backend.is_empty() {
            add(&self.backend);
        }
        let endpoints = &self.endpoints;
        let asked = [&endpoints.sign_in, &endpoints.refresh, &endpoints.validate, &endpoints.sign_out];
        let asked = asked.into_iter().flatten().map(|endpoint| &*endpoint.at);
        let live = self.live.iter().map(|live| &*live.at);
        let mut last = "";
        for origin in asked.chain(live).filter_map(origin) {
            if origin != last {
                add(origin);
                last = origin;
            }
        }
        if let Some(client) = self.client() {
            add(&client.issuer);
            add(&client.client_id);
        }
        text
    }
}

/// The scheme, host and port of an absolute address.
fn origin(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.find(['/', '?']).unwrap_or(rest.len());
    address.get(..scheme.len() + "://".len() + host)
}
