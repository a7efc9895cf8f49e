use std::net::Ipv4Addr;

/// Where cameras listen.
pub const CONTROL_PORT: u16 = 3956;

const KEY: u8 = 0x42;
/// An answer is wanted, and may be sent to everybody where the camera's own address fits no network.
const FLAGS: u8 = 0x11;
const DISCOVERY: u16 = 0x0002;
const DISCOVERY_ANSWER: u16 = 0x0003;
const HEADER_BYTES: usize = 8;
/// The answer holds the camera's first registers.
const REGISTERS_BYTES: usize = 0xf8;
/// Ids of answers are those of their questions; 0 is none.
const REQUEST_ID: u16 = 0xffff;

/// What a camera says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its address in its network.
    pub address: Ipv4Addr,
    pub vendor: String,
    pub model: String,
    pub serial: String,
    /// What its owner calls it; empty: nothing.
    pub user_name: String,
}

/// The question to everybody.
pub fn question() -> [u8; HEADER_BYTES] {
    let [command_high, command_low] = DISCOVERY.to_be_bytes();
    let [id_high, id_low] = REQUEST_ID.to_be_bytes();
    [KEY, FLAGS, command_high, command_low, 0, 0, id_high, id_low]
}

impl Answer {
    /// `None`: it is no answer to the question.
    pub fn parse(packet: &[u8]) -> Option<Self> {
        let registers = packet.get(HEADER_BYTES..HEADER_BYTES + REGISTERS_BYTES)?;
        let word = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
        // The first two bytes are a status; 0 is success.
        if (word(0), word(2), word(6)) != (0, DISCOVERY_ANSWER, REQUEST_ID) {
            return None;
        }
        let text = |at: usize, bytes: usize| {
            let field = &registers[at..at + bytes];
            let end = field.iter().position(|byte| *byte == 0).unwrap_or(bytes);
            let text = String::from_utf8_lossy(&field[..end]);
            text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
        };
        let [a, b, c, d] = [0x24, 0x25, 0x26, 0x27].map(|at| registers[at]);
        let mac = || registers[0x0a..0x10].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
        let serial = text(0xd8, 16);
        Some(Self {
            address: Ipv4Addr::new(a, b, c, d),
            vendor: text(0x48, 32),
            model: text(0x68, 32),
            serial: if serial.is_empty() { mac() } else { serial },
            user_name: text(0xe8, 16),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer() -> Vec<u8> {
        let mut packet = vec![0; HEADER_BYTES + REGISTERS_BYTES];
        packet[..8].copy_from_slice(&[0, 0, 0, 3, 0, 0xf8, 0xff, 0xff]);
        for (at, text) in [(0x48, "Aravis"), (0x68, "Fake"), (0xd8, "GV01"), (0xe8, "left\narm")] {
            packet[8 + at..8 + at + text.len()].copy_from_slice(text.as_bytes());
        }
        packet[8 + 0x24..8 + 0x28].copy_from_slice(&[127, 0, 0, 1]);
        packet
    }

    #[test]
    fn the_question_is_these_bytes() {
        assert_eq!(question(), [0x42, 0x11, 0x00, 0x02, 0x00, 0x00, 0xff, 0xff]);
    }

    #[test]
    fn an_answer_says_who_and_where() {
        let expected = Answer {
            address: Ipv4Addr::LOCALHOST,
            vendor: "Aravis".to_owned(),
            model: "Fake".to_owned(),
            serial: "GV01".to_owned(),
            user_name: "leftarm".to_owned(),
        };
        assert_eq!(Answer::parse(&answer()), Some(expected));
        let mut nameless = answer();
        nameless[8 + 0xd8..8 + 0xdc].fill(0);
        nameless[8 + 0x0a..8 + 0x10].copy_from_slice(&[1, 2, 3, 0xaa, 0xbb, 0xcc]);
        assert_eq!(Answer::parse(&nameless).unwrap().serial, "01:02:03:aa:bb:cc");
    }

    #[test]
    fn what_is_no_answer_is_none() {
        assert_eq!(Answer::parse(&question()), None, "it hears itself");
        for (at, byte) in [(0, 0x80), (3, 0x82), (6, 0)] {
            let mut packet = answer();
            packet[at] = byte;
            assert_eq!(Answer::parse(&packet), None, "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut packet in prop::collection::vec(any::<u8>(), 0..600), valid: bool) {
            if valid && packet.len() >= 8 {
                packet[..8].copy_from_slice(&[0, 0, 0, 3, 0, 0xf8, 0xff, 0xff]);
            }
            let read = Answer::parse(&packet);
            prop_assert_eq!(read.is_some(), valid && packet.len() >= HEADER_BYTES + REGISTERS_BYTES);
            if let Some(Answer { model, .. }) = read {
                prop_assert!(model.chars().all(|c| !c.is_control()));
            }
        }
    }
}
