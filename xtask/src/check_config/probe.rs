//! The backend itself, asked by a program of its own, which is compiled when it is wanted first.

use std::{io::Write as _, process::Stdio};

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// Asks the backend of this configuration as a page from this address would.
pub(super) fn run(block: &str, page: &str) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--package", "perennial-backend-probe", "--", page]);
    println!(
        "\nThe backend is asked now. The program for it is compiled first where it is not there yet: a minute or two."
    );
    let mut child = cargo.stdin(Stdio::piped()).spawn().context("cannot start cargo")?;
    // A program that ends without having read it says why.
    let is_told = child.stdin.take().is_some_and(|mut input| input.write_all(block.as_bytes()).is_ok());
    let status = shell::wait(&mut child)?;
    match status.code() {
        Some(0) if is_told => Ok(()),
        Some(1) => bail!("the backend and this configuration do not fit"),
        Some(2) => bail!("the backend was not asked"),
        _ => bail!("`{}` failed ({status})", shell::line(&cargo)),
    }
}
