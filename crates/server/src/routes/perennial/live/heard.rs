//! What clients say, read without trust.

use perennial_dialect::wire::live::ClientMessage;
use serde_json::{Map, Value};

/// Reads a message. What is wrong with it is said in terms of names and kinds, because a value may be a token.
pub(super) fn read(text: &str) -> Result<ClientMessage, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        format!("Expected JSON, found something else at line {}, column {}.", error.line(), error.column())
    })?;
    let Value::Object(fields) = &value else {
        return Err(format!("Expected a JSON object, found {}.", kind(&value)));
    };
    let expected = match fields.get("type").and_then(Value::as_str) {
        Some("authenticate") => "authenticate with access_token: text",
        Some("watch") => "watch with topic: text, after: whole number",
        _ => return Err(format!("Expected the type authenticate or watch, found {}.", type_of(fields))),
    };
    let found = names(fields);
    serde_json::from_value(value).map_err(|_| format!("Expected {expected}; found {found}."))
}

fn type_of(fields: &Map<String, Value>) -> String {
    match fields.get("type") {
        None => "none".to_owned(),
        Some(Value::String(word)) if is_harmless(word) => word.clone(),
        Some(Value::String(_)) => "something else".to_owned(),
        Some(value) => kind(value).to_owned(),
    }
}

fn names(fields: &Map<String, Value>) -> String {
    let name = |name: &str| if is_harmless(name) { name.to_owned() } else { "(another name)".to_owned() };
    let others = fields.iter().filter(|(name, _)| *name != "type");
    let found: Vec<String> =
        others.take(3).map(|(field, value)| format!("{}: {}", name(field), kind(value))).collect();
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_u64() => "whole number",
        Value::Number(_) => "another number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether it can be said again: a word, and far too short for a token.
fn is_harmless(word: &str) -> bool {
    word.len() <= 20 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_not_understood_is_named_and_no_value_is() {
        let secret = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2VjcmV0";
        for (text, said) in [
            ("".to_owned(), "Expected JSON, found something else at line 1, column 0."),
            (secret.to_owned(), "Expected JSON, found something else at line 1, column 1."),
            ("[\"authenticate\", \"x\"]".to_owned(), "Expected a JSON object, found a list."),
            (format!("{secret:?}"), "Expected a JSON object, found text."),
            ("{}".to_owned(), "Expected the type authenticate or watch, found none."),
            ("{\"type\":1}".to_owned(), "Expected the type authenticate or watch, found whole number."),
            ("{\"type\":\"hello\"}".to_owned(), "Expected the type authenticate or watch, found hello."),
            (
                format!("{{\"type\":{secret:?}}}"),
                "Expected the type authenticate or watch, found something else.",
            ),
            (
                "{\"type\":\"authenticate\"}".to_owned(),
                "Expected authenticate with access_token: text; found nothing.",
            ),
            (
                format!("{{\"type\":\"authenticate\",\"token\":{secret:?}}}"),
                "Expected authenticate with access_token: text; found token: text.",
            ),
            (
                format!("{{\"type\":\"authenticate\",{secret:?}:null}}"),
                "Expected authenticate with access_token: text; found (another name): null.",
            ),
            (
                "{\"type\":\"watch\",\"topic\":\"jobs/1\",\"after\":-1}".to_owned(),
                "Expected watch with topic: text, after: whole number; found after: another number, topic: text.",
            ),
            (
                "{\"type\":\"watch\",\"topic\":\"jobs/1\",\"after\":1,\"more\":[]}".to_owned(),
                "Expected watch with topic: text, after: whole number; found after: whole number, more: a list, topic: text.",
            ),
        ] {
            assert_eq!(read(&text).unwrap_err(), said, "{text}");
        }
        assert!(read(&"[".repeat(16_000)).is_err(), "nesting ends it, and not the stack");
    }
}
