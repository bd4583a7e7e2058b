//! Sign-in at a provider of OAuth 2.0 (RFC 6749) or OpenID Connect, as a public client: authorization code with PKCE
//! (RFC 7636).
//!
//! The provider describes itself ([`Metadata`]). The person goes to its authorization endpoint with a [`Pending`] left
//! behind, and comes back with a [`Return`]; only the two together make a sign-in ([`Pending::accept`]). What comes back
//! from the token endpoint comes over TLS from the one who was asked, so that its ID token is believed without its
//! signature being checked (OpenID Connect Core 1.0 section 3.1.3.7, point 6); whose, for whom and in answer to what it
//! is, is checked. Its `exp` is not: the device's clock, which it would be compared with, is not asked for anything, and
//! the token is read once, as it comes.

mod id_token;
mod metadata;
mod redirect;

use perennial_session::{Access, Secret};
use serde_json::Value;

use crate::{
    dialect::{Answers, Dialect, Encoding, Endpoint, SignInBy, Text},
    form,
    request::WireRequest,
};

pub use self::{
    metadata::Metadata,
    redirect::{Asking, Pending, Return, ReturnError},
};

/// This application, as a provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The provider: an absolute address, exactly as the provider itself writes it.
    pub issuer: Text,
    /// The name of this application there.
    pub client_id: Text,
    /// What is asked for.
    pub scope: Text,
    /// What the provider is to ask the person, such as `consent`; `None` leaves it to the provider.
    pub prompt: Option<Text>,
    /// What the provider says of itself, once it has been asked.
    pub metadata: Option<Metadata>,
}

impl Dialect {
    /// The client, where people sign in at a provider.
    pub(crate) fn client(&self) -> Option<&Client> {
        match &self.sign_in {
            SignInBy::Form(_) => None,
            SignInBy::Redirect(client) => Some(client),
        }
    }

    /// The same with what the provider says of itself. An endpoint that the configuration names stays as it is.
    #[must_use]
    pub fn with_metadata(&self, metadata: &Metadata) -> Self {
        let mut dialect = self.clone();
        let SignInBy::Redirect(client) = &mut dialect.sign_in else { return dialect };
        client.metadata = Some(metadata.clone());
        let endpoints = &mut dialect.endpoints;
        discover(&mut endpoints.sign_in, Some(&metadata.token));
        discover(&mut endpoints.refresh, Some(&metadata.token));
        discover(&mut endpoints.validate, metadata.userinfo.as_ref());
        discover(&mut endpoints.sign_out, metadata.revocation.as_ref());
        dialect
    }

    /// Where the person goes to end their session at the provider too, and comes back from (OpenID Connect RP-Initiated
    /// Logout 1.0). The ID token that is known last tells the provider whose session it is, so that it need not ask. `None`
    /// where the provider has no such place.
    #[must_use]
    pub fn end_session(&self, back_to: &str, id_token: Option<&Secret>) -> Option<String> {
        let client = self.client()?;
        let address = client.metadata.as_ref()?.end_session.as_ref()?;
        let mut query = vec![("client_id", &*client.client_id), ("post_logout_redirect_uri", back_to)];
        let hint = id_token.map(Secret::expose).filter(|token| token.len() <= MAX_HINT_BYTES);
        query.extend(hint.map(|hint| ("id_token_hint", hint)));
        Some(form::with_query(address, &query))
    }
}

impl Client {
    /// Whether the provider is asked who the person is (OpenID Connect) and not only for access.
    pub(crate) fn is_openid(&self) -> bool {
        self.scope.split(' ').any(|scope| scope == "openid")
    }

    /// Makes the request one that gives a code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
    pub(crate) fn redeem(
        &self,
        request: &mut WireRequest,
        (code, verifier): (&Secret, &Secret),
        redirect_uri: &str,
    ) {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect_uri),
            ("client_id", &*self.client_id),
            ("code_verifier", verifier.expose()),
        ];
        request.fill(Encoding::Form, &fields);
    }

    /// Makes the request one that gives a token back (RFC 7009 section 2.1): the refresh token, which takes the access
    /// tokens with it. `None` where there is none to give back.
    pub(crate) fn revoke(
        &self,
        request: &mut WireRequest,
        access: Option<&Access>,
        refresh: Option<&Secret>,
    ) -> Option<()> {
        let access = access.and_then(Access::token).map(|token| (token, "access_token"));
        let (token, hint) = refresh.map(|token| (token, "refresh_token")).or(access)?;
        let fields = [("token", token.expose()), ("token_type_hint", hint), ("client_id", &*self.client_id)];
        request.fill(Encoding::Form, &fields);
        Some(())
    }

    /// What the ID token in the answer to a sign-in says: `Some(None)` where none was asked for, and `None` where the
    /// answer must not be believed.
    #[expect(
        clippy::option_option,
        reason = "no token to look at is another thing than one that is not good"
    )]
    pub(crate) fn signed_in(&self, body: &Value, nonce: &str, answers: &Answers) -> Option<Option<Value>> {
        match body.get(ID_TOKEN) {
            Some(token) => id_token::claims(token, self, Some(nonce), answers).map(Some),
            None if self.is_openid() => None,
            None => Some(None),
        }
    }

    /// What the ID token in the answer to a refresh says, where there is one and it is good.
    pub(crate) fn refreshed(&self, body: &Value, answers: &Answers) -> Option<Value> {
        id_token::claims(body.get(ID_TOKEN)?, self, None, answers)
    }
}

fn discover(endpoint: &mut Option<Endpoint>, address: Option<&String>) {
    if !endpoint.as_ref().is_some_and(Endpoint::is_undiscovered) {
        return;
    }
    *endpoint = match (endpoint.take(), address) {
        (Some(endpoint), Some(address)) => Some(Endpoint { at: Text::Owned(address.clone()), ..endpoint }),
        (_, _) => None,
    };
}

/// Where the ID token stands in an answer (OpenID Connect Core 1.0 section 3.1.3.3).
pub(crate) const ID_TOKEN: &str = "id_token";

/// The longest ID token that goes into an address: common servers read no more than 8 KiB of one.
const MAX_HINT_BYTES: usize = 6 * 1024;
