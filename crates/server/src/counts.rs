//! How many there are of each kind, and of all.

use std::collections::BTreeMap;

/// Numbers of what is open, by whose it is. A kind of which there is none any more takes no memory.
#[derive(Debug)]
pub(crate) struct Counts<K> {
    all: u32,
    each: BTreeMap<K, u32>,
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self { all: 0, each: BTreeMap::new() }
    }
}

impl<K: Clone + Ord> Counts<K> {
    /// How many there are of all kinds together.
    pub(crate) fn all(&self) -> u32 {
        self.all
    }

    /// Counts one more, unless there are `most` of this kind.
    pub(crate) fn add(&mut self, kind: &K, most: u32) -> bool {
        let count = self.each.get(kind).copied().unwrap_or_default();
        let has_room = count < most;
        if has_room {
            self.each.insert(kind.clone(), count + 1);
            self.all += 1;
        }
        has_room
    }

    /// Counts one less of this kind.
    pub(crate) fn remove(&mut self, kind: &K) {
        self.all -= 1;
        match self.each.get_mut(kind) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.each.remove(kind)),
        }
    }
}
