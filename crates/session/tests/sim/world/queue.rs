//! What is still to happen, in order: by time, and within a millisecond as it was put in.

/// The next comes last. There are few at a time, and most of what is put in comes soon: what has to make room for it is
/// next to nothing, and a heap would move more.
#[derive(Debug)]
pub(super) struct Queue<T>(Vec<(u64, T)>);

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn put(&mut self, at: u64, what: T) {
        let index = self.0.iter().rposition(|(other, _)| *other > at).map_or(0, |later| later + 1);
        self.0.insert(index, (at, what));
    }

    /// When the next happens.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.0.last().map(|(at, _)| *at)
    }

    pub(super) fn take(&mut self) -> Option<(u64, T)> {
        self.0.pop()
    }
}
