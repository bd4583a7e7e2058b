//! What no key can see for itself: values that are right each, and wrong together.

use perennial_session::{AccessBy, Renewal};

use super::{ConfigError, Draft, forms::METHODS_WITH_BODY, keys::Problems};
use crate::dialect::{
    Authenticate, Csrf, Encoding, Endpoint, Pairs, RefreshCredential, SignInBy, Storage, Text,
};

/// Looks at the whole. What concerns a key that is wrong itself is left out: it may be right once that is.
pub(super) fn all(
    draft: &Draft,
    problems: &Problems,
    place: impl Fn(&str) -> Option<usize>,
) -> Vec<(usize, ConfigError)> {
    let is_clear = |check: &&Check| !check.keys.iter().any(|key| problems.concern(key));
    let say = |check: &Check| {
        let key = check.keys[0];
        let sentence = match (check.wrong)(draft)? {
            Said::Sentence(sentence) => sentence,
            Said::Unsaid(_) if place(key).is_some() => return None,
            Said::Unsaid(sentence) => sentence,
            Said::Missing(what) if place(key).is_some() => {
                format!("`{key}` holds null, but must hold {what}.")
            }
            Said::Missing(what) => {
                format!("`{key}` is missing, and the preset has none: it must hold {what}.")
            }
        };
        let at = check.keys.iter().find_map(|key| place(key)).unwrap_or(usize::MAX);
        Some((at, ConfigError::said(key, sentence)))
    };
    if problems.concern("preset") {
        return Vec::new();
    }
    CHECKS.iter().filter(is_clear).filter_map(say).collect()
}

/// The keys that are looked at, the one to be changed first, and what is wrong, if anything.
struct Check {
    keys: &'static [&'static str],
    wrong: fn(&Draft) -> Option<Said>,
}

/// What is wrong.
enum Said {
    /// In a whole sentence.
    Sentence(String),
    /// The same, unless somebody has written the first key down: then they know.
    Unsaid(String),
    /// The first key holds nothing, and must hold this.
    Missing(&'static str),
}

const fn check(keys: &'static [&'static str], wrong: fn(&Draft) -> Option<Said>) -> Check {
    Check { keys, wrong }
}

/// How long a call may take is not compared with how long a request may: the one bounds what the session asks for itself,
/// the other what pages ask for. How long a page's request waits for the session is for `hold_limit_s` to say.
const CHECKS: &[Check] = &[
    check(&["inactivity_warning_s", "inactivity_limit_s"], warning_is_no_warning),
    check(&["endpoints.sign_in"], |it| missing(it.dialect.endpoints.sign_in.is_none(), ENDPOINT)),
    check(&["endpoints.refresh"], |it| missing(it.dialect.endpoints.refresh.is_none(), ENDPOINT)),
    check(&["answers.access_token", "access"], |it| {
        let is_missing = it.dialect.access == AccessBy::Token && it.dialect.answers.access_token.is_empty();
        missing(is_missing, "the path of the access token, because `access` is \"bearer\"")
    }),
    check(&["refresh.by", "access"], |it| {
        let is_wrong =
            it.dialect.access == AccessBy::Cookie && it.dialect.refresh.by == RefreshCredential::AccessBearer;
        said(
            is_wrong && !is_at_provider(it),
            "`refresh.by` holds \"access_bearer\", but `access` is \"cookie\": script has no token to send. \
             Another value of `refresh.by` is needed.",
        )
    }),
    check(&["access"], |it| {
        said(
            is_at_provider(it) && it.dialect.access == AccessBy::Cookie,
            "`access` holds \"cookie\", but may hold only \"bearer\" where people sign in at a provider: it gives its \
             tokens to script.",
        )
    }),
    check(&["refresh.by"], |it| {
        let by = without_refresh_token(it).filter(|_| is_at_provider(it))?;
        sentence(format!(
            "`refresh.by` holds \"{by}\", but may hold \"form\", \"json\" or \"refresh_bearer\" where people sign in at a \
             provider: it gives its refresh token to script."
        ))
    }),
    check(&["endpoints.refresh", "refresh.by"], |it| {
        let by = match it.dialect.refresh.by {
            RefreshCredential::Body { encoding, .. } => encoding_word(encoding),
            RefreshCredential::Cookie
            | RefreshCredential::AccessBearer
            | RefreshCredential::RefreshBearer => return None,
        };
        without_body(
            "endpoints.refresh",
            it.dialect.endpoints.refresh.as_ref(),
            &format!("`refresh.by` is \"{by}\""),
        )
    }),
    check(&["endpoints.sign_out", "sign_out.refresh_token", "refresh.by"], |it| {
        let field = it.dialect.sign_out.refresh_token.as_ref().filter(|_| !is_at_provider(it))?;
        let because = format!("`sign_out.refresh_token` is \"{field}\"");
        without_body("endpoints.sign_out", it.dialect.endpoints.sign_out.as_ref(), &because)
    }),
    check(&["endpoints.sign_out", "sign_out.constants"], |it| {
        let said = &it.dialect.sign_out;
        if said.constants.is_empty() || said.refresh_token.is_some() || is_at_provider(it) {
            return None;
        }
        let because = "`sign_out.constants` holds fields";
        without_body("endpoints.sign_out", it.dialect.endpoints.sign_out.as_ref(), because)
    }),
    check(&["sign_out.constants", "sign_out.refresh_token", "refresh.by"], |it| {
        let said = &it.dialect.sign_out;
        taken(
            "sign_out.constants",
            &said.constants,
            &[("sign_out.refresh_token", said.refresh_token.as_ref())],
        )
    }),
    check(&["sign_out.refresh_token", "refresh.by"], |it| {
        let by = without_refresh_token(it).filter(|_| !is_at_provider(it))?;
        let field = it.dialect.sign_out.refresh_token.as_ref()?;
        sentence(format!(
            "`sign_out.refresh_token` holds \"{field}\", but may hold only null where `refresh.by` is \"{by}\": script \
             has no refresh token to send."
        ))
    }),
    check(&["sign_in.constants", "sign_in.identifier", "sign_in.password", "sign_in.keep"], |it| {
        let SignInBy::Form(fields) = &it.dialect.sign_in else { return None };
        let fields_of_its_own = [
            ("sign_in.identifier", Some(&fields.identifier)),
            ("sign_in.password", Some(&fields.password)),
            ("sign_in.keep", fields.keep.as_ref()),
        ];
        taken("sign_in.constants", &fields.constants, &fields_of_its_own)
    }),
    check(&["refresh.constants", "refresh.field", "refresh.by"], |it| {
        let RefreshCredential::Body { field, .. } = &it.dialect.refresh.by else { return None };
        taken("refresh.constants", &it.dialect.refresh.constants, &[("refresh.field", Some(field))])
    }),
    check(&["csrf.kind", "access", "refresh.by"], |it| {
        let cookie = match (it.dialect.access, &it.dialect.refresh.by) {
            (AccessBy::Cookie, _) => "access",
            (AccessBy::Token, RefreshCredential::Cookie) => "refresh.by",
            (AccessBy::Token, _) => return None,
        };
        let is_wrong = it.dialect.csrf == Csrf::None && !is_at_provider(it);
        is_wrong.then(|| {
            Said::Unsaid(format!(
                "`csrf.kind` is missing, and must be written down where `{cookie}` is \"cookie\": \"header\" or \
                 \"double_submit\", or \"none\" if the backend's cookies are `SameSite`, as otherwise a page of another \
                 site could forge what the cookie authorises."
            ))
        })
    }),
    check(&["refresh.field", "refresh.by"], |it| {
        let is_missing =
            matches!(&it.dialect.refresh.by, RefreshCredential::Body { field, .. } if field.is_empty());
        missing(is_missing, "the name of the field for the refresh token")
    }),
    check(&["answers.refresh_token", "refresh.by"], |it| {
        let is_missing = it.holds_refresh_token() && it.dialect.answers.refresh_token.is_empty();
        missing(
            is_missing,
            "the path of the refresh token, because `refresh.by` says that the application sends it",
        )
    }),
    check(&["csrf.header", "csrf.kind"], |it| {
        let is_missing = match &it.dialect.csrf {
            Csrf::None => false,
            Csrf::Header { header, .. } | Csrf::DoubleSubmit { header, .. } => header.is_empty(),
        };
        missing(is_missing, "the name of the header")
    }),
    check(&["csrf.value", "csrf.kind"], |it| {
        let is_missing = matches!(&it.dialect.csrf, Csrf::Header { value, .. } if value.is_empty());
        missing(is_missing, "what the header always holds")
    }),
    check(&["csrf.cookie", "csrf.kind"], |it| {
        let is_missing = matches!(&it.dialect.csrf, Csrf::DoubleSubmit { cookie, .. } if cookie.is_empty());
        missing(is_missing, "the name of the cookie whose value the header repeats")
    }),
    check(&["storage", "access", "refresh.by"], |it| {
        let holds_nothing =
            it.dialect.access == AccessBy::Cookie && it.dialect.refresh.by == RefreshCredential::Cookie;
        said(
            holds_nothing && it.dialect.storage != Storage::Memory,
            "`storage` must be \"memory\" where both `access` and `refresh.by` are \"cookie\": script holds nothing \
             that could be kept.",
        )
    }),
    check(&["new_token_header", "access"], |it| {
        let is_wrong = it.dialect.access == AccessBy::Cookie && it.dialect.new_token_header.is_some();
        said(
            is_wrong,
            "`new_token_header` must be null where `access` is \"cookie\": a token in a header would be used by nobody.",
        )
    }),
    check(&["sockets.path", "sockets"], |it| {
        let is_missing = it.dialect.live.as_ref().is_some_and(|live| live.at.is_empty());
        missing(is_missing, "where live connections are made to, such as \"/api/events\"")
    }),
    check(&["sockets.renew", "sockets.authenticate", "sockets"], |it| {
        let live = it.dialect.live.as_ref().filter(|live| live.renew == Renewal::InBand)?;
        let by = match live.authenticate {
            Authenticate::Message => return None,
            Authenticate::Subprotocol => "subprotocol",
            Authenticate::Cookie => "cookie",
        };
        sentence(format!(
            "`sockets.renew` must be \"reconnect\" where `sockets.authenticate` is \"{by}\": nothing is said over the \
             open connection that could carry a new token."
        ))
    }),
    check(&["sockets.authenticate", "access", "sockets"], |it| {
        let by = it.dialect.live.as_ref()?.authenticate;
        match (it.dialect.access, by) {
            (AccessBy::Cookie, Authenticate::Cookie) | (AccessBy::Token, _) => None,
            (AccessBy::Cookie, Authenticate::Message | Authenticate::Subprotocol) => said(
                true,
                "`sockets.authenticate` must be \"cookie\" where `access` is \"cookie\": script has no token to send.",
            ),
        }
    }),
    check(&["oauth.issuer"], |it| {
        missing(client(it, |client| &client.issuer), "the address of the provider")
    }),
    check(&["oauth.client_id"], |it| {
        missing(client(it, |client| &client.client_id), "the name of this application at the provider")
    }),
];

fn warning_is_no_warning(draft: &Draft) -> Option<Said> {
    let (warning_s, limit_s) = (draft.timing.inactivity_warning_s, draft.timing.inactivity_limit_s);
    (warning_s >= limit_s).then(|| {
        Said::Sentence(format!(
            "`inactivity_warning_s` holds {warning_s}, but may hold a whole number of seconds below the {limit_s} of \
             `inactivity_limit_s`, so from 1 to {}.",
            limit_s - 1
        ))
    })
}

fn missing(is_missing: bool, what: &'static str) -> Option<Said> {
    is_missing.then_some(Said::Missing(what))
}

fn said(is_wrong: bool, sentence: &str) -> Option<Said> {
    is_wrong.then(|| Said::Sentence(sentence.to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "it is the end of a check")]
fn sentence(sentence: String) -> Option<Said> {
    Some(Said::Sentence(sentence))
}

/// Says that a request which needs a body has a method that takes none: a browser does not send it at all.
fn without_body(key: &str, endpoint: Option<&Endpoint>, because: &str) -> Option<Said> {
    let endpoint = endpoint.filter(|it| !METHODS_WITH_BODY.contains(&&*it.method))?;
    let (method, at) = (&endpoint.method, &endpoint.at);
    sentence(format!(
        "`{key}` holds \"{method} {at}\", but may hold a method that takes a body, {}, where {because}.",
        METHODS_WITH_BODY.join(" or ")
    ))
}

/// Says that a constant has the name of a field that says something else.
fn taken(key: &str, constants: &Pairs, fields: &[(&str, Option<&Text>)]) -> Option<Said> {
    let owner = |name: &Text| fields.iter().find(|(_, field)| *field == Some(name)).map(|(owner, _)| *owner);
    let (name, owner) = constants.iter().find_map(|(name, _)| Some((name, owner(name)?)))?;
    sentence(format!(
        "`{key}` holds a field \"{name}\", but may hold only other names than that of `{owner}`: a request says each \
         field once."
    ))
}

fn is_at_provider(draft: &Draft) -> bool {
    matches!(draft.dialect.sign_in, SignInBy::Redirect(_))
}

/// The word for how a refresh is asked for, where script sees no refresh token.
fn without_refresh_token(draft: &Draft) -> Option<&'static str> {
    match draft.dialect.refresh.by {
        RefreshCredential::Cookie => Some("cookie"),
        RefreshCredential::AccessBearer => Some("access_bearer"),
        RefreshCredential::RefreshBearer | RefreshCredential::Body { .. } => None,
    }
}

fn encoding_word(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "json",
        Encoding::Form => "form",
    }
}

fn client(draft: &Draft, text: fn(&crate::oauth::Client) -> &str) -> bool {
    matches!(&draft.dialect.sign_in, SignInBy::Redirect(client) if text(client).is_empty())
}

const ENDPOINT: &str = "a method and a path such as \"POST /api/login\", or an absolute address in its place";
