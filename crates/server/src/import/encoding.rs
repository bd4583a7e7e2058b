//! How text is written as bytes, and how that is found out.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::WINDOWS_1252;

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a byte order mark.
    Utf8,
    /// What spreadsheets on Windows write in western Europe; includes Latin-1.
    Windows1252,
}

impl Encoding {
    /// Its name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Utf8, Self::Windows1252].into_iter().find(|encoding| encoding.as_str() == word)
    }

    /// A field as text.
    pub(super) fn decode(self, field: &[u8]) -> Result<String, BadByte> {
        match self {
            Self::Utf8 => match str::from_utf8(field) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(BadByte::at(error.valid_up_to(), field)),
            },
            Self::Windows1252 => Ok(self.decode_lossy(field).into_owned()),
        }
    }

    /// A field as text, with U+FFFD for what is none.
    pub(super) fn decode_lossy(self, field: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(field),
            Self::Windows1252 => WINDOWS_1252.decode_without_bom_handling(field).0,
        }
    }
}

/// The first byte of a field that is no UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadByte {
    /// Its place in the field, from 1.
    pub(super) position: u64,
    /// The byte.
    pub(super) byte: u8,
}

impl BadByte {
    fn at(index: usize, field: &[u8]) -> Self {
        let position = u64::try_from(index + 1).unwrap_or(u64::MAX);
        Self { position, byte: field.get(index).copied().unwrap_or_default() }
    }
}

/// Finds out the encoding of a file from its beginning to its end.
///
/// It is UTF-8 if every byte fits, or if the characters of several bytes outnumber the bytes that fit nowhere. A
/// letter beyond ASCII is one byte in Windows-1252, and rarely do the bytes behind it look like the rest of a character.
/// So a few bad bytes cost their rows, and no other row is read in another encoding for them.
///
/// A file that is cut inside its last character has no bad byte for that. A single byte at the end says nothing: it may
/// be a whole letter in Windows-1252. Two or three say UTF-8, like a whole character.
///
/// The whole file counts, since one letter beyond ASCII may be all there is, far down. It goes through one buffer.
pub(super) fn detect(file: &mut impl Read) -> io::Result<Encoding> {
    let mut tally = Tally::default();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut held = 0;
    loop {
        let read = match file.read(&mut buffer[held..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok(tally.verdict(held));
        }
        let end = held + read;
        held = tally.add(&buffer[..end]);
        buffer.copy_within(end - held..end, 0);
    }
}

/// What was counted.
#[derive(Debug, Default)]
struct Tally {
    /// Whole characters of several bytes.
    characters: usize,
    /// Bytes that belong to no character.
    bad_bytes: usize,
}

impl Tally {
    /// Counts, and says how many bytes at the end may go on in what is read next.
    fn add(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        loop {
            let (valid_to, bad) = match str::from_utf8(rest) {
                Ok(_) => (rest.len(), Some(0)),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let (valid, after) = rest.split_at(valid_to);
            self.characters += valid.iter().filter(|byte| **byte >= FIRST_OF_SEVERAL).count();
            let Some(bad) = bad else { return after.len() };
            if after.is_empty() {
                return 0;
            }
            self.bad_bytes += bad;
            rest = &after[bad..];
        }
    }

    /// Decides at the end of the file; `cut` bytes are left of a character.
    fn verdict(&self, cut: usize) -> Encoding {
        let characters = self.characters + usize::from(cut > 1);
        let fits = self.bad_bytes == 0 && cut == 0;
        if fits || characters > self.bad_bytes { Encoding::Utf8 } else { Encoding::Windows1252 }
    }
}

/// In valid UTF-8 no byte from here on is anything but the first of several.
const FIRST_OF_SEVERAL: u8 = 0xc0;

const BUFFER_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::super::slowly::Slowly;
    use super::{BadByte, Encoding, detect};

    /// Field 60.
    #[test]
    fn characters_of_several_bytes_are_weighed_against_bytes_that_fit_nowhere() {
        use Encoding::{Utf8, Windows1252};
        for (text, expected) in [
            (b"".as_slice(), Utf8),
            (b"plain\n", Utf8),
            (b"Zo\xc3\xab\n", Utf8),
            (b"Zo\xeb\n", Windows1252),
            // Two against one, one against one, one against two.
            (b"Zo\xc3\xab, Jos\xc3\xa9, caf\xe9\n", Utf8),
            (b"Zo\xc3\xab, caf\xe9\n", Windows1252),
            (b"Zo\xc3\xab, caf\xe9, na\xefve\n", Windows1252),
            // Where the bad byte is does not matter, nor that it comes before all else.
            (b"\xff\xc3\xab\xc3\xa9", Utf8),
            // A character whose last byte was lost counts by its bytes: two against two.
            (b"5 \xe2\x82, \xc3\xab\xc3\xa9", Windows1252),
            // What no program writes as UTF-8 is bad: a surrogate, an overlong slash.
            (b"\xed\xa0\x80\xc3\xab", Windows1252),
            (b"\xc0\xaf\xc3\xab", Windows1252),
            // Cut inside the last character.
            (b"Zo\xc3\xab\nJos\xc3", Utf8),
            (b"Jos\xc3", Windows1252),
            (b"caf\xe9", Windows1252),
            (b"10 \xe2\x82", Utf8),
            (b"\xf0\x9f\x98", Utf8),
            // The same in the middle is no cut.
            (b"10 \xe2\x82\n", Windows1252),
            (b"D\xe9j\xe0 vu\nGr\xf6\xdfe\n\xabcaf\xe9\xbb\n", Windows1252),
        ] {
            for most in [1, 2, 3, usize::MAX] {
                assert_eq!(
                    detect(&mut Slowly { bytes: text, most }).unwrap(),
                    expected,
                    "{text:x?} by {most}"
                );
            }
        }
    }

    #[test]
    fn the_first_bad_byte_is_named_by_its_place() {
        let bad = |position, byte| Err(BadByte { position, byte });
        for (field, expected) in [
            (b"caf\xe9".as_slice(), bad(4, 0xe9)),
            (b"\x92s", bad(1, 0x92)),
            // The letter before it takes two bytes.
            (b"\xc3\xab\xff\xfe", bad(3, 0xff)),
            (b"5 \xe2\x82", bad(3, 0xe2)),
            (b"Zo\xc3\xab", Ok("Zoë".to_owned())),
        ] {
            assert_eq!(Encoding::Utf8.decode(field), expected);
        }
        assert_eq!(Encoding::Windows1252.decode(b"\x80 caf\xe9").unwrap(), "€ café");
    }
}
