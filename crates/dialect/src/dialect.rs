//! The shape of a dialect.

use perennial_session::Refusal;

/// How one kind of backend is spoken to: data only, so that a further kind is a further value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The name by which the configuration chooses it.
    pub name: &'static str,
    /// Signs a person in.
    pub sign_in: Endpoint,
    /// Gives a new access token for the refresh credential, which travels in a cookie no script sees.
    pub refresh: Endpoint,
    /// Says whether the session is good, and whose it is.
    pub validate: Endpoint,
    /// Ends the session on the server.
    pub sign_out: Endpoint,
    /// Answers anybody, so that the `Date` of its answer can be read. It is asked without any credential; its status
    /// and its body do not matter. No cache may answer for it: a path of the backend, not one of a static host.
    pub clock: Endpoint,
    /// A header, name and value, that every request carries. A page of another origin cannot send it without
    /// asking the server first, so its presence shows that the request was not forged.
    pub marker: (&'static str, &'static str),
    /// What the fields of the sign-in request are called.
    pub sign_in_fields: SignInFields,
    /// Where the facts stand in the answers.
    pub answer_fields: AnswerFields,
    /// The server's words for why a credential is refused. A word that is not here is
    /// [`Refusal::Unspecified`].
    pub refusals: &'static [(&'static str, Refusal)],
    /// The header in which any answer to a request with a token may carry a fresh one.
    pub new_token_header: &'static str,
    /// How live connections are made.
    pub live: Live,
}

/// One operation of the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: &'static str,
    /// The path from the root of the origin.
    pub path: &'static str,
}

/// The live connections of a backend: WebSockets over which the messages of [`crate::wire::live`] are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// The path from the root of the origin.
    pub path: &'static str,
    /// The subprotocol that is offered.
    pub subprotocol: &'static str,
    /// What the other subprotocol begins with, in which a token goes with the handshake.
    pub token_prefix: &'static str,
    /// The close code that means what a 401 does.
    pub unauthenticated_code: u16,
    /// The close code that says that there is nothing to listen to.
    pub gone_code: u16,
    /// How long a connection may be silent before it counts as lost, in seconds: a server that says something regularly
    /// is not there any more.
    pub silence_limit_s: u64,
}

/// The names of the fields of a sign-in request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInFields {
    /// What the person typed as their name or address.
    pub identifier: &'static str,
    /// The password.
    pub password: &'static str,
    /// Whether to stay signed in on this device.
    pub keep: &'static str,
}

/// Where the facts stand in the bodies of answers, as JSON pointers (RFC 6901).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerFields {
    /// The access token.
    pub access_token: &'static str,
    /// What kind of token it is; where it says anything, only `Bearer` can be used (RFC 6749 section 7.1).
    pub token_type: &'static str,
    /// Seconds the access token lives.
    pub expires_in: &'static str,
    /// The session's name.
    pub session_id: &'static str,
    /// Seconds until the absolute limit of the session.
    pub session_expires_in: &'static str,
    /// The account's name among accounts.
    pub user_id: &'static str,
    /// The person's address.
    pub user_email: &'static str,
    /// The person's name.
    pub user_name: &'static str,
    /// What the person may do: a list of words.
    pub user_roles: &'static str,
    /// Where the person lands after signing in.
    pub landing: &'static str,
    /// In an error, the word for what is wrong.
    pub problem_reason: &'static str,
}
