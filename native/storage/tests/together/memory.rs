//! The bound that the plan states is kept, and it does not grow with the depth of chunks.

use std::process::Command;

use crate::common::{self, Case};
use serde_json::{Value, json};
use zarrcam_config::{DimensionKind, StorageSettings, VideoStream};
use zarrcam_frame::PixelType;
use zarrcam_storage::{FrameLogReader, Record};
use zarrcam_zarr::{Codec, FRAMES_IN_FLIGHT, Layout, Plan, PlanInput};

fn dimension(name: &str, kind: &str, size: u32, chunk: u32) -> Value {
    json!({"name": name, "kind": kind, "array_size_px": size, "chunk_size_px": chunk})
}

/// Memory taken, and the bound, bytes.
fn measure(device: &str, size: (u32, u32), frames: u64, dimensions: Value, multiscale: bool) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        json!({ "acquisition_dimensions": dimensions, "enable_multiscale": multiscale, "durability": "none" });
    let case = json!({
        "store": folder.path().join("out.zarr"), "device": device, "pixel_type": "U8",
        "width": size.0, "height": size.1, "frames": frames, "settings": settings,
    });
    let output = Command::new(env!("CARGO_BIN_EXE_write_case")).arg(case.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let settings: StorageSettings = serde_json::from_value(settings).unwrap();
    let stream = VideoStream::of_frames(device, settings, PixelType::U8, [size.0, size.1]);
    let storage = stream.resolve().storage;
    let layout = Layout::new(&storage).unwrap();
    let codec = Codec::from(storage.compression);
    let input = PlanInput {
        codec,
        frame_limit: Some(frames),
        frame_period_us: 0.0,
        queue_frames: 2 + if codec == Codec::Raw { FRAMES_IN_FLIGHT as u64 } else { 0 },
        workers: std::thread::available_parallelism().map_or(2, usize::from).max(2) as u64,
    };
    (last["memory_kib"].as_u64().unwrap() * 1024, Plan::new(&layout, &input).memory_bound_bytes)
}

fn tutorial() -> Value {
    json!([
        dimension("x", "Space", 1920, 960),
        dimension("y", "Space", 1080, 540),
        dimension("z", "Space", 10, 5),
        dimension("c", "Channel", 3, 1),
        dimension("t", "Time", 0, 10),
    ])
}

#[test]
fn the_bound_is_kept() {
    let deep =
        json!([dimension("x", "Space", 128, 64), dimension("y", "Space", 128, 64), dimension("t", "Time", 0, 1000),]);
    for (device, multiscale) in [
        ("ZarrV3", false),
        ("ZarrBlosc1Lz4ByteShuffle", false),
        ("ZarrV3Blosc1ZstdByteShuffle", false),
        ("ZarrV3Blosc1Lz4ByteShuffle", true),
    ] {
        let (taken, bound) = measure(device, (1920, 1080), 310, tutorial(), multiscale);
        assert!(taken <= bound, "{device}, tutorial, pyramid {multiscale}: {taken} of {bound}");
        let (taken, bound) = measure(device, (128, 128), 2500, deep.clone(), multiscale);
        assert!(taken <= bound, "{device}, 1000 deep, pyramid {multiscale}: {taken} of {bound}");
        println!("{device} {multiscale}: {taken} of {bound}");
    }
}

/// Frames in flight may be the last of layers that are not even handed to the sealer when the next layer begins.
#[test]
fn no_more_spills_than_the_plan_has_room_for() {
    for depth in [1, 2, 3, 20] {
        let case = Case {
            dimensions: vec![
                common::dimension("x", DimensionKind::Space, 512, 512, 0),
                common::dimension("y", DimensionKind::Space, 512, 512, 0),
                common::dimension("t", DimensionKind::Time, 0, depth, 0),
            ],
            frames: 80,
            drops: vec![],
            ..Case::small("ZarrV3Blosc1Lz4ByteShuffle", false)
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        case.write(&path);
        let mut log = FrameLogReader::open(&path.join("0/.zarrcam/frames.log")).unwrap();
        let mut spills = 0;
        while let Some(record) = log.next_record() {
            if let Record::LayerOpened { spill, .. } = record {
                spills = spills.max(spill + 1);
            }
        }
        let layout = Layout::new(&case.spec(&path).storage).unwrap();
        let room = |frame_limit| {
            let input =
                PlanInput { codec: case.codec(), frame_limit, frame_period_us: 0.0, queue_frames: 2, workers: 2 };
            Plan::new(&layout, &input).temporary_disk_bytes
        };
        let layers = room(None) / room(Some(1)) / u64::from(depth);
        println!("{depth} deep: {spills} of {layers}");
        assert!(spills <= layers, "{depth} deep: {spills} spills, room for {layers}");
    }
}
