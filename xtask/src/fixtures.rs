//! `cargo xtask fixtures`: the files in tests/fixtures/, as people keep such files.
//!
//! They are made and not collected, so that nobody's data lies here, and from a seed, so that everybody makes the
//! same. What they hold is what breaks readers of CSV files: quotation marks, separators and line ends within fields,
//! scripts of all directions, nothing at all, and three ways to write text as bytes.

pub(crate) mod measurements;
mod people;
mod random;
mod write;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell;
pub(crate) use random::Random;
pub(crate) use write::{Form, LineEnd, Text, Writer};

/// Writes every fixture anew.
pub(crate) fn run() -> Result<()> {
    for (path, bytes) in all()? {
        fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        println!("    {:>7} bytes  {}", bytes.len(), path.display());
    }
    Ok(())
}

/// What each fixture is to hold.
fn all() -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let comma = Form { delimiter: ',', line_end: LineEnd::CrLf, text: Text::Utf8 };
    let spreadsheet = Form { delimiter: ';', text: Text::Utf8WithMark, ..comma };
    let old_spreadsheet = Form { text: Text::Windows1252, ..spreadsheet };
    let logger = Form { line_end: LineEnd::Lf, ..comma };
    let tabs = Form { delimiter: '\t', ..logger };
    let files = [
        ("people.csv", people::file(comma, people::World::Whole, 500)?),
        ("people-semicolon-bom.csv", people::file(spreadsheet, people::World::Whole, 200)?),
        ("people-windows-1252.csv", people::file(old_spreadsheet, people::World::WesternEurope, 300)?),
        ("measurements.csv", measurements::file(logger, 800)?),
        ("measurements-tab.csv", measurements::file(tabs, 200)?),
    ];
    let dir = shell::root().join("tests/fixtures");
    Ok(files.into_iter().map(|(name, bytes)| (dir.join(name), bytes)).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_fixtures_are_what_the_generator_makes() {
        for (path, made) in super::all().unwrap() {
            let committed =
                std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(committed == made, "{} differs: run `cargo xtask fixtures`", path.display());
        }
    }
}
