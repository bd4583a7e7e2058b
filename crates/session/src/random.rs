//! Randomness from a seed, so that a run can be repeated exactly.

use core::time::Duration;

/// A small generator (xoshiro256++ by Blackman and Vigna, 2019) for jitter and the names of tabs and sessions.
///
/// None needs to be unpredictable to the server; the seed comes from the device's secure source all the
/// same, so that two devices never share a sequence.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        let mut state = [0; 4];
        for (word, bytes) in state.iter_mut().zip(seed.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        // The all-zero state is the one this generator cannot leave.
        if state == [0; 4] {
            state[0] = 1;
        }
        Self { state }
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A length between zero and `most`, both included, in whole milliseconds.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let most_ms = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        // The bias of the remainder is below one part in 2^32 for every length used here.
        Duration::from_millis(self.next_u64() % most_ms.saturating_add(1))
    }
}
