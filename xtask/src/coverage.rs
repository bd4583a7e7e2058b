//! `cargo xtask coverage`: which lines of the session engine its suites run.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{setup, shell};

/// Runs the suites and says for each file how many of its lines they ran; fails under [`LEAST_PERCENT`].
pub(crate) fn run() -> Result<()> {
    setup::set_up(&[setup::Purpose::Coverage])?;
    let report = shell::debug_dir()?.join("coverage.lcov");
    shell::step("suites", || measure(&report))?;
    let report =
        std::fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    judge(&files(&report)?)
}

/// How much of one file ran.
#[derive(Debug)]
struct File {
    name: String,
    lines: usize,
    missed: Vec<u32>,
}

fn measure(report: &Path) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["llvm-cov", "test", "--package", "perennial-session"]);
    cargo.args(["--lib", "--test", "scenarios", "--test", "tabs", "--test", "sim"]);
    cargo.args(["--lcov", "--output-path"]).arg(report).args(["--", "--quiet"]);
    shell::run(cargo.env("PERENNIAL_SIM_SEEDS", SEEDS))
}

/// Reads the engine's files out of a report: a record opens with `SF:<file>`, has `DA:<line>,<count>` for each line that
/// can run, and closes with `end_of_record`.
fn files(report: &str) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for record in report.split("end_of_record") {
        let path = record.lines().find_map(|line| line.strip_prefix("SF:")).unwrap_or_default();
        let path = path.replace('\\', "/");
        let Some((_, name)) = path.rsplit_once(SOURCES) else { continue };
        let mut file = File { name: name.to_owned(), lines: 0, missed: Vec::new() };
        for line in record.lines().filter_map(|line| line.strip_prefix("DA:")) {
            let (number, count) = line.split_once(',').with_context(|| format!("cannot read {line:?}"))?;
            file.lines += 1;
            if count == "0" {
                file.missed.push(number.parse().with_context(|| format!("cannot read {line:?}"))?);
            }
        }
        files.push(file);
    }
    Ok(files)
}

fn judge(files: &[File]) -> Result<()> {
    println!();
    for file in files {
        let missed = file.missed.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let missed = if missed.is_empty() { missed } else { format!("   not run: {missed}") };
        println!("    {}{missed}", row(&file.name, file.lines, file.missed.len()));
    }
    let lines = files.iter().map(|file| file.lines).sum();
    let missed = files.iter().map(|file| file.missed.len()).sum();
    println!("    {}", row("all", lines, missed));
    // A report in which nothing of the engine stands is no good news.
    if lines == 0 || percent(lines, missed) < LEAST_PERCENT {
        bail!("the suites run less than {LEAST_PERCENT} % of the engine's lines");
    }
    Ok(())
}

fn row(name: &str, lines: usize, missed: usize) -> String {
    format!("{name:<22}{:>5} of {lines:>5} lines {:>7.2} %", lines - missed, percent(lines, missed))
}

#[allow(clippy::cast_precision_loss, reason = "no file has so many lines")]
fn percent(lines: usize, missed: usize) -> f64 {
    100.0 * (lines - missed) as f64 / lines as f64
}

const LEAST_PERCENT: f64 = 98.0;

/// Enough for the simulator to come everywhere it comes at all.
const SEEDS: &str = "300";

const SOURCES: &str = "crates/session/src/";

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "\
SF:/somewhere/crates/session/src/engine/gate.rs\nFN:1,gate\nDA:1,7\nDA:2,0\nDA:4,1\nend_of_record\n\
SF:/somewhere/crates/session/tests/scenarios/main.rs\nDA:1,0\nend_of_record\n";

    #[test]
    fn only_the_engine_counts() {
        let files = files(REPORT).expect("a report");
        let [gate] = files.as_slice() else { panic!("{files:?}") };
        assert_eq!((gate.name.as_str(), gate.lines, gate.missed.as_slice()), ("engine/gate.rs", 3, &[2][..]));
    }

    #[test]
    fn too_few_lines_are_an_error_and_so_is_none() {
        let file = |missed| File { name: "a.rs".to_owned(), lines: 100, missed };
        assert!(judge(&[file(vec![1, 2])]).is_ok());
        assert!(judge(&[file(vec![1, 2, 3])]).is_err());
        assert!(judge(&[]).is_err());
    }
}
