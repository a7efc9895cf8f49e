//! Looking disturbs nothing, and shows what is.

use std::collections::HashMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::common::{PATIENCE, Rig, document, stream, true_frames, wait, with};
use serde_json::json;
use zarrcam_acquisition::{RuntimeState, StreamStats};
use zarrcam_frame::{Histogram, PixelType, Region, mean_of};
use zarrcam_runtime::{ErrorCode, PREVIEW_HEADER_BYTES, Picture, PreviewRequest};

fn request(max_width: u32, max_height: u32) -> PreviewRequest {
    PreviewRequest { max_width, max_height, ..PreviewRequest::default() }
}

fn u32_at(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(data[at..at + 4].try_into().unwrap())
}

fn u64_at(data: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(data[at..at + 8].try_into().unwrap())
}

fn f64_at(data: &[u8], at: usize) -> f64 {
    f64::from_bits(u64_at(data, at))
}

#[test]
fn a_picture_is_the_stored_frame() {
    let rig = Rig::new();
    let video = with(stream("out.zarr", 100), "/camera/settings/exposure_time_us", json!(5000));
    let video = with(video, "/camera/settings/pixel_type", json!("U12"));
    rig.set(&document(std::slice::from_ref(&video)));
    rig.runtime.start(true).unwrap();
    let region = Region { x: 5, y: 7, width: 40, height: 30 };
    let ask = PreviewRequest { subscription: 77, region: Some(region), ..request(20, 20) };
    let mut pictures: Vec<Picture> = Vec::new();
    let mut after = None;
    while pictures.len() < 5 {
        let picture = wait(|done| rig.runtime.next_preview(ask.clone(), after, done)).unwrap();
        after = Some(picture.sequence);
        pictures.push(picture);
    }
    rig.stop().unwrap();
    let frames = true_frames(&video, 100);
    for Picture { data, .. } in &pictures {
        assert_eq!(&data[..4], b"ZCPV");
        assert_eq!((data[4], u16::from_le_bytes([data[6], data[7]]) as usize), (1, PREVIEW_HEADER_BYTES));
        assert_eq!((u32_at(data, 8), u32_at(data, 12), data[16], data[17]), (77, 0, 6, 1));
        assert_eq!(u16::from_le_bytes([data[18], data[19]]), 2);
        let shapes: Vec<u32> = (24..56).step_by(4).map(|at| u32_at(data, at)).collect();
        assert_eq!(shapes, [20, 15, 64, 48, 5, 7, 40, 30]);
        let (id, frame_index) = (u64_at(data, 56), u64_at(data, 64));
        assert_eq!(id, frame_index);
        assert_eq!(u64_at(data, 72), id * 5_000_000, "the camera's clock, ns");
        assert!(f64_at(data, 80) > 1.6e12, "wall clock, ms");
        let frame = &frames[id as usize];
        assert_eq!(*frame, rig.chunk("out.zarr", &format!("{frame_index}/0/0")));
        let histogram = Histogram::of(frame, PixelType::U12);
        let bins = u32_at(data, 104) as usize;
        assert_eq!(
            (f64_at(data, 88), f64_at(data, 96), bins),
            (histogram.origin, histogram.bin_width, histogram.counts.len())
        );
        assert_eq!(u32_at(data, 108), histogram.saturated);
        let counts: Vec<u32> = (0..bins).map(|bin| u32_at(data, PREVIEW_HEADER_BYTES + 4 * bin)).collect();
        assert_eq!(counts, histogram.counts, "of all pixels, not of the region's");
        assert_eq!(f32::from_bits(u32_at(data, 120)), histogram.minimum);
        assert_eq!(data[PREVIEW_HEADER_BYTES + 4 * bins..], mean_of(frame, PixelType::U12, 64, region, 2));
    }
    for two in pictures.windows(2) {
        let skipped = u64_at(&two[1].data, 112);
        assert_eq!(skipped, u64_at(&two[1].data, 56) - u64_at(&two[0].data, 56) - 1);
    }
}

#[test]
fn viewers_of_every_kind_cost_no_frame() {
    let rig = Rig::new();
    // 30 frames a second of full HD, as a paced camera gives them.
    let video = with(stream("out.zarr", 60), "/camera/settings/exposure_time_us", json!(33_333));
    let video = with(video, "/camera/settings/shape", json!([1920, 1080]));
    let video = with(video, "/storage/settings/acquisition_dimensions", json!([]));
    rig.set(&document(&[video]));
    rig.runtime.start(true).unwrap();
    let mut viewers = Vec::new();
    for (max_width, pause) in [(744, 0), (744, 0), (300, 200), (0, 0)] {
        let runtime = rig.runtime.clone();
        viewers.push(std::thread::spawn(move || {
            let (mut after, mut seen) = (None, 0);
            while runtime.state() == RuntimeState::Running {
                let (sender, receiver) = mpsc::channel();
                let done = Box::new(move |picture| drop(sender.send(picture)));
                runtime.next_preview(request(max_width, 0), after, done);
                let Ok(Ok(picture)) = receiver.recv_timeout(Duration::from_millis(500)) else { continue };
                after = Some(picture.sequence);
                seen += 1;
                std::thread::sleep(Duration::from_millis(pause));
            }
            seen
        }));
    }
    // And one who asks, and never looks at the answer.
    for _ in 0..50 {
        rig.runtime.next_preview(request(100, 100), None, Box::new(|_| {}));
    }
    let summary = rig.stop().unwrap();
    let seen: Vec<u32> = viewers.into_iter().map(|viewer| viewer.join().unwrap()).collect();
    let ledger = &summary.streams[0].ledger;
    assert_eq!((ledger.captured, ledger.stored, ledger.dropped), (60, 60, 0));
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
}

#[test]
fn looking_gives_way_to_a_storage_that_falls_behind() {
    let rig = Rig::new();
    // 2,000 frames a second come, 200 at most are stored.
    let video = with(stream("out.zarr", u64::MAX), "/camera/settings/exposure_time_us", json!(500));
    let video = with(video, "/storage/write_delay_ms", json!(5));
    rig.set(&document(&[video]));
    let time_pictures = |count: usize| {
        let begun = Instant::now();
        (0..count).fold(0, |after, _| {
            wait(|done| rig.runtime.next_preview(request(32, 32), Some(after), done)).unwrap().sequence
        });
        begun.elapsed()
    };
    rig.runtime.start(true).unwrap();
    assert_eq!(rig.stream(0).preview_limit_fps, None);
    rig.until(0, "held back", |stats| stats.preview_limit_fps == Some(6.0));
    // One may make up for a period, so five pictures take three at least.
    let five = time_pictures(5);
    assert!(five >= Duration::from_millis(480), "{five:?}");
    // Whoever asks once, or for another size, need not wait for a turn.
    let begun = Instant::now();
    for _ in 0..30 {
        wait(|done| rig.runtime.snap(PreviewRequest { full: true, ..request(0, 0) }, done)).unwrap();
        wait(|done| rig.runtime.next_preview(request(16, 16), None, done)).unwrap();
    }
    assert!(begun.elapsed() < Duration::from_millis(3500), "{:?}", begun.elapsed());
    rig.give_up().unwrap();
    assert_eq!(rig.stream(0).preview_limit_fps, None, "nothing is stored now");
    rig.runtime.start(false).unwrap();
    let free = |stats: &StreamStats| stats.rates.camera_fps > 0.0 && stats.preview_limit_fps.is_none();
    rig.until(0, "whole again", free);
    rig.stop().unwrap();
}

#[test]
fn an_observer_that_stops_reading_blocks_nothing() {
    let rig = Rig::new();
    let video = with(stream("out.zarr", 200), "/camera/settings/exposure_time_us", json!(2000));
    rig.set(&document(std::slice::from_ref(&video)));
    rig.runtime.start(true).unwrap();
    let first = wait(|done| rig.runtime.next_frame(0, None, 0, done)).unwrap();
    // It reads no more until the run is over.
    let summary = rig.stop().unwrap();
    assert_eq!(summary.streams[0].ledger.stored, 200);
    let last = wait(|done| rig.runtime.next_frame(0, Some(first.sequence), 0, done)).unwrap();
    assert_eq!((last.stamp.hardware_id, last.frame_index), (199, Some(199)));
    assert_eq!(last.skipped, last.sequence - first.sequence - 1);
    assert_eq!(last.data, rig.chunk("out.zarr", "199/0/0"));
}

#[test]
fn a_subscription_begins_with_no_run_of_before() {
    let rig = Rig::new();
    let video = with(stream("first.zarr", 3), "/camera/settings/exposure_time_us", json!(1000));
    rig.set(&document(std::slice::from_ref(&video)));
    let first = rig.runtime.start(true).unwrap();
    let summary = rig.stop().unwrap();
    assert_eq!((summary.run_id, summary.run_number), (first.run_id.clone(), first.run_number));
    let stats = rig.runtime.stats();
    assert_eq!((stats.run_id, stats.run_number), (Some(first.run_id), Some(first.run_number)));
    // Who wants the last picture of a run that has ended says so, and is told which run it was.
    let ask = PreviewRequest { ended_run: true, ..request(16, 16) };
    let last = wait(|done| rig.runtime.next_preview(ask, None, done)).unwrap();
    assert_eq!(u32_at(&last.data, 20), first.run_number);

    let (sender, receiver) = mpsc::channel();
    let tell = sender.clone();
    rig.runtime.next_preview(request(16, 16), None, Box::new(move |picture| drop(tell.send(picture))));
    std::thread::sleep(Duration::from_millis(50));
    assert!(receiver.try_recv().is_err(), "nothing runs");
    rig.set(&document(&[with(video, "/storage/settings/uri", json!("second.zarr"))]));
    let second = rig.runtime.start(true).unwrap();
    let picture = receiver.recv_timeout(PATIENCE).unwrap().unwrap();
    assert_eq!(u32_at(&picture.data, 20), second.run_number);
    assert!(second.run_number > first.run_number);
    rig.stop().unwrap();
    // So it is with whole frames, which stay until another run begins.
    let frame = wait(|done| rig.runtime.next_frame(0, None, 1, done)).unwrap();
    assert_eq!((frame.run, frame.frame_index), (second.run_number, Some(2)));
}

#[test]
fn who_waits_when_nothing_comes_can_leave() {
    let rig = Rig::new();
    rig.set(&document(&[stream("out.zarr", 1)]));
    let (sender, receiver) = mpsc::channel();
    for subscription in [1, 2] {
        let sender = sender.clone();
        let ask = PreviewRequest { subscription, ..request(10, 10) };
        rig.runtime.next_preview(ask, None, Box::new(move |outcome| drop(sender.send((subscription, outcome)))));
    }
    let unknown = wait(|done| rig.runtime.next_preview(PreviewRequest { stream: 9, ..request(1, 1) }, None, done));
    assert_eq!(unknown.unwrap_err().code, ErrorCode::UnknownStream);
    rig.runtime.cancel_previews(1);
    let (who, outcome) = receiver.recv_timeout(PATIENCE).unwrap();
    assert_eq!((who, outcome.unwrap_err().code), (1, ErrorCode::Cancelled));
    let whole = wait(|done| {
        rig.runtime.next_frame(0, None, 3, done);
        rig.runtime.cancel_previews(3);
    });
    assert_eq!(whole.unwrap_err().code, ErrorCode::Cancelled);
    rig.runtime.close();
    let (who, outcome) = receiver.recv_timeout(PATIENCE).unwrap();
    assert_eq!((who, outcome.unwrap_err().code), (2, ErrorCode::Closed));
}

#[test]
fn a_snap_outlives_the_run_that_gave_it_no_frame() {
    let rig = Rig::new();
    // No trigger comes, so the preview has no frame to give.
    let triggers = json!({"frame_start": {"enable": true}});
    rig.set(&document(&[with(stream("out.zarr", 5), "/camera/settings/input_triggers", triggers)]));
    rig.runtime.start(false).unwrap();
    let (sender, receiver) = mpsc::channel();
    let full = PreviewRequest { full: true, ..PreviewRequest::default() };
    rig.runtime.snap(full, Box::new(move |picture| sender.send(picture.map(|picture| picture.sequence)).unwrap()));
    assert!(receiver.recv_timeout(Duration::from_millis(100)).is_err());
    rig.stop().unwrap();
    assert_eq!(receiver.recv_timeout(PATIENCE).expect("it is answered"), Ok(1), "the camera at rest took it");
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
}

#[test]
fn a_snap_is_one_unsaved_frame() {
    let rig = Rig::new();
    // Even a camera that waits for triggers takes one at once.
    let video =
        with(stream("out.zarr", 5), "/camera/settings/input_triggers", json!({"frame_start": {"enable": true}}));
    rig.set(&document(std::slice::from_ref(&video)));
    let snapped = wait(|done| rig.runtime.snap(request(0, 0), done)).unwrap();
    assert_eq!(u64_at(&snapped.data, 64), u64::MAX, "it has no frame index");
    assert_eq!(snapped.data[snapped.data.len() - 64 * 48 * 2..], true_frames(&video, 1)[0]);
    assert_eq!(std::fs::read_dir(&rig.folder).unwrap().count(), 0);
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
    // The camera is as it was: it waits for its triggers.
    rig.runtime.start(true).unwrap();
    rig.runtime.execute_trigger(0).unwrap();
    rig.until(0, "one frame", |stats| stats.ledger.stored == 1);
    let during = wait(|done| {
        rig.runtime.snap(request(0, 0), done);
        rig.runtime.execute_trigger(0).unwrap();
    });
    assert_eq!(u64_at(&during.unwrap().data, 56), 1, "while it runs, the next frame");
    rig.abort().unwrap();
}

#[test]
fn two_streams_show_their_own_frames() {
    let rig = Rig::new();
    let one = with(stream("a.zarr", u64::MAX), "/camera/settings/exposure_time_us", json!(3000));
    let two = with(one.clone(), "/camera/identifier/name", json!("simulated: empty"));
    let two = with(two, "/storage/settings/uri", json!("b.zarr"));
    rig.set(&document(&[one, two]));
    rig.runtime.start(false).unwrap();
    let mut bright = HashMap::new();
    for stream in [0, 1] {
        let ask = PreviewRequest { stream, ..request(0, 0) };
        let picture = wait(|done| rig.runtime.next_preview(ask, None, done)).unwrap();
        assert_eq!(u32_at(&picture.data, 12), stream);
        bright.insert(stream, f32::from_bits(u32_at(&picture.data, 124)) > 0.0);
    }
    assert_eq!((bright[&0], bright[&1]), (true, false));
    let summary = rig.stop().unwrap();
    assert_eq!((summary.run_id.as_str(), summary.complete), ("", true));
}
