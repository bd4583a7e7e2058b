//! `--check`: says what is wrong with a configuration. It starts nothing, listens on nothing and writes nothing.

mod data;
mod network;
mod process;

use std::fmt;
use std::path::Path;

use crate::assets;
use crate::cli::Serve;
use crate::failure::Failure;

/// Something that an operator should know before a start.
#[derive(Debug)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was found, what was expected and what to do, in one sentence.
    pub sentence: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program starts, and probably not as it was meant.
    Warning,
    /// The program does not start.
    Error,
}

/// Looks at everything that a start with these flags would use. `variables` are the names of the environment.
pub async fn check(
    data_dir: &Path,
    flags: &Serve,
    variables: impl IntoIterator<Item = String>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        crate::cli::unknown_variables(variables).into_iter().map(Finding::from).collect();
    findings.extend(network::findings(flags));
    if let Some(path) = &flags.static_dir {
        let found = assets::check(path, data_dir).err().map(Finding::from);
        findings.extend(found.or_else(|| uncompressed(path)));
    }
    findings.extend(data::findings(data_dir, flags).await);
    findings.extend(process::findings(flags));
    findings
}

/// What all findings together mean, in one sentence.
#[must_use]
pub fn verdict(findings: &[Finding]) -> String {
    let count = |severity, word: &str| {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        format!("{count} {word}{}", if count == 1 { "" } else { "s" })
    };
    if is_fatal(findings) {
        let warnings = count(Severity::Warning, "warning");
        return format!("{}, {warnings}: the server would not start.", count(Severity::Error, "error"));
    }
    match findings {
        [] => "Nothing is wrong.".to_owned(),
        _ => format!("{}: the server would start.", count(Severity::Warning, "warning")),
    }
}

/// Whether the program would not start.
#[must_use]
pub fn is_fatal(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

impl Finding {
    fn warning(sentence: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, sentence: sentence.into() }
    }

    fn error(sentence: impl Into<String>) -> Self {
        Self { severity: Severity::Error, sentence: sentence.into() }
    }
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        Self::error(failure.to_string())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity}: {}", self.sentence)
    }
}

/// Modules that lie there without their compressed twins, which make most of a first visit.
fn uncompressed(static_dir: &Path) -> Option<Finding> {
    let entries = std::fs::read_dir(static_dir).ok()?;
    let missing = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .filter(|path| !path.with_extension("wasm.br").is_file())
        .count();
    (missing > 0).then(|| {
        Finding::warning(format!(
            "the static directory {} holds {missing} WebAssembly files without a .br beside them, so each is sent in its full length; build it with cargo xtask build",
            static_dir.display()
        ))
    })
}
