//! Runs from a simulated camera into a real store.

use std::time::{Duration, Instant};

use crate::common::{Rig, assert_balanced, document, stream, true_frames, wait, with};
use serde_json::json;
use zarrcam_acquisition::{Event, Loss, LossCause, RuntimeState, StreamState};
use zarrcam_runtime::ErrorCode;

#[test]
fn every_frame_is_stored_at_its_frame_index() {
    let rig = Rig::new();
    let video = stream("out.zarr", 20);
    let summary = rig.record(&document(std::slice::from_ref(&video)));
    assert!(summary.complete, "{summary:?}");
    let ledger = &summary.streams[0].ledger;
    assert_eq!((ledger.captured, ledger.stored, ledger.dropped, ledger.in_flight), (20, 20, 0, 0));
    assert_eq!(rig.shape("out.zarr"), [20, 48, 64]);
    for (frame_index, frame) in true_frames(&video, 20).iter().enumerate() {
        assert_eq!(rig.chunk("out.zarr", &format!("{frame_index}/0/0")), *frame, "frame index {frame_index}");
    }
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
    let stats = rig.stream(0);
    assert_eq!((stats.state_of_stream, stats.frames_published), (StreamState::Idle, 20));
    assert_eq!(stats.bytes_stored, 20 * 64 * 48 * 2);
    assert_eq!(stats.coordinates.iter().map(|c| (c.name.as_str(), c.index)).collect::<Vec<_>>(), [("t", 19)]);
    assert_eq!(rig.stop().unwrap(), summary, "stop again tells the same");
}

#[test]
fn the_tutorial_runs() {
    let rig = Rig::new();
    let tutorial = json!({
        "camera": {
            "identifier": {"id": [0, 1], "kind": "Camera", "name": "simulated: radial sin"},
            "settings": {"exposure_time_us": 2000, "pixel_type": "U8", "shape": [1920, 1080]}
        },
        "storage": {
            "identifier": {"id": [2, 0], "kind": "Storage", "name": "Zarr"},
            "settings": {
                "filename": "out.zarr",
                "acquisition_dimensions": [
                    {"name": "x", "kind": "Space", "array_size_px": 1920, "chunk_size_px": 960},
                    {"name": "y", "kind": "Space", "array_size_px": 1080, "chunk_size_px": 540},
                    {"name": "z", "kind": "Space", "array_size_px": 10, "chunk_size_px": 5},
                    {"name": "c", "kind": "Channel", "array_size_px": 3, "chunk_size_px": 1},
                    {"name": "t", "kind": "Time", "array_size_px": 0, "chunk_size_px": 10}
                ]
            }
        },
        "max_frame_count": 300
    });
    // As fast as storage goes, so that nothing can be lost on a slow machine.
    let tutorial = with(tutorial, "/camera/settings/exposure_time_us", json!(0));
    let none = json!({"camera": {"identifier": {"id": [0, 0], "kind": "NONE", "name": ""}}});
    let summary = rig.record(&document(&[tutorial, none]));
    assert_eq!((summary.streams.len(), summary.streams[0].ledger.stored), (1, 300));
    assert_eq!(rig.shape("out.zarr"), [10, 3, 10, 1080, 1920]);
    let coordinates: Vec<_> = rig.stream(0).coordinates.iter().map(|c| (c.name.clone(), c.index)).collect();
    assert_eq!(coordinates, [("z".to_owned(), 9), ("c".to_owned(), 2), ("t".to_owned(), 9)]);
    assert_eq!(rig.chunk("out.zarr", "0/2/1/1/1").len(), 10 * 5 * 540 * 960);
}

#[test]
fn two_streams_run_at_once() {
    let rig = Rig::new();
    let one = stream("one.zarr", 30);
    let two = with(stream("two.zarr", 17), "/camera/settings/shape", json!([47, 33]));
    let two = with(
        two,
        "/storage/settings/acquisition_dimensions/0",
        json!({"name": "x", "array_size_px": 47, "chunk_size_px": 47}),
    );
    let two = with(
        two,
        "/storage/settings/acquisition_dimensions/1",
        json!({"name": "y", "array_size_px": 33, "chunk_size_px": 33}),
    );
    let summary = rig.record(&document(&[one.clone(), two.clone()]));
    let stored: Vec<_> = summary.streams.iter().map(|stream| stream.ledger.stored).collect();
    assert_eq!(stored, [30, 17]);
    assert_eq!(rig.chunk("one.zarr", "29/0/0"), true_frames(&one, 30)[29]);
    assert_eq!(rig.chunk("two.zarr", "16/0/0"), true_frames(&two, 17)[16]);
}

#[test]
fn a_second_start_is_refused_and_the_run_goes_on() {
    let rig = Rig::new();
    let video = with(stream("out.zarr", 40), "/camera/settings/exposure_time_us", json!(5000));
    rig.set(&document(std::slice::from_ref(&video)));
    rig.runtime.start(true).unwrap();
    for record in [true, false] {
        assert_eq!(rig.runtime.start(record).unwrap_err().code, ErrorCode::AlreadyRunning);
    }
    let refused = rig.runtime.set_configuration(&document(&[video]), None, "test").unwrap_err();
    assert_eq!(refused.code, ErrorCode::AlreadyRunning);
    assert_eq!(rig.runtime.state(), RuntimeState::Running);
    let summary = rig.stop().unwrap();
    assert_eq!(summary.streams[0].ledger.captured, 40);
    assert_eq!(summary.streams[0].ledger.in_flight, 0);
}

#[test]
fn stop_ends_an_endless_run_and_abort_a_limited_one() {
    let rig = Rig::new();
    for (name, frames, abort) in [("stop.zarr", u64::MAX, false), ("abort.zarr", 1_000_000, true)] {
        let video = with(stream(name, frames), "/camera/settings/exposure_time_us", json!(1000));
        rig.set(&document(&[video]));
        rig.runtime.start(true).unwrap();
        rig.until(0, "storing", |stats| stats.ledger.stored >= 10);
        let summary = if abort { rig.abort() } else { rig.stop() }.unwrap();
        let ledger = &summary.streams[0].ledger;
        assert_balanced(ledger);
        assert_eq!(ledger.in_flight, 0, "all that was captured is stored or counted");
        assert_eq!(rig.shape(name)[0], ledger.array_frames);
    }
}

#[test]
fn zero_frames_make_an_empty_store() {
    let rig = Rig::new();
    let summary = rig.record(&document(&[stream("none.zarr", 0)]));
    assert_eq!((summary.streams[0].ledger.captured, summary.complete), (0, true));
    assert_eq!(rig.shape("none.zarr")[0], 0);
}

#[test]
fn each_trigger_takes_one_frame() {
    let rig = Rig::new();
    let video =
        with(stream("out.zarr", 5), "/camera/settings/input_triggers", json!({"frame_start": {"enable": true}}));
    rig.set(&document(std::slice::from_ref(&video)));
    assert_eq!(rig.runtime.execute_trigger(0).unwrap_err().code, ErrorCode::NotRunning);
    rig.runtime.start(true).unwrap();
    rig.until(0, "waiting", |stats| stats.state_of_stream == StreamState::WaitingForTrigger);
    for frames in 1..=5 {
        rig.runtime.execute_trigger(0).unwrap();
        rig.until(0, "one frame more", |stats| stats.ledger.captured == frames);
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(rig.stream(0).ledger.captured, frames);
    }
    assert_eq!(rig.stop().unwrap().streams[0].ledger.stored, 5);
    for (frame_index, frame) in true_frames(&video, 5).iter().enumerate() {
        assert_eq!(rig.chunk("out.zarr", &format!("{frame_index}/0/0")), *frame);
    }
    assert_eq!(rig.runtime.execute_trigger(7).unwrap_err().code, ErrorCode::UnknownStream);
}

#[test]
fn a_trigger_that_nothing_waits_for_is_an_error() {
    let rig = Rig::new();
    rig.set(&document(&[stream("out.zarr", u64::MAX)]));
    rig.runtime.start(false).unwrap();
    assert_eq!(rig.runtime.execute_trigger(0).unwrap_err().code, ErrorCode::TriggerRefused);
    rig.stop().unwrap();
}

#[test]
fn abort_ends_the_wait_for_a_trigger() {
    let rig = Rig::new();
    let video =
        with(stream("out.zarr", 5), "/camera/settings/input_triggers", json!({"frame_start": {"enable": true}}));
    rig.set(&document(&[video]));
    rig.runtime.start(true).unwrap();
    rig.runtime.execute_trigger(0).unwrap();
    rig.until(0, "one frame", |stats| stats.ledger.stored == 1);
    let began = Instant::now();
    let summary = rig.abort().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!((summary.streams[0].ledger.captured, summary.streams[0].ledger.stored), (1, 1));
    assert_eq!(rig.shape("out.zarr")[0], 1);
}

#[test]
fn storage_changes_between_runs() {
    let rig = Rig::new();
    let video = stream("first.zarr", 3);
    for (device, name) in
        [("Zarr", "a.zarr"), ("trash", ""), ("ZarrV3Blosc1Lz4ByteShuffle", "b.zarr"), ("Zarr", "c.zarr")]
    {
        let video = with(video.clone(), "/storage/identifier/name", json!(device));
        let video = with(video, "/storage/settings/uri", json!(name));
        let summary = rig.record(&document(&[video]));
        assert_eq!(summary.streams[0].ledger.stored, 3, "{device}");
        assert_eq!(summary.streams[0].path.is_some(), device != "trash");
    }
    assert_eq!(rig.shape("c.zarr"), [3, 48, 64]);
    assert!(rig.folder.join("b.zarr/zarr.json").exists());
}

#[test]
fn means_are_exact_and_account_for_all_their_frames() {
    let rig = Rig::new();
    // The limit counts frames of the camera, as Acquire's does: 14 are four means of 3, and 2 that are not taken.
    let video = with(stream("mean.zarr", 14), "/frame_average_count", json!(3));
    let plan = rig.runtime.validate(&document(std::slice::from_ref(&video))).plans.remove(0).expect("a plan");
    assert_eq!(plan.frames, Some(4));
    let summary = rig.record(&document(std::slice::from_ref(&video)));
    let ledger = &summary.streams[0].ledger;
    assert_eq!((ledger.captured, ledger.stored, ledger.array_frames), (12, 12, 4));
    assert_eq!(rig.stream(0).frame_limit, Some(4));
    assert_eq!(rig.shape("mean.zarr"), [4, 48, 64]);
    let frames = true_frames(&video, 12);
    for frame_index in 0..4 {
        let stored = rig.chunk("mean.zarr", &format!("{frame_index}/0/0"));
        assert_eq!(stored.len(), 64 * 48 * 4);
        for (pixel, stored) in stored.as_chunks::<4>().0.iter().enumerate() {
            let value = |frame: &Vec<u8>| f64::from(u16::from_le_bytes([frame[2 * pixel], frame[2 * pixel + 1]]));
            let mean = frames[frame_index * 3..frame_index * 3 + 3].iter().map(value).sum::<f64>() / 3.0;
            assert_eq!(f32::from_le_bytes(*stored), mean as f32, "frame index {frame_index}, pixel {pixel}");
        }
    }
}

#[test]
fn slow_storage_loses_frames_and_counts_each() {
    let rig = Rig::new();
    // 1000 frames a second, storage takes 100, and eight buffers of large frames are soon full.
    let video = with(stream("slow.zarr", 400), "/camera/settings/exposure_time_us", json!(1000));
    let video = with(video, "/camera/settings/shape", json!([6000, 6000]));
    let video = with(video, "/camera/identifier/name", json!("simulated: empty"));
    let video = with(video, "/storage/write_delay_ms", json!(10));
    let video = with(video, "/storage/identifier/name", json!("trash"));
    let video = with(video, "/storage/settings/acquisition_dimensions", json!([]));
    rig.set(&document(&[video]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "losing", |stats| stats.ledger.dropped > 0);
    let summary = rig.stop().unwrap();
    let ledger = &summary.streams[0].ledger;
    assert_balanced(ledger);
    assert_eq!((ledger.captured, ledger.array_frames, ledger.in_flight), (400, 400, 0));
    assert!(ledger.dropped_queue + ledger.dropped_camera > 0 && ledger.dropped_storage == 0, "{ledger:?}");
    assert!(!summary.complete);
    let losses = rig.runtime.losses(0, 0, 100_000).unwrap();
    assert_eq!(losses.ranges.iter().map(|loss| loss.count).sum::<u64>(), ledger.dropped);
    assert!(losses.ranges.windows(2).all(|two| two[0].first_hardware_id + two[0].count <= two[1].first_hardware_id));
}

#[test]
fn a_dropped_frame_keeps_its_frame_index() {
    let rig = Rig::new();
    let video = with(stream("gaps.zarr", 600), "/camera/settings/exposure_time_us", json!(500));
    // Many times what a machine takes that makes such a frame slowly.
    let video = with(video, "/storage/write_delay_ms", json!(30));
    // Frames of 4 MB: 64 buffers.
    let video = with(video, "/camera/settings/shape", json!([2048, 1024]));
    let video = with(video, "/storage/settings/acquisition_dimensions/0/array_size_px", json!(2048));
    let video = with(video, "/storage/settings/acquisition_dimensions/0/chunk_size_px", json!(2048));
    let video = with(video, "/storage/settings/acquisition_dimensions/1/array_size_px", json!(1024));
    let video = with(video, "/storage/settings/acquisition_dimensions/1/chunk_size_px", json!(1024));
    let summary = rig.record(&document(std::slice::from_ref(&video)));
    let ledger = &summary.streams[0].ledger;
    assert!(ledger.dropped > 0 && ledger.stored > 0, "{ledger:?}");
    assert_eq!(rig.shape("gaps.zarr")[0], 600);
    let lost = rig.runtime.losses(0, 0, 100_000).unwrap().ranges;
    let is_lost = |frame_index: u64| {
        lost.iter().any(|loss| (loss.first_frame_index..loss.first_frame_index + loss.count).contains(&frame_index))
    };
    // The camera's frame of the last stored frame index, seen from the camera: nothing has shifted.
    let last = (0..600).rev().find(|frame_index| !is_lost(*frame_index)).unwrap();
    let frames = true_frames(&video, last as usize + 1);
    assert_eq!(rig.chunk("gaps.zarr", &format!("{last}/0/0")), frames[last as usize]);
    let first_lost = lost[0].first_frame_index;
    let path = rig.folder.join(format!("gaps.zarr/0/{first_lost}/0/0"));
    assert!(!path.exists() || std::fs::read(path).unwrap().iter().all(|byte| *byte == 0), "fill stands there");
}

#[test]
fn giving_up_counts_the_rest_as_lost() {
    let rig = Rig::new();
    let video = with(stream("out.zarr", 100), "/storage/write_delay_ms", json!(50));
    rig.set(&document(&[video]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "captured", |stats| stats.ledger.captured == 100);
    let began = Instant::now();
    let summary = rig.give_up().unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "the delays are not waited for");
    let ledger = &summary.streams[0].ledger;
    assert_balanced(ledger);
    assert_eq!((ledger.captured, ledger.in_flight), (100, 0));
    assert!(ledger.dropped_storage > 0, "{ledger:?}");
    let all = Loss {
        first_frame_index: ledger.stored,
        first_hardware_id: ledger.stored,
        count: ledger.dropped,
        array_frames: ledger.dropped,
        cause: LossCause::Storage,
    };
    assert_eq!(rig.runtime.losses(0, 0, 10).unwrap().ranges, [all]);
}

#[test]
fn recording_from_a_preview_begins_at_frame_index_0() {
    let rig = Rig::new();
    let video = with(stream("out.zarr", 6), "/camera/settings/exposure_time_us", json!(2000));
    rig.set(&document(std::slice::from_ref(&video)));
    rig.runtime.start(false).unwrap();
    assert_eq!(rig.runtime.state(), RuntimeState::Previewing);
    wait(|done| rig.runtime.next_frame(0, Some(5), 0, done)).unwrap();
    assert!(!rig.folder.join("out.zarr").exists(), "a preview writes nothing");
    assert_eq!(rig.stream(0).ledger.captured, 0);
    rig.runtime.start(true).unwrap();
    assert_eq!(rig.runtime.state(), RuntimeState::Running);
    assert_eq!(rig.stop().unwrap().streams[0].ledger.stored, 6);
    for (frame_index, frame) in true_frames(&video, 6).iter().enumerate() {
        assert_eq!(rig.chunk("out.zarr", &format!("{frame_index}/0/0")), *frame);
    }
}

#[test]
fn time_points_come_at_their_interval() {
    let rig = Rig::new();
    let video = with(stream("lapse.zarr", 6), "/time_point_interval_us", json!(100_000));
    let video = with(
        video,
        "/storage/settings/acquisition_dimensions",
        json!([
            {"name": "x", "array_size_px": 64, "chunk_size_px": 64},
            {"name": "y", "array_size_px": 48, "chunk_size_px": 48},
            {"name": "z", "array_size_px": 2, "chunk_size_px": 1},
            {"name": "t", "kind": "Time", "array_size_px": 0, "chunk_size_px": 1}
        ]),
    );
    let began = Instant::now();
    let summary = rig.record(&document(&[video]));
    assert!(began.elapsed() >= Duration::from_millis(200), "three time points, two intervals");
    assert_eq!((summary.streams[0].ledger.stored, summary.complete), (6, true));
    assert_eq!(rig.shape("lapse.zarr"), [3, 2, 48, 64]);
    assert!(rig.stream(0).lateness_ms.is_some());
}

#[test]
fn events_tell_the_run() {
    let rig = Rig::new();
    let video = with(stream("out.zarr", 60), "/camera/settings/exposure_time_us", json!(10_000));
    let summary = rig.record(&document(&[video]));
    let events = rig.events.lock().unwrap().clone();
    let states: Vec<_> = events
        .iter()
        .filter_map(|event| if let Event::State(change) = event { Some(change.state) } else { None })
        .collect();
    assert_eq!(states, [RuntimeState::Armed, RuntimeState::Running, RuntimeState::Armed]);
    let stats: Vec<_> =
        events.iter().filter_map(|event| if let Event::Stats(stats) = event { Some(stats) } else { None }).collect();
    assert!(stats.len() >= 3, "{} events in 0.6 s", stats.len());
    for stats in &stats {
        assert_balanced(&stats.streams[0].ledger);
    }
    assert_eq!(stats.last().unwrap().streams[0].ledger.stored, 60);
    assert!(stats.iter().any(|stats| stats.streams[0].rates.camera_fps > 50.0));
    let published = events
        .iter()
        .rev()
        .find_map(|event| if let Event::Published(published) = event { Some(published) } else { None });
    let published = published.expect("it was published");
    assert_eq!((published.dataset.as_str(), published.frames_published, published.shape[0]), ("out.zarr", 60, 60));
    assert_eq!(published.run_id, summary.run_id);
    assert!(events.iter().any(|event| *event == Event::RunEnded(summary.clone())));
}
