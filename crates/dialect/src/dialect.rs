//! The shape of a dialect.

use std::borrow::Cow;

use perennial_session::{AccessBy, Refusal, Renewal, Words};

use crate::oauth;

/// A text of a dialect: part of a preset, or written by an operator.
pub type Text = Cow<'static, str>;

/// A list of a dialect: part of a preset, or written by an operator.
pub type List<T> = Cow<'static, [T]>;

/// Names and texts that go with a request as they are.
pub type Pairs = List<(Text, Text)>;

/// How one kind of backend is spoken to: data only, so that a further kind is a further value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The name of the preset that it began as.
    pub name: &'static str,
    /// What every path of the backend is put behind: empty for the origin of the page, else an absolute address
    /// without a slash at its end.
    pub backend: Text,
    /// The pages of the application that the backend has something for.
    pub pages: List<Page>,
    /// Where it is asked.
    pub endpoints: Endpoints,
    /// How a person signs in.
    pub sign_in: SignInBy,
    /// What authorises requests.
    pub access: AccessBy,
    /// How a new access credential is asked for.
    pub refresh: Refresh,
    /// What a sign-out says beside what every request says.
    pub sign_out: SignOut,
    /// How a request shows that no page of another site forged it.
    pub csrf: Csrf,
    /// Where the facts stand in the answers.
    pub answers: Answers,
    /// How many seconds an access credential lives from when it is given, where neither the answers nor the token say it.
    pub access_lifetime_s: Option<u64>,
    /// What claims of an access token mean.
    pub claims: Claims,
    /// The header in which any answer to a request with a token may carry a fresh one.
    pub new_token_header: Option<Text>,
    /// The answers of a refresh that mean "refused" beside 401.
    pub refused: List<Refused>,
    /// The answers of a sign-in that do.
    pub refused_sign_in: List<Refused>,
    /// The answers of a validation that do.
    pub refused_validate: List<Refused>,
    /// What a 401 of something in front of the backend means.
    pub gateway_401: Gateway401,
    /// The server's words for why a credential is refused. A word that is not here is
    /// [`Refusal::Unspecified`].
    pub refusals: &'static [(&'static str, Refusal)],
    /// The server's word for a sign-in from an origin that it does not know, in a 403; `None` where it has no such word.
    pub wrong_origin: Option<&'static str>,
    /// How live connections are made, where there are any.
    pub live: Option<Live>,
    /// Where the credentials that script sees are kept.
    pub storage: Storage,
    /// The words of the console.
    pub words: &'static Words,
}

/// The pages of the application that not every backend has something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The queue of imports, and their datasets.
    Queue,
    /// The list of devices.
    Devices,
    /// The change of the own password, among the settings.
    Password,
}

/// The operations of a backend; `None` where it has no such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Signs a person in.
    pub sign_in: Option<Endpoint>,
    /// Gives a new access credential for the refresh credential.
    pub refresh: Option<Endpoint>,
    /// Says whether the session is good, and whose it is.
    pub validate: Option<Endpoint>,
    /// Ends the session on the server.
    pub sign_out: Option<Endpoint>,
    /// Answers anybody, so that the `Date` of its answer can be read. It is asked without any credential; its status
    /// and its body do not matter. No cache may answer for it: a path of the backend, not one of a static host.
    pub clock: Option<Endpoint>,
}

/// One operation of the backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: Text,
    /// The path below [`Dialect::backend`], or an absolute address; empty until the provider's own description of
    /// itself has been read.
    pub at: Text,
}

impl Endpoint {
    /// Whether only the provider can say where it is, and has not been asked yet.
    #[must_use]
    pub fn is_undiscovered(&self) -> bool {
        self.at.is_empty()
    }
}

/// How a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInBy {
    /// By a form of the application.
    Form(SignInFields),
    /// At a provider, which sends the person back with a code.
    Redirect(oauth::Client),
}

/// What a sign-in request is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInFields {
    /// How its fields are written down.
    pub encoding: Encoding,
    /// The field for what the person typed as their name or address.
    pub identifier: Text,
    /// The field for the password.
    pub password: Text,
    /// The field for whether to stay signed in on this device, where there is one.
    pub keep: Option<Text>,
    /// What is said to it beside that.
    pub constants: Pairs,
}

/// How the fields of a body are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As a JSON object.
    Json,
    /// As a form, `application/x-www-form-urlencoded`.
    Form,
}

/// How a new access credential is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// The credential, and how it travels.
    pub by: RefreshCredential,
    /// What is said beside it, where it travels in a body.
    pub constants: Pairs,
    /// The header for the key that is the same for every attempt to replace the same credential. Only backends that know
    /// it: elsewhere it would be one more header that another origin has to allow.
    pub idempotency_header: Option<Text>,
}

/// What a refresh is asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshCredential {
    /// A cookie that script does not see.
    Cookie,
    /// The current access token, in the header `Authorization`.
    AccessBearer,
    /// The refresh token, in the header `Authorization`.
    RefreshBearer,
    /// The refresh token, in a body.
    Body {
        /// How the body is written down.
        encoding: Encoding,
        /// The name of its field.
        field: Text,
    },
}

/// What a sign-out says beside what every request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOut {
    /// How its body is written down.
    pub encoding: Encoding,
    /// The field for the refresh token; `None` where it is not said.
    pub refresh_token: Option<Text>,
    /// What is said beside it. Where there is neither there is no body.
    pub constants: Pairs,
    /// The header for the ticket that came with the tokens, where there are such ([`Answers::sign_out_ticket`]).
    pub ticket_header: Option<Text>,
}

/// How a request shows that no page of another site forged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Csrf {
    /// It does not, which is right where no cookie authorises anything.
    None,
    /// By a header that a page of another origin cannot send without asking the server first.
    Header {
        /// Its name.
        header: Text,
        /// Its value.
        value: Text,
    },
    /// By saying what a cookie holds, which a page of another site cannot read.
    DoubleSubmit {
        /// The header that says it.
        header: Text,
        /// The cookie.
        cookie: Text,
        /// The header of the refresh, where it is another one.
        refresh_header: Option<Text>,
        /// The cookie of the refresh, where it is another one.
        refresh_cookie: Option<Text>,
    },
}

/// The places of one fact in a body, of which the first that holds something counts. Each is a path of names with dots
/// between them; none at all means that the backend does not say it.
pub type Paths = List<Text>;

/// Where the facts stand in the bodies of answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The access token.
    pub access_token: Paths,
    /// The refresh token.
    pub refresh_token: Paths,
    /// What kind of token it is; where it says anything, only `Bearer` can be used (RFC 6749 section 7.1).
    pub token_type: Paths,
    /// How long the access credential lives.
    pub expires_in: Paths,
    /// What the lifetimes are counted in.
    pub expires_in_unit: LifetimeUnit,
    /// The session's name.
    pub session_id: Paths,
    /// How long it is until the absolute limit of the session.
    pub session_expires_in: Paths,
    /// The account's name among accounts.
    pub user_id: Paths,
    /// The person's address.
    pub user_email: Paths,
    /// The person's name.
    pub user_name: Paths,
    /// The parts of the person's name, which are joined, where no place has it as a whole.
    pub user_name_parts: Paths,
    /// What the person may do: a list of words.
    pub user_roles: Paths,
    /// Where the person lands after signing in.
    pub landing: Paths,
    /// What can end the session and do nothing else. It may be kept for a sign-out that the network has kept from
    /// arriving, until after the browser was closed.
    pub sign_out_ticket: Paths,
    /// In a refusal, the word for what is wrong.
    pub reason: Paths,
    /// In a refused sign-in, the server's own sentence for the person.
    pub message: Paths,
}

impl Answers {
    /// Every place of every fact.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let Self {
            access_token,
            refresh_token,
            token_type,
            expires_in,
            expires_in_unit: _,
            session_id,
            session_expires_in,
            user_id,
            user_email,
            user_name,
            user_name_parts,
            user_roles,
            landing,
            sign_out_ticket,
            reason,
            message,
        } = self;
        let all = [
            access_token,
            refresh_token,
            token_type,
            expires_in,
            session_id,
            session_expires_in,
            user_id,
            user_email,
            user_name,
            user_name_parts,
            user_roles,
            landing,
            sign_out_ticket,
            reason,
            message,
        ];
        all.into_iter().flat_map(|paths| paths.iter()).map(|path| &**path)
    }
}

/// What lifetimes are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeUnit {
    /// Seconds from the request on.
    Seconds,
    /// Milliseconds from the request on.
    Milliseconds,
    /// A moment on the server's clock: seconds or milliseconds since 1970, or a date (RFC 3339).
    Moment,
}

/// What claims of an access token mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The claim that says whose token it is.
    pub account: Text,
    /// The claim that says which session it belongs to.
    pub session: Text,
}

/// An answer that means "refused" although its status is not 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status.
    pub status: u16,
    /// What the body must say as well, where the status alone does not decide.
    pub says: Option<Says>,
}

/// What a body must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Says {
    /// The path of a fact.
    pub field: Text,
    /// What it must be.
    pub value: Fact,
}

/// One fact of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// This text.
    Text(Text),
    /// This number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// Nothing: it is null, or is not there.
    Null,
}

/// What a 401 means that does not look like the backend's own: a page (`text/html`) without `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gateway401 {
    /// Something in front of the backend, such as a single sign-on, wants a sign-in of its own. It says nothing about the
    /// session.
    Doubt,
    /// It is the backend's own, and means what any other 401 means.
    Refused,
}

/// The live connections of a backend: WebSockets over which the messages of [`crate::wire::live`] are spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The path below [`Dialect::backend`], or an absolute address.
    pub at: Text,
    /// How a connection says who is there.
    pub authenticate: Authenticate,
    /// How a new token reaches a connection that is open.
    pub renew: Renewal,
    /// How long a connection may be silent before it counts as lost, in seconds: a server that says something regularly
    /// is not there any more. `None` for servers that are silent when nothing happens.
    pub silence_limit_s: Option<u64>,
    /// The subprotocol that is offered.
    pub subprotocol: &'static str,
    /// What the other subprotocol begins with, in which a token goes with the handshake.
    pub token_prefix: &'static str,
    /// The other subprotocol, where a cookie goes with the handshake.
    pub cookie_subprotocol: &'static str,
    /// The close code that means what a 401 does.
    pub unauthenticated_code: u16,
    /// The close code that says that there is nothing to listen to.
    pub gone_code: u16,
}

/// How a live connection says who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticate {
    /// By its first message.
    Message,
    /// By a subprotocol that it offers at the handshake.
    Subprotocol,
    /// By the cookie that goes with the handshake.
    Cookie,
}

/// Where the credentials that script sees are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In memory alone; the other tabs are told, and a reload asks with the cookie.
    Memory,
    /// In `sessionStorage`: a reload finds them, another tab does not.
    Session,
    /// In `localStorage`: every tab finds them, also after the browser was closed.
    Local,
}
