//! `cargo xtask check-config`: reads a configuration as the application would, before people meet it, and asks the backend
//! itself where it is told to.

mod block;
mod probe;
mod summary;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use perennial_dialect::config::Config;

/// Which configuration to check, and whether against its backend.
#[derive(Args, Debug)]
pub(crate) struct CheckConfig {
    /// Ask the backend too, as a page that people open at this address would: the page's own, such as
    /// `https://app.example.org/`, and not the backend's
    ///
    /// From it follow the origin that the backend must allow (CORS), and where a backend is that the configuration puts on
    /// the origin of the page. The page need not be there yet where the backend is elsewhere.
    ///
    /// Every call of the application is made once, without any credential that is good for anything: in place of a token
    /// goes a made-up one that expired in 1970, and in place of a cookie nothing. One sign-in is tried, and no more, with
    /// the account perennial-probe@example.org and a password that nobody has. A backend that locks accounts or addresses
    /// out after failed sign-ins counts it, once for each run.
    ///
    /// What would not work is said in one sentence each: problems, of which one is enough for the exit code 1, and notes.
    #[arg(long, value_name = "URL")]
    probe: Option<String>,
    /// An index.html with the data block, or a file with its JSON alone
    file: PathBuf,
}

impl CheckConfig {
    pub(crate) fn run(&self) -> Result<()> {
        let file = self.file.display();
        let text =
            fs::read_to_string(&self.file).with_context(|| format!("{file} cannot be read as text"))?;
        let block = block::find(&text).with_context(|| format!("{file} has no configuration"))?;
        match Config::parse(block) {
            Ok(config) => {
                println!("{file}: ok\n{}", summary::of(&config));
                self.probe.as_ref().map_or(Ok(()), |page| probe::run(block, page))
            }
            Err(errors) => {
                for error in &errors {
                    eprintln!("{file}: {error}");
                }
                bail!("{} to be put right in {file}", count(errors.len()))
            }
        }
    }
}

fn count(errors: usize) -> String {
    match errors {
        1 => "one thing has".to_owned(),
        several => format!("{several} things have"),
    }
}
