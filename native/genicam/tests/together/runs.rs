//! Runs into Zarr.

use zarrcam_acquisition::{RunSummary, RuntimeState, StreamErrorCode};

use crate::namespace::{FakeCamera, alone_on_loopback, until};
use crate::rig::{Rig, SIDE, ramp_id, stream};

/// 2,000 with `npm run soak`.
fn frames() -> u64 {
    std::env::var("ZARRCAM_CAMERA_FRAMES").ok().and_then(|frames| frames.parse().ok()).unwrap_or(200)
}

/// All frames of the run were captured, each that is there lies in its own place, and each that is not was counted. Returns how
/// many are lost.
fn all_in_place(rig: &Rig, summary: &RunSummary, store: &str) -> u64 {
    let of = &summary.streams[0];
    let ledger = &of.ledger;
    assert_eq!((of.error.as_ref(), ledger.captured, ledger.in_flight), (None, frames(), 0), "{:#?}", rig.log());
    let losses = rig.runtime.losses(0, 0, 10_000).unwrap();
    let lost: Vec<u64> =
        losses.ranges.iter().flat_map(|loss| loss.first_frame_index..loss.first_frame_index + loss.count).collect();
    assert_eq!(lost.len() as u64, ledger.dropped);
    assert_eq!(ledger.dropped, ledger.dropped_camera, "storage keeps pace");
    let stored = rig.frames(store, frames());
    let ramps: Vec<_> =
        stored.iter().map(|frame| frame.as_ref().map(|frame| ramp_id(frame, SIDE[0] as usize))).collect();
    let first = ramps.iter().position(Option::is_some).expect("some come");
    for (index, ramp) in (0..).zip(&ramps) {
        match ramp {
            Some(ramp) => {
                let since = (255 * frames() + index - first as u64) % 255;
                assert_eq!(*ramp, (ramps[first].unwrap() + since) % 255, "frame {index} lies in the place of another");
                assert!(!lost.contains(&index), "frame {index} is there, and counted as lost");
            }
            None => assert!(lost.contains(&index), "frame {index} is empty, and nobody counted it: {losses:?}"),
        }
    }
    ledger.dropped
}

#[test]
fn every_frame_is_stored_in_its_place() {
    alone_on_loopback("runs::every_frame_is_stored_in_its_place", || {
        let _fake = FakeCamera::start("127.0.0.1", "GV01", &[]);
        let rig = Rig::with_cameras("whole", &["GV01"]);
        rig.set(&[stream("GV01", "whole.zarr", frames())]);
        rig.start();
        let summary = rig.stop();
        let lost = all_in_place(&rig, &summary, "whole.zarr");
        println!("lost {lost} of {} frames, {:?}", frames(), summary.streams[0].transport);
        // None where the machine has time; one that has none for the camera's own thread keeps its packets back.
        assert!(lost <= frames() / 10, "{:#?}", rig.log());
    });
}

#[test]
fn what_packets_lose_is_counted_and_stays_empty() {
    alone_on_loopback("runs::what_packets_lose_is_counted_and_stays_empty", || {
        // 50 packets of a thousand.
        let _fake = FakeCamera::start("127.0.0.1", "GV01", &["-r", "50"]);
        let rig = Rig::with_cameras("lossy", &["GV01"]);
        rig.set(&[stream("GV01", "lossy.zarr", frames())]);
        rig.start();
        let summary = rig.stop();
        let lost = all_in_place(&rig, &summary, "lossy.zarr");
        let transport = summary.streams[0].transport.expect("it has a cable");
        println!("lost {lost} of {} frames, {transport:?}", frames());
        assert!(transport.packets_resent + transport.packets_lost > 0, "{transport:?}");
        assert!(lost <= transport.frames_incomplete + transport.frames_without_buffer + frames() / 2, "{transport:?}");
    });
}

#[test]
fn a_camera_that_dies_ends_its_run_and_comes_back() {
    alone_on_loopback("runs::a_camera_that_dies_ends_its_run_and_comes_back", || {
        let mut fake = FakeCamera::start("127.0.0.1", "GV01", &[]);
        let rig = Rig::with_cameras("killed", &["GV01"]);
        rig.set(&[stream("GV01", "killed.zarr", 100_000)]);
        rig.start();
        until("frames are stored", || rig.runtime.stats().streams[0].ledger.stored > 20);
        fake.kill();
        until("the run ends", || rig.runtime.stats().streams[0].error.is_some());
        until("all is stored", || rig.runtime.state() == RuntimeState::Armed);
        let ended = rig.runtime.stats().streams.remove(0);
        let error = ended.error.expect("it is said");
        assert_eq!(error.code, StreamErrorCode::Camera);
        assert!(error.message.contains("GV01") && error.message.contains("is gone"), "{}", error.message);
        assert_eq!(ended.ledger.in_flight, 0);
        let stored = rig.frames("killed.zarr", ended.ledger.captured).iter().flatten().count() as u64;
        assert_eq!(stored, ended.ledger.stored, "what it had is stored");
        let gone = |wanted: bool| {
            let devices = rig.runtime.refresh_devices().devices;
            devices
                .iter()
                .any(|device| device.identifier.name.contains("GV01") && device.description.contains("gone") == wanted)
        };
        until("it is said to be gone", || gone(true));
        let refused = rig.runtime.start(true).unwrap_err().to_string();
        assert!(refused.contains("is gone"), "{refused}");
        let _again = FakeCamera::start("127.0.0.1", "GV01", &[]);
        until("it is back", || gone(false));
        rig.set(&[stream("GV01", "again.zarr", 30)]);
        rig.start();
        let again = rig.stop();
        let of = &again.streams[0];
        assert_eq!((of.error.as_ref(), of.ledger.captured), (None, 30), "{:#?}", rig.log());
    });
}
