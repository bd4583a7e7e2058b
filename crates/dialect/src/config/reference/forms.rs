//! The forms of texts as a JSON Schema says them. Whether it says the same as the parser is a test.

use serde_json::{Value, json};

use crate::{
    address::MAX_BYTES,
    config::forms::{Form, MAX_CHARS},
};

pub(super) fn schema(form: Form) -> Value {
    let short = |pattern: &str| json!({ "type": "string", "pattern": pattern, "maxLength": MAX_CHARS });
    let address = |pattern: &str| json!({ "type": "string", "pattern": pattern, "maxLength": MAX_BYTES });
    match form {
        Form::Name => short("^[^\\x00-\\x1f\\x7f]+$"),
        Form::Token => short("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"),
        Form::HeaderValue => short("^[!-~]([ -~]*[!-~])?$"),
        Form::Backend => address(&format!("^({})?$", plain("https?"))),
        Form::Issuer => address(&format!("^{}$", plain("https?"))),
        Form::SocketAddress => address(&format!("^({PATH}|{})$", absolute("wss?"))),
        Form::Words => short("^[!-~]+( [!-~]+)*$"),
        Form::Visible => short("^[!-~]+$"),
    }
}

pub(super) fn endpoint(methods: &[&str]) -> Value {
    let pattern = format!("^({}) ({PATH}|{})$", methods.join("|"), absolute("https?"));
    json!({ "type": "string", "pattern": pattern, "maxLength": MAX_BYTES })
}

fn absolute(schemes: &str) -> String {
    format!("{schemes}://{AUTHORITY}([/?]{ANY}*)?")
}

fn plain(schemes: &str) -> String {
    format!("{schemes}://{AUTHORITY}(/{NO_QUERY}*)?")
}

const AUTHORITY: &str = r"([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?";

/// A slash, and no second one right behind it.
const PATH: &str = r#"/([!"$-.0-\[\]-~][!"$-\[\]-~]*)?"#;

/// Visible ASCII but `#` and `\`.
const ANY: &str = r#"[!"$-\[\]-~]"#;

/// The same without `?`.
const NO_QUERY: &str = r#"[!"$->@-\[\]-~]"#;
