//! `cargo xtask check-config`: reads a configuration as the application would, before people meet it.

mod block;
mod summary;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use perennial_dialect::config::Config;

/// Which configuration to check.
#[derive(Args, Debug)]
pub(crate) struct CheckConfig {
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
                Ok(())
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
