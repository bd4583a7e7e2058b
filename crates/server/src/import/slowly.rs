//! For tests: a reader by which everything lies across a border of what is read at once.

use std::io::{self, Read};

/// Reads no more bytes at once than it is told.
pub(super) struct Slowly<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) most: usize,
}

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.most);
        self.bytes.read(&mut buffer[..most])
    }
}
