//! What holds whatever a server, a proxy or an operator sends.

use core::time::Duration;
use std::sync::LazyLock;

mod dialects;

use perennial_dialect::{
    Dialect, Fact, Refused, Says, SignInBy,
    answers::WireAnswer,
    config::Config,
    oauth::{Metadata, Pending, Return},
    token::Hint,
};
use perennial_session::{
    Access, AccessBy, Answer, CallKind, Grant, Proof, RefreshAnswer, Refusal, Secret, SignInAnswer,
    SignInForm, SignOutAnswer, ValidateAnswer,
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};

use self::dialects::any_dialect;
use crate::support::{
    PERENNIAL, described, discovered, every_call_of, grant_body, jwt, problem, redeem, refresh,
    token as token_held, wire,
};

const DAY: Duration = Duration::from_secs(86_400);

/// JSON of any shape, with the names that mean something strewn in.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("session_revoked")),
        Just(json!("invalid_grant")),
        Just(json!("opaque-token")),
        Just(json!("2026-11-21T17:05:49Z")),
        Just(json!("Bearer")),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name(), inner), 0..8)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "access_token|token_type|expires_in|session|user|landing|reason|id|email|name|roles",
        "token|refresh_token|id_token|expiresIn|redirectTo|error|authenticated|success|data",
        "sub|sid|iat|exp|nbf|alg|iss|aud|azp|nonce|issuer|token_endpoint|authorization_endpoint",
        "preset|inactivity_limit_s|inactivity_warning_s|hold_limit_s|csrf|kind|sockets|path|refused|status",
        any::<String>(),
    ]
}

/// A token: of any shape, with any claims, or any text at all.
fn any_token() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[A-Za-z0-9._~+/=-]{0,80}",
        any_json().prop_map(|claims| jwt(&claims)),
        (any::<i64>(), any::<i64>()).prop_map(|(iat, exp)| jwt(&json!({"sub": "u", "iat": iat, "exp": exp}))),
        (any::<f64>(), any::<f64>()).prop_map(|(iat, exp)| jwt(&json!({"sub": "u", "iat": iat, "exp": exp}))),
    ]
}

/// A body: bytes, JSON of any shape, or an honest answer with one thing wrong.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        any_json().prop_map(|json| json.to_string().into_bytes()),
        Just(problem(401, "session_revoked").body),
        Just(Vec::new()),
        Just(br#"{"error":"invalid_grant"}"#.to_vec()),
        any_json().prop_map(|json| everything(&json).to_string().into_bytes()),
        any_token().prop_map(|token| grant_body(&token).to_string().into_bytes()),
        (prop_oneof![Just("expires_in"), Just("session"), Just("user"), Just("landing")], any_json())
            .prop_map(|(field, json)| {
                let mut body = grant_body("opaque");
                body[field] = json;
                body.to_string().into_bytes()
            }),
    ]
}

/// The same thing under every name that a preset looks for.
fn everything(json: &Value) -> Value {
    let names =
        ["token", "access_token", "refresh_token", "expires_in", "expiresIn", "user", "id", "error", "sub"];
    let mut all = json!({"access_token": "opaque", "token": "opaque"});
    for (index, name) in names.into_iter().enumerate() {
        all[name] = if index < 2 && !json.is_string() { continue } else { json.clone() };
    }
    all
}

/// A value that `JSON.parse` reads and `serde_json` does not, in bytes that `Response.json()` decodes.
fn any_oddity() -> impl Strategy<Value = Vec<u8>> {
    let escapes = "(\\\\u[dD][89a-fA-F][0-9a-f]{2}|\\\\\\\\|\\\\n|[a-z]){0,8}";
    let letters = vec(
        any::<u8>().prop_filter("it ends the string", |byte| *byte >= 0x20 && !br#""\"#.contains(byte)),
        0..8,
    );
    prop_oneof![
        escapes.prop_map(|text| format!("\"{text}\"").into_bytes()),
        letters.prop_map(|text| [&b"\""[..], &text, b"\""].concat()),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,6})?".prop_map(String::into_bytes),
    ]
}

fn any_header() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof![
        any::<String>(),
        "[0-9]{1,30}",
        "(Mon|Sun), [0-9]{2} (Jan|Nov|Foo) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT",
    ])
}

prop_compose! {
    fn any_answer()(
        status in prop_oneof![
            Just(0), Just(200), Just(204), Just(400), Just(401), Just(403), Just(429), Just(503), any::<u16>(),
        ],
        retry_after in any_header(),
        date in any_header(),
        age in any_header(),
        content_type in option::of(prop_oneof!["[ -~]{0,30}", Just("text/html; charset=utf-8".to_owned())]),
        www_authenticate in any_header(),
        new_token in any_header(),
        body in any_body(),
        received_wall_ms in any::<u64>(),
    ) -> WireAnswer {
        WireAnswer {
            status,
            retry_after,
            date,
            age,
            content_type,
            www_authenticate,
            new_token,
            body,
            received_wall_ms,
        }
    }
}

fn refusal(answer: &Answer) -> Option<Refusal> {
    match answer {
        Answer::Refresh(RefreshAnswer::Refused(refusal))
        | Answer::Validate(ValidateAnswer::Unauthorized(refusal)) => Some(*refusal),
        Answer::SignIn(_)
        | Answer::Refresh(_)
        | Answer::Validate(_)
        | Answer::Clock(_)
        | Answer::SignOut(_) => None,
    }
}

/// Whether an answer says no to who asks.
fn is_refused(answer: &Answer) -> bool {
    let is_no =
        matches!(answer, Answer::SignIn(SignInAnswer::WrongCredentials | SignInAnswer::Refused { .. }));
    is_no || refusal(answer).is_some()
}

fn grant(answer: &Answer) -> Option<&Grant> {
    match answer {
        Answer::SignIn(SignInAnswer::Granted(grant)) | Answer::Refresh(RefreshAnswer::Granted(grant)) => {
            Some(grant)
        }
        Answer::SignIn(_)
        | Answer::Refresh(_)
        | Answer::Validate(_)
        | Answer::Clock(_)
        | Answer::SignOut(_) => None,
    }
}

fn is_bearer(token: &Secret) -> bool {
    let token = token.expose();
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte))
}

fn is_plausible(life: Duration) -> bool {
    life.as_secs() > 0 && life <= 400 * DAY
}

static PROVIDER: LazyLock<Dialect> = LazyLock::new(discovered);

/// Whether a list has this answer, found out in another way than the mapping does.
fn is_listed(list: &[Refused], wire: &WireAnswer) -> bool {
    let body =
        serde_json::from_slice::<Value>(&wire.body).ok().filter(|body| body.is_object() || body.is_null());
    let says = |says: &Says| {
        let Some(body) = &body else { return false };
        let pointer = format!("/{}", says.field.replace('.', "/"));
        let found = body.pointer(&pointer).or_else(|| body.get(&*says.field)).unwrap_or(&Value::Null);
        *found
            == match &says.value {
                Fact::Text(text) => json!(text),
                Fact::Number(number) => json!(number),
                Fact::Flag(flag) => json!(flag),
                Fact::Null => Value::Null,
            }
    };
    (200..=299).chain(400..=499).any(|status| status == wire.status)
        && list.iter().any(|it| it.status == wire.status && it.says.as_ref().map_or(wire.status >= 400, says))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_a_401_or_what_is_listed_means_refused(dialect in any_dialect(), wire in any_answer()) {
        for call in every_call_of(&dialect) {
            let answer = dialect.answer(&call, &wire);
            prop_assert!(answer != Answer::SignIn(SignInAnswer::WrongOrigin) || wire.status == 403);
            let list = match answer {
                Answer::SignIn(_) => &dialect.refused_sign_in,
                Answer::Refresh(_) => &dialect.refused,
                Answer::Validate(_) => &dialect.refused_validate,
                Answer::Clock(_) | Answer::SignOut(_) => continue,
            };
            let is_of_gateway = dialect.is_from_between(
                wire.status,
                wire.content_type.as_deref(),
                wire.www_authenticate.as_deref(),
            );
            let is_listed = (wire.status == 401 && !is_of_gateway) || is_listed(list, &wire);
            let is_refused = is_refused(&answer);
            prop_assert!(!is_refused || is_listed, "{answer:?}");
            // A status that says no and is listed refuses whatever else is in the answer.
            prop_assert!(is_refused || !is_listed || wire.status < 400, "{answer:?}");
        }
    }

    #[test]
    fn only_a_2xx_means_granted_valid_or_done(dialect in any_dialect(), wire in any_answer()) {
        for call in every_call_of(&dialect) {
            let answer = dialect.answer(&call, &wire);
            let good = grant(&answer).is_some()
                || matches!(answer, Answer::Validate(ValidateAnswer::Valid(_)))
                || answer == Answer::SignOut(SignOutAnswer::Done);
            prop_assert!(!good || (200..300).contains(&wire.status));
        }
    }

    #[test]
    fn what_is_granted_can_be_worked_with(dialect in any_dialect(), wire in any_answer()) {
        for call in every_call_of(&dialect) {
            let answer = dialect.answer(&call, &wire);
            if let Some(grant) = grant(&answer) {
                match &grant.access {
                    Access::Token(token) => prop_assert!(is_bearer(token) && dialect.access == AccessBy::Token),
                    Access::Cookie => prop_assert_eq!(dialect.access, AccessBy::Cookie),
                }
                let is_visible = |it: &Secret| it.expose().bytes().all(|byte| (0x20..0x7f).contains(&byte));
                prop_assert!(grant.refresh.as_ref().is_none_or(is_visible));
                prop_assert!(grant.lifetime.is_none_or(is_plausible));
                prop_assert!(grant.session_lifetime.is_none_or(is_plausible));
                prop_assert!(grant.account.as_ref().is_none_or(|account| !account.id.is_empty()));
                prop_assert!(grant.landing.as_ref().is_none_or(|path| path.starts_with('/')));
            }
        }
    }

    #[test]
    fn what_a_browser_can_read_is_granted(
        is_marked in any::<bool>(), name in "[a-z]{1,5}", odd in any_oddity(), depth in 0_usize..400,
    ) {
        let nested = [b"[".repeat(depth), odd, b"]".repeat(depth)].concat();
        let body = grant_body("opaque").to_string().into_bytes();
        let mark = if is_marked { &b"\xEF\xBB\xBF"[..] } else { b"" };
        let body = [mark, b"{\"x_", name.as_bytes(), b"\":", &nested, b",", &body[1..]].concat();
        let answer = PERENNIAL.answer(&refresh(), &wire(200, body));
        prop_assert!(grant(&answer).is_some_and(|it| it.access == Access::Token(Secret::new("opaque"))));
    }

    #[test]
    fn a_page_of_a_captive_portal_decides_nothing(dialect in any_dialect(), page in "<[ -~]{0,80}") {
        let wire = WireAnswer {
            body: page.into_bytes(), ..wire(200, "")
        };
        for call in every_call_of(&dialect) {
            let answer = dialect.answer(&call, &wire);
            let decides = grant(&answer).is_some()
                || refusal(&answer).is_some()
                || matches!(answer, Answer::Validate(ValidateAnswer::Valid(_)))
                || answer == Answer::SignOut(SignOutAnswer::Done);
            prop_assert!(!decides, "{answer:?}");
        }
    }

    #[test]
    fn what_a_server_says_to_people_is_one_line(dialect in any_dialect(), wire in any_answer()) {
        for call in every_call_of(&dialect) {
            if let Answer::SignIn(SignInAnswer::Refused { message: Some(message) }) = dialect.answer(&call, &wire) {
                let said = message.as_str();
                prop_assert!(!said.is_empty() && said.chars().count() <= 301);
                prop_assert!(!said.contains(char::is_control) && said.trim() == said, "{said:?}");
            }
        }
    }

    #[test]
    fn an_id_token_that_is_known_is_one_that_a_provider_gave(dialect in any_dialect(), wire in any_answer()) {
        for call in every_call_of(&dialect) {
            if let Some(token) = dialect.id_token(&call, &wire) {
                prop_assert!(is_bearer(&token) && matches!(dialect.sign_in, SignInBy::Redirect(_)));
                prop_assert!(grant(&dialect.answer(&call, &wire)).is_some());
            }
        }
    }

    #[test]
    fn no_wait_is_longer_than_a_day(dialect in any_dialect(), wire in any_answer()) {
        for call in every_call_of(&dialect) {
            if let Answer::SignIn(SignInAnswer::Later(wait)) | Answer::Refresh(RefreshAnswer::Later(wait)) =
                dialect.answer(&call, &wire)
            {
                prop_assert!(wait <= DAY);
            }
        }
    }

    #[test]
    fn no_request_can_break_out_of_its_headers(dialect in any_dialect(), cookies in any::<String>()) {
        let fits = |text: &str| !text.is_empty() && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        for call in every_call_of(&dialect) {
            for header in dialect.request(&call, &cookies).map(|request| request.headers).unwrap_or_default() {
                prop_assert!(fits(&header.name) && fits(&header.value), "{header:?}");
            }
        }
    }

    #[test]
    fn a_header_token_that_is_taken_can_be_worked_with(dialect in any_dialect(), token in any_token()) {
        if let Some(grant) = dialect.header_grant(&token, &token_held(), None) {
            prop_assert!(is_bearer(&grant.access));
            prop_assert!(is_plausible(grant.lifetime));
            prop_assert!(!grant.account_id.is_empty());
        }
    }

    #[test]
    fn no_token_says_anything_absurd_of_itself(token in any_token()) {
        prop_assert!(Hint::of(&token, &PERENNIAL.claims).lifetime.is_none_or(is_plausible));
    }

    #[test]
    fn a_configuration_is_within_its_bounds_or_says_why_not(
        text in prop_oneof![any::<String>(), any_json().prop_map(|json| json.to_string())],
    ) {
        match Config::parse(&text) {
            Ok(config) => {
                let timing = &config.timing;
                prop_assert!(0 < timing.inactivity_warning_s);
                prop_assert!(timing.inactivity_warning_s < timing.inactivity_limit_s);
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(error.to_string().ends_with(['.', '?']));
                }
            }
        }
    }

    #[test]
    fn a_description_of_a_provider_is_of_that_provider_or_a_doubt(
        json in any_json(), name in "[a-z_]{0,40}|issuer|token_endpoint|userinfo_endpoint",
    ) {
        let mut body = described();
        body[&name] = json;
        let answered = wire(200, body.to_string());
        if let Ok(metadata) = Metadata::read(&answered, "https://login.example") {
            prop_assert_eq!(&body["issuer"], "https://login.example");
            prop_assert!(metadata.token.starts_with("https://") && metadata.authorization.starts_with("https://"));
        }
    }

    #[test]
    fn nothing_that_comes_back_or_was_left_behind_panics(query in any::<String>(), left in any_body()) {
        let back = Return::read(&query);
        let pending = Pending::parse(&String::from_utf8_lossy(&left));
        if let (Some(back), Some(pending)) = (back, pending) {
            prop_assert!(pending.accept(back).is_err());
        }
    }

    #[test]
    fn an_id_token_with_anything_else_in_it_is_no_answer_to_this_sign_in(
        name in prop_oneof![Just("iss"), Just("aud"), Just("nonce")], json in any_json(),
    ) {
        let good = json!({"iss": "https://login.example", "aud": "app", "sub": "u1", "nonce": "n"});
        let mut claims = good.clone();
        claims[name] = json;
        prop_assume!(claims != good && claims["aud"] != json!(["app"]));
        let body = json!({"access_token": "opaque", "id_token": jwt(&claims)});
        let answered = wire(200, body.to_string());
        let answer = PROVIDER.answer(&redeem("n"), &answered);
        prop_assert!(grant(&answer).is_none());
    }

    #[test]
    fn a_password_of_any_characters_arrives_as_it_was_typed(email in any::<String>(), password in any::<String>()) {
        let proof = Proof::Password { identifier: email.clone(), password: Secret::new(password.clone()) };
        let request = PERENNIAL.request(&CallKind::SignIn(SignInForm { proof, keep: false }), "");
        let body = request.and_then(|request| request.body).expect("a sign-in has a body");
        let body: perennial_dialect::wire::SignInRequest =
            serde_json::from_str(body.expose()).expect("the reference backend reads it");
        prop_assert_eq!((body.email, body.password), (email, password));
    }
}
