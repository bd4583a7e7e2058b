//! What a provider says of itself.

use perennial_dialect::{config::Config, oauth::Metadata, request::Cookies};
use perennial_session::{CallKind, Doubt, Secret};
use serde_json::{Value, json};

use crate::support::{PERENNIAL, described, discovered, undiscovered, validate, wire};

fn read(change: impl FnOnce(&mut Value)) -> Result<Metadata, Doubt> {
    let mut body = described();
    change(&mut body);
    Metadata::read(&wire(200, body.to_string()), "https://login.example")
}

fn asked(issuer: &str, scope: &str) -> String {
    let block = json!({"preset": "oauth2", "oauth": {"issuer": issuer, "client_id": "app", "scope": scope}});
    let config = Config::parse(&block.to_string()).unwrap();
    let request = config.dialect.discovery().unwrap();
    assert_eq!((&*request.method, request.cookies), ("GET", Cookies::Omit));
    assert!(request.headers.is_empty() && request.body.is_none());
    request.url
}

#[test]
fn openid_connect_and_oauth_describe_themselves_at_different_places() {
    for (issuer, openid, oauth) in [
        (
            "https://login.example",
            "https://login.example/.well-known/openid-configuration",
            "https://login.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://login.example/",
            "https://login.example/.well-known/openid-configuration",
            "https://login.example/.well-known/oauth-authorization-server",
        ),
        (
            "https://login.example/realms/a",
            "https://login.example/realms/a/.well-known/openid-configuration",
            "https://login.example/.well-known/oauth-authorization-server/realms/a",
        ),
    ] {
        assert_eq!(asked(issuer, "openid email"), openid);
        assert_eq!(asked(issuer, "api"), oauth);
    }
    assert_eq!(PERENNIAL.discovery(), None);
}

#[test]
fn a_provider_that_has_described_itself_is_not_asked_again() {
    assert!(undiscovered().discovery().is_some());
    assert_eq!(discovered().discovery(), None);
}

#[test]
fn a_description_is_read_in_full() {
    assert_eq!(
        read(|_| {}),
        Ok(Metadata {
            authorization: "https://login.example/auth".to_owned(),
            token: "https://login.example/token".to_owned(),
            userinfo: Some("https://login.example/me".to_owned()),
            revocation: Some("https://login.example/revoke".to_owned()),
            end_session: Some("https://login.example/end?theme=dark".to_owned()),
            names_itself: true,
        })
    );
}

#[test]
fn a_description_of_somebody_else_is_not_believed() {
    for issuer in [
        "https://login.example/",
        "https://login.exampl",
        "HTTPS://login.example",
        "",
        "https://evil.example",
    ] {
        assert_eq!(read(|body| body["issuer"] = json!(issuer)), Err(Doubt::Unreadable), "{issuer}");
    }
    assert_eq!(read(|body| body["issuer"] = json!(["https://login.example"])), Err(Doubt::Unreadable));
}

#[test]
fn what_has_to_be_there_is_missed_and_the_rest_is_not() {
    for name in ["issuer", "authorization_endpoint", "token_endpoint"] {
        let remove = |body: &mut Value| drop(body.as_object_mut().unwrap().remove(name));
        assert_eq!(read(remove), Err(Doubt::Unreadable), "{name}");
        assert_eq!(read(|body| body[name] = json!(null)), Err(Doubt::Unreadable), "{name}");
    }
    let least = json!({
        "issuer": "https://login.example",
        "authorization_endpoint": "https://login.example/auth",
        "token_endpoint": "https://login.example/token",
    });
    let metadata = read(|body| *body = least).unwrap();
    assert_eq!((metadata.userinfo, metadata.revocation, metadata.end_session), (None, None, None));
    assert!(!metadata.names_itself);
}

#[test]
fn an_endpoint_that_is_no_safe_address_spoils_the_description() {
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "end_session_endpoint"] {
        for address in [
            "/token",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://login.example/token",
            "https://",
            "https:///token",
            "https://a@login.example/token",
            "https://login.example/token#x",
            "https://login.example\\evil",
            "https://login.example/a b",
            "https://login.example/é",
            "ws://login.example/token",
            "",
        ] {
            assert_eq!(read(|body| body[name] = json!(address)), Err(Doubt::Unreadable), "{name} {address}");
        }
        assert_eq!(read(|body| body[name] = json!(7)), Err(Doubt::Unreadable), "{name}");
    }
}

#[test]
fn a_provider_without_tls_may_be_where_there_is_none() {
    let mut body = described();
    body["issuer"] = json!("http://127.0.0.1:9000");
    body["token_endpoint"] = json!("http://127.0.0.1:9000/token");
    let wire = wire(200, body.to_string());
    assert_eq!(Metadata::read(&wire, "http://127.0.0.1:9000").unwrap().token, "http://127.0.0.1:9000/token");
}

#[test]
fn any_other_answer_is_a_doubt() {
    for status in [204, 301, 404, 500, 503] {
        let answer = wire(status, described().to_string());
        assert_eq!(Metadata::read(&answer, "https://login.example"), Err(Doubt::Status(status)));
    }
    for body in ["", "[]", "<html>", "{}"] {
        assert_eq!(Metadata::read(&wire(200, body), "https://login.example"), Err(Doubt::Unreadable));
    }
    assert_eq!(Metadata::read(&wire(0, ""), "https://login.example"), Err(Doubt::Gateway));
}

#[test]
fn an_endpoint_that_is_configured_stays_and_one_the_provider_lacks_is_absent() {
    let mut configured = undiscovered();
    configured.endpoints.sign_out = None;
    configured.endpoints.validate.as_mut().unwrap().at = "https://me.example/".into();
    let metadata = read(|body| body["userinfo_endpoint"] = json!(null)).unwrap();
    let dialect = configured.with_metadata(&metadata);
    assert_eq!(dialect.request(&validate(), "").unwrap().url, "https://me.example/");
    assert_eq!(dialect.endpoints.sign_out, None);
    assert_eq!(undiscovered().with_metadata(&metadata).endpoints.validate, None);
    assert_eq!(PERENNIAL.with_metadata(&metadata), *PERENNIAL);
}

#[test]
fn a_description_read_again_changes_nothing() {
    let dialect = discovered();
    let metadata = read(|_| {}).unwrap();
    assert_eq!(dialect.with_metadata(&metadata), dialect);
    assert!(dialect.request(&CallKind::Clock, "").is_none());
}

#[test]
fn the_session_at_the_provider_is_ended_by_going_there() {
    assert_eq!(
        discovered().end_session("https://app.example/login", None).unwrap(),
        "https://login.example/end?theme=dark&client_id=app\
         &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Flogin"
    );
    assert_eq!(undiscovered().end_session("https://app.example/login", None), None);
    assert_eq!(PERENNIAL.end_session("https://app.example/login", None), None);
}

/// Field 46.
#[test]
fn the_provider_is_told_whose_session_ends_where_an_id_token_is_known() {
    let token = Secret::new("a.b.c");
    assert!(discovered().end_session("/", Some(&token)).unwrap().ends_with("&id_token_hint=a.b.c"));
    // An address that no server reads is worse than a question of the provider.
    let long = Secret::new("x".repeat(7000));
    assert!(!discovered().end_session("/", Some(&long)).unwrap().contains("id_token_hint"));
    assert_eq!(undiscovered().end_session("/", Some(&token)), None);
}

/// Field 46.
#[test]
fn a_provider_that_is_reached_without_tls_is_on_this_device() {
    let issuer = |address: &str| {
        let block = json!({"preset": "oauth2", "oauth": {"issuer": address, "client_id": "app"}});
        Config::parse(&block.to_string()).map_err(|errors| errors[0].to_string())
    };
    for address in [
        "http://localhost:9000",
        "http://127.0.0.1/",
        "http://[::1]:1/a",
        "http://id.localhost",
        "https://x.example",
    ] {
        assert!(issuer(address).is_ok(), "{address}");
    }
    for address in
        ["http://login.example", "http://192.168.0.7", "http://localhost.example", "http://127.0.0.1.example"]
    {
        assert_eq!(
            issuer(address).unwrap_err(),
            format!(
                "`oauth.issuer` holds \"{address}\", but may hold an absolute https address such as \
                 \"https://login.example.org\", without a query, or one with http on this device alone, such as \
                 \"http://localhost:9000\": on a network anybody could answer for it."
            )
        );
    }
}
