//! A fleet of engines over whole working days: how evenly they ask for new tokens, and whether an outage signs anybody
//! out.
//!
//! Everyone signs in between 9:00 and 9:05, does something every one to ten minutes, and goes home between 17:00 and
//! 17:30 with the page left open; the inactivity limit ends the session an hour later, and the next morning the same
//! engine begins another. The network loses some calls; at noon of the first day nothing reaches the server for a while
//! (connections are refused, which brings the next attempt sooner than silence would). The server rotates refresh
//! credentials and ends a session in which a used one comes back under another key.
//!
//! ```text
//! cargo run --profile server -p perennial-session --example fleet -- --engines 1000000 --seed 1
//! ```
//!
//! The profile matters: the release profile is made for the size of the bundle.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks on its terminal")]
#![allow(clippy::disallowed_methods, reason = "the run time is shown to a person; nothing is decided by it")]

mod arguments;
mod client;
mod dice;
mod memory;
mod picture;
mod report;
mod run;
mod server;
mod setup;
mod tally;
mod verdict;

use std::{env, fs, process::ExitCode, time::Instant};

use crate::{arguments::Arguments, memory::Scale, setup::Setup, verdict::Verdict};

fn main() -> ExitCode {
    match Arguments::read(env::args().skip(1)).and_then(|arguments| live(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all went as it should.
fn live(Arguments { setup, picture }: &Arguments) -> Result<bool, String> {
    let mut scale = Scale::new();
    let frugal = Setup { engines: setup.engines.min(WEIGHED), history_limit: SHORT_HISTORY, ..setup.clone() };
    run::run(&frugal, |_| scale.look());
    let frugal_bytes = scale.bytes_per_engine(&frugal);
    scale.reset();
    let started = Instant::now();
    report::print_setup(setup);
    let tally = run::run(setup, |now_s| {
        scale.look();
        eprint!("\r  {}  {:.0} s", report::clock(now_s), started.elapsed().as_secs_f32());
    });
    let took_s = started.elapsed().as_secs_f64();
    eprintln!();
    let verdict = Verdict::new(setup, &tally);
    report::print(setup, &tally, &verdict);
    println!("\nmemory per engine at the fullest moment:");
    report::print_memory(&frugal, frugal_bytes);
    report::print_memory(setup, scale.bytes_per_engine(setup));
    println!(
        "run time: {took_s:.1} s for {} inputs, {:.0} ns each",
        tally.inputs,
        took_s * 1e9 / tally.inputs as f64
    );
    if let Some(path) = picture {
        fs::write(path, picture::draw(setup, &tally))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        println!("picture: {}", path.display());
    }
    Ok(verdict.is_good(&tally))
}

/// A second, smaller fleet shows what an engine weighs that remembers little of what happened. It lives first: what it
/// leaves behind is used again by the other, and so weighs nothing there.
const WEIGHED: usize = 20_000;

const SHORT_HISTORY: usize = 16;
