//! Ctrl-C, SIGTERM and SIGHUP: noticed here, so that what was begun is taken back before this program ends.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

/// Listens from now on. Until then such a signal ends this program at once, and so does the second one.
pub(crate) fn listen() -> Result<()> {
    static LISTENS: AtomicBool = AtomicBool::new(false);
    if LISTENS.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let noticed = || {
        if STOPPED.swap(true, Ordering::SeqCst) {
            std::process::exit(INTERRUPTED);
        }
    };
    ctrlc::set_handler(noticed).context("cannot listen for Ctrl-C")
}

/// Whether a person asked this program to end.
pub(crate) fn requested() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// Fails once a person asked this program to end.
pub(crate) fn check() -> Result<()> {
    if requested() {
        bail!("stopped");
    }
    Ok(())
}

static STOPPED: AtomicBool = AtomicBool::new(false);

/// What shells say of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;
