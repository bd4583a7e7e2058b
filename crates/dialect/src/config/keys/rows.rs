//! The table of keys.

use perennial_session::{AccessBy, RefreshWhen, Renewal};

use super::{
    Key, Row,
    places::{oauth, refresh_body, set, set_csrf, set_refresh_by, sign_in, sign_out},
};
use crate::{
    config::{
        forms::{Form, METHODS, METHODS_WITH_BODY},
        kind::{Field, Kind},
    },
    dialect::{
        Authenticate, Csrf, Encoding, Gateway401, LifetimeUnit, Live, RefreshCredential, Storage, Text,
    },
    presets::LIVE,
    token::MAX_LIFETIME,
};

/// Every key, in the order of the reference.
pub(in crate::config) const ROWS: &[Row] = &[
    row("preset", Kind::Preset, "The kind of backend. All other keys are put on top of it."),
    row(
        "backend",
        Kind::Text(Form::Backend, |it| Some(&mut it.dialect.backend)),
        "Where the backend is. Every path is put behind it, also those of the pages' requests and of live connections.",
    ),
    row(
        "pages",
        Kind::Pages,
        "Which pages of the application the backend has something for: the queue of imports, the list of devices, the \
         change of the own password among the settings.",
    ),
    seconds(
        "check_interval_s",
        1,
        DAY_S,
        |it| Some(&mut it.timing.check_interval_s),
        "How often the session is checked although nothing happened.",
    ),
    seconds(
        "refresh_buffer_s",
        1,
        DAY_S,
        |it| Some(&mut it.timing.refresh_buffer_s),
        "How long before its expiry a token is refreshed, at most; never more than a fifth of its life.",
    ),
    row(
        "refresh_when",
        Kind::Word(&["always", "active", "manual"], |it, word| {
            let times = [RefreshWhen::Always, RefreshWhen::Active, RefreshWhen::Manual];
            set(Some(&mut it.timing.refresh_when), times, word)
        }),
        "When a token is refreshed that the backend has not refused. `always`: before its end. `active`: the same, but where \
         nobody has been active for longer than it lives and nothing is watched live, it waits for somebody. `manual`: when a person asks \
         for it; or when it has expired and a request or a live connection needs one, or a page starts without one. What \
         the backend refuses is refreshed in any case.",
    ),
    seconds(
        "retry_delay_s",
        1,
        LONGEST_RETRY_S,
        |it| Some(&mut it.timing.retry_delay_s),
        "How long after a failed refresh the next one is tried at the latest. It doubles with each failure, up to a \
         minute, and the moment is drawn from all of it, so that not all come at once.",
    ),
    row(
        "attempts_per_round",
        Kind::Whole(0, 100, "attempts", |it| Some(&mut it.timing.attempts_per_round)),
        "After how many failed refreshes in a row the next one waits for `check_interval_s`; 0 for never, so that the \
         waits between them grow to a minute and no more.",
    ),
    seconds(
        "inactivity_limit_s",
        2,
        30 * DAY_S,
        |it| Some(&mut it.timing.inactivity_limit_s),
        "How long a person may do nothing before the session ends.",
    ),
    seconds(
        "inactivity_warning_s",
        1,
        30 * DAY_S - 1,
        |it| Some(&mut it.timing.inactivity_warning_s),
        "How long before that the person is asked; shorter than the limit. Where only the limit is set, no more than a \
         fifth of it.",
    ),
    seconds(
        "call_timeout_s",
        1,
        MAX_PATIENCE_S,
        |it| Some(&mut it.timing.call_timeout_s),
        "How long a call to the backend may take.",
    ),
    seconds(
        "hold_limit_s",
        1,
        MAX_PATIENCE_S,
        |it| Some(&mut it.timing.hold_limit_s),
        "How long a request may wait for a usable token.",
    ),
    seconds(
        "request_limit_s",
        1,
        LONGEST_REQUEST_S,
        |it| Some(&mut it.timing.request_limit_s),
        "How long a request of the application may be on its way.",
    ),
    row(
        "keep_signed_in",
        Kind::Flag(|it| Some(&mut it.keep_signed_in)),
        "Whether people are offered to stay signed in on a device.",
    ),
    row("endpoints", Kind::Object, "Where the backend is asked."),
    row(
        "endpoints.sign_in",
        Kind::Endpoint(&METHODS_WITH_BODY, |it| Some(&mut it.dialect.endpoints.sign_in)),
        "Signs a person in.",
    ),
    row(
        "endpoints.refresh",
        Kind::Endpoint(&METHODS, |it| Some(&mut it.dialect.endpoints.refresh)),
        "Gives a new access credential for the refresh credential.",
    ),
    row(
        "endpoints.validate",
        Kind::OptionalEndpoint(|it| Some(&mut it.dialect.endpoints.validate)),
        "Says whether the session is good, and whose it is.",
    ),
    row(
        "endpoints.sign_out",
        Kind::OptionalEndpoint(|it| Some(&mut it.dialect.endpoints.sign_out)),
        "Ends the session on the server. Without it a sign-out clears this device only.",
    ),
    row(
        "endpoints.clock",
        Kind::OptionalEndpoint(|it| Some(&mut it.dialect.endpoints.clock)),
        "Answers anybody, with a `Date` that no cache has written; asked when the device's clock is in doubt. Its status \
         and its body do not matter.",
    ),
    row("sign_in", Kind::Object, "What a sign-in says."),
    row(
        "sign_in.encoding",
        Kind::Word(&ENCODINGS, |it, word| {
            set(sign_in(it).map(|fields| &mut fields.encoding), [Encoding::Json, Encoding::Form], word)
        }),
        "How it is written down.",
    )
    .only_for(FORM),
    row(
        "sign_in.identifier",
        Kind::Text(Form::Name, |it| Some(&mut sign_in(it)?.identifier)),
        "The field for what the person typed as their name or address.",
    )
    .only_for(FORM),
    row(
        "sign_in.password",
        Kind::Text(Form::Name, |it| Some(&mut sign_in(it)?.password)),
        "The field for the password.",
    )
    .only_for(FORM),
    row(
        "sign_in.keep",
        Kind::OptionalText(Form::Name, |it| Some(&mut sign_in(it)?.keep)),
        "The field for whether to stay signed in on this device, true or false.",
    )
    .only_for(FORM),
    row(
        "sign_in.constants",
        Kind::Pairs(|it| Some(&mut sign_in(it)?.constants)),
        "What is said beside that, always the same.",
    )
    .only_for(FORM),
    row(
        "access",
        Kind::Word(&["bearer", "cookie"], |it, word| {
            set(Some(&mut it.dialect.access), [AccessBy::Token, AccessBy::Cookie], word)
        }),
        "What authorises requests: a token in the header `Authorization`, or a cookie that script does not see.",
    ),
    row("refresh", Kind::Object, "How a new access credential is asked for."),
    row(
        "refresh.by",
        Kind::Word(&["cookie", "access_bearer", "refresh_bearer", "json", "form"], set_refresh_by),
        "With what: a cookie that script does not see; the access token in the header `Authorization`; the refresh token \
         there, in a JSON object, or in a form.",
    ),
    row(
        "refresh.field",
        Kind::Text(Form::Name, |it| match &mut it.dialect.refresh.by {
            RefreshCredential::Body { field, .. } => Some(field),
            RefreshCredential::Cookie
            | RefreshCredential::AccessBearer
            | RefreshCredential::RefreshBearer => None,
        }),
        "The field for the refresh token.",
    )
    .only_for(BODY),
    row(
        "refresh.constants",
        Kind::Pairs(|it| Some(&mut refresh_body(it)?.constants)),
        "What is said beside it, always the same.",
    )
    .only_for(BODY),
    row(
        "refresh.idempotency_header",
        Kind::OptionalText(Form::RequestHeader, |it| Some(&mut it.dialect.refresh.idempotency_header)),
        "A header for a key that is the same whenever the same refresh is asked for again, for backends that then give \
         the same answer again.",
    ),
    row(
        "sign_out",
        Kind::Object,
        "What a sign-out says in its body.",
    ),
    row(
        "sign_out.refresh_token",
        Kind::OptionalText(Form::Name, |it| Some(&mut sign_out(it)?.refresh_token)),
        "The field for the refresh token, or null where the backend does not want it. With `refresh.by` \"cookie\" or \"access_bearer\" there \
         is none to send, and the default is null.",
    )
    .only_for(FORM),
    row(
        "sign_out.ticket_header",
        Kind::OptionalText(Form::RequestHeader, |it| Some(&mut sign_out(it)?.ticket_header)),
        "The header for the ticket at `answers.sign_out_ticket`, or null where the backend gives none.",
    )
    .only_for(FORM),
    row(
        "sign_out.encoding",
        Kind::Word(&ENCODINGS, |it, word| {
            set(sign_out(it).map(|said| &mut said.encoding), [Encoding::Json, Encoding::Form], word)
        }),
        "How it is written down.",
    )
    .only_for(FORM),
    row(
        "sign_out.constants",
        Kind::Pairs(|it| Some(&mut sign_out(it)?.constants)),
        "What is said beside it, always the same.",
    )
    .only_for(FORM),
    row("csrf", Kind::Object, "How a request shows that no page of another site forged it."),
    row(
        "csrf.kind",
        Kind::Word(&["none", "header", "double_submit"], set_csrf),
        "Not at all, which is right where no cookie authorises anything, and has to be written down where one does: the \
         backend's cookies must then be `SameSite=Lax` or `Strict`; by a constant header; or by a header that says \
         what a cookie holds, on requests that change something.",
    ),
    row(
        "csrf.header",
        Kind::Text(Form::RequestHeader, |it| match &mut it.dialect.csrf {
            Csrf::None => None,
            Csrf::Header { header, .. } | Csrf::DoubleSubmit { header, .. } => Some(header),
        }),
        "The header.",
    )
    .only_for("`csrf.kind` \"header\" or \"double_submit\""),
    row(
        "csrf.value",
        Kind::Text(Form::HeaderValue, |it| match &mut it.dialect.csrf {
            Csrf::Header { value, .. } => Some(value),
            Csrf::None | Csrf::DoubleSubmit { .. } => None,
        }),
        "What it always holds.",
    )
    .only_for("`csrf.kind` \"header\""),
    row(
        "csrf.cookie",
        Kind::Text(Form::Token, |it| match &mut it.dialect.csrf {
            Csrf::DoubleSubmit { cookie, .. } => Some(cookie),
            Csrf::None | Csrf::Header { .. } => None,
        }),
        "The cookie that says what the header holds.",
    )
    .only_for(DOUBLE_SUBMIT),
    row(
        "csrf.refresh_header",
        Kind::OptionalText(Form::RequestHeader, |it| match &mut it.dialect.csrf {
            Csrf::DoubleSubmit { refresh_header, .. } => Some(refresh_header),
            Csrf::None | Csrf::Header { .. } => None,
        }),
        "The header of the refresh, where it is another one.",
    )
    .only_for(DOUBLE_SUBMIT),
    row(
        "csrf.refresh_cookie",
        Kind::OptionalText(Form::Token, |it| match &mut it.dialect.csrf {
            Csrf::DoubleSubmit { refresh_cookie, .. } => Some(refresh_cookie),
            Csrf::None | Csrf::Header { .. } => None,
        }),
        "The cookie of the refresh, where it is another one.",
    )
    .only_for(DOUBLE_SUBMIT),
    row("answers", Kind::Object, "Where the facts stand in the answers of the backend."),
    row(
        "answers.access_token",
        Kind::Paths(|it| Some(&mut it.dialect.answers.access_token)),
        "The access token.",
    ),
    row(
        "answers.refresh_token",
        Kind::Paths(|it| Some(&mut it.dialect.answers.refresh_token)),
        "The refresh token. An answer without one leaves the one before in force.",
    ),
    row(
        "answers.token_type",
        Kind::Paths(|it| Some(&mut it.dialect.answers.token_type)),
        "The kind of token; a token of another kind than `Bearer` is not used.",
    ),
    row(
        "answers.expires_in",
        Kind::Paths(|it| Some(&mut it.dialect.answers.expires_in)),
        "How long the access credential lives. Without it the token's own `exp - iat` counts, then \
         `access_lifetime_s`.",
    ),
    row(
        "answers.expires_in_unit",
        Kind::Word(&["s", "ms", "time"], |it, word| {
            let units = [LifetimeUnit::Seconds, LifetimeUnit::Milliseconds, LifetimeUnit::Moment];
            set(Some(&mut it.dialect.answers.expires_in_unit), units, word)
        }),
        "What lifetimes are counted in: seconds, milliseconds, or the moment of the end (seconds or milliseconds since \
         1970, or a date of RFC 3339), which is compared with the answer's own `Date`, else with the token's `iat`.",
    ),
    row(
        "answers.session_id",
        Kind::Paths(|it| Some(&mut it.dialect.answers.session_id)),
        "The name of the session.",
    ),
    row(
        "answers.session_expires_in",
        Kind::Paths(|it| Some(&mut it.dialect.answers.session_expires_in)),
        "How long it is until the session ends whatever happens.",
    ),
    row(
        "answers.user_id",
        Kind::Paths(|it| Some(&mut it.dialect.answers.user_id)),
        "What tells the account from every other: a text, or a whole number.",
    ),
    row(
        "answers.user_email",
        Kind::Paths(|it| Some(&mut it.dialect.answers.user_email)),
        "The person's address.",
    ),
    row(
        "answers.user_name",
        Kind::Paths(|it| Some(&mut it.dialect.answers.user_name)),
        "The person's name. Without it, and without `answers.user_name_parts`, the address is shown, without that the \
         account. An answer that leaves it out keeps the one that is known.",
    ),
    row(
        "answers.user_name_parts",
        Kind::Paths(|it| Some(&mut it.dialect.answers.user_name_parts)),
        "The parts of the person's name, such as [\"first_name\", \"last_name\"]. What stands at these paths is joined with \
         spaces, where `answers.user_name` finds nothing.",
    ),
    row(
        "answers.user_roles",
        Kind::Paths(|it| Some(&mut it.dialect.answers.user_roles)),
        "What the person may do, a list of words.",
    ),
    row(
        "answers.landing",
        Kind::Paths(|it| Some(&mut it.dialect.answers.landing)),
        "Where the person lands after signing in, a path of the application.",
    ),
    row(
        "answers.sign_out_ticket",
        Kind::Paths(|it| Some(&mut it.dialect.answers.sign_out_ticket)),
        "Beside the tokens, what can end this session and do nothing else. It is kept when a sign-out cannot be told, also \
         when the browser is closed, and is sent in `sign_out.ticket_header`.",
    ),
    row(
        "answers.reason",
        Kind::Paths(|it| Some(&mut it.dialect.answers.reason)),
        "In a refusal, why: `refresh_missing`, `refresh_reused`, `session_revoked` or `session_expired`. Any other word \
         means that the server gives no reason.",
    ),
    row(
        "answers.message",
        Kind::Paths(|it| Some(&mut it.dialect.answers.message)),
        "In a refused sign-in, the server's own sentence for the person. It is shown as text beside ours, 300 characters \
         of it at most.",
    ),
    row(
        "access_lifetime_s",
        Kind::OptionalWhole(1, MAX_LIFETIME.as_secs(), "seconds", |it| Some(&mut it.dialect.access_lifetime_s)),
        "How long an access credential lives from when it is given, where neither the answers nor the token say it. \
         Without it such a credential is refreshed when it is refused.",
    ),
    row("claims", Kind::Object, "What claims of an access token mean."),
    row(
        "claims.account",
        Kind::Text(Form::Name, |it| Some(&mut it.dialect.claims.account)),
        "The claim that says whose token it is.",
    ),
    row(
        "claims.session",
        Kind::Text(Form::Name, |it| Some(&mut it.dialect.claims.session)),
        "The claim that says which session it belongs to.",
    ),
    row(
        "new_token_header",
        Kind::OptionalText(Form::AnswerHeader, |it| Some(&mut it.dialect.new_token_header)),
        "The header of any answer in which the backend may hand over a newer access token.",
    ),
    row(
        "refused",
        Kind::Refused(|it| Some(&mut it.dialect.refused)),
        "Which answers of a refresh end the session beside a 401: those with this status and, where a field is named, \
         this value at this path of the body. `null` means that nothing stands there. An answer with a usable token in \
         it grants whatever is listed.",
    ),
    row(
        "refused_sign_in",
        Kind::Refused(|it| Some(&mut it.dialect.refused_sign_in)),
        "Which answers of a sign-in mean that it is refused, as for a wrong password, beside a 401.",
    ),
    row(
        "refused_validate",
        Kind::Refused(|it| Some(&mut it.dialect.refused_validate)),
        "Which answers of a validation mean that nobody is signed in, beside a 401. For a backend that answers 200 and \
         `null`, or an object without a person: {\"status\": 200, \"field\": \"user\", \"value\": null}.",
    ),
    row(
        "gateway_401",
        Kind::Word(&["doubt", "refused"], |it, word| {
            set(Some(&mut it.dialect.gateway_401), [Gateway401::Doubt, Gateway401::Refused], word)
        }),
        "What a 401 means that is a page (`text/html`) and has no header `WWW-Authenticate`: that something in front of the \
         backend, such as a single sign-on, wants a sign-in of its own, which ends no session; or what any other 401 means.",
    ),
    row(
        "storage",
        Kind::Word(&["memory", "session", "local"], |it, word| {
            set(Some(&mut it.dialect.storage), [Storage::Memory, Storage::Session, Storage::Local], word)
        }),
        "Where the tokens that script sees are kept: nowhere beyond the page, in the tab, or in the browser. With \
         `refresh.by` \"cookie\" the default is `memory`, as a reload finds the cookie.",
    ),
    row(
        "sockets",
        Kind::Optional(|it, is_there| {
            let live = &mut it.dialect.live;
            *live = live.take().or(Some(Live { at: Text::Borrowed(""), ..LIVE })).filter(|_| is_there);
        }),
        "How live connections are made, or null where the backend has none.",
    ),
    row(
        "sockets.path",
        Kind::Text(Form::SocketAddress, |it| Some(&mut it.dialect.live.as_mut()?.at)),
        "Where they are made to.",
    ),
    row(
        "sockets.authenticate",
        Kind::Word(&["message", "subprotocol", "cookie"], |it, word| {
            let ways = [Authenticate::Message, Authenticate::Subprotocol, Authenticate::Cookie];
            set(it.dialect.live.as_mut().map(|live| &mut live.authenticate), ways, word)
        }),
        "How they say who is there: by their first message, by a subprotocol, or by the cookie of the handshake.",
    ),
    row(
        "sockets.renew",
        Kind::Word(&["in_band", "reconnect"], |it, word| {
            let ways = [Renewal::InBand, Renewal::Reconnect];
            set(it.dialect.live.as_mut().map(|live| &mut live.renew), ways, word)
        }),
        "How a new token reaches them: over the open connection, or by another one that is made with it before the old \
         one is closed.",
    ),
    row(
        "sockets.silence_limit_s",
        Kind::OptionalWhole(1, DAY_S, "seconds", |it| Some(&mut it.dialect.live.as_mut()?.silence_limit_s)),
        "How long they may be silent before they count as lost, or null where the server says nothing for long.",
    ),
    row("oauth", Kind::Object, "The provider that people sign in at."),
    row(
        "oauth.issuer",
        Kind::Text(Form::Issuer, |it| Some(&mut oauth(it)?.issuer)),
        "The provider's address, exactly as it stands in its own description of itself.",
    )
    .only_for(OAUTH2),
    row(
        "oauth.client_id",
        Kind::Text(Form::Visible, |it| Some(&mut oauth(it)?.client_id)),
        "The name of this application at the provider.",
    )
    .only_for(OAUTH2),
    row(
        "oauth.scope",
        Kind::Text(Form::Words, |it| Some(&mut oauth(it)?.scope)),
        "What is asked for. Without `openid` the provider is one of OAuth 2.0 alone.",
    )
    .only_for(OAUTH2),
    row(
        "oauth.prompt",
        Kind::OptionalText(Form::Words, |it| Some(&mut oauth(it)?.prompt)),
        "What the provider is to ask the person, such as `consent` where it gives refresh tokens only then.",
    )
    .only_for(OAUTH2),
];

const fn row(name: &'static str, kind: Kind, about: &'static str) -> Row {
    Row { key: Key { name, kind, needs: "" }, about }
}

impl Row {
    const fn only_for(mut self, needs: &'static str) -> Self {
        self.key.needs = needs;
        self
    }
}

const fn seconds(name: &'static str, least: u64, most: u64, field: Field<u64>, about: &'static str) -> Row {
    row(name, Kind::Whole(least, most, "seconds", field), about)
}

const ENCODINGS: [&str; 2] = ["json", "form"];

const FORM: &str = "presets where people sign in by a form of the application";
const OAUTH2: &str = "the preset \"oauth2\"";
const BODY: &str = "`refresh.by` \"json\" or \"form\"";
const DOUBLE_SUBMIT: &str = "`csrf.kind` \"double_submit\"";

/// A day. A check or a buffer longer than that guards no session that exists.
const DAY_S: u64 = 24 * 60 * 60;

/// A minute is the longest wait between two attempts.
const LONGEST_RETRY_S: u64 = 60;

/// Longer than five minutes nobody looks at a page that waits.
const MAX_PATIENCE_S: u64 = 5 * 60;

/// The longest answer a page waits for.
const LONGEST_REQUEST_S: u64 = 60 * 60;
