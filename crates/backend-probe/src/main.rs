//! Reads a configuration from standard input, and says whether a backend fits it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks on its terminal")]

use std::{
    io::{self, Read as _},
    process::ExitCode,
};

use clap::Parser;
use perennial_backend_probe::{Page, http, limit, run};
use perennial_dialect::config::Config;

/// Asks a backend what a browser would ask it, and says what would not work.
///
/// It reads the JSON of a configuration from standard input; `cargo xtask check-config --probe` takes it out of a page.
/// It ends with 0 where everything that was asked works, with 1 where something does not, and with 2 where nothing could be
/// asked.
#[derive(Debug, Parser)]
#[command(name = "perennial-backend-probe", version)]
struct Cli {
    /// Where people open the page, such as https://app.example.org/: its origin is the one that asks
    page: String,
}

fn main() -> ExitCode {
    let Cli { page } = Cli::parse();
    match prepare(&page) {
        Ok((config, page)) => {
            let report = run(&config, &page, &http::Client::new(limit(&config)));
            println!("{report}");
            if report.problems() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(sentences) => {
            for sentence in sentences {
                eprintln!("error: {sentence}");
            }
            ExitCode::from(2)
        }
    }
}

fn prepare(page: &str) -> Result<(Config, Page), Vec<String>> {
    let page = Page::parse(page).map_err(|error| vec![error.to_string()])?;
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| vec![format!("The configuration cannot be read from standard input: {error}.")])?;
    let config =
        Config::parse(&text).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok((config, page))
}
