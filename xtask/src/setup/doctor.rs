//! `cargo xtask doctor`: what is here, what is not, and what each command would install. It changes nothing.

use std::path::Path;

use clap::ValueEnum as _;

use super::install::estimate;
use super::need::{Need, Purpose};
use super::tool::{Tool, Version};
use super::{Machine, found};
use crate::shell;

/// Prints all of it.
pub(crate) fn doctor() {
    print!("{}", report(shell::machine()));
}

/// All of it as text: a line for each tool, and one for each command.
pub(super) fn report(machine: &Machine) -> String {
    let mut text = String::new();
    let mut missing = Vec::new();
    for tool in Tool::all(machine) {
        let found = found::version(tool.row.need, machine);
        let is_right = found.as_deref().is_some_and(|found| tool.wanted.accepts(found));
        let state = match found {
            Some(version) if is_right => version,
            Some(version) => format!("{version}, but wanted is {}", wish(&tool.wanted)),
            None => "missing".to_owned(),
        };
        let mark = if is_right { "  " } else { "! " };
        text += &format!("{mark}{:<18}{state}\n", tool.row.name);
        if !is_right {
            missing.push(tool);
        }
    }
    text += &format!("\n  tools of the project lie in {}\n\n", tools(machine));
    for purpose in Purpose::value_variants() {
        text += &format!("  {:<14}{}\n", purpose.name(), lacks(*purpose, &missing));
    }
    text
}

/// What a command would install.
fn lacks(purpose: Purpose, missing: &[Tool]) -> String {
    let needs: Vec<Need> = purpose.needs();
    let lacks: Vec<&Tool> = missing.iter().filter(|tool| needs.contains(&tool.row.need)).collect();
    if lacks.is_empty() {
        return "has all it needs".to_owned();
    }
    let names: Vec<_> = lacks.iter().map(|tool| tool.row.name).collect();
    format!("would install {} ({})", names.join(", "), estimate(&lacks))
}

fn wish(wanted: &Version) -> &str {
    match wanted {
        Version::Exactly(version) | Version::Major(version) => version,
        Version::Any => "any version",
    }
}

fn tools(machine: &Machine) -> String {
    machine
        .tools
        .as_deref()
        .map_or("no folder: HOME is not set".to_owned(), |path: &Path| path.display().to_string())
}
