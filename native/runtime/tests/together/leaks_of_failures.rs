//! Runs that fail leave nothing behind either. Alone in its process, so that the numbers are its own.

use std::time::{Duration, Instant};

use crate::alone::alone;
use crate::common::held::{assert_no_more_than, settled};
use crate::common::{self, Rig, document, stream, with};
use serde_json::json;

const DEVICES: [&str; 4] = ["Zarr", "ZarrV3", "ZarrBlosc1Lz4ByteShuffle", "ZarrV3Blosc1ZstdByteShuffle"];

/// Noise in four chunks a frame, sharded where the device can; a layer every few frames, so that files are made all the time.
fn video(device: &str, name: &str) -> serde_json::Value {
    let along = u32::from(device.starts_with("ZarrV3")) * 2;
    let dimension = |name: &str, kind: &str, size: u32, chunk: u32, shard: u32| json!({"name": name, "kind": kind, "array_size_px": size, "chunk_size_px": chunk, "shard_size_chunks": shard});
    let video = with(stream(name, u64::MAX), "/storage/identifier/name", json!(device));
    let video = with(video, "/camera/settings/shape", json!([256, 256]));
    with(
        video,
        "/storage/settings/acquisition_dimensions",
        json!([
            dimension("x", "Space", 256, 128, along),
            dimension("y", "Space", 256, 128, along),
            dimension("t", "Time", 0, 2, along / 2),
        ]),
    )
}

#[test]
#[cfg(target_os = "linux")]
fn failed_runs_leave_no_thread_and_no_handle() {
    alone(|| {
        let rig = Rig::new();
        let cycle = |number: usize| {
            let device = DEVICES[number % DEVICES.len()];
            let folder = rig.folder.join("gone");
            rig.set(&document(&[video(device, "gone/a.zarr")]));
            rig.runtime.start(true).unwrap();
            rig.until(0, "storing", |stats| stats.ledger.stored > 5);
            let deadline = Instant::now() + common::PATIENCE;
            while std::fs::remove_dir_all(&folder).is_err() && folder.exists() {
                assert!(Instant::now() < deadline, "it is made again and again");
            }
            let removed = Instant::now();
            let error = rig.stop().unwrap_err();
            assert!(removed.elapsed() < Duration::from_secs(10), "{device} hangs for {:?}", removed.elapsed());
            assert!(error.message.contains("a.zarr"), "{}", error.message);
            let ledger = rig.stream(0).ledger;
            assert_eq!((ledger.stored, ledger.in_flight), (0, 0), "{device}: all is gone, and the ledger says so");
            // The process lives.
            rig.record(&document(&[with(
                stream(&format!("{number}.zarr"), 3),
                "/storage/identifier/name",
                json!(device),
            )]));
            rig.events.lock().unwrap().clear();
        };
        (0..8).for_each(cycle);
        let before = settled();
        (8..24).for_each(cycle);
        assert_no_more_than(&before);
    });
}
