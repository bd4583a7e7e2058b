//! `cargo xtask doctor`: what is here, what is not, and what each command would install. It changes nothing.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::Machine;
use super::install::estimate;
use super::need::{Need, Purpose};
use super::tool::{Look, Tool};
use crate::shell;

/// Prints all of it.
pub(crate) fn doctor() -> Result<()> {
    report(shell::machine(), &mut std::io::stdout())
}

/// Says all of it, each thing as soon as it is known: the tools in two columns, and a line for each command.
pub(super) fn report(machine: &Machine, to: &mut impl Write) -> Result<()> {
    let (mut missing, mut is_left, mut rest) = (Vec::new(), true, 0);
    for (row, tool) in Tool::all(machine) {
        let (mark, state) = match tool.map(|tool| (tool.look(machine), tool)) {
            Ok((Look::Right(found), _)) => (" ", found.to_string()),
            Ok((Look::Other(found), tool)) => {
                let state = format!("{found}, not {}", tool.wish());
                missing.push(tool);
                ("!", state)
            }
            Ok((Look::Missing, tool)) => {
                missing.push(tool);
                ("!", "missing".to_owned())
            }
            Err(error) => ("!", format!("unknown: {error:#}")),
        };
        let cell = format!("{mark} {:<17}{state}", row.name);
        if is_left {
            write!(to, "{cell}")?
        } else {
            writeln!(to, "{:1$}{cell}", "", rest)?
        }
        to.flush()?;
        rest = COLUMN.saturating_sub(cell.chars().count()).max(2);
        is_left = !is_left;
    }
    writeln!(to, "{}  Tools of the project lie in {}.", if is_left { "" } else { "\n" }, tools(machine))?;
    for (commands, purpose) in Purpose::COMMANDS {
        writeln!(to, "  {commands:<22}{}", lacks(*purpose, &missing))?;
    }
    Ok(())
}

/// What a command would install.
fn lacks(purpose: Purpose, missing: &[Tool]) -> String {
    let needs: Vec<Need> = purpose.needs();
    let (lacks, others): (Vec<&Tool>, _) = missing.iter().partition(|tool| needs.contains(&tool.row.need));
    if lacks.is_empty() {
        return "has all it needs".to_owned();
    }
    let names = |tools: &[&Tool]| tools.iter().map(|tool| tool.row.name).collect::<Vec<_>>().join(", ");
    let what = match others.len() {
        _ if lacks.len() <= 3 => names(&lacks),
        0 => "all that is missing".to_owned(),
        few if few < lacks.len() => format!("all that is missing but {}", names(&others)),
        _ => names(&lacks),
    };
    format!("would install {what} ({})", estimate(&lacks))
}

fn tools(machine: &Machine) -> String {
    machine
        .tools
        .as_deref()
        .map_or("no folder: HOME is not set".to_owned(), |path: &Path| path.display().to_string())
}

/// How wide the first of two columns is.
pub(super) const COLUMN: usize = 44;
