//! Programs that take every frame of a recording, beside its storage and without one.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::common::{Rig, assert_balanced, document, stream, wait};
use serde_json::{Value, json};
use zarrcam_runtime::{ErrorCode, FRAME_HEADER_BYTES, FrameReader, FramesRequest, Runtime, StartOptions};

/// What a client was told, in its order.
#[derive(Debug, Default)]
struct Told {
    first_frame_index: u64,
    back_pressure: bool,
    frames: Vec<(u64, Vec<u8>)>,
    lost: u64,
    causes: Vec<u8>,
    /// One past the last captured frame index, how capture ended, and why.
    end: Option<(u64, u8, String)>,
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

impl Told {
    fn parse(mut bytes: &[u8]) -> Self {
        let mut told = Self::default();
        let mut next = 0;
        while !bytes.is_empty() {
            let payload = &bytes[FRAME_HEADER_BYTES..][..u64_at(bytes, 16) as usize];
            let (frame_index, frames) = (u64_at(bytes, 24), u64_at(bytes, 32));
            assert!(told.end.is_none(), "nothing follows the end");
            match bytes[8] {
                1 => {
                    told.first_frame_index = frame_index;
                    told.back_pressure = bytes[76] == 1;
                    next = frame_index;
                }
                2 => {
                    assert_eq!(frame_index, next);
                    told.frames.push((frame_index, payload.to_vec()));
                    next += 1;
                }
                3 => {
                    assert_eq!(frame_index, next);
                    told.lost += frames;
                    told.causes.push(bytes[10]);
                    next += frames;
                }
                _ => {
                    assert_eq!((next, told.lost), (frame_index, frames));
                    told.end = Some((frame_index, bytes[11], String::from_utf8(payload.to_vec()).unwrap()));
                }
            }
            bytes = &bytes[FRAME_HEADER_BYTES + payload.len()..];
        }
        told
    }
}

/// Reads to the end, with a pause after each piece.
fn read(reader: FrameReader, pause: Duration) -> JoinHandle<Told> {
    thread::spawn(move || {
        let (mut bytes, mut into) = (Vec::new(), vec![0; 100_000]);
        loop {
            wait(|done| reader.when_ready(done)).unwrap();
            let count = reader.read(&mut into);
            if count == 0 {
                return Told::parse(&bytes);
            }
            bytes.extend_from_slice(&into[..count]);
            thread::sleep(pause);
        }
    })
}

fn next_run(runtime: &Runtime) -> FrameReader {
    runtime.open_frames(FramesRequest { next_run: true, ..FramesRequest::default() }).unwrap()
}

/// 125 frames/s of 64 x 48 U16 into a V2 store, one frame a chunk: a pace that a busy machine keeps, too.
fn paced(name: &str, frames: u64) -> Value {
    let mut stream = stream(name, frames);
    stream["camera"]["settings"]["exposure_time_us"] = json!(8000);
    stream
}

fn trash(frames: u64, exposure_time_us: u32) -> Value {
    let mut stream = stream("none", frames);
    stream["camera"]["settings"]["exposure_time_us"] = json!(exposure_time_us);
    stream["storage"]["identifier"]["name"] = json!("trash");
    stream
}

/// Frames of 1 MiB that take little on disk.
fn stream_of_mebibytes(name: &str, frames: u64) -> Value {
    let mut large = stream(name, frames);
    large["camera"]["identifier"]["name"] = json!("simulated: empty");
    large["camera"]["settings"]["pixel_type"] = json!("U8");
    large["camera"]["settings"]["shape"] = json!([1024, 1024]);
    large["storage"]["identifier"]["name"] = json!("ZarrV3Blosc1Lz4ByteShuffle");
    for (dimension, size) in [(0, 1024), (1, 1024), (2, 100)] {
        large["storage"]["settings"]["acquisition_dimensions"][dimension]["chunk_size_px"] = json!(size);
    }
    for dimension in [0, 1] {
        large["storage"]["settings"]["acquisition_dimensions"][dimension]["array_size_px"] = json!(1024);
    }
    large
}

#[test]
fn a_client_that_waited_for_a_run_gets_what_is_stored() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 60)]));
    let readers =
        [read(next_run(&rig.runtime), Duration::ZERO), read(next_run(&rig.runtime), Duration::from_millis(1))];
    rig.runtime.start(true).unwrap();
    rig.stop().unwrap();
    for reader in readers {
        let told = reader.join().unwrap();
        assert_eq!((told.first_frame_index, told.lost, told.frames.len()), (0, 0, 60));
        assert_eq!(told.end, Some((60, 1, String::new())));
        assert!(told.frames.iter().all(|(index, pixels)| *pixels == rig.chunk("out.zarr", &format!("{index}/0/0"))));
    }
    let told = rig.stream(0).frame_clients;
    assert!(told.iter().all(|client| (client.taken, client.waiting, client.lost) == (60, 0, 0)), "{told:?}");
}

#[test]
fn a_client_that_comes_late_has_the_rest_and_one_that_leaves_disturbs_nobody() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 300)]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "under way", |stats| stats.ledger.stored > 20);
    let stays = read(rig.runtime.open_frames(FramesRequest::default()).unwrap(), Duration::ZERO);
    let leaves = rig.runtime.open_frames(FramesRequest::default()).unwrap();
    rig.until(0, "waiting for a client", |stats| stats.frame_clients.iter().any(|client| client.waiting > 20));
    drop(leaves);
    let summary = rig.stop().unwrap();
    assert!(summary.complete, "{summary:?}");
    let told = stays.join().unwrap();
    assert!(told.first_frame_index > 20 && told.lost == 0);
    assert_eq!(told.first_frame_index + told.frames.len() as u64, 300);
    let clients = rig.stream(0).frame_clients;
    assert_eq!((clients[1].connected, clients[1].taken, clients[1].waiting), (false, 0, 0));
    assert!(clients[1].lost > 20 && clients[1].lost == clients[1].lost_to_client, "{clients:?}");
}

#[test]
fn a_client_gets_means_where_frames_are_averaged() {
    let rig = Rig::new();
    let mut averaged = paced("out.zarr", 41);
    averaged["frame_average_count"] = json!(4);
    rig.set(&document(&[averaged]));
    let reader = read(next_run(&rig.runtime), Duration::ZERO);
    rig.runtime.start(true).unwrap();
    rig.stop().unwrap();
    let told = reader.join().unwrap();
    assert_eq!((told.frames.len(), told.lost, told.end.unwrap().0), (10, 0, 10));
    assert!(told.frames.iter().all(|(index, pixels)| *pixels == rig.chunk("out.zarr", &format!("{index}/0/0"))));
}

#[test]
fn a_camera_that_can_wait_waits_for_a_client_where_nothing_is_written_here() {
    let rig = Rig::new();
    rig.set(&document(&[trash(4000, 0)]));
    let request = FramesRequest { next_run: true, back_pressure: true, ..FramesRequest::default() };
    let reader = read(rig.runtime.open_frames(request).unwrap(), Duration::from_micros(500));
    rig.runtime.start(true).unwrap();
    let summary = rig.stop().unwrap();
    let told = reader.join().unwrap();
    assert!(told.back_pressure && summary.complete);
    assert_eq!((told.frames.len(), told.lost), (4000, 0));
}

#[test]
fn back_pressure_is_not_granted_where_something_is_written_here() {
    let rig = Rig::new();
    rig.set(&document(&[stream("out.zarr", 20)]));
    let request = FramesRequest { next_run: true, back_pressure: true, ..FramesRequest::default() };
    let reader = read(rig.runtime.open_frames(request).unwrap(), Duration::ZERO);
    rig.runtime.start(true).unwrap();
    rig.stop().unwrap();
    assert!(!reader.join().unwrap().back_pressure);
}

#[test]
fn a_client_that_takes_nothing_costs_the_recording_nothing() {
    let rig = Rig::new();
    // More than the 128 frames that the client has room for.
    rig.set(&document(&[stream_of_mebibytes("out.zarr", 300)]));
    let stalled = next_run(&rig.runtime);
    rig.runtime.start(true).unwrap();
    let summary = rig.stop().unwrap();
    assert!(summary.complete && summary.streams[0].ledger.stored == 300);
    let client = rig.stream(0).frame_clients.remove(0);
    assert_eq!((client.room, client.taken, client.waiting, client.lost), (128, 0, 128, 300 - 128));
    let told = read(stalled, Duration::ZERO).join().unwrap();
    assert_eq!((told.frames.len(), told.lost), (128, 300 - 128));
    assert_eq!(told.end.unwrap().0, 300);
}

#[test]
fn a_recording_that_is_short_of_buffers_goes_before_its_clients() {
    let rig = Rig::new();
    // Storage takes 25 frames/s of 500; all of them have room in its 256 buffers.
    let mut slow = stream_of_mebibytes("out.zarr", 250);
    slow["camera"]["settings"]["exposure_time_us"] = json!(2000);
    slow["storage"]["write_delay_ms"] = json!(40);
    rig.set(&document(&[slow]));
    let reader = read(next_run(&rig.runtime), Duration::ZERO);
    rig.runtime.start(true).unwrap();
    let stats = rig.until(0, "short of buffers", |stats| stats.frame_clients[0].lost > 0);
    // What the camera loses where the machine gives its thread no time is another matter.
    assert_eq!((stats.ledger.dropped_queue, stats.ledger.dropped_storage), (0, 0));
    rig.give_up().unwrap();
    let told = reader.join().unwrap();
    assert_eq!((told.causes[0], told.frames.len() as u64 + told.lost), (5, told.end.unwrap().0));
}

#[test]
fn every_way_to_end_a_run_is_told() {
    let rig = Rig::new();
    let endless = |name: &str| document(&[paced(name, u64::MAX >> 10)]);
    type End = fn(&Rig);
    let ways: [(&str, End); 3] = [
        ("stopped.zarr", |rig| drop(rig.stop().unwrap())),
        ("aborted.zarr", |rig| drop(rig.abort().unwrap())),
        ("given_up.zarr", |rig| drop(rig.give_up().unwrap())),
    ];
    for (name, end) in ways {
        rig.set(&endless(name));
        let reader = read(next_run(&rig.runtime), Duration::ZERO);
        rig.runtime.start(true).unwrap();
        let stats = rig.until(0, "under way", |stats| stats.ledger.stored > 20);
        assert_balanced(&stats.ledger);
        end(&rig);
        let told = reader.join().unwrap();
        let captured = rig.stream(0).ledger.captured;
        assert_eq!(told.end, Some((captured, 2, String::new())), "{name}");
        assert_eq!(told.frames.len() as u64 + told.lost, captured, "{name}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let rig = Rig::new();
    let refusal = |request| rig.runtime.open_frames(request).err().unwrap();
    assert_eq!(refusal(FramesRequest::default()).code, ErrorCode::UnknownStream);
    rig.set(&document(&[paced("out.zarr", 10)]));
    let error = refusal(FramesRequest::default());
    assert_eq!(error.code, ErrorCode::NotRunning);
    assert!(error.message.contains("?run=next"), "{}", error.message);
    assert_eq!(
        refusal(FramesRequest { stream: 1, next_run: true, ..FramesRequest::default() }).code,
        ErrorCode::UnknownStream
    );
    rig.runtime.start(false).unwrap();
    assert_eq!(refusal(FramesRequest::default()).code, ErrorCode::NotRunning, "a preview is no recording");
    let waits = next_run(&rig.runtime);
    rig.runtime.close();
    assert_eq!(wait(|done| waits.when_ready(done)).unwrap_err().code, ErrorCode::Closed);
    assert_eq!(refusal(FramesRequest::default()).code, ErrorCode::Closed);
}

#[test]
fn a_client_that_waits_gets_the_next_recording_and_no_preview() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 20)]));
    let reader = read(next_run(&rig.runtime), Duration::ZERO);
    let left = next_run(&rig.runtime);
    rig.runtime.start(false).unwrap();
    drop(left);
    rig.runtime.start(true).unwrap();
    rig.stop().unwrap();
    assert_eq!(reader.join().unwrap().frames.len(), 20);
    assert_eq!(rig.stream(0).frame_clients.len(), 1);
}

fn stored_elsewhere() -> StartOptions {
    StartOptions { record: true, store_here: false, next_names: true, ..StartOptions::default() }
}

/// A client that the run waits for.
fn storing_client(runtime: &Runtime) -> FrameReader {
    runtime.open_frames(FramesRequest { next_run: true, back_pressure: true, stream: 0 }).unwrap()
}

#[test]
fn a_run_that_is_stored_elsewhere_waits_for_who_stores_it_and_leaves_nothing_here() {
    let rig = Rig::new();
    let document = document(&[stream("out.zarr", 300)]);
    rig.set(&document);
    let before = rig.runtime.configuration().configuration;
    // Something stands there: it does not matter.
    let here = rig.folder.join("out.zarr");
    std::fs::create_dir(&here).unwrap();
    let validation = rig.runtime.validate_stored_elsewhere(&document);
    assert!(validation.problems.is_empty() && validation.disk_free_bytes == [None], "{:?}", validation.problems);
    let reader = read(storing_client(&rig.runtime), Duration::from_millis(1));
    rig.runtime.start_with(stored_elsewhere()).unwrap();
    let summary = rig.stop().unwrap();
    assert!(summary.complete && summary.streams[0].path.is_none(), "{summary:?}");
    let told = reader.join().unwrap();
    assert_eq!((told.back_pressure, told.lost, told.frames.len()), (true, 0, 300));
    assert_eq!(std::fs::read_dir(here).unwrap().count(), 0);
    let published = |event: &_| matches!(event, zarrcam_acquisition::Event::Published(_));
    assert!(!rig.events.lock().unwrap().iter().any(published), "nothing of it can be read here");
    let after = rig.runtime.configuration().configuration;
    assert_eq!(after.video[0].storage.identifier, before.video[0].storage.identifier);
    assert_eq!(after.video[0].storage.settings.uri.as_deref(), Some("out_002.zarr"), "the names count on");
}

#[test]
fn a_run_that_nobody_would_store_is_refused() {
    let rig = Rig::new();
    rig.set(&document(&[stream("out.zarr", 5)]));
    let error = rig.runtime.start_with(stored_elsewhere()).unwrap_err();
    assert_eq!((error.code, error.path.as_deref()), (ErrorCode::InvalidParams, Some("store_here")));
    assert!(error.message.contains("/streams/0/frames?run=next"), "{}", error.message);
    // What is not to be saved at all needs nobody.
    rig.set(&document(&[trash(5, 0)]));
    rig.runtime.start_with(stored_elsewhere()).unwrap();
    assert!(rig.stop().unwrap().complete);
}

#[test]
fn a_run_ends_when_whoever_stored_it_has_gone() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 100_000)]));
    let client = storing_client(&rig.runtime);
    rig.runtime.start_with(stored_elsewhere()).unwrap();
    rig.until(0, "under way", |stats| stats.ledger.captured > 20);
    drop(client);
    let error = rig.stop().unwrap_err();
    assert_eq!(error.code, ErrorCode::Storage);
    assert!(error.message.contains("has gone"), "{}", error.message);
    assert_balanced(&rig.stream(0).ledger);
}
