//! When storage fails, the ledger is right, the other stream goes on, and the process lives.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::common::{self, Rig, assert_balanced, document, stream, with};
use serde_json::json;
use zarrcam_acquisition::{EndKind, Event, LogLevel, RuntimeState, StreamErrorCode, StreamState};
use zarrcam_config::ProblemCode;
use zarrcam_runtime::ErrorCode;

/// The writer makes files while this removes them.
fn take_away(folder: &Path) {
    let deadline = Instant::now() + common::PATIENCE;
    while std::fs::remove_dir_all(folder).is_err() && folder.exists() {
        assert!(Instant::now() < deadline, "it is made again and again");
    }
}

#[test]
fn a_folder_that_is_taken_away_ends_its_stream_only() {
    let rig = Rig::new();
    let video = |name: &str| with(stream(name, u64::MAX), "/camera/settings/exposure_time_us", json!(5000));
    rig.set(&document(&[video("gone/a.zarr"), video("stays/b.zarr")]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "storing", |stats| stats.ledger.stored > 5);
    take_away(&rig.folder.join("gone"));
    let removed = Instant::now();
    let failed = rig.until(0, "failed", |stats| stats.state_of_stream == StreamState::Failed);
    assert!(removed.elapsed() < Duration::from_secs(10));
    let error = failed.error.unwrap();
    assert_eq!(error.code, StreamErrorCode::Storage);
    assert!(error.message.contains("a.zarr"), "{}", error.message);
    let stored = rig.stream(1).ledger.stored;
    rig.until(1, "going on", |stats| stats.ledger.stored > stored + 10);
    assert_eq!(rig.runtime.state(), RuntimeState::Running);

    let error = rig.stop().unwrap_err();
    assert_eq!(error.code, ErrorCode::Storage);
    assert!(error.message.starts_with("Camera 1: "), "{}", error.message);
    for index in [0, 1] {
        let stats = rig.stream(index);
        assert_balanced(&stats.ledger);
        assert_eq!(stats.ledger.in_flight, 0);
    }
    assert_eq!(rig.stream(1).ledger.dropped, 0);
    let events = rig.events.lock().unwrap().clone();
    let logged =
        |event: &Event| matches!(event, Event::Log(entry) if entry.level == LogLevel::Error && entry.stream == Some(0));
    assert!(events.iter().any(logged));
    // The next run is as good as any.
    rig.record(&document(&[stream("next.zarr", 5)]));
    assert_eq!(rig.shape("next.zarr")[0], 5);
}

#[test]
fn a_failure_that_nobody_waited_for_is_told_by_the_next_stop() {
    let rig = Rig::new();
    let video = with(stream("gone/a.zarr", u64::MAX), "/camera/settings/exposure_time_us", json!(5000));
    rig.set(&document(&[video]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "storing", |stats| stats.ledger.stored > 5);
    take_away(&rig.folder.join("gone"));
    let deadline = Instant::now() + common::PATIENCE;
    while rig.runtime.state() == RuntimeState::Running {
        assert!(Instant::now() < deadline, "the run ends by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(rig.stop().unwrap_err().code, ErrorCode::Storage);
    let summary = rig.stop().unwrap();
    assert!(!summary.complete && summary.streams[0].error.is_some(), "and is told once");
    let [stream] = summary.streams.as_slice() else { panic!("one stream") };
    assert_eq!(stream.end.kind, EndKind::Failed);
    assert_eq!(stream.end.reason.as_deref(), stream.error.as_ref().map(|error| error.reason.as_str()));
    assert_eq!((stream.frame_limit, stream.frames_stored), (None, stream.ledger.stored));
}

#[test]
fn a_summary_tells_a_run_that_was_stopped_from_one_that_came_to_its_end() {
    let rig = Rig::new();
    let video = |name: &str, frames: u64| with(stream(name, frames), "/frame_average_count", json!(2));
    let summary = rig.record(&document(&[video("whole.zarr", 8)]));
    assert_eq!(summary.streams[0].end.kind, EndKind::Complete);
    assert_eq!(summary.streams[0].frame_limit, Some(summary.streams[0].frames_stored));
    let slow = with(video("early.zarr", 1000), "/camera/settings/exposure_time_us", json!(5000));
    rig.set(&document(&[slow]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "storing", |stats| stats.ledger.stored > 5);
    let summary = rig.abort().unwrap();
    let [stream] = summary.streams.as_slice() else { panic!("one stream") };
    assert_eq!(stream.end.kind, EndKind::Stopped);
    // FrameIndexer, of which each is the mean of two frames.
    assert_eq!(stream.frames_stored, stream.ledger.stored / 2);
    assert!(stream.frame_limit.is_some_and(|planned| stream.frames_stored < planned));
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_the_start() {
    let rig = Rig::new();
    std::fs::write(rig.folder.join("file"), "not a folder").unwrap();
    rig.set(&document(&[stream("file/a.zarr", 1)]));
    let refused = rig.runtime.start(true).unwrap_err();
    assert_eq!(refused.problems[0].code, ProblemCode::NotAFolder);
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
}

#[test]
fn no_dataset_is_made_in_another() {
    let rig = Rig::new();
    rig.record(&document(&[stream("day/a.zarr", 2)]));
    for name in ["day/a.zarr/b.zarr", "day/a.zarr/0/b.zarr", "day/a.zarr/0"] {
        rig.set(&document(&[stream(name, 2)]));
        for refused in [rig.runtime.start(true).unwrap_err(), rig.runtime.measure_speed().unwrap_err()] {
            assert_eq!(refused.problems[0].code, ProblemCode::InDataset);
            assert_eq!(refused.problems[0].path, "video[0].storage.settings.uri");
            assert!(refused.problems[0].message.contains("a.zarr"), "{}", refused.problems[0].message);
        }
    }
    rig.record(&document(&[stream("day/b.zarr", 2)]));
}
