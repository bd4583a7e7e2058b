//! `cargo xtask serve`.
use anyhow::{Result, bail};
use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct Serve {}

impl Serve {
    pub(crate) fn run(&self) -> Result<()> {
        bail!("not yet")
    }
}
