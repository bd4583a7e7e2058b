//! The developer commands of Perennial, reached as `cargo xtask <command>`.
//!
//! Each command first looks at what it needs on this machine, installs what is missing while
//! saying what and why, and then runs the tools a person would run by hand.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks on its terminal")]
#![allow(clippy::disallowed_methods, reason = "durations are shown to a person; nothing is decided by them")]

mod bench_import;
mod build;
mod check;
mod check_config;
mod coverage;
mod dependencies;
mod e2e;
mod finish;
mod fixtures;
mod fleet;
mod machine;
mod mutants;
mod operating;
mod packages;
mod progress;
mod reference;
mod screenshots;
mod serve;
mod setup;
mod shell;
mod sim;
mod size;
mod stop;
mod times;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::machine::Machine;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "The developer commands of Perennial",
    version
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build everything and run it here: backend, database, application, with a demo account
    Serve(serve::Serve),
    /// Install what a command needs, and nothing else
    Setup(setup::SetUp),
    /// Say what is installed here, what is missing, and what each command would install
    Doctor,
    /// Leave in dist/ what any static host can serve
    Build(build::Build),
    /// Run every check: format, lints, native suites, simulation, documentation, browser and end-to-end suites
    Test(check::Test),
    /// Run the format check and the lints
    Lint,
    /// Run the end-to-end suites against a fresh build
    E2e(check::E2e),
    /// Photograph every page and state in both themes and several widths into target/screenshots/
    Screenshots,
    /// Import a million rows through the backend and by sqlite3, and fail where the backend takes too much memory
    BenchImport(bench_import::BenchImport),
    /// Say whether a configuration is right, and what it means, or everything that is wrong with it; with --probe also whether
    /// its backend fits it
    CheckConfig(check_config::CheckConfig),
    /// Write the reference of the configuration and its JSON Schema in docs/ anew
    Reference,
    /// Make the files in tests/fixtures/ anew
    Fixtures,
    /// Let a million sessions live through two days, and draw how evenly they ask for tokens in docs/fleet.svg
    Fleet(fleet::Fleet),
    /// Run random histories of the session engine: many tabs, one browser, a server, a network, clocks and a person
    Sim(sim::Sim),
    /// Say which lines of the session engine its suites run, and fail where they are fewer than 98 %
    Coverage,
    /// Change the session engine in every small way, and fail where its suites do not notice
    Mutants(mutants::Mutants),
    /// Run the recipe of docs/operating.md: the shipped files in nginx, Caddy and systemd's own checks
    Operating,
    /// Check licences, sources and duplicates of all crates by deny.toml, and known advisories
    Dependencies(dependencies::Dependencies),
    /// Finish a build of Trunk, which calls this: the list of the service worker, the page for deep links, compressed twins
    #[command(hide = true)]
    Finish,
    /// Say what each file of dist/ weighs on the wire
    Size,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    shell::use_machine(setup::with_tools(Machine::here(shell::root())));
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve(serve) => serve.run(),
        Command::Setup(set_up) => set_up.run(),
        Command::Doctor => setup::doctor(),
        Command::Build(build) => build.run(),
        Command::Test(test) => test.run(),
        Command::Lint => check::lint(),
        Command::E2e(e2e) => e2e.run(),
        Command::Screenshots => check::screenshots(),
        Command::BenchImport(bench) => bench.run(),
        Command::CheckConfig(check) => check.run(),
        Command::Reference => reference::run(),
        Command::Fixtures => fixtures::run(),
        Command::Fleet(fleet) => fleet.run(),
        Command::Sim(sim) => sim.run(),
        Command::Coverage => coverage::run(),
        Command::Mutants(mutants) => mutants.run(),
        Command::Operating => operating::run(),
        Command::Dependencies(dependencies) => dependencies.run(),
        Command::Finish => finish::run(),
        Command::Size => size::run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_usage_is_what_a_person_types() {
        let usage = Cli::command().render_usage().to_string();
        assert!(usage.starts_with("Usage: cargo xtask <COMMAND>"), "{usage}");
        let refused = Cli::try_parse_from(["target/debug/xtask", "e2e", "--nonsense"]).unwrap_err();
        let usage = refused.render().to_string();
        assert!(usage.contains("Usage: cargo xtask e2e"), "{usage}");
    }
}
