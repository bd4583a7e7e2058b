//! Starts the backend; see the library for what it does.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use perennial_server::cli::{Cli, check_variables};
use perennial_server::failure::Failure;
use perennial_server::{commands, log, serve};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let line = format!("perennial-server: {failure}\n");
            // When standard error is gone, the exit code still tells.
            std::io::stderr().write_all(line.as_bytes()).ok();
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run() -> Result<(), Failure> {
    check_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
    let cli = Cli::parse();
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
