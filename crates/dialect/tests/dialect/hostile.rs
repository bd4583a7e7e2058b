//! What holds whatever a server, a proxy or an operator sends.

use core::time::Duration;

use perennial_dialect::{PERENNIAL, answers::WireAnswer, config::Config, token::Hint};
use perennial_session::{
    Answer, Grant, RefreshAnswer, Refusal, Secret, SignInAnswer, SignOutAnswer, ValidateAnswer,
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};

use crate::support::{every_call, grant_body, jwt, problem};

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
        "sub|sid|iat|exp|nbf|alg|preset|inactivity_limit_s|inactivity_warning_s|hold_limit_s",
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
        any_token().prop_map(|token| grant_body(&token).to_string().into_bytes()),
        (prop_oneof![Just("expires_in"), Just("session"), Just("user"), Just("landing")], any_json())
            .prop_map(|(field, json)| {
                let mut body = grant_body("opaque");
                body[field] = json;
                body.to_string().into_bytes()
            }),
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
        status in prop_oneof![Just(0), Just(200), Just(204), Just(401), Just(429), Just(503), any::<u16>()],
        retry_after in any_header(),
        date in any_header(),
        age in any_header(),
        body in any_body(),
        received_wall_ms in any::<u64>(),
    ) -> WireAnswer {
        WireAnswer { status, retry_after, date, age, body, received_wall_ms }
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_a_401_means_refused(wire in any_answer()) {
        for call in every_call() {
            let answer = PERENNIAL.answer(&call, &wire);
            if refusal(&answer).is_some() || answer == Answer::SignIn(SignInAnswer::WrongCredentials) {
                prop_assert_eq!(wire.status, 401);
            }
        }
    }

    #[test]
    fn only_a_2xx_means_granted_valid_or_done(wire in any_answer()) {
        for call in every_call() {
            let answer = PERENNIAL.answer(&call, &wire);
            let good = grant(&answer).is_some()
                || matches!(answer, Answer::Validate(ValidateAnswer::Valid { .. }))
                || answer == Answer::SignOut(SignOutAnswer::Done);
            prop_assert!(!good || (200..300).contains(&wire.status));
        }
    }

    #[test]
    fn what_is_granted_can_be_worked_with(wire in any_answer()) {
        for call in every_call() {
            let answer = PERENNIAL.answer(&call, &wire);
            if let Some(grant) = grant(&answer) {
                prop_assert!(is_bearer(&grant.access));
                prop_assert!(grant.lifetime.is_none_or(is_plausible));
                prop_assert!(grant.session_lifetime.is_none_or(is_plausible));
                prop_assert!(!grant.account.id.is_empty());
                prop_assert!(grant.landing.as_ref().is_none_or(|path| path.starts_with('/')));
            }
        }
    }

    #[test]
    fn no_wait_is_longer_than_a_day(wire in any_answer()) {
        for call in every_call() {
            if let Answer::SignIn(SignInAnswer::Later(wait)) | Answer::Refresh(RefreshAnswer::Later(wait)) =
                PERENNIAL.answer(&call, &wire)
            {
                prop_assert!(wait <= DAY);
            }
        }
    }

    #[test]
    fn a_header_token_that_is_taken_can_be_worked_with(token in any_token()) {
        if let Some(grant) = PERENNIAL.header_grant(&token) {
            prop_assert!(is_bearer(&grant.access));
            prop_assert!(is_plausible(grant.lifetime));
            prop_assert!(!grant.account_id.is_empty());
        }
    }

    #[test]
    fn no_token_says_anything_absurd_of_itself(token in any_token()) {
        prop_assert!(Hint::of(&token).lifetime.is_none_or(is_plausible));
    }

    #[test]
    fn a_configuration_is_within_its_bounds_or_says_why_not(
        text in prop_oneof![any::<String>(), any_json().prop_map(|json| json.to_string())],
    ) {
        match Config::parse(&text) {
            Ok(config) => prop_assert!(
                0 < config.inactivity_warning_s && config.inactivity_warning_s < config.inactivity_limit_s
            ),
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(error.to_string().ends_with(['.', '?']));
                }
            }
        }
    }

    #[test]
    fn a_password_of_any_characters_arrives_as_it_was_typed(email in any::<String>(), password in any::<String>()) {
        let form = perennial_session::SignInForm {
            identifier: email.clone(), password: Secret::new(password.clone()), keep: false,
        };
        let request = PERENNIAL.request(&perennial_session::CallKind::SignIn(form));
        let body = request.body.expect("a sign-in has a body");
        let body: perennial_dialect::wire::SignInRequest =
            serde_json::from_str(body.expose()).expect("the reference backend reads it");
        prop_assert_eq!((body.email, body.password), (email, password));
    }
}
