//! What a provider says of itself: OpenID Connect Discovery 1.0 and RFC 8414.

use perennial_dialect::{
    Endpoint, Endpoints,
    answers::WireAnswer,
    json,
    oauth::{Client, Metadata},
};
use perennial_session::Doubt;
use serde_json::Value;

use crate::{
    exchange::Incoming,
    finding::{Said, note, problem},
    judge::meaning::found,
    quote,
};

/// The description as the application reads it, and what is to be said of it.
pub(crate) fn of_answer(
    client: &Client,
    endpoints: &Endpoints,
    wire: &WireAnswer,
    answer: &Incoming,
) -> (Option<Metadata>, Vec<Said>) {
    match Metadata::read(wire, &client.issuer) {
        Ok(metadata) => {
            let said = of_good(client, endpoints, &metadata, &body(answer).unwrap_or_default());
            (Some(metadata), said)
        }
        Err(doubt) => (None, vec![problem(of_bad(client, doubt, answer))]),
    }
}

/// Why a description cannot be used. The application has said that it cannot; this looks for the reason.
fn of_bad(client: &Client, doubt: Doubt, answer: &Incoming) -> String {
    let issuer = &client.issuer;
    let expected = "where the provider's description of itself was expected";
    let correct = "correct `oauth.issuer`, and `oauth.scope`, which holds `openid` for a provider of OpenID Connect only";
    if let Doubt::Status(_) = doubt {
        return format!("the answer was {}, {expected}; {correct}", found(answer, true));
    }
    let Some(body) = body(answer).filter(Value::is_object) else {
        return format!("the answer was {}, {expected} as JSON; {correct}", found(answer, true));
    };
    match body.get("issuer").and_then(Value::as_str) {
        None => return format!("the description names no `issuer`, where {issuer} was expected; {correct}"),
        Some(named) if named != issuer => {
            let named = quote::text(named);
            return format!(
                "the description names the issuer {named}, where {issuer} was expected, character by character; write {named} \
                 into `oauth.issuer` if that is the provider"
            );
        }
        Some(_) => {}
    }
    let is_address = |name: &&str| {
        let schemes: &[&str] = if issuer.starts_with("https:") { &["https:"] } else { &["http:", "https:"] };
        let address = body.get(*name).and_then(Value::as_str);
        address.is_some_and(|address| schemes.iter().any(|scheme| address.starts_with(scheme)))
    };
    let is_there = |name: &&str| body.get(*name).is_some_and(|value| !value.is_null());
    let needed = ["authorization_endpoint", "token_endpoint"];
    let others = ["userinfo_endpoint", "revocation_endpoint", "end_session_endpoint"];
    let others = others.iter().filter(|name| is_there(name) && !is_address(name));
    let wrong: Vec<_> = needed
        .iter()
        .filter(|name| !is_address(name))
        .chain(others)
        .map(|name| format!("`{name}`"))
        .collect();
    let wrong = if wrong.is_empty() { "some endpoint".to_owned() } else { wrong.join(", ") };
    format!(
        "the description has no absolute address that can be used for {wrong}, where one over HTTPS was expected; let the \
         provider describe itself rightly, often by telling it its public address"
    )
}

/// What is to be known of a description that can be used.
fn of_good(client: &Client, endpoints: &Endpoints, metadata: &Metadata, body: &Value) -> Vec<Said> {
    let mut said = Vec::new();
    let list = |name: &str| body.get(name).and_then(Value::as_array);
    let holds = |list: &[Value], word: &str| list.iter().any(|it| it.as_str() == Some(word));
    match list("code_challenge_methods_supported") {
        Some(methods) if holds(methods, "S256") => {}
        Some(_) => said.push(problem(
            "the description names `code_challenge_methods_supported` without `S256`, which every sign-in uses (PKCE); turn \
             it on at the provider",
        )),
        None => said.push(note(
            "the description names no `code_challenge_methods_supported`, where `S256` was expected (PKCE); make sure that \
             the provider checks it for public clients",
        )),
    }
    if list("response_types_supported").is_some_and(|types| !holds(types, "code")) {
        said.push(problem(
            "the description names `response_types_supported` without `code`, which every sign-in asks for; turn the \
             authorization code on at the provider",
        ));
    }
    if list("grant_types_supported").is_some_and(|types| !holds(types, "refresh_token")) {
        said.push(note(
            "the description names `grant_types_supported` without `refresh_token`, so a session may last only as long as \
             its access token; turn it on at the provider",
        ));
    }
    let unknown = list("scopes_supported").map(|scopes| {
        let words = client.scope.split(' ').filter(|word| !holds(scopes, word));
        words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    });
    if let Some(unknown) = unknown.filter(|unknown| !unknown.is_empty()) {
        said.push(note(format!(
            "`oauth.scope` asks for {unknown}, which the description does not name in `scopes_supported`; some providers \
             refuse a sign-in that asks for what they do not know, so leave it out if this one does"
        )));
    }
    said.extend(of_absent(endpoints, metadata).into_iter().map(note));
    said
}

/// What the provider has not, and what that means to people.
fn of_absent(endpoints: &Endpoints, metadata: &Metadata) -> Vec<String> {
    let is_open = |endpoint: Option<&Endpoint>| endpoint.is_some_and(Endpoint::is_undiscovered);
    let absent = [
        (
            metadata.revocation.is_none() && is_open(endpoints.sign_out.as_ref()),
            "revocation_endpoint",
            "a sign-out removes the tokens from this device alone; keep access tokens short",
        ),
        (
            metadata.end_session.is_none(),
            "end_session_endpoint",
            "a sign-out leaves the provider's own session alone; the next sign-in may not ask for the password",
        ),
        (
            metadata.userinfo.is_none() && is_open(endpoints.validate.as_ref()),
            "userinfo_endpoint",
            "nobody notices that a session was ended elsewhere before the next refresh; set `endpoints.validate` if another \
             endpoint tells",
        ),
    ];
    let absent = absent.into_iter().filter(|(is_absent, ..)| *is_absent);
    absent.map(|(_, name, so)| format!("the description has no `{name}`, so {so}")).collect()
}

fn body(answer: &Incoming) -> Option<Value> {
    json::read(&answer.body).ok()
}
