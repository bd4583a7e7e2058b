//! What is read from tokens, and what is not.

use core::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use perennial_dialect::{Claims, Dialect, Text, answers::WireAnswer, token};
use perennial_session::{Access, Secret, ValidateAnswer, Wall};
use serde_json::json;

use crate::support::{PERENNIAL, jwt, preset, to_validate, token as held, wire};

fn life(claims: &serde_json::Value) -> Option<u64> {
    hint(&jwt(claims)).lifetime.map(|life| life.as_secs())
}

fn hint(token: &str) -> token::Hint {
    token::Hint::of(token, &PERENNIAL.claims)
}

/// A JWT whose claims are these bytes, JSON or not.
fn jwt_of(claims: &[u8]) -> String {
    let part = Base64UrlUnpadded::encode_string;
    format!("{}.{}.{}", part(br#"{"alg":"HS256"}"#), part(claims), part(b"signature"))
}

#[test]
fn a_token_says_whose_it_is_and_how_long_it_lives() {
    let hint = hint(&jwt(&json!({"sub": "u1", "sid": "s1", "iat": 1000, "exp": 1900})));
    assert_eq!(hint.account_id.as_deref(), Some("u1"));
    assert_eq!(hint.session_id.as_deref(), Some("s1"));
    assert_eq!(hint.lifetime, Some(Duration::from_secs(900)));
}

#[test]
fn a_token_that_expired_long_ago_by_its_own_words_has_a_lifetime_all_the_same() {
    assert_eq!(life(&json!({"iat": 1, "exp": 61})), Some(60));
    assert_eq!(life(&json!({"iat": -120, "exp": -60})), Some(60));
}

#[test]
fn an_opaque_token_says_nothing() {
    for token in ["opaque", "a.b.c", "a.b", "a.b.c.d", "...", "", "=", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(hint(token).lifetime, None, "{token}");
    }
}

#[test]
fn times_that_make_no_sense_are_no_lifetime() {
    for claims in [
        json!({"exp": 1000}),
        json!({"iat": 1000}),
        json!({"iat": 1000, "exp": 1000}),
        json!({"iat": 1000, "exp": 999}),
        json!({"iat": i64::MAX, "exp": i64::MIN}),
        json!({"iat": i64::MIN, "exp": i64::MAX}),
        json!({"iat": 0, "exp": u64::MAX}),
        json!({"iat": 0, "exp": 1e300}),
        json!({"iat": "now", "exp": "later"}),
        json!({"iat": "", "exp": "-60"}),
        json!({"iat": null, "exp": 60}),
        json!({"iat": {}, "exp": []}),
    ] {
        assert_eq!(life(&claims), None, "{claims}");
    }
}

#[test]
fn a_life_of_ages_is_cut_to_400_days() {
    assert_eq!(life(&json!({"iat": 0, "exp": 4_000_000_000_u64})), Some(34_560_000));
}

#[test]
fn fractions_of_a_second_are_dropped() {
    assert_eq!(life(&json!({"iat": 1000.9, "exp": 1060.1})), Some(60));
}

#[test]
fn names_that_are_no_words_are_no_names() {
    let hint = hint(&jwt(&json!({"sub": 7.5, "sid": ["s"], "iat": 0, "exp": 60})));
    assert_eq!(hint.lifetime, Some(Duration::from_secs(60)));
    assert_eq!((hint.account_id, hint.session_id), (None, None));
}

#[test]
fn claims_that_are_no_json_or_too_deep_say_nothing() {
    let deep = [b"{\"a\":".repeat(2000), b"1".to_vec(), b"}".repeat(2000)].concat();
    for claims in [&b"\xff\xfe"[..], b"", b"[]", b"NaN", b"{\"iat\":NaN,\"exp\":60}", &deep] {
        let hint = hint(&jwt_of(claims));
        assert_eq!(hint, token::Hint { is_signed: hint.is_signed, ..token::Hint::default() });
    }
}

#[test]
fn a_token_of_megabytes_is_not_even_looked_at() {
    let claims = json!({"sub": "u1", "iat": 0, "exp": 60, "padding": "x".repeat(4 << 20)});
    assert_eq!(hint(&jwt(&claims)), token::Hint::default());
}

#[test]
fn a_header_token_is_taken_when_it_says_whose_it_is_and_how_long_it_lives() {
    let token = jwt(&json!({"sub": "u1", "sid": "s1", "iat": 0, "exp": 60}));
    let grant = PERENNIAL.header_grant(&format!(" {token} "), &held(), None).unwrap();
    assert_eq!(grant.access.expose(), token);
    assert_eq!(grant.lifetime, Duration::from_secs(60));
    assert_eq!(grant.account_id, "u1");
    assert_eq!(grant.session_id.as_deref(), Some("s1"));
}

#[test]
fn a_header_token_that_says_too_little_is_left_alone() {
    for claims in
        [json!({"sub": "u1"}), json!({"iat": 0, "exp": 60}), json!({"sub": "", "iat": 0, "exp": 60})]
    {
        assert_eq!(PERENNIAL.header_grant(&jwt(&claims), &held(), None), None, "{claims}");
    }
    assert_eq!(PERENNIAL.header_grant("opaque", &held(), None), None);
    assert_eq!(PERENNIAL.header_grant("", &held(), None), None);
}

/// Field 42. A cache or a proxy repeats an old answer, or somebody makes one up.
#[test]
fn of_two_tokens_the_later_by_the_servers_clock_is_taken() {
    let sent_with = signed(NOW_S - 60, NOW_S + 840, "s1");
    let is_taken = |token: &str| PERENNIAL.header_grant(token, &sent_with, Some(NOW)).is_some();
    let new = json!({"sub": "u1", "sid": "s1", "iat": NOW_S, "exp": NOW_S + 900});
    assert!(is_taken(&jwt(&new)));
    let with = |name: &str, value: serde_json::Value| {
        let mut claims = new.clone();
        claims[name] = value;
        jwt(&claims)
    };
    let day_old = json!({"sub": "u1", "sid": "s1", "iat": NOW_S - 79_200, "exp": NOW_S + 7_200});
    assert!(!is_taken(&jwt(&day_old)), "it was made 22 hours before the one that is held");
    assert!(!is_taken(&with("exp", (NOW_S + 840).into())), "it ends no later");
    assert!(!is_taken(&with("exp", (NOW_S + 800).into())), "it ends earlier");
    assert!(!is_taken(&with("sid", "s2".into())), "it is of another session");
    assert!(!is_taken(&with("sub", "u2".into())), "it is another person's");
    for algorithm in ["none", "None", "NONE"] {
        assert!(!is_taken(&unsigned(&new, algorithm, "signature")), "{algorithm}");
    }
    assert!(!is_taken(&unsigned(&new, "HS256", "")), "it has no signature");
}

/// Field 42. The answer's own `Date` says that the token has expired.
#[test]
fn a_header_token_that_has_expired_at_the_server_is_ignored() {
    let token = jwt(&json!({"sub": "u1", "sid": "s1", "iat": NOW_S - 900, "exp": NOW_S}));
    assert_eq!(PERENNIAL.header_grant(&token, &held(), Some(NOW)), None);
    let answer = WireAnswer {
        new_token: Some(token.clone()),
        date: Some("Fri, 15 Jan 2027 08:00:00 GMT".to_owned()),
        ..wire(200, "{}")
    };
    assert!(matches!(to_validate(PERENNIAL, &answer), ValidateAnswer::Valid(it) if it.renewed.is_none()));
    // Where the server does not say what time it is, the life of the token is all that is known.
    assert!(PERENNIAL.header_grant(&token, &held(), None).is_some());
}

/// Field 42. What is left of its life by the server's clock is what it lives from the answer on.
#[test]
fn a_header_token_that_was_made_earlier_lives_for_the_rest_of_its_life() {
    let token = jwt(&json!({"sub": "u1", "iat": NOW_S - 600, "exp": NOW_S + 300}));
    let life = |now| PERENNIAL.header_grant(&token, &held(), now).map(|grant| grant.lifetime.as_secs());
    assert_eq!(life(Some(NOW)), Some(300));
    assert_eq!(life(Some(Wall(NOW.0 - 3_600_000))), Some(900), "never longer than it says itself");
    assert_eq!(life(None), Some(900));
}

/// Field 42. A token about which nothing is known is replaced as before.
#[test]
fn a_header_token_may_succeed_one_that_says_nothing() {
    let new = jwt(&json!({"sub": "u1", "sid": "s1", "iat": NOW_S, "exp": NOW_S + 900}));
    let bare = Access::Token(Secret::new(jwt(&json!({"sub": "u1"}))));
    for sent_with in [held(), bare] {
        assert!(PERENNIAL.header_grant(&new, &sent_with, Some(NOW)).is_some());
    }
}

#[test]
fn the_claims_that_matter_may_have_other_names_and_be_numbers() {
    let names =
        Claims { account: Text::Borrowed("user_id"), session: Text::Borrowed("https://x.example/session") };
    let token =
        jwt(&json!({"user_id": 7, "https://x.example/session": "s1", "sub": "other", "sid": "other"}));
    let hint = token::Hint::of(&token, &names);
    assert_eq!((hint.account_id.as_deref(), hint.session_id.as_deref()), (Some("7"), Some("s1")));
}

#[test]
fn a_validation_may_bring_a_fresh_token_beside_its_body() {
    let token = jwt(&json!({"sub": "u1", "sid": "s1", "iat": 1000, "exp": 1600}));
    let renewed = |dialect: &Dialect, status: u16, body: &str| {
        let answer = WireAnswer { new_token: Some(token.clone()), ..wire(status, body) };
        match to_validate(dialect, &answer) {
            ValidateAnswer::Valid(confirmed) => confirmed.renewed,
            ValidateAnswer::Unauthorized(_) | ValidateAnswer::Unknown(_) => None,
        }
    };
    assert_eq!(renewed(PERENNIAL, 200, "{}"), PERENNIAL.header_grant(&token, &held(), None));
    assert!(PERENNIAL.header_grant(&token, &held(), None).is_some());
    assert_eq!(renewed(PERENNIAL, 200, "<html>"), None);
    assert_eq!(renewed(PERENNIAL, 401, "{}"), None);
    assert_eq!(renewed(preset("cookie-pair"), 200, "{}"), None);
}

fn signed(iat: u64, exp: u64, session: &str) -> Access {
    Access::Token(Secret::new(jwt(&json!({"sub": "u1", "sid": session, "iat": iat, "exp": exp}))))
}

fn unsigned(claims: &serde_json::Value, algorithm: &str, signature: &str) -> String {
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    let header = json!({"alg": algorithm}).to_string();
    format!("{}.{}.{}", part(&header), part(&claims.to_string()), part(signature))
}

/// 15 January 2027, 8 o'clock, as the server's clock shows it.
const NOW_S: u64 = 1_800_000_000;

const NOW: Wall = Wall(NOW_S * 1_000);
