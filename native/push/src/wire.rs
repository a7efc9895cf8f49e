//! The records on the socket, each with a fixed number of bytes, little endian. Pure.

use crate::refusal::Refusal;

/// Bytes of a record that a program sends.
pub const PUSHER_RECORD_BYTES: usize = 40;
/// Bytes of a record that the bridge sends.
pub const BRIDGE_RECORD_BYTES: usize = 16;
/// A description takes no more.
pub const MOST_DESCRIPTION_BYTES: u32 = 4 << 10;
/// What comes with a frame takes no more.
pub const MOST_METADATA_BYTES: u32 = 16 << 10;
/// A reason takes no more; of a longer one its beginning is told.
const MOST_REASON_BYTES: usize = 1 << 10;

/// What a program says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromPusher {
    /// First of all: a description of so many bytes follows, and a file came with it.
    Greeting { description_bytes: u32 },
    /// A slot holds a frame.
    Frame(FrameRecord),
    /// It ends, and means to.
    Farewell,
}

/// A frame that lies in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRecord {
    /// Where its pixels lie.
    pub slot: u32,
    /// How the program counts it; ids rise, and what is left out was lost.
    pub id: u64,
    /// The program's clock when the exposure began, ns.
    pub clock_ns: u64,
    /// The wall clock when the frame was complete, ns since 1970; 0: the bridge may look itself.
    pub unix_ns: u64,
    /// Bytes of JSON that follow.
    pub metadata_bytes: u32,
}

impl FromPusher {
    /// Reads a record. Nothing of it is believed but that it is one.
    pub fn parse(record: &[u8; PUSHER_RECORD_BYTES]) -> Result<Self, Refusal> {
        let (kind, payload_bytes) = (u32_at(record, 0), u32_at(record, 4));
        let at_most = |what, most| {
            if payload_bytes > most { Err(Refusal::TooLong { what, bytes: payload_bytes, most }) } else { Ok(()) }
        };
        match kind {
            1 => {
                at_most("the description", MOST_DESCRIPTION_BYTES)?;
                Ok(Self::Greeting { description_bytes: payload_bytes })
            }
            2 => {
                at_most("the metadata of a frame", MOST_METADATA_BYTES)?;
                Ok(Self::Frame(FrameRecord {
                    slot: u32_at(record, 8),
                    id: u64_at(record, 16),
                    clock_ns: u64_at(record, 24),
                    unix_ns: u64_at(record, 32),
                    metadata_bytes: payload_bytes,
                }))
            }
            3 => {
                at_most("a farewell", 0)?;
                Ok(Self::Farewell)
            }
            kind => Err(Refusal::Kind(kind)),
        }
    }
}

/// What the bridge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromBridge<'a> {
    /// The program is listened to, and its camera has this name.
    Welcome { name: &'a str },
    /// It is not listened to (any more), and why. Nothing follows.
    Refused { reason: &'a str },
    /// The slot may be filled again.
    Free { slot: u32 },
    /// Somebody wants the frames that are pushed from here on.
    Started,
    /// Nobody does any more; what is pushed is let go.
    Stopped,
}

impl FromBridge<'_> {
    /// The record, and what follows it.
    pub fn bytes(&self) -> Vec<u8> {
        let (kind, slot, payload): (u32, u32, &[u8]) = match self {
            Self::Welcome { name } => (1, 0, name.as_bytes()),
            Self::Refused { reason } => (2, 0, shortened(reason).as_bytes()),
            Self::Free { slot } => (3, *slot, &[]),
            Self::Started => (4, 0, &[]),
            Self::Stopped => (5, 0, &[]),
        };
        let mut bytes = Vec::with_capacity(BRIDGE_RECORD_BYTES + payload.len());
        for field in [kind, payload.len() as u32, slot, 0] {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        bytes.extend_from_slice(payload);
        bytes
    }
}

fn shortened(reason: &str) -> &str {
    let mut end = reason.len().min(MOST_REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}

fn u32_at(record: &[u8; PUSHER_RECORD_BYTES], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|byte| record[at + byte]))
}

fn u64_at(record: &[u8; PUSHER_RECORD_BYTES], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|byte| record[at + byte]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_is_these_bytes() {
        #[rustfmt::skip]
        let record = [
            2, 0, 0, 0,  5, 0, 0, 0,  3, 0, 0, 0,  0, 0, 0, 0,
            1, 2, 0, 0, 0, 0, 0, 0,
            0, 0xca, 0x9a, 0x3b, 0, 0, 0, 0,
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ];
        let frame = FrameRecord { slot: 3, id: 513, clock_ns: 1_000_000_000, unix_ns: u64::MAX, metadata_bytes: 5 };
        assert_eq!(FromPusher::parse(&record), Ok(FromPusher::Frame(frame)));
    }

    #[test]
    fn the_bridge_answers_in_these_bytes() {
        assert_eq!(FromBridge::Free { slot: 258 }.bytes(), [3, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0]);
        let welcome = FromBridge::Welcome { name: "push: µ" }.bytes();
        assert_eq!(welcome[..16], [1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(&welcome[16..], "push: µ".as_bytes());
        let long = FromBridge::Refused { reason: &"µ".repeat(1000) }.bytes();
        assert_eq!(long.len(), 16 + MOST_REASON_BYTES);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_a_record_or_refused(record in prop::array::uniform32(any::<u8>()), kind in 0u32..6) {
            let mut bytes = [0; PUSHER_RECORD_BYTES];
            bytes[8..].copy_from_slice(&record);
            bytes[..4].copy_from_slice(&kind.to_le_bytes());
            bytes[4..8].copy_from_slice(&record[..4]);
            match FromPusher::parse(&bytes) {
                Ok(FromPusher::Greeting { description_bytes }) => prop_assert!(description_bytes <= MOST_DESCRIPTION_BYTES),
                Ok(FromPusher::Frame(frame)) => prop_assert!(frame.metadata_bytes <= MOST_METADATA_BYTES),
                Ok(FromPusher::Farewell) => prop_assert_eq!(kind, 3),
                Err(Refusal::Kind(refused)) => prop_assert!(refused == 0 || refused > 3),
                Err(refusal) => {
                    let is_too_long = matches!(refusal, Refusal::TooLong { .. });
                    prop_assert!(is_too_long);
                }
            }
        }
    }
}
