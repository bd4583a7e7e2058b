//! Answers that mean "no": which they are, and why.

use perennial_session::{Refusal, ServerText};
use serde_json::Value;

use crate::{
    answers::{WireAnswer, facts},
    dialect::{Dialect, Fact, Refused, Says},
    json,
};

impl Dialect {
    /// Whether a list has this answer. What is not JSON says nothing, neither that a fact is there nor that it is not: a
    /// page of a captive portal is no refusal.
    pub(super) fn is_listed(&self, list: &[Refused], wire: &WireAnswer) -> bool {
        let of_status = || list.iter().filter(|refused| refused.status == wire.status);
        // A status that says yes must be contradicted by something.
        if wire.status >= 400 && of_status().any(|refused| refused.says.is_none()) {
            return true;
        }
        let says = || of_status().filter_map(|refused| refused.says.as_ref());
        if says().next().is_none() {
            return false;
        }
        let body = json::object_or_null(&wire.body, says().map(|says| &*says.field));
        body.is_some_and(|body| says().any(|says| says.is_in(&body)))
    }

    /// Says why a refusal refuses; to be called for nothing else.
    pub(super) fn refusal(&self, wire: &WireAnswer) -> Refusal {
        let reason = self.reason(wire);
        self.refusals
            .iter()
            .find(|(word, _)| Some(*word) == reason.as_deref())
            .map_or(Refusal::Unspecified, |(_, refusal)| *refusal)
    }
}

impl Dialect {
    /// Whether the server takes no sign-in from the origin of the page. Only its own word says so: others say 403 to people
    /// whose address is not verified yet, and to many more.
    pub(super) fn is_of_wrong_origin(&self, wire: &WireAnswer) -> bool {
        self.wrong_origin.is_some_and(|word| self.reason(wire).as_deref() == Some(word))
    }

    /// What the server says to people.
    pub(super) fn message(&self, wire: &WireAnswer) -> Option<ServerText> {
        facts::first(&self.body(wire)?, &self.answers.message, |value| ServerText::new(value.as_str()?))
    }

    fn reason(&self, wire: &WireAnswer) -> Option<String> {
        facts::first(&self.body(wire)?, &self.answers.reason, facts::text).map(str::to_owned)
    }
}

/// Whether a value is this number, however it is written: 400, 400.0 and 4e2 are one. A text is none.
fn is_number(value: &Value, number: i64) -> bool {
    value.as_i64().map_or_else(|| value.as_f64() == Some(number as f64), |whole| whole == number)
}

impl Says {
    fn is_in(&self, body: &Value) -> bool {
        let found = facts::find(body, &self.field).filter(|found| !found.is_null());
        match (&self.value, found) {
            (Fact::Text(text), Some(found)) => found.as_str() == Some(text),
            (Fact::Number(number), Some(found)) => is_number(found, *number),
            (Fact::Flag(flag), Some(found)) => found.as_bool() == Some(*flag),
            (Fact::Null, found) => found.is_none(),
            (Fact::Text(_) | Fact::Number(_) | Fact::Flag(_), None) => false,
        }
    }
}
