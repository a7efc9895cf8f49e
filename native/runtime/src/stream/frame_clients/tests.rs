use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use zarrcam_acquisition::{DatasetEnd, EndKind, FrameClientStats};
use zarrcam_frame::{Frame, FramePool, FrameStamp, PixelType};

use super::record::{HEADER_BYTES, Lost, Opening, UndeliveredCause};
use super::{FrameClient, FrameTee};

const SIDE: u32 = 256;
const FRAME_BYTES: usize = (SIDE * SIDE) as usize;

fn opening() -> Opening {
    Opening {
        run_id: "run-1".to_owned(),
        run_number: 7,
        started_ns: 1_000_000_007,
        width: SIDE,
        height: SIDE,
        pixel_type: PixelType::U8,
        frames_averaged: 1,
        frame_limit: None,
        frame_bytes: FRAME_BYTES,
        may_wait: true,
    }
}

/// A frame all of whose pixels tell its index.
fn frame(frame_index: u64) -> Frame {
    let mut buffer = FramePool::new(FRAME_BYTES, 1).unwrap().try_take().unwrap();
    buffer.fill(frame_index as u8);
    let stamp = FrameStamp { hardware_id: frame_index + 100, hardware_clock_ns: 5, unix_ns: 6 };
    Frame { buffer: buffer.freeze(), width: SIDE, height: SIDE, pixel_type: PixelType::U8, stamp, metadata: None }
}

fn lost(first_frame_index: u64, count: u64, cause: UndeliveredCause) -> Lost {
    Lost { first_frame_index, count, hardware_frame_id: first_frame_index + 100, cause }
}

fn attached(tee: &FrameTee, back_pressure: bool, opening: Opening) -> Arc<FrameClient> {
    let client = Arc::new(FrameClient::new(back_pressure));
    tee.attach(&client, opening).unwrap();
    client
}

fn end(tee: &FrameTee, captured_end: u64) {
    tee.end(captured_end, &DatasetEnd::new(EndKind::Stopped), |first, count| {
        lost(first, count, UndeliveredCause::Storage)
    });
}

fn read_all(client: &FrameClient, piece: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut into = vec![0; piece];
    loop {
        let count = client.read(&mut into);
        if count == 0 {
            return bytes;
        }
        bytes.extend_from_slice(&into[..count]);
    }
}

/// What a record says, in the words of the test.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Begin { first: u64, back_pressure: bool },
    Frame(u64),
    Lost { first: u64, count: u64, cause: u8 },
    End { captured_end: u64, lost: u64, end: u8 },
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn parse(mut bytes: &[u8]) -> Vec<Said> {
    let mut said = Vec::new();
    while !bytes.is_empty() {
        assert_eq!(&bytes[..8], b"ZCFR\x01\x00\x50\x00");
        let payload = &bytes[HEADER_BYTES..HEADER_BYTES + u64_at(bytes, 16) as usize];
        let (frame_index, frames) = (u64_at(bytes, 24), u64_at(bytes, 32));
        said.push(match bytes[8] {
            1 => Said::Begin { first: frame_index, back_pressure: bytes[76] == 1 },
            2 => {
                assert!(payload.len() == FRAME_BYTES && payload.iter().all(|byte| *byte == frame_index as u8));
                assert_eq!(u64_at(bytes, 40), frame_index + 100);
                Said::Frame(frame_index)
            }
            3 => Said::Lost { first: frame_index, count: frames, cause: bytes[10] },
            4 => Said::End { captured_end: frame_index, lost: frames, end: bytes[11] },
            kind => panic!("a record of kind {kind}"),
        });
        bytes = &bytes[HEADER_BYTES + payload.len()..];
    }
    said
}

fn only(tee: &FrameTee) -> FrameClientStats {
    tee.stats().remove(0)
}

/// Every frame from the first on is told once and in order, received or lost, and the counts agree.
fn assert_whole(said: &[Said], first: u64, captured_end: u64) {
    assert!(matches!(said[0], Said::Begin { first: told, .. } if told == first), "{:?}", said[0]);
    let (mut next, mut all_lost) = (first, 0);
    for one in &said[1..said.len() - 1] {
        match *one {
            Said::Frame(frame_index) => {
                assert_eq!(frame_index, next);
                next += 1;
            }
            Said::Lost { first, count, .. } => {
                assert_eq!(first, next);
                next += count;
                all_lost += count;
            }
            _ => panic!("{one:?} in the middle"),
        }
    }
    assert_eq!(next, captured_end);
    assert!(
        matches!(said[said.len() - 1], Said::End { captured_end: end, lost, .. } if end == captured_end && lost == all_lost)
    );
}

#[test]
fn records_lie_as_specified() {
    let opening = Opening { width: 3, height: 2, frame_bytes: 6, frame_limit: Some(9), ..opening() };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let tail = "030000000200000001000000";
    assert_eq!(
        hex(&opening.begin(4, true)),
        format!(
            "5a434652010050000100000007000000{}{}{}{}{}{}{tail}01000000{}",
            "0500000000000000",
            "0400000000000000",
            "0900000000000000",
            "0000000000000000",
            "0000000000000000",
            "07ca9a3b00000000",
            "72756e2d31"
        )
    );
    assert_eq!(
        hex(&opening.frame(4, &frame(4))),
        format!(
            "5a434652010050000200000007000000{}{}{}{}{}{}{tail}00000000",
            "0000010000000000",
            "0400000000000000",
            "0100000000000000",
            "6800000000000000",
            "0500000000000000",
            "0600000000000000"
        )
    );
    assert_eq!(
        hex(&opening.lost(&lost(4, 2, UndeliveredCause::Client))),
        format!(
            "5a434652010050000300040007000000{}{}{}{}{}{}{tail}00000000",
            "0000000000000000",
            "0400000000000000",
            "0200000000000000",
            "6800000000000000",
            "0000000000000000",
            "0000000000000000"
        )
    );
    assert_eq!(
        hex(&opening.end(6, 2, &DatasetEnd::failed("disk full"))),
        format!(
            "5a434652010050000400000307000000{}{}{}{}{}{}{tail}00000000{}",
            "0900000000000000",
            "0600000000000000",
            "0200000000000000",
            "0000000000000000",
            "0000000000000000",
            "0000000000000000",
            "6469736b2066756c6c"
        )
    );
}

#[test]
fn a_client_that_comes_late_is_told_from_where_on() {
    let tee = FrameTee::default();
    let early = attached(&tee, false, opening());
    tee.frame(0, &frame(0), || false);
    tee.lose(lost(1, 2, UndeliveredCause::Camera));
    let late = attached(&tee, false, opening());
    tee.frame(3, &frame(3), || false);
    end(&tee, 4);
    end(&tee, 9);
    let begin = |first| Said::Begin { first, back_pressure: false };
    let end = |lost| Said::End { captured_end: 4, lost, end: 2 };
    let gap = Said::Lost { first: 1, count: 2, cause: 1 };
    assert_eq!(parse(&read_all(&early, 1 << 20)), [begin(0), Said::Frame(0), gap, Said::Frame(3), end(2)]);
    assert_eq!(parse(&read_all(&late, 1 << 20)), [begin(3), Said::Frame(3), end(0)]);
    assert!(tee.attach(&Arc::new(FrameClient::new(false)), opening()).is_err(), "nothing follows any more");
}

#[test]
fn a_client_that_takes_nothing_loses_in_bounded_memory_what_others_get() {
    let tee = FrameTee::default();
    let (stalled, reads) = (attached(&tee, false, opening()), attached(&tee, false, opening()));
    let room = u64::from(only(&tee).room);
    assert_eq!(room, 2048, "128 MiB");
    let frames = room + 500;
    let mut read = Vec::new();
    for frame_index in 0..frames {
        tee.frame(frame_index, &frame(frame_index), || false);
        read.extend(read_all(&reads, 1 << 20));
    }
    let told = only(&tee);
    assert_eq!((told.taken, told.waiting, told.lost, told.lost_to_client), (0, room, 500, 500));
    end(&tee, frames);
    read.extend(read_all(&reads, 1 << 20));
    assert_eq!(parse(&read).iter().filter(|said| matches!(said, Said::Frame(_))).count() as u64, frames);
    let said = parse(&read_all(&stalled, 1 << 20));
    assert_whole(&said, 0, frames);
    assert_eq!(said[room as usize + 1], Said::Lost { first: room, count: 500, cause: 4 });
    assert_eq!(only(&tee), FrameClientStats { taken: room, waiting: 0, ..told });
}

#[test]
fn a_recording_that_is_short_of_buffers_goes_first() {
    let tee = FrameTee::default();
    let client = attached(&tee, false, opening());
    tee.frame(0, &frame(0), || true);
    tee.frame(1, &frame(1), || false);
    end(&tee, 2);
    assert_eq!(parse(&read_all(&client, 999))[1], Said::Lost { first: 0, count: 1, cause: 5 });
}

#[test]
fn what_was_never_handed_on_is_lost_at_the_end() {
    let tee = FrameTee::default();
    let client = attached(&tee, false, opening());
    tee.frame(0, &frame(0), || false);
    end(&tee, 5);
    let said = parse(&read_all(&client, 1 << 20));
    assert_whole(&said, 0, 5);
    assert_eq!(said[2], Said::Lost { first: 1, count: 4, cause: 3 });
}

/// A large frame, so that few fill the room.
fn large() -> (Opening, Frame) {
    let bytes = 40 << 20;
    let opening = Opening { frame_bytes: bytes, ..opening() };
    let buffer = FramePool::new(bytes, 1).unwrap().try_take().unwrap().freeze();
    (opening, Frame { buffer, ..frame(0) })
}

#[test]
fn a_run_waits_for_a_client_that_may_hold_it_up_and_not_for_one_that_stalls() {
    let (opening, frame) = large();
    let tee = FrameTee::default();
    let client = attached(&tee, true, opening);
    for frame_index in 0..4 {
        tee.frame(frame_index, &frame, || false);
    }
    let reader = thread::spawn({
        let client = Arc::clone(&client);
        move || {
            thread::sleep(Duration::from_millis(100));
            let mut into = vec![0; 41 << 20];
            client.read(&mut into)
        }
    });
    tee.frame(4, &frame, || false);
    assert_eq!(only(&tee).lost, 0, "it waited for the reader");
    reader.join().unwrap();
    let before = Instant::now();
    tee.frame(5, &frame, || false);
    assert!(before.elapsed() > Duration::from_secs(1));
    let before = Instant::now();
    tee.frame(6, &frame, || false);
    assert!(before.elapsed() < Duration::from_secs(1), "from then on it is not waited for");
    let told = only(&tee);
    assert_eq!((told.back_pressure, told.lost, told.waiting + told.taken), (true, 2, 5));
}

#[test]
fn a_wait_for_a_client_ends_when_it_leaves_or_the_run_is_given_up() {
    for leaves in [true, false] {
        let (opening, frame) = large();
        let tee = Arc::new(FrameTee::default());
        let client = attached(&tee, true, opening);
        (0..4).for_each(|frame_index| tee.frame(frame_index, &frame, || false));
        let ends = thread::spawn({
            let tee = Arc::clone(&tee);
            move || {
                thread::sleep(Duration::from_millis(50));
                if leaves {
                    client.leave();
                } else {
                    tee.give_up();
                }
            }
        });
        let before = Instant::now();
        tee.frame(4, &frame, || false);
        assert!(before.elapsed() < Duration::from_millis(1500));
        ends.join().unwrap();
        let told = only(&tee);
        assert_eq!((told.connected, told.lost), (!leaves, if leaves { 4 } else { 1 }));
    }
}

#[test]
fn a_client_that_leaves_gives_its_memory_back_and_counts_no_more() {
    let tee = FrameTee::default();
    let client = attached(&tee, false, opening());
    (0..10).for_each(|frame_index| tee.frame(frame_index, &frame(frame_index), || false));
    let mut into = vec![0; 3 * FRAME_BYTES];
    client.read(&mut into);
    assert_eq!(client.leave(), 8, "two were read whole");
    assert_eq!(client.leave(), 0);
    tee.frame(10, &frame(10), || false);
    let told = only(&tee);
    assert_eq!((told.connected, told.taken, told.waiting, told.lost), (false, 2, 0, 8));
    assert_eq!(client.read(&mut into), 0);
    let (answer, answered) = mpsc::channel();
    client.when_ready(Box::new(move |ready| answer.send(ready.is_ok()).unwrap()));
    assert_eq!(answered.try_recv(), Ok(true), "it is told at once that nothing follows");
}

#[test]
fn who_waits_is_called_once_something_is_there() {
    let tee = FrameTee::default();
    let client = attached(&tee, false, opening());
    read_all(&client, 999);
    let (answer, answered) = mpsc::channel();
    client.when_ready(Box::new(move |ready| answer.send(ready.is_ok()).unwrap()));
    assert!(answered.try_recv().is_err());
    tee.frame(0, &frame(0), || false);
    assert_eq!(answered.try_recv(), Ok(true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever comes, and however it is read, the records are whole, and the counts add up at every moment.
    #[test]
    fn every_frame_is_told_once_and_in_order(
        steps in prop::collection::vec((0u8..6, 1usize..3 * FRAME_BYTES), 1..60),
        piece in 1usize..5000,
    ) {
        let tee = FrameTee::default();
        let first = 3;
        tee.lose(lost(0, first, UndeliveredCause::Queue));
        let client = attached(&tee, false, opening());
        let (mut next, mut bytes) = (first, Vec::new());
        for (step, size) in steps {
            match step {
                0 => {
                    let mut into = vec![0; size];
                    let count = client.read(&mut into);
                    bytes.extend_from_slice(&into[..count]);
                }
                1 => {
                    tee.lose(lost(next, 2, UndeliveredCause::Camera));
                    next += 2;
                }
                busy => {
                    tee.frame(next, &frame(next), || busy == 5);
                    next += 1;
                }
            }
            let told = only(&tee);
            prop_assert_eq!(told.taken + told.waiting + told.lost, next - first);
        }
        end(&tee, next);
        bytes.extend(read_all(&client, piece));
        assert_whole(&parse(&bytes), first, next);
    }
}
