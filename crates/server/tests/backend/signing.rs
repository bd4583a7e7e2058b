//! The algorithms that sign access tokens, and signatures that are refused.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::PublicKey;
use jwt_compact::alg::Ed25519;
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{AlgorithmExt, UntrustedToken};
use perennial_server::cli::{Command, KeyCommand};
use perennial_server::commands;
use perennial_server::settings::SigningAlgorithm::{EdDsa, Hs256};
use serde_json::{Value, json};

use crate::harness::{Backend, Browser, EMAIL, PASSWORD};

async fn by_eddsa() -> Backend {
    Backend::start_with(|settings| settings.signing_algorithm = EdDsa).await
}

async fn key_set(backend: &Backend) -> Vec<Value> {
    let reply = backend.get("/.well-known/jwks.json").send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
    reply.json()["keys"].as_array().unwrap().clone()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Verifies a token as another service does, which knows the key set alone.
fn verified_elsewhere(keys: &[Value], token: &str) -> Value {
    let untrusted = UntrustedToken::new(token).unwrap();
    let key = keys.iter().find(|key| key["kid"] == untrusted.header().key_id.as_deref().unwrap()).unwrap();
    let key: JsonWebKey<'_> = serde_json::from_value(key.clone()).unwrap();
    let key = PublicKey::try_from(&key).unwrap();
    let token = Ed25519.validator::<Value>(&key).validate(&untrusted).unwrap();
    token.claims().custom.clone()
}

/// A token with this header and these claims, signed with HS256 by a secret of anybody's choice.
fn forged(header: &Value, claims: &str, secret: &[u8]) -> String {
    use hmac::Mac as _;
    let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header.to_string()));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn another_service_verifies_tokens_of_every_dialect_by_the_key_set_alone() {
    let backend = by_eddsa().await;
    let keys = key_set(&backend).await;
    assert_eq!(keys.len(), 1);
    let names: Vec<_> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"], "nothing that is secret");
    for (name, expected) in [("kty", "OKP"), ("crv", "Ed25519"), ("alg", "EdDSA"), ("use", "sig")] {
        assert_eq!(keys[0][name], expected);
    }
    let sign_in = async |path: &str, name: &str| {
        let call = backend.page(Method::POST, path).json(&json!({ "email": EMAIL, "password": PASSWORD }));
        call.send().await.expect(StatusCode::OK).json()[name].as_str().unwrap().to_owned()
    };
    for (token, dialect) in [
        (sign_in("/api/session", "access_token").await, "perennial"),
        (sign_in("/api/v1/auth/login", "token").await, "exchange"),
        (sign_in("/api/login", "access_token").await, "hybrid"),
    ] {
        assert_eq!(part(&token, 0)["alg"], "EdDSA");
        let claims = verified_elsewhere(&keys, &token);
        assert_eq!(claims["aud"], dialect);
        let told = backend.get("/api/session").token(&token).send().await.expect(StatusCode::OK).json();
        assert_eq!((&told["user"]["id"], &told["session"]["id"]), (&claims["sub"], &claims["sid"]));
    }
}

#[tokio::test]
async fn a_secret_that_signs_is_in_no_key_set() {
    let backend = Backend::start().await;
    assert_eq!(part(&backend.sign_in().await.token, 0)["alg"], "HS256");
    assert!(key_set(&backend).await.is_empty());
}

#[tokio::test]
async fn a_public_key_is_no_secret_to_sign_with() {
    let backend = by_eddsa().await;
    let browser = backend.sign_in().await;
    let (header, keys) = (part(&browser.token, 0), key_set(&backend).await);
    let claims = browser.token.split('.').nth(1).unwrap();
    let x = keys[0]["x"].as_str().unwrap();
    let hs256 = json!({ "alg": "HS256", "typ": "JWT", "kid": header["kid"] });
    let secrets = [
        URL_SAFE_NO_PAD.decode(x).unwrap(),
        x.as_bytes().to_vec(),
        keys[0].to_string().into_bytes(),
        vec![0],
    ];
    for algorithm in [EdDsa, Hs256] {
        let backend = backend.twin_with(|settings| settings.signing_algorithm = algorithm).await;
        for secret in &secrets {
            let token = forged(&hs256, claims, secret);
            let refused = backend.get("/api/session").token(&token).send().await;
            refused.expect_problem(401, "token_invalid");
        }
        backend.get("/api/session").bearer(&browser).send().await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn a_token_that_names_no_algorithm_or_another_one_is_refused() {
    for algorithm in [EdDsa, Hs256] {
        let backend = Backend::start_with(|settings| settings.signing_algorithm = algorithm).await;
        let browser = backend.sign_in().await;
        let kid = part(&browser.token, 0)["kid"].clone();
        let (_, rest) = browser.token.split_once('.').unwrap();
        let (claims, signature) = rest.split_once('.').unwrap();
        let own = part(&browser.token, 0)["alg"].clone();
        let other = if own == "HS256" { "EdDSA" } else { "HS256" };
        for alg in ["none", "None", "NONE", "", "HS512", "RS256", "Ed25519", "eddsa", "hs256", other] {
            let header = json!({ "alg": alg, "typ": "JWT", "kid": kid });
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            for signature in [signature, "", "AA", &"A".repeat(86)] {
                let token = format!("{header}.{claims}.{signature}");
                let refused = backend.get("/api/session").token(&token).send().await;
                refused.expect_problem(401, "token_invalid");
            }
        }
        for header in [json!({ "kid": kid }), json!({ "alg": own }), json!({ "alg": own, "kid": "" })] {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            let token = format!("{header}.{claims}.{signature}");
            let refused = backend.get("/api/session").token(&token).send().await;
            refused.expect_problem(401, "token_invalid");
        }
    }
}

#[tokio::test]
async fn a_key_that_a_token_brings_itself_is_not_believed() {
    let (backend, theirs) = (by_eddsa().await, by_eddsa().await);
    let (ours, foreign) = (backend.sign_in().await.token, theirs.sign_in().await.token);
    let key = key_set(&theirs).await[0].clone();
    let claims = ours.split('.').nth(1).unwrap();
    let signature = foreign.rsplit('.').next().unwrap();
    let header =
        json!({ "alg": "EdDSA", "kid": part(&ours, 0)["kid"], "jwk": key, "jku": "https://evil.example" });
    let token = format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()));
    for token in [&token, &foreign] {
        backend.get("/api/session").token(token).send().await.expect_problem(401, "token_invalid");
    }
}

#[tokio::test]
async fn a_change_of_the_algorithm_signs_nobody_out() {
    let mut backend = Backend::start().await;
    let mut tokens = vec![backend.sign_in().await];
    for algorithm in [EdDsa, Hs256] {
        backend = backend.restart_with(|settings| settings.signing_algorithm = algorithm).await;
        let cookie = tokens.last().unwrap().cookie.clone();
        tokens.push(Browser::of(backend.refresh_call(&cookie).send().await.expect(StatusCode::OK)));
        for browser in &tokens {
            backend.get("/api/session").bearer(browser).send().await.expect(StatusCode::OK);
        }
    }
    let algorithms: Vec<_> = tokens.iter().map(|browser| part(&browser.token, 0)["alg"].clone()).collect();
    assert_eq!(algorithms, ["HS256", "EdDSA", "HS256"]);
}

#[tokio::test]
async fn after_a_rotation_the_key_set_has_the_new_key_first_and_those_of_tokens_in_use() {
    let mut backend = by_eddsa().await;
    let old = backend.sign_in().await.token;
    let first = key_set(&backend).await[0].clone();
    for rotations in 1..=3 {
        commands::run(backend.dir.path(), Command::Key(KeyCommand::Rotate)).await.unwrap();
        backend = backend.restart_with(|_| {}).await;
        let keys = key_set(&backend).await;
        assert_eq!(keys.len(), (rotations + 1).min(3));
        let new = backend.sign_in().await.token;
        assert_eq!(part(&new, 0)["kid"], keys[0]["kid"]);
        verified_elsewhere(&keys, &new);
        assert_eq!(keys.contains(&first), rotations < 3);
        let reply = backend.get("/api/session").token(&old).send().await;
        assert_eq!(reply.status.is_success(), rotations < 3);
    }
}
