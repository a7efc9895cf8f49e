//! A small store of ours, whole and closed, in this process's folder: what is fuzzed takes the place of one of its files.

use std::sync::{Arc, LazyLock};

use zarrcam_config::{CameraSettings, Dimension, DimensionKind, StorageSettings, VideoStream};
use zarrcam_frame::{Frame, FramePool, FrameStamp, PixelType};
use zarrcam_storage::{ByteRange, LiveDataset, SinkSpec, Store, dataset_info, dataset_losses, open_sink};

use crate::file::FOLDER;

const FRAMES: u64 = 7;
const SIDE_PX: u32 = 8;

/// Blosc tiles of 4 x 8 px, two frames a layer: seven frames are three sealed layers and one that the end cut short.
pub static STORE: LazyLock<Store> = LazyLock::new(|| {
    let dimension = |name: &str, kind, size, chunk| Dimension {
        name: name.to_owned(),
        kind,
        array_size_px: size,
        chunk_size_px: chunk,
        ..Dimension::default()
    };
    let settings = StorageSettings {
        acquisition_dimensions: vec![
            dimension("x", DimensionKind::Space, SIDE_PX, 4),
            dimension("y", DimensionKind::Space, SIDE_PX, SIDE_PX),
            dimension("t", DimensionKind::Time, 0, 2),
        ],
        enable_multiscale: true,
        ..StorageSettings::default()
    };
    let device = "ZarrV3Blosc1Lz4ByteShuffle";
    let stream = VideoStream::of_frames(device, settings, PixelType::U8, [SIDE_PX, SIDE_PX]);
    let path = FOLDER.join("ours.zarr");
    let spec = SinkSpec {
        path: Some(path.clone()),
        storage: stream.resolve().storage,
        run_id: "fuzzed".to_owned(),
        camera_name: "none".to_owned(),
        camera: CameraSettings::default(),
        replace_foreign_files: false,
    };
    let mut sink = open_sink(spec, Arc::new(|_| ())).expect("the store is made");
    let pool = FramePool::new((SIDE_PX * SIDE_PX) as usize, 8).expect("memory for eight frames");
    for index in 0..FRAMES {
        let mut buffer = pool.take().expect("a buffer");
        buffer.fill(index as u8);
        let stamp = FrameStamp { hardware_id: index, ..FrameStamp::default() };
        let frame =
            Frame { buffer: buffer.freeze(), width: SIDE_PX, height: SIDE_PX, pixel_type: PixelType::U8, stamp, metadata: None };
        sink.append(index, frame).expect("the frame is stored");
    }
    sink.finish(false).expect("the store is closed");
    Store::open(&path).expect("it is a store")
});

/// Asks all that changes nothing.
pub fn ask() {
    let path = STORE.root();
    let _ = dataset_info(None, path);
    let _ = dataset_losses(path, 0, 10);
    let Ok(live) = LiveDataset::open(path) else { return };
    for key in ["zarr.json", "0/zarr.json", "1/zarr.json", "0/c/0/0/0", "0/c/3/0/0", "1/c/2/0/0"] {
        for range in [ByteRange::Whole, ByteRange::Last(20), ByteRange::From { start: 5, end: Some(50) }] {
            let _ = live.get(key, range);
        }
    }
}
