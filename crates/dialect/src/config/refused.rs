//! Lists of answers that mean "refused", as a configuration writes them.

use serde_json::{Value, json};

use super::{
    forms::Form,
    kind::{text, whole},
    node::Node,
};
use crate::dialect::{Fact, Refused, Says};

/// Reads a list.
pub(super) fn read(node: &Node) -> Option<Vec<Refused>> {
    let Node::List(items) = node else { return None };
    if items.len() > MAX { None } else { items.iter().map(answer).collect() }
}

/// An answer. A 2xx alone is none: a status that says yes must be contradicted by something.
fn answer(node: &Node) -> Option<Refused> {
    let entries = node.entries()?;
    let get = |name: &str| entries.iter().find(|(key, _)| key == name).map(|(_, node)| node);
    let status = get("status")?;
    let says = match (get("field"), get("value")) {
        (Some(field), Some(value)) if entries.len() == 3 => {
            Some(Says { field: text(field, Form::Name)?, value: fact(value)? })
        }
        (None, None) if entries.len() == 1 => None,
        (_, _) => return None,
    };
    let of_no = || whole(status, *OF_NO.start(), *OF_NO.end());
    let of_yes = || whole(status, *OF_YES.start(), *OF_YES.end()).filter(|_| says.is_some());
    let status = u16::try_from(of_no().or_else(of_yes)?).ok()?;
    Some(Refused { status, says })
}

fn fact(node: &Node) -> Option<Fact> {
    if node.is_null() {
        return Some(Fact::Null);
    }
    let flag = || node.flag().map(Fact::Flag);
    let number =
        || node.integer().filter(|number| (-MAX_NUMBER..=MAX_NUMBER).contains(number)).map(Fact::Number);
    text(node, Form::Name).map(Fact::Text).or_else(flag).or_else(number)
}

/// What a configuration would write.
pub(super) fn written(refused: &Refused) -> Value {
    let Some(says) = &refused.says else { return json!({ "status": refused.status }) };
    let value = match &says.value {
        Fact::Text(text) => json!(text),
        Fact::Number(number) => json!(number),
        Fact::Flag(flag) => json!(flag),
        Fact::Null => Value::Null,
    };
    json!({ "status": refused.status, "field": says.field, "value": value })
}

/// What may stand there, as the end of a sentence.
pub(super) const ALLOWED: &str = "a list of up to 10 objects such as {\"status\": 400}, or {\"status\": 400, \"field\": \
    \"error\", \"value\": \"invalid_grant\"}: a status from 400 to 499, or from 200 to 299 with a field, and a value that is a \
    text, a whole number, true, false or null";

/// The statuses that may stand alone.
pub(super) const OF_NO: core::ops::RangeInclusive<u64> = 400..=499;

/// The statuses that need a field beside them.
pub(super) const OF_YES: core::ops::RangeInclusive<u64> = 200..=299;

/// More ways than this to say no, no backend has.
pub(super) const MAX: usize = 10;

/// Up to here every JSON reader knows a whole number exactly (RFC 8259 section 6).
pub(super) const MAX_NUMBER: i64 = (1 << 53) - 1;
