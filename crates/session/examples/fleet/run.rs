//! Runs the whole fleet.
//!
//! The engines have nothing in common but a server whose answers depend on the time alone, so the order in which they
//! are woken within a stretch of time changes no result. Each is taken through half an hour while it is in the cache,
//! then the next; all of them are in memory all the time.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

use crate::{
    client::Client,
    setup::{MINUTE_MS, SECOND_MS, Setup},
    tally::Tally,
};

/// Lives through all days, and says after each stretch how far it is.
pub(crate) fn run(setup: &Setup, mut report: impl FnMut(usize)) -> Tally {
    let mut tally = Tally::new(setup);
    let engines = u32::try_from(setup.engines).unwrap_or(u32::MAX);
    let settings = setup.settings();
    let mut clients: Vec<_> =
        (0..engines).map(|number| Client::new(number, setup, settings.clone(), &mut tally)).collect();
    let mut now_ms = 0;
    while now_ms < setup.end_ms() {
        now_ms = (now_ms + STRETCH_MS).min(setup.end_ms());
        for part in stretch(&mut clients, now_ms, setup) {
            tally.add(part);
        }
        report(usize::try_from(now_ms / SECOND_MS).unwrap_or(usize::MAX));
    }
    tally.never_fresh = clients.iter().map(|client| u64::from(client.is_behind())).sum();
    tally.sort();
    tally
}

fn stretch(clients: &mut [Client], end_ms: u64, setup: &Setup) -> Vec<Tally> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let batches = Mutex::new(clients.chunks_mut(BATCH));
    let work = || {
        let mut tally = Tally::new(setup);
        loop {
            let batch = batches.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(batch) = batch else { return tally };
            for client in batch {
                client.run_until(end_ms, setup, &mut tally);
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

const STRETCH_MS: u64 = 30 * MINUTE_MS;

/// Enough to make taking the next batch cheap, and few enough that no core is idle at the end.
const BATCH: usize = 1_024;
