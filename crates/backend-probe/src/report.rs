//! What a person reads in the end.

use std::fmt;

use crate::{
    call::Call,
    finding::{Finding, Level},
};

/// One request that was made, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What it was for.
    pub call: Call,
    /// Method, address and outcome in one line.
    pub line: String,
}

/// All that was asked, and all that was found. `Display` is some lines for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The origin of the page that asked.
    pub origin: String,
    /// What was asked, in the order of time.
    pub asked: Vec<Asked>,
    /// What was found, problems first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings mean that something would not work.
    #[must_use]
    pub fn problems(&self) -> usize {
        self.findings.iter().filter(|finding| finding.level == Level::Problem).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What was asked, as a page from {} would, with no valid credential:", self.origin)?;
        for Asked { call, line } in &self.asked {
            let name = call.to_string();
            writeln!(f, "  {name:<12} {line}")?;
        }
        if self.asked.is_empty() {
            writeln!(f, "  nothing")?;
        }
        writeln!(
            f,
            "Not asked: whether a real account can sign in, live connections, and what the pages ask for."
        )?;
        if !self.findings.is_empty() {
            writeln!(f)?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        match self.problems() {
            0 if self.findings.is_empty() => write!(f, "\nEverything that was asked works."),
            0 => write!(f, "\nNo problem was found."),
            1 => write!(f, "\nOne problem was found."),
            several => write!(f, "\n{several} problems were found."),
        }
    }
}
