//! The way to the provider and back.

use perennial_dialect::{
    config::Config,
    oauth::{Asking, Metadata, Pending, Return, ReturnError},
};
use perennial_session::{Proof, Secret};
use serde_json::json;

use crate::support::{PERENNIAL, described, discovered, undiscovered, wire};

/// The bytes of RFC 7636 appendix B for the verifier, and others for the state and the nonce.
fn entropy() -> [u8; 96] {
    let mut entropy = [0; 96];
    entropy[..32].fill(1);
    entropy[32..64].copy_from_slice(&[
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
        214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ]);
    entropy[64..].fill(2);
    entropy
}

const STATE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
const NONCE: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";

fn begun() -> (Pending, String) {
    let back = Some("/queue?x=1");
    discovered()
        .authorization(&entropy(), "https://app.example/login", back, true, Asking::AsConfigured)
        .unwrap()
}

fn back(query: &str) -> Result<perennial_session::SignInForm, ReturnError> {
    begun().0.accept(Return::read(query).expect("a provider would send this"))
}

#[test]
fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
    let (pending, url) = begun();
    assert_eq!(pending.verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert!(url.contains(&format!("&code_challenge={challenge}&code_challenge_method=S256")), "{url}");
}

#[test]
fn the_person_goes_to_the_provider_with_all_that_it_wants_to_know() {
    let (pending, url) = begun();
    assert_eq!(
        url,
        format!(
            "https://login.example/auth?response_type=code&client_id=app\
             &redirect_uri=https%3A%2F%2Fapp.example%2Flogin&scope=openid+profile+email+offline_access\
             &state={STATE}&nonce={NONCE}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
             &code_challenge_method=S256"
        )
    );
    assert!(!url.contains(pending.verifier.expose()));
    assert_eq!((&*pending.state, &*pending.nonce), (STATE, NONCE));
    assert_eq!(pending.return_path.as_deref(), Some("/queue?x=1"));
    assert!(pending.keep && pending.names_itself);
}

#[test]
fn an_address_with_a_query_gets_a_longer_one_and_a_prompt_is_asked_for_where_it_is_configured() {
    let block = r#"{"preset": "oauth2", "oauth": {"issuer": "https://login.example", "client_id": "a&b",
        "prompt": "login consent"}}"#;
    for (address, begin) in [
        ("https://login.example/auth?tenant=1", "https://login.example/auth?tenant=1&response_type=code"),
        ("https://login.example/auth?", "https://login.example/auth?response_type=code"),
    ] {
        let mut body = described();
        body["authorization_endpoint"] = json!(address);
        let metadata = Metadata::read(&wire(200, body.to_string()), "https://login.example").unwrap();
        let dialect = Config::parse(block).unwrap().dialect.with_metadata(&metadata);
        let (_, url) = dialect.authorization(&entropy(), "x", None, false, Asking::AsConfigured).unwrap();
        assert!(url.starts_with(begin), "{url}");
        assert!(url.contains("&client_id=a%26b&"), "{url}");
        assert!(url.ends_with("&prompt=login+consent"), "{url}");
    }
}

#[test]
fn a_person_who_is_to_be_asked_anew_is_asked_who_they_are_once_and_what_is_configured() {
    for (configured, prompt) in [
        ("null", "login"),
        (r#""login""#, "login"),
        (r#""none""#, "login"),
        (r#""consent""#, "login+consent"),
        (r#""login consent""#, "login+consent"),
        (r#""consent login select_account""#, "login+consent+select_account"),
    ] {
        let block = format!(
            r#"{{"preset": "oauth2", "oauth": {{"issuer": "https://login.example", "client_id": "app",
                "prompt": {configured}}}}}"#
        );
        let metadata = Metadata::read(&wire(200, described().to_string()), "https://login.example").unwrap();
        let dialect = Config::parse(&block).unwrap().dialect.with_metadata(&metadata);
        let (_, url) = dialect.authorization(&entropy(), "x", None, false, Asking::Anew).unwrap();
        assert!(
            url.ends_with(&format!("&code_challenge_method=S256&prompt={prompt}")),
            "{configured}: {url}"
        );
    }
}

#[test]
fn nobody_is_sent_to_a_provider_that_is_not_there() {
    let go = |dialect: &perennial_dialect::Dialect| {
        dialect.authorization(&entropy(), "x", None, false, Asking::AsConfigured)
    };
    assert!(go(&undiscovered()).is_none());
    assert!(go(PERENNIAL).is_none());
}

#[test]
fn a_code_with_the_right_state_and_issuer_is_a_sign_in() {
    let form = back(&format!("?code=a%2Bb&state={STATE}&iss=https%3A%2F%2Flogin.example")).unwrap();
    let Proof::Code { code, verifier, nonce, redirect_uri } = form.proof else { panic!("no code") };
    assert_eq!(code, Secret::new("a+b"));
    assert_eq!(verifier, begun().0.verifier);
    assert_eq!((&*nonce, &*redirect_uri), (NONCE, "https://app.example/login"));
    assert!(form.keep);
}

#[test]
fn another_state_is_another_sign_in_whatever_comes_with_it() {
    let iss = "iss=https%3A%2F%2Flogin.example";
    for state in ["", "x", &STATE[1..], &STATE.to_lowercase(), &format!("{STATE}A")] {
        for rest in ["code=a", "error=access_denied", "code=a&error=access_denied"] {
            assert_eq!(
                back(&format!("{rest}&{iss}&state={state}")),
                Err(ReturnError::OtherSignIn),
                "{state}"
            );
        }
    }
}

/// RFC 9207: the answer of one provider must not be taken for another's.
#[test]
fn another_issuer_is_another_provider_and_so_is_none_where_one_is_promised() {
    for iss in ["&iss=https%3A%2F%2Fevil.example", "&iss=https%3A%2F%2Flogin.example%2F", "&iss=", ""] {
        for rest in ["code=a", "error=access_denied"] {
            let query = format!("{rest}&state={STATE}{iss}");
            assert_eq!(back(&query), Err(ReturnError::OtherProvider), "{query}");
        }
    }
}

#[test]
fn a_provider_that_never_names_itself_need_not_and_one_that_does_must_be_right() {
    let accept = |query: String| {
        let pending = Pending { names_itself: false, ..begun().0 };
        pending.accept(Return::read(&query).unwrap()).map(drop)
    };
    assert_eq!(accept(format!("code=a&state={STATE}")), Ok(()));
    let evil = format!("code=a&state={STATE}&iss=https%3A%2F%2Fevil.example");
    assert_eq!(accept(evil), Err(ReturnError::OtherProvider));
}

#[test]
fn an_error_is_told_in_a_plain_sentence() {
    let iss = "iss=https%3A%2F%2Flogin.example";
    let error = |query: &str| back(&format!("{query}&state={STATE}&{iss}")).unwrap_err().to_string();
    assert_eq!(error("error=access_denied&error_description=x"), "The sign-in was cancelled.");
    assert_eq!(
        error("error=server_error&error_description=Try+again+later."),
        "The sign-in service said no: \"Try again later.\"."
    );
    assert_eq!(error("error=server_error"), "The sign-in service said no: \"server_error\".");
    assert_eq!(error("error=a%0D%0A%00b"), "The sign-in service said no: \"ab\".");
    assert!(error(&format!("error={}", "x".repeat(5000))).len() < 300);
    for error in [ReturnError::OtherSignIn, ReturnError::OtherProvider, ReturnError::Empty] {
        assert!(error.to_string().ends_with('.'), "{error}");
    }
}

#[test]
fn a_query_of_no_provider_is_left_alone() {
    for query in ["", "?", "a=b", "state=s", "code=&state=s", "code", "%"] {
        assert_eq!(Return::read(query), None, "{query}");
    }
    assert_eq!(Return::read(&format!("code={}&state=s", "x".repeat(17_000))), None);
    assert!(Return::read("&&code=a&=&state=s&%zz=%").is_some());
}

#[test]
fn an_answer_that_does_not_say_where_it_belongs_belongs_nowhere() {
    for query in ["code=a", "error=x", "code=a&state=", "error=access_denied&state="] {
        assert_eq!(Return::read(query).unwrap().state, "", "{query}");
        assert_eq!(back(query), Err(ReturnError::OtherSignIn), "{query}");
    }
}

#[test]
fn what_is_left_behind_is_found_again() {
    let (pending, _) = begun();
    assert_eq!(Pending::parse(&pending.to_json()), Some(pending.clone()));
    let without = Pending { return_path: None, names_itself: false, keep: false, ..pending };
    assert_eq!(Pending::parse(&without.to_json()), Some(without));
}

#[test]
fn what_somebody_else_left_there_is_nothing_or_harmless() {
    for text in ["", "{}", "[]", "null", r#"{"state": 7}"#] {
        assert_eq!(Pending::parse(text), None, "{text}");
    }
    let mut json: serde_json::Value = serde_json::from_str(&begun().0.to_json()).unwrap();
    for path in ["https://evil.example", "//evil.example", "/\\evil.example", ""] {
        json["return_path"] = json!(path);
        assert_eq!(Pending::parse(&json.to_string()).unwrap().return_path, None, "{path}");
    }
    let names: Vec<String> = json.as_object().unwrap().keys().cloned().collect();
    for name in names.iter().filter(|name| *name != "return_path") {
        let mut without = json.clone();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(Pending::parse(&without.to_string()), None, "{name}");
    }
}

#[test]
fn neither_verifier_nor_code_is_printed() {
    let (pending, _) = begun();
    let back = Return::read(&format!("code=a-secret-code&state={STATE}")).unwrap();
    let printed = format!("{pending:?} {back:?}");
    assert!(!printed.contains(pending.verifier.expose()) && !printed.contains("a-secret-code"), "{printed}");
}
