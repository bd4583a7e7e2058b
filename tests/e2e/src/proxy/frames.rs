//! What passes on a WebSocket, read along without touching it (RFC 6455).

/// What one side said to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A whole message.
    Text(String),
    /// That it closes, with the code and the reason if it gave any.
    Close(Option<(u16, String)>),
}

/// The bytes of one direction, as far as they are no whole message yet.
#[derive(Debug, Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
    message: Vec<u8>,
}

/// One frame.
struct Frame {
    is_last: bool,
    opcode: u8,
    payload: Vec<u8>,
    length: usize,
}

impl Frames {
    /// Takes what was read and gives what is complete now. Pings and pongs are left out.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Vec<Said> {
        self.bytes.extend_from_slice(bytes);
        let mut said = Vec::new();
        while let Some(frame) = parse(&self.bytes) {
            self.bytes.drain(..frame.length);
            match frame.opcode {
                CLOSE => said.push(Said::Close(reason(&frame.payload))),
                CONTINUATION | TEXT | BINARY => {
                    self.message.extend(frame.payload);
                    if frame.is_last {
                        let message = std::mem::take(&mut self.message);
                        said.push(Said::Text(String::from_utf8_lossy(&message).into_owned()));
                    }
                }
                _ => {}
            }
        }
        said
    }
}

/// The frame at the beginning, if it is complete.
fn parse(bytes: &[u8]) -> Option<Frame> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (short, mut at) = (second & 0x7f, 2);
    let mut number = |width: usize| -> Option<usize> {
        let digits = bytes.get(at..at + width)?;
        at += width;
        Some(digits.iter().fold(0, |number, digit| number << 8 | usize::from(*digit)))
    };
    let length = match short {
        126 => number(2)?,
        127 => number(8)?,
        length => usize::from(length),
    };
    let mask: [u8; 4] = if second & 0x80 == 0 {
        [0; 4]
    } else {
        let mask = bytes.get(at..at + 4)?.try_into().ok()?;
        at += 4;
        mask
    };
    let masked = bytes.get(at..at.checked_add(length)?)?;
    let payload = masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    Some(Frame { is_last: first & 0x80 != 0, opcode: first & 0x0f, payload, length: at + length })
}

fn reason(payload: &[u8]) -> Option<(u16, String)> {
    let (code, reason) = payload.split_at_checked(2)?;
    let code = u16::from_be_bytes(code.try_into().ok()?);
    Some((code, String::from_utf8_lossy(reason).into_owned()))
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
