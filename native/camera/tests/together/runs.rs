//! Pacing, triggers, and ends: with real threads and clocks, and no upper bound on any time.

use std::thread;
use std::time::{Duration, Instant};

use crate::common::{self, EMPTY, RANDOM, SINE, next, open, settings};
use zarrcam_camera::{CAMERA_MEMORY_FRAMES, Camera, CameraControl, Captured};
use zarrcam_config::{CameraSettings, Trigger};
use zarrcam_frame::PixelType;

fn small() -> CameraSettings {
    settings(8, 4, PixelType::U8)
}

fn triggered() -> CameraSettings {
    let mut settings = small();
    settings.input_triggers.frame_start = Trigger { enable: true, ..Trigger::default() };
    settings
}

fn started(name: &str, settings: &CameraSettings, frame_period_us: f64) -> Box<dyn Camera> {
    let mut camera = open(name);
    camera.configure(settings, frame_period_us).unwrap();
    camera.start().unwrap();
    camera
}

#[test]
fn a_paced_camera_keeps_its_schedule() {
    let begin = Instant::now();
    let mut camera = started(SINE, &CameraSettings { exposure_time_us: 2000.0, ..small() }, 5000.0);
    let control = CameraControl::new();
    let mut previous = None;
    for _ in 0..20 {
        let stamp = next(&mut *camera, &control);
        assert!(begin.elapsed() >= Duration::from_micros(stamp.hardware_id * 5000 + 2000), "frames never come early");
        assert_eq!(stamp.hardware_clock_ns, stamp.hardware_id * 5_000_000);
        assert!(previous < Some(stamp.hardware_id));
        previous = Some(stamp.hardware_id);
        camera.discard();
    }
}

#[test]
fn a_late_host_finds_a_gap_of_the_frames_that_the_camera_could_not_keep() {
    let mut camera = started(EMPTY, &small(), 1000.0);
    let control = CameraControl::new();
    assert_eq!(next(&mut *camera, &control).hardware_id, 0);
    let lost = 20;
    thread::sleep(Duration::from_millis(1 + CAMERA_MEMORY_FRAMES + lost));
    let first = next(&mut *camera, &control).hardware_id;
    assert!(first > lost, "frame {first} is older than what the camera keeps");
    // Kept frames come at once, one by one.
    assert_eq!(next(&mut *camera, &control).hardware_id, first + 1);
}

#[test]
fn a_camera_loses_no_frame_by_being_slow_itself() {
    // Full frames take hundreds of microseconds to make; Acquire keeps all of them at any exposure.
    for name in [RANDOM, SINE, EMPTY] {
        for exposure_time_us in [1.0, 15.0, 100.0, 500.0] {
            let settings = CameraSettings { exposure_time_us, ..settings(1920, 1080, PixelType::U16) };
            let mut camera = started(name, &settings, 0.0);
            let control = CameraControl::new();
            let mut buffer = vec![0; 1920 * 1080 * 2];
            let mut before = None;
            for id in 0..100 {
                let stamp = next(&mut *camera, &control);
                assert_eq!(stamp.hardware_id, id, "{name} at {exposure_time_us} us");
                assert!(before.is_none_or(|before| before < stamp.hardware_clock_ns), "its clock goes on");
                before = Some(stamp.hardware_clock_ns);
                camera.read_into(&mut buffer).unwrap();
            }
        }
    }
}

#[test]
fn as_fast_as_possible_waits_for_its_host() {
    let mut camera = started(RANDOM, &small(), 0.0);
    let control = CameraControl::new();
    assert_eq!(next(&mut *camera, &control).hardware_id, 0);
    thread::sleep(Duration::from_millis(30));
    let stamp = next(&mut *camera, &control);
    assert_eq!(stamp.hardware_id, 1);
    assert!(stamp.hardware_clock_ns >= 30_000_000, "the clock goes on while the camera waits");
}

#[test]
fn discarded_and_read_frames_count_alike() {
    let mut camera = started(RANDOM, &small(), 0.0);
    let control = CameraControl::new();
    let mut all = Vec::new();
    for id in 0..10 {
        assert_eq!(next(&mut *camera, &control).hardware_id, id);
        if id % 3 == 0 {
            camera.discard();
            assert!(camera.read_into(&mut [0; 32]).is_err());
        } else {
            let mut buffer = [0; 32];
            camera.read_into(&mut buffer).unwrap();
            all.push((id as usize, buffer));
        }
    }
    let whole = common::frames(RANDOM, &small(), 10, 0);
    for (id, buffer) in all {
        assert_eq!(buffer[..], whole[id][..], "what became of its neighbours changes nothing in frame {id}");
    }
}

#[test]
fn a_trigger_is_exactly_one_frame() {
    let mut camera = started(SINE, &triggered(), 0.0);
    let control = CameraControl::new();
    // Faster than frames are taken: none is lost.
    (0..5).for_each(|_| control.trigger());
    for id in 0..5 {
        assert_eq!(next(&mut *camera, &control).hardware_id, id);
    }
    assert_eq!(control.pending_triggers(), 0);
    let waiter = thread::spawn({
        let control = control.clone();
        move || camera.wait_exposure(&control).unwrap()
    });
    thread::sleep(Duration::from_millis(50));
    assert!(!waiter.is_finished(), "there is no sixth frame without a sixth trigger");
    control.trigger();
    assert!(matches!(waiter.join().unwrap(), Captured::Frame(stamp) if stamp.hardware_id == 5));
}

#[test]
fn triggered_frames_keep_exposure_and_period() {
    let begin = Instant::now();
    let mut camera = started(SINE, &CameraSettings { exposure_time_us: 5000.0, ..triggered() }, 10_000.0);
    let control = CameraControl::new();
    (0..3).for_each(|_| control.trigger());
    let stamps: Vec<_> = (0..3).map(|_| next(&mut *camera, &control)).collect();
    assert!(begin.elapsed() >= Duration::from_millis(25));
    assert!(stamps.windows(2).all(|pair| pair[1].hardware_clock_ns >= pair[0].hardware_clock_ns + 10_000_000));
}

#[test]
fn an_acquisition_starts_by_trigger_and_then_runs_free() {
    let mut waiting = small();
    waiting.input_triggers.acquisition_start = Trigger { enable: true, ..Trigger::default() };
    let mut camera = started(SINE, &waiting, 1000.0);
    let control = CameraControl::new();
    thread::sleep(Duration::from_millis(50));
    control.trigger();
    let first = next(&mut *camera, &control);
    assert_eq!((first.hardware_id, first.hardware_clock_ns), (0, 0), "its clock starts with the trigger");
    assert!(next(&mut *camera, &control).hardware_id >= 1);
    assert_eq!(control.pending_triggers(), 0);
}

#[test]
fn stop_ends_every_wait() {
    let mut start_triggered = small();
    start_triggered.input_triggers.acquisition_start = Trigger { enable: true, ..Trigger::default() };
    let long = CameraSettings { exposure_time_us: 1e6, ..small() };
    for (name, settings, frame_period_us) in [
        ("trigger of a frame", triggered(), 0.0),
        ("trigger of the start", start_triggered, 0.0),
        ("exposure", long, 0.0),
        ("period", small(), 3600e6),
    ] {
        let mut camera = started(SINE, &settings, frame_period_us);
        let control = CameraControl::new();
        if name == "period" {
            assert_eq!(next(&mut *camera, &control).hardware_id, 0);
        }
        let waiter = thread::spawn({
            let control = control.clone();
            move || (camera.wait_exposure(&control).unwrap(), camera)
        });
        thread::sleep(Duration::from_millis(20));
        assert!(!waiter.is_finished(), "{name}");
        control.stop();
        let (captured, mut camera) = waiter.join().unwrap();
        assert_eq!(captured, Captured::Stopped, "{name}");
        assert!(camera.read_into(&mut [0; 32]).is_err(), "{name}: no frame came");
        camera.stop();
    }
}

#[test]
fn every_run_begins_again() {
    let mut camera = open(RANDOM);
    camera.configure(&small(), 0.0).unwrap();
    let mut first = None;
    for run in 0..50 {
        camera.start().unwrap();
        let control = CameraControl::new();
        assert_eq!(next(&mut *camera, &control).hardware_id, 0, "run {run}");
        let mut buffer = [0; 32];
        camera.read_into(&mut buffer).unwrap();
        assert_eq!(*first.get_or_insert(buffer), buffer, "run {run}");
        assert_eq!(next(&mut *camera, &control).hardware_id, 1);
        control.stop();
        assert_eq!(camera.wait_exposure(&control).unwrap(), Captured::Stopped);
        camera.stop();
    }
}
