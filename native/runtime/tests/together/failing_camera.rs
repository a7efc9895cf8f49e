//! A camera that fails where it can: every call is answered, the camera comes back, and the next run is as good as any.

use std::sync::Arc;

use crate::common::{Rig, assert_balanced, document, stream, wait, with};
use crate::scripted_driver::{Fault, NAME, Point, Script, ScriptedDriver};
use serde_json::{Value, json};
use zarrcam_acquisition::{RuntimeState, StreamErrorCode};
use zarrcam_runtime::{Drivers, ErrorCode, PreviewRequest};

const POINTS: [Point; 5] = [Point::Configure, Point::Start, Point::Wait, Point::Read, Point::Stop];
const FAULTS: [Fault; 2] = [Fault::Error, Fault::Panic];

fn rig() -> (Rig, Arc<Script>) {
    let script = Arc::<Script>::default();
    let drivers = Drivers::built_in().with(ScriptedDriver(Arc::clone(&script)));
    (Rig::with_drivers(drivers, |_| {}), script)
}

fn scripted(name: &str) -> Value {
    let video = with(stream(name, 20), "/camera/identifier/name", json!(NAME));
    // A machine that does other work keeps pace, too: what is lost here is lost by the fault.
    with(video, "/camera/settings/exposure_time_us", json!(10_000))
}

/// Nothing is left of the failure.
fn assert_well(rig: &Rig, script: &Script, name: &str) {
    script.set(None);
    let summary = rig.record(&document(&[scripted(name)]));
    assert_eq!((summary.complete, summary.streams[0].ledger.captured), (true, 20), "{name}");
    assert_eq!(rig.runtime.state(), RuntimeState::Armed);
    assert_eq!(script.open_now(), 1, "one camera, opened once");
}

fn cases() -> impl Iterator<Item = (Point, Fault, String)> {
    POINTS.into_iter().flat_map(|point| FAULTS.map(|fault| (point, fault, format!("{point:?}-{fault:?}"))))
}

#[test]
fn a_recording_ends_and_counts_what_it_has() {
    let (rig, script) = rig();
    for (point, fault, case) in cases() {
        rig.set(&document(&[scripted(&format!("{case}.zarr"))]));
        script.set(Some((point, fault)));
        rig.runtime.start(true).unwrap();
        let ended = rig.stop();
        let stats = rig.stream(0);
        assert_balanced(&stats.ledger);
        assert_eq!(stats.ledger.in_flight, 0, "{case}");
        // A camera is not set for a run, and what goes wrong when it stops comes after the last frame.
        if matches!(point, Point::Configure | Point::Stop) {
            assert!(ended.unwrap().complete, "{case}");
        } else {
            assert_eq!(ended.unwrap_err().code, ErrorCode::Camera, "{case}");
            assert_eq!(stats.error.map(|error| error.code), Some(StreamErrorCode::Camera), "{case}");
            assert_eq!(stats.ledger.captured, 0, "{case}");
        }
        assert_well(&rig, &script, &format!("{case}-after.zarr"));
    }
}

#[test]
fn a_preview_ends_and_who_looks_can_look_again() {
    let (rig, script) = rig();
    for (point, fault, case) in cases() {
        rig.set(&document(&[scripted(&format!("{case}.zarr"))]));
        rig.runtime.start(false).unwrap();
        wait(|done| rig.runtime.next_frame(0, None, 0, done)).unwrap();
        script.set(Some((point, fault)));
        let ended = rig.stop();
        assert!(ended.is_ok() || ended.is_err_and(|error| error.code == ErrorCode::Camera), "{case}");
        assert_well(&rig, &script, &format!("{case}-after.zarr"));
    }
}

#[test]
fn a_snap_and_a_measurement_are_answered() {
    let (rig, script) = rig();
    for (point, fault, case) in cases() {
        rig.set(&document(&[scripted(&format!("{case}.zarr"))]));
        script.set(Some((point, fault)));
        let request = PreviewRequest { full: true, ..PreviewRequest::default() };
        let snapped = wait(|done| rig.runtime.snap(request, done));
        let measured = rig.runtime.measure_speed();
        if (point, fault) == (Point::Stop, Fault::Error) {
            assert!(snapped.is_ok() && measured.is_ok(), "{case}");
        } else {
            for code in [snapped.unwrap_err().code, measured.unwrap_err().code] {
                assert!(matches!(code, ErrorCode::Camera | ErrorCode::Internal), "{case}: {code:?}");
            }
        }
        assert_well(&rig, &script, &format!("{case}-after.zarr"));
    }
}

#[test]
fn a_preview_that_made_room_says_why_it_does_not_come_back() {
    let (rig, script) = rig();
    for fault in FAULTS {
        rig.set(&document(&[scripted(&format!("{fault:?}.zarr"))]));
        rig.runtime.start(false).unwrap();
        // It stops well, and does not take its settings back.
        script.set(Some((Point::Configure, fault)));
        let other = with(scripted(&format!("{fault:?}.zarr")), "/camera/settings/exposure_time_us", json!(2000));
        let refused = rig.runtime.set_configuration(&document(&[other]), None, "test").unwrap_err();
        assert!(matches!(refused.code, ErrorCode::InvalidConfiguration | ErrorCode::Internal), "{refused:#?}");
        assert!(matches!(rig.runtime.state(), RuntimeState::Armed | RuntimeState::AwaitingConfiguration));
        assert_well(&rig, &script, &format!("{fault:?}-after.zarr"));
    }
}

#[test]
fn a_camera_that_does_not_open_is_refused() {
    let (rig, script) = rig();
    for fault in FAULTS {
        script.set(Some((Point::Open, fault)));
        let refused = rig.runtime.set_configuration(&document(&[scripted("a.zarr")]), None, "test").unwrap_err();
        assert!(matches!(refused.code, ErrorCode::InvalidConfiguration | ErrorCode::Internal), "{refused:#?}");
        assert_eq!(rig.runtime.state(), RuntimeState::AwaitingConfiguration);
    }
    assert_well(&rig, &script, "after.zarr");
}
