//! What is still to happen, in order: by time, and within a millisecond as it was put in.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Only the small keys are moved about when something is put in or taken out.
#[derive(Debug)]
pub(super) struct Queue<T> {
    keys: BinaryHeap<Reverse<Key>>,
    /// By the key's slot.
    what: Vec<Option<T>>,
    free: Vec<u32>,
    put: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: u64,
    number: u32,
    slot: u32,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self { keys: BinaryHeap::new(), what: Vec::new(), free: Vec::new(), put: 0 }
    }

    pub(super) fn put(&mut self, at: u64, what: T) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.what.push(None);
            u32::try_from(self.what.len() - 1).unwrap_or(u32::MAX)
        });
        self.what[slot as usize] = Some(what);
        self.put += 1;
        self.keys.push(Reverse(Key { at, number: self.put, slot }));
    }

    /// When the next happens.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.keys.peek().map(|Reverse(key)| key.at)
    }

    pub(super) fn take(&mut self) -> Option<(u64, T)> {
        let Reverse(Key { at, slot, .. }) = self.keys.pop()?;
        self.free.push(slot);
        self.what[slot as usize].take().map(|what| (at, what))
    }
}
