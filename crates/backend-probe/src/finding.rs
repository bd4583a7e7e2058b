//! What is found out, one sentence each.

use std::fmt;

use crate::call::Call;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something would not work.
    Problem,
    /// It works, and there is something to know.
    Note,
}

/// One finding. `Display` is one sentence, behind the calls that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// The calls that it is about; none where it is about the page.
    pub calls: Vec<Call>,
    /// What was found, what was expected, and what helps: a sentence without its full stop.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.level {
            Level::Problem => "problem: ",
            Level::Note => "note: ",
        })?;
        match &*self.calls {
            [] => f.write_str("the page")?,
            [one] => write!(f, "{one}")?,
            [first @ .., last] => {
                let first: Vec<_> = first.iter().map(Call::to_string).collect();
                write!(f, "{} and {last}", first.join(", "))?;
            }
        }
        write!(f, ": {}.", self.text)
    }
}

/// What a judgement says of one call.
pub(crate) type Said = (Level, String);

pub(crate) fn problem(text: impl Into<String>) -> Said {
    (Level::Problem, text.into())
}

pub(crate) fn note(text: impl Into<String>) -> Said {
    (Level::Note, text.into())
}

/// Findings, of which those that say the same of several calls become one.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, call: Option<Call>, said: impl IntoIterator<Item = Said>) {
        for (level, text) in said {
            // What is a problem to one call is no less to be read once where it is a note to another.
            let same = self.0.iter_mut().find(|it| it.level <= level && it.text == text);
            match (same, call) {
                (Some(same), Some(call)) if !same.calls.is_empty() => {
                    if !same.calls.contains(&call) {
                        same.calls.push(call);
                    }
                }
                (_, call) => self.0.push(Finding { level, calls: call.into_iter().collect(), text }),
            }
        }
    }

    /// All of them, problems first.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.level);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, note, problem};
    use crate::call::Call;

    #[test]
    fn what_holds_for_several_calls_is_said_once() {
        let mut findings = Findings::default();
        findings.add(Some(Call::Refresh), [note("a"), problem("b"), problem("b")]);
        findings.add(Some(Call::Validate), [problem("b")]);
        findings.add(Some(Call::SignIn), [problem("b")]);
        findings.add(None, [problem("c")]);
        let all: Vec<_> = findings.finish().iter().map(ToString::to_string).collect();
        assert_eq!(
            all,
            ["problem: refresh, validation and sign-in: b.", "problem: the page: c.", "note: refresh: a."]
        );
    }
}
