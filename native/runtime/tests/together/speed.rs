//! Two seconds of measured speed: what is answered, and that nothing is left of it.

use std::path::Path;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{PATIENCE, Rig, document, stream, with};
use serde_json::{Value, json};
use zarrcam_acquisition::{Event, RuntimeState, SpeedReport, StreamSpeed};
use zarrcam_runtime::{Drivers, ErrorCode, Runtime, RuntimeOptions};

fn measure(rig: &Rig, video: Value) -> StreamSpeed {
    rig.set(&document(&[video]));
    let report = rig.runtime.measure_speed().unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(rig.runtime.speed(), Some(report.clone()));
    assert_eq!(entries(&rig.folder), [""; 0]);
    report.streams.into_iter().next().unwrap()
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn paced(name: &str, exposure_us: u32) -> Value {
    with(stream(name, 100), "/camera/settings/exposure_time_us", json!(exposure_us))
}

/// Another thread measures; returns when it is under way.
fn measuring<T>(rig: &Rig, then: impl FnOnce() -> T) -> (T, Result<SpeedReport, zarrcam_runtime::RuntimeError>) {
    thread::scope(|scope| {
        let measured = scope.spawn(|| rig.runtime.measure_speed());
        let deadline = Instant::now() + Duration::from_secs(10);
        while rig.runtime.state() != RuntimeState::Measuring {
            assert!(Instant::now() < deadline, "it never began");
            thread::sleep(Duration::from_millis(2));
        }
        thread::sleep(Duration::from_millis(100));
        (then(), measured.join().unwrap())
    })
}

#[test]
fn a_paced_camera_is_exact_and_its_storage_has_a_rate_of_its_own() {
    let rig = Rig::new();
    let speed = measure(&rig, paced("out.zarr", 20_000));
    assert_eq!((speed.stream, speed.name.as_str(), speed.asked_fps), (0, "Camera 1", Some(50.0)));
    assert!((35.0..55.0).contains(&speed.camera_fps), "{speed:?}");
    assert!(speed.stored_fps > 2.0 * speed.camera_fps, "the same frames are given again: {speed:?}");
    assert_eq!(speed.stored_bytes % (64 * 48 * 2), 0);
    assert_eq!(speed.loses_after_s, None);
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
}

#[test]
fn a_pause_between_frames_does_not_hide_what_the_camera_could_do() {
    let rig = Rig::new();
    let mut video = paced("out.zarr", 10_000);
    video["frame_period_us"] = json!(50_000);
    let speed = measure(&rig, video);
    assert_eq!(speed.asked_fps, Some(20.0));
    assert!(speed.camera_fps > 60.0, "{speed:?}");
}

#[test]
fn storage_that_cannot_follow_is_foretold() {
    let rig = Rig::new();
    let mut video = paced("out.zarr", 1000);
    video["storage"]["write_delay_ms"] = json!(20);
    video["max_frame_count"] = json!(1_000_000);
    let speed = measure(&rig, video);
    assert!(speed.stored_fps < 60.0, "{speed:?}");
    let loses_after_s = speed.loses_after_s.expect("1000 frames/s into 50");
    assert!((3.0..8.0).contains(&loses_after_s), "4096 buffers at 950 a second: {speed:?}");
}

#[test]
fn triggered_averaged_unsaved_and_limited_streams_can_be_measured() {
    let rig = Rig::new();
    let mut triggered = paced("out.zarr", 5000);
    triggered["camera"]["settings"]["input_triggers"] =
        json!({"frame_start": {"enable": true, "line": 0, "kind": "Input", "edge": "Rising"}});
    let speed = measure(&rig, triggered);
    assert_eq!((speed.asked_fps, speed.loses_after_s), (None, None));
    assert!(speed.camera_fps > 50.0, "nobody waits for a trigger: {speed:?}");

    let mut averaged = paced("out.zarr", 5000);
    averaged["frame_average_count"] = json!(4);
    let speed = measure(&rig, averaged);
    let stored_frame_bytes = 64 * 48 * 4;
    assert_eq!(speed.stored_bytes % stored_frame_bytes, 0, "means are F32");
    let per_s = speed.stored_bytes_per_s / stored_frame_bytes as f64;
    assert!((speed.stored_fps / per_s - 4.0).abs() < 0.01, "rates are of camera frames: {speed:?}");

    let unsaved = with(paced("out.zarr", 5000), "/storage/identifier/name", json!("trash"));
    assert!(measure(&rig, unsaved).stored_fps > 1000.0);

    let mut limited = paced("out.zarr", 5000);
    limited["storage"]["settings"]["acquisition_dimensions"][2]["array_size_px"] = json!(3);
    limited["max_frame_count"] = json!(3);
    assert!(measure(&rig, limited).stored_bytes > 3 * 64 * 48 * 2, "more frames than the run stores");
}

#[test]
fn two_streams_are_measured_together_and_progress_is_told() {
    let rig = Rig::new();
    rig.set(&document(&[
        paced("one.zarr", 10_000),
        with(paced("two.tif", 10_000), "/storage/identifier/name", json!("tiff")),
    ]));
    let report = rig.runtime.measure_speed().unwrap();
    assert_eq!(report.streams.iter().map(|speed| speed.stream).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(entries(&rig.folder), [""; 0]);
    let told: Vec<_> = rig.events.lock().unwrap().iter().filter_map(as_progress).collect();
    assert!(told.len() > 4, "{told:?}");
    assert!(told.is_sorted_by(|one, other| one.0 <= other.0));
    assert_eq!(told.last(), Some(&(1.0, true)));
    assert_eq!(told.iter().filter(|(_, ended)| *ended).count(), 1);
}

fn as_progress(event: &Event) -> Option<(f64, bool)> {
    match event {
        Event::Speed(progress) => Some((progress.share, progress.report.is_some())),
        _ => None,
    }
}

#[test]
fn stop_ends_it_and_nothing_is_left() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 1000)]));
    let (stopped, measured) = measuring(&rig, || {
        // Beside the target, when the camera's turn is over.
        while entries(&rig.folder).is_empty() && rig.runtime.state() == RuntimeState::Measuring {
            thread::sleep(Duration::from_millis(5));
        }
        rig.abort()
    });
    assert!(stopped.is_ok());
    assert_eq!(measured.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(rig.runtime.speed(), None);
    assert_eq!(entries(&rig.folder), [""; 0]);
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
}

#[test]
fn who_wants_the_cameras_gets_them_at_once() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 1000)]));
    let (started, measured) = measuring(&rig, || rig.runtime.start(true));
    assert!(started.is_ok());
    assert_eq!(measured.unwrap_err().code, ErrorCode::Cancelled);
    let refused = rig.runtime.measure_speed().unwrap_err();
    assert_eq!(refused.code, ErrorCode::AlreadyRunning, "not while it records");
    let summary = rig.stop().unwrap();
    assert_eq!(summary.streams[0].ledger.captured, 100);
    assert_eq!(entries(&rig.folder), ["out.zarr"]);

    rig.set(&document(&[paced("next.zarr", 1000)]));
    let ((), measured) = measuring(&rig, || rig.set(&document(&[paced("other.zarr", 1000)])));
    assert_eq!(measured.unwrap_err().code, ErrorCode::Cancelled);
}

#[test]
fn a_preview_makes_room_and_comes_back() {
    let rig = Rig::new();
    rig.set(&document(&[paced("out.zarr", 5000)]));
    rig.runtime.start(false).unwrap();
    rig.runtime.measure_speed().unwrap();
    assert_eq!(rig.runtime.state(), RuntimeState::Previewing);
    let (_, measured) = measuring(&rig, || rig.abort());
    assert!(measured.is_err());
    assert_eq!(rig.runtime.state(), RuntimeState::Armed, "who said stop meant the preview as well");
}

/// Measures while a preview is on, and does something at the moment when the preview is about to come back.
fn as_the_preview_comes_back(then: impl Fn(&Runtime) + Send + Sync + 'static) -> Runtime {
    let runtime: Arc<OnceLock<Runtime>> = Arc::default();
    let of_events = Arc::clone(&runtime);
    let events = move |event: Event| {
        if as_progress(&event).is_some_and(|(_, ended)| ended) {
            then(of_events.get().unwrap());
        }
    };
    let made = runtime.get_or_init(|| Runtime::new(RuntimeOptions::default(), Drivers::built_in(), Arc::new(events)));
    let unsaved = with(paced("out.zarr", 5000), "/storage/identifier/name", json!("trash"));
    made.set_configuration(&document(&[unsaved]), None, "test").unwrap();
    made.start(false).unwrap();
    made.measure_speed().unwrap();
    made.clone()
}

#[test]
fn a_stop_as_the_preview_comes_back_is_heeded() {
    let (sender, receiver) = mpsc::channel();
    let runtime = as_the_preview_comes_back(move |runtime| {
        let sender = sender.clone();
        runtime.stop(Box::new(move |outcome| sender.send(outcome.is_ok()).unwrap()));
    });
    assert_eq!(receiver.recv_timeout(PATIENCE), Ok(true));
    assert_eq!(runtime.state(), RuntimeState::Armed);
    runtime.close();
}

#[test]
fn a_close_as_the_preview_comes_back_ends() {
    let (sender, receiver) = mpsc::channel();
    as_the_preview_comes_back(move |runtime| {
        let (closing, sender) = (runtime.clone(), sender.clone());
        thread::spawn(move || {
            closing.close();
            sender.send(()).unwrap();
        });
        let deadline = Instant::now() + PATIENCE;
        while runtime.state() != RuntimeState::Closed {
            assert!(Instant::now() < deadline, "it is never closed");
            thread::sleep(Duration::from_millis(2));
        }
    });
    assert_eq!(receiver.recv_timeout(PATIENCE), Ok(()), "it waits for a preview that nobody ends");
}

#[test]
fn the_next_start_removes_what_a_killed_process_left() {
    let rig = Rig::with(|options| {
        let left = options.data_dir.as_ref().unwrap().join("monday/.zarrcam-speed-killed");
        std::fs::create_dir_all(left.join("out.zarr")).unwrap();
        std::fs::write(left.join("lock"), "").unwrap();
    });
    assert_eq!(entries(&rig.folder), ["monday"]);
    assert_eq!(entries(&rig.folder.join("monday")), [""; 0]);
}

#[test]
fn storage_that_fails_says_where_and_leaves_nothing() {
    let rig = Rig::new();
    let blocked = rig.folder.join("blocked");
    std::fs::write(&blocked, "").unwrap();
    rig.set(&document(&[paced("blocked/out.zarr", 5000)]));
    let error = rig.runtime.measure_speed().unwrap_err();
    assert_eq!(error.code, ErrorCode::Storage);
    assert_eq!(error.path.as_deref(), Some("video[0].storage.settings.uri"));
    assert!(error.message.contains("blocked"), "{}", error.message);
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
    assert_eq!(rig.record(&document(&[paced("out.zarr", 1000)])).streams[0].ledger.captured, 100, "the camera is back");
}
