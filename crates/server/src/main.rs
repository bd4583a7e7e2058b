//! Starts the backend; see the library for what it does.

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use perennial_server::cli::{Cli, check_variables};
use perennial_server::failure::Failure;
use perennial_server::{check, commands, log, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.check {
        return say_what_is_wrong(&cli).await;
    }
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let line = format!("perennial-server: {failure}\n");
            // When standard error is gone, the exit code still tells.
            std::io::stderr().write_all(line.as_bytes()).ok();
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failure> {
    check_variables(variables())?;
    match cli.command {
        Some(command) => commands::run(&cli.data_dir, command).await,
        None => {
            let subscriber = log::subscriber(cli.serve.log_level, std::io::stderr);
            tracing::subscriber::set_global_default(subscriber).map_err(|error| Failure::System {
                what: "logging cannot be set up",
                found: std::io::Error::other(error),
            })?;
            serve::serve(&cli.data_dir, cli.serve).await
        }
    }
}

async fn say_what_is_wrong(cli: &Cli) -> ExitCode {
    if cli.command.is_some() {
        let said = "--check looks at the flags of serving and goes with no command";
        Cli::command().error(ErrorKind::ArgumentConflict, said).exit();
    }
    let findings = check::check(&cli.data_dir, &cli.serve, variables()).await;
    let mut lines: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    lines.push_str(&check::verdict(&findings));
    lines.push('\n');
    // When standard output is gone, the exit code still tells.
    std::io::stdout().write_all(lines.as_bytes()).ok();
    if check::is_fatal(&findings) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn variables() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}
