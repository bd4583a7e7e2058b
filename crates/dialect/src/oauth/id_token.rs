//! ID tokens, OpenID Connect Core 1.0 section 3.1.3.7.

use serde_json::Value;

use crate::{dialect::Answers, oauth::Client, token};

/// The claims of an ID token that this provider made for this client, and in answer to this request where it is the first
/// of a session. A refresh repeats no nonce (section 12.2). One that names nobody is none (section 2).
pub(super) fn claims(
    token: &Value,
    client: &Client,
    nonce: Option<&str>,
    answers: &Answers,
) -> Option<Value> {
    let claims = token::claims(token.as_str()?, OWN.into_iter().chain(answers.paths()))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let is_from_provider = text("iss") == Some(&client.issuer);
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(all)) => {
            // One that is for several says which of them asked for it.
            let is_ours = all.iter().any(|aud| aud.as_str() == Some(&client.client_id));
            is_ours && (all.len() == 1 || text("azp").is_some())
        }
        Some(_) | None => text("aud") == Some(&client.client_id),
    };
    let was_asked_for_by_us = claims.get("azp").is_none() || text("azp") == Some(&client.client_id);
    let is_answer = nonce.is_none_or(|nonce| text("nonce") == Some(nonce));
    let names_somebody = text("sub").is_some_and(|sub| !sub.is_empty());
    (is_from_provider && is_for_us && was_asked_for_by_us && is_answer && names_somebody).then_some(claims)
}

/// The claims that say what the token is.
const OWN: [&str; 5] = ["iss", "sub", "aud", "azp", "nonce"];
