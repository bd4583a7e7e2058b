//! The forms of texts as a JSON Schema says them. Whether it says the same as the parser is a test.

use serde_json::{Value, json};

use crate::{
    address::MAX_BYTES,
    config::forms::{Form, MAX_CHARS, NEVER_READ, PREFIXES_OF_OTHERS, SET_BY_OTHERS},
};

pub(super) fn schema(form: Form) -> Value {
    let short = |pattern: &str| json!({ "type": "string", "pattern": pattern, "maxLength": MAX_CHARS });
    let address = |pattern: &str| json!({ "type": "string", "pattern": pattern, "maxLength": MAX_BYTES });
    match form {
        Form::Name => short("^[^\\x00-\\x1f\\x7f]+$"),
        Form::Token => short(TOKEN),
        Form::RequestHeader => but(short(TOKEN), &SET_BY_OTHERS, &PREFIXES_OF_OTHERS),
        Form::AnswerHeader => but(short(TOKEN), &NEVER_READ, &[]),
        Form::HeaderValue => short("^[!-~]([ -~]*[!-~])?$"),
        Form::Backend => address(&format!("^({})?$", plain("https?"))),
        Form::Issuer => {
            address(&format!("^({}|http://{LOOPBACK}(:[0-9]{{1,5}})?(/{NO_QUERY}*)?)$", plain("https")))
        }
        Form::SocketAddress => address(&format!("^({PATH}|{})$", absolute("wss?"))),
        Form::Words => short("^[!-~]+( [!-~]+)*$"),
        Form::Visible => short("^[!-~]+$"),
    }
}

pub(super) fn endpoint(methods: &[&str]) -> Value {
    let pattern = format!("^({}) ({PATH}|{})$", methods.join("|"), absolute("https?"));
    json!({ "type": "string", "pattern": pattern, "maxLength": MAX_BYTES })
}

/// The schema without these names, and without those that begin like these, in whatever case. Patterns have no flag for that.
fn but(mut schema: Value, names: &[&str], prefixes: &[&str]) -> Value {
    let letter = |letter: char| match (letter.to_ascii_uppercase(), letter.to_ascii_lowercase()) {
        (upper, lower) if upper == lower => letter.to_string(),
        (upper, lower) => format!("[{upper}{lower}]"),
    };
    let any_case = |name: &&str| name.chars().map(letter).collect::<String>();
    let whole = names.iter().map(|name| format!("{}$", any_case(name)));
    let all: Vec<String> = whole.chain(prefixes.iter().map(any_case)).collect();
    schema["not"] = json!({ "type": "string", "pattern": format!("^({})", all.join("|")) });
    schema
}

const TOKEN: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

fn absolute(schemes: &str) -> String {
    format!("{schemes}://{AUTHORITY}([/?]{ANY}*)?")
}

fn plain(schemes: &str) -> String {
    format!("{schemes}://{AUTHORITY}(/{NO_QUERY}*)?")
}

const AUTHORITY: &str = r"([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?";

/// The hosts that are this device.
const LOOPBACK: &str = r"(([0-9A-Za-z.-]+\.)?localhost|127(\.[0-9]{1,3}){3}|\[::1\])";

/// A slash, and no second one right behind it.
const PATH: &str = r#"/([!"$-.0-\[\]-~][!"$-\[\]-~]*)?"#;

/// Visible ASCII but `#` and `\`.
const ANY: &str = r#"[!"$-\[\]-~]"#;

/// The same without `?`.
const NO_QUERY: &str = r#"[!"$->@-\[\]-~]"#;
