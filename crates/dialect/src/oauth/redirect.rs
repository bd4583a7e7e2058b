//! The way to the provider and back.

use core::{error::Error, fmt, iter};
use std::borrow::Cow;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use perennial_session::{Proof, Secret, SignInForm};
use serde_json::{Value, json as object};
use sha2::{Digest as _, Sha256};

use crate::{address::is_own_path, answers::facts, dialect::Dialect, form, json};

/// What is left behind when a person goes to the provider: to be kept where only this tab finds it, under its `state`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What the provider sends back unchanged, so that nobody else can send a person here.
    pub state: String,
    /// What shows that the code was asked for here (RFC 7636).
    pub verifier: Secret,
    /// What the ID token must hold.
    pub nonce: String,
    /// Where the provider sends the person.
    pub redirect_uri: String,
    /// Where the person wanted to go.
    pub return_path: Option<String>,
    /// The provider.
    pub issuer: String,
    /// Whether it says who it is when it sends the person back (RFC 9207).
    pub names_itself: bool,
    /// Whether to stay signed in on this device.
    pub keep: bool,
}

/// What the provider is to ask a person who comes to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// What the configuration says.
    AsConfigured,
    /// Who they are, whatever else the configuration says. The provider's own session may outlive the one that ended
    /// here, and would let the next person at this device in as the one before.
    Anew,
}

/// What a person came back with: the query of the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// Which [`Pending`] it belongs to; empty where it does not say.
    pub state: String,
    code: Option<Secret>,
    issuer: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

/// Why a person came back without having signed in. `Display` is a plain sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReturnError {
    /// It belongs to another sign-in than the one that is waited for.
    OtherSignIn,
    /// Another provider sent it, or one that does not say who it is although it always does.
    OtherProvider,
    /// The person, or the provider, said no.
    Denied,
    /// The provider said why not, in its own words.
    Failed(String),
    /// There was neither a code nor an error.
    Empty,
}

impl Dialect {
    /// Begins a sign-in at the provider: what to leave behind, and where the person goes. `None` where people do not sign
    /// in at a provider, or it has not been asked to describe itself.
    #[must_use]
    pub fn authorization(
        &self,
        entropy: &[u8; 96],
        redirect_uri: &str,
        return_path: Option<&str>,
        keep: bool,
        asking: Asking,
    ) -> Option<(Pending, String)> {
        let client = self.client()?;
        let metadata = client.metadata.as_ref()?;
        let [state, verifier, nonce] =
            [0, 32, 64].map(|from| Base64UrlUnpadded::encode_string(&entropy[from..from + 32]));
        let challenge = challenge(&verifier);
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", &*client.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &*client.scope),
            ("state", &*state),
            ("nonce", &*nonce),
            ("code_challenge", &*challenge),
            ("code_challenge_method", "S256"),
        ];
        let prompt = asking.prompt(client.prompt.as_deref());
        query.extend(prompt.as_deref().map(|prompt| ("prompt", prompt)));
        let url = form::with_query(&metadata.authorization, &query);
        let pending = Pending {
            state,
            verifier: Secret::new(verifier),
            nonce,
            redirect_uri: redirect_uri.to_owned(),
            return_path: return_path.map(str::to_owned),
            issuer: client.issuer.clone().into_owned(),
            names_itself: metadata.names_itself,
            keep,
        };
        Some((pending, url))
    }
}

impl Asking {
    /// The prompt of OpenID Connect Core 1.0 section 3.1.2.1, where `none` may not stand with any other.
    fn prompt(self, configured: Option<&str>) -> Option<Cow<'_, str>> {
        match self {
            Self::AsConfigured => configured.map(Cow::Borrowed),
            Self::Anew => {
                let others = configured.unwrap_or_default().split_ascii_whitespace();
                let others = others.filter(|word| !["login", "none"].contains(word));
                Some(iter::once("login").chain(others).collect::<Vec<_>>().join(" ").into())
            }
        }
    }
}

/// What the provider is told of the verifier before it sees it (RFC 7636 section 4.2, S256).
fn challenge(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()))
}

impl Return {
    /// Reads the query of an address; `None` where it is not one that a provider sends a person back to (RFC 6749 sections
    /// 4.1.2 and 4.1.2.1). One without a `state` belongs to no [`Pending`], but a code in it must not stay in the address.
    #[must_use]
    pub fn read(query: &str) -> Option<Self> {
        let query = query.strip_prefix('?').unwrap_or(query);
        if query.len() > MAX_QUERY_BYTES {
            return None;
        }
        let pairs: Vec<_> = form::decode(query).collect();
        let get = |name: &str| {
            let value = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            value.filter(|value| !value.is_empty())
        };
        let (code, error) = (get("code"), get("error"));
        if code.is_none() && error.is_none() {
            return None;
        }
        Some(Self {
            state: get("state").unwrap_or_default(),
            code: code.map(Secret::new),
            issuer: get("iss"),
            error,
            description: get("error_description"),
        })
    }
}

impl Pending {
    /// Makes the sign-in of what was left behind and what came back.
    ///
    /// # Errors
    /// Why it is none. Nothing that came back is believed before it has shown that it is an answer to this.
    pub fn accept(self, back: Return) -> Result<SignInForm, ReturnError> {
        if !is_same(&self.state, &back.state) {
            return Err(ReturnError::OtherSignIn);
        }
        match back.issuer {
            Some(issuer) if issuer != self.issuer => return Err(ReturnError::OtherProvider),
            None if self.names_itself => return Err(ReturnError::OtherProvider),
            Some(_) | None => {}
        }
        if let Some(error) = back.error {
            return Err(match &*error {
                "access_denied" => ReturnError::Denied,
                _ => ReturnError::Failed(quotable(&back.description.unwrap_or(error))),
            });
        }
        let code = back.code.ok_or(ReturnError::Empty)?;
        let Self { verifier, nonce, redirect_uri, keep, .. } = self;
        Ok(SignInForm { proof: Proof::Code { code, verifier, nonce, redirect_uri }, keep })
    }

    /// Writes it down.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = object!({
            "state": self.state,
            "verifier": self.verifier.expose(),
            "nonce": self.nonce,
            "redirect_uri": self.redirect_uri,
            "return_path": self.return_path,
            "issuer": self.issuer,
            "names_itself": self.names_itself,
            "keep": self.keep,
        });
        // Names and plain values: there is nothing in it that could fail.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Reads what was written down; `None` where it is nothing of the kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let json = json::object(text.as_bytes(), NAMES)?;
        let text = |name: &str| json.get(name).and_then(facts::text).map(str::to_owned);
        let flag = |name: &str| json.get(name).and_then(Value::as_bool);
        Some(Self {
            state: text("state")?,
            verifier: Secret::new(text("verifier")?),
            nonce: text("nonce")?,
            redirect_uri: text("redirect_uri")?,
            return_path: text("return_path").filter(|path| is_own_path(path)),
            issuer: text("issuer")?,
            names_itself: flag("names_itself")?,
            keep: flag("keep")?,
        })
    }
}

impl fmt::Display for ReturnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherSignIn => f.write_str(
                "This answer belongs to a sign-in that was not begun in this tab, or to an older one.",
            ),
            Self::OtherProvider => {
                f.write_str("This answer does not come from the service that you were sent to.")
            }
            Self::Denied => f.write_str("The sign-in was cancelled."),
            Self::Failed(why) => write!(f, "The sign-in service said no: \"{why}\"."),
            Self::Empty => f.write_str("The sign-in service sent you back without an answer."),
        }
    }
}

impl Error for ReturnError {}

/// Whether two texts are the same, found out in a time that depends on their lengths alone.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differences == 0
}

/// As much of a text from elsewhere as can stand in a sentence.
fn quotable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_QUOTE_CHARS).collect()
}

/// All that is written down of what was left behind.
const NAMES: [&str; 8] =
    ["state", "verifier", "nonce", "redirect_uri", "return_path", "issuer", "names_itself", "keep"];

/// The longest query that is looked at: codes of a few KiB are known, and addresses are no longer than this anywhere.
const MAX_QUERY_BYTES: usize = 16 * 1024;

/// Longer explanations help nobody.
const MAX_QUOTE_CHARS: usize = 200;
