//! The numbers, in words.

use crate::{
    picture::thousands,
    setup::{DAY_MS, MINUTE_MS, SECOND_MS, Setup},
    tally::Tally,
    verdict::{BAR, Verdict, Wave},
};

/// Says what was simulated.
pub(crate) fn print_setup(setup: &Setup) {
    println!(
        "{} engines, {} days, seed {}: tokens of {} min, {} % of calls lost, an outage of {} min at noon of the first day",
        thousands(setup.engines),
        setup.days,
        setup.seed,
        setup.lifetime_min,
        setup.loss_percent,
        setup.outage_min
    );
}

/// Says how it went.
pub(crate) fn print(setup: &Setup, tally: &Tally, verdict: &Verdict) {
    let refreshes: u64 = tally.refreshes.iter().copied().map(u64::from).sum();
    let validations: u64 = tally.validations.iter().copied().map(u64::from).sum();
    println!("\nat work, from the first sign-in until the first goes home:");
    println!(
        "  refreshes per second     mean {:.0}, p99 {}, worst {} at {}",
        verdict.mean,
        verdict.p99,
        verdict.worst,
        clock(verdict.worst_at_s)
    );
    println!(
        "  spread over all the time {:.0} per second (every engine once in the life of a token)",
        verdict.even
    );
    println!(
        "  validations per second   mean {:.0}, worst {}",
        verdict.validations_mean, verdict.validations_worst
    );
    println!(
        "  in all                   {refreshes} refreshes, {} of them granted, {validations} validations",
        tally.grants
    );
    println!("\nworst second against the mean of its spread window (bar: {BAR}):");
    print_wave("ordinary traffic", verdict.daily.as_ref());
    print_wave("after the outage", verdict.recovery.as_ref());
    println!("\nwhat the outage leaves behind, for the rest of its day (no bar):");
    print_wave("its echoes", verdict.echo.as_ref());
    println!(
        "  {} of {} echoes were worse than any wave of an ordinary day",
        verdict.loud_echoes, verdict.echoes
    );
    print_recovery(setup, tally);
    println!(
        "\nsessions: {} began, {} ended as nobody was there for an hour, {} were ended wrongly",
        tally.begun, tally.ended_rightly, tally.ended_wrongly
    );
    for example in &tally.examples {
        println!("  wrongly: {example}");
    }
}

fn print_wave(what: &str, wave: Option<&Wave>) {
    match wave {
        Some(wave) => println!(
            "  {what:<24} {:.2} = {} at {} / {:.0} on average over {}..{}",
            wave.ratio(),
            wave.worst,
            clock(wave.worst_at_s),
            wave.mean,
            clock(wave.window_s.start),
            clock(wave.window_s.end)
        ),
        None => println!("  {what:<24} nothing to judge"),
    }
}

fn print_recovery(setup: &Setup, tally: &Tally) {
    let fresh = &tally.fresh_after_ms;
    let after = |share: usize| match fresh.get((fresh.len() * share / 100).min(fresh.len().saturating_sub(1)))
    {
        Some(ms) => f64::from(*ms) / SECOND_MS as f64,
        None => 0.0,
    };
    println!("\nafter the outage:");
    if fresh.is_empty() && tally.never_fresh == 0 {
        println!("  no refresh fell into it, so it proves nothing about them");
        return;
    }
    println!(
        "  could not refresh in it  {} of {} engines",
        fresh.len() as u64 + tally.never_fresh,
        setup.engines
    );
    println!(
        "  fresh again              half after {:.1} s, 99 % after {:.1} s, all after {:.1} s",
        after(50),
        after(99),
        after(100)
    );
    if tally.never_fresh > 0 {
        println!("  never fresh again        {}", tally.never_fresh);
    }
}

/// Says what an engine weighs that remembers as much of what happened as these.
pub(crate) fn print_memory(setup: &Setup, bytes: Option<u64>) {
    let (events, engines) = (setup.history_limit, thousands(setup.engines));
    match bytes {
        Some(bytes) => println!("  {bytes:>6} bytes with a history of {events} events, in {engines} engines"),
        None => println!("  this system does not say"),
    }
}

/// Says a second as a day and a time.
pub(crate) fn clock(second: usize) -> String {
    let ms = second as u64 * SECOND_MS;
    let (day, minute) = (ms / DAY_MS + 1, ms / MINUTE_MS % (24 * 60));
    format!("day {day} {:02}:{:02}:{:02}", minute / 60, minute % 60, second % 60)
}
