//! `@live` of datasets in every state, copied to folders and read by zarr-python and TensorStore.

use std::path::Path;

use crate::common::{Case, stored};
use crate::reader::{all_shards, json, numbers, whole};
use crate::readers::read_by_others;
use serde_json::json;
use zarrcam_config::{CodecName, Compression, DownsampleMethod, Multiscale, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_storage::LiveDataset;

/// Frames when it is copied the first time: in the middle of a chunk, a layer and a time point.
const FIRST: u64 = 27;

fn cases() -> Vec<Case> {
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
    let mut cases = Vec::new();
    let devices = ["Zarr", "ZarrV3", "ZarrBlosc1ZstdByteShuffle", "ZarrV3Blosc1Lz4ByteShuffle"];
    for (index, device) in devices.into_iter().enumerate() {
        let pixel_type = PixelType::ALL[index % PixelType::ALL.len()];
        cases.push(Case { multiscale, pixel_type, ..Case::small(device, device.starts_with("ZarrV3")) });
    }
    let zstd = Some(Compression { codec: CodecName::Zstd, level: 3, shuffle: Shuffle::None });
    let bits = Some(Compression { codec: CodecName::BloscLz4, level: 5, shuffle: Shuffle::Bit });
    cases.push(Case { compression: zstd, pixel_type: PixelType::F32, ..Case::small("ZarrV3", true) });
    cases.push(Case { compression: bits, ..Case::small("Zarr", false) });
    cases
}

fn copy(live: &LiveDataset, case: &Case, frames: u64, folder: &Path, name: &str) -> serde_json::Value {
    let write = |key: &str, bytes: &[u8]| {
        let path = folder.join(name).join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let documents = std::iter::once("zarr.json".to_owned()).chain((0..).map(|level| format!("{level}/zarr.json")));
    let levels = documents.map_while(|key| whole(live, &key).map(|bytes| write(&key, &bytes))).count() - 1;
    all_shards(live).iter().for_each(|(key, shard)| write(key, shard));
    let shape = numbers(&json(live, "0/zarr.json")["shape"]);
    let frame_bytes = case.pixels(0).len();
    let mut expected = vec![0; shape[..3].iter().product::<u64>() as usize * frame_bytes];
    // t, c, z with z the fastest: a frame index is its plane's number.
    for frame_index in (0..frames).filter(|frame_index| !case.is_dropped(*frame_index)) {
        expected[frame_index as usize * frame_bytes..][..frame_bytes].copy_from_slice(&case.pixels(frame_index));
    }
    std::fs::write(folder.join(format!("{name}.raw")), expected).unwrap();
    json!({ "name": name, "dtype": case.pixel_type.zarr3_name(), "shape": shape, "levels": levels })
}

fn fixtures(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let mut copies = Vec::new();
    for (index, case) in cases().into_iter().enumerate() {
        let path = folder.join(format!("{index}.zarr"));
        let (mut sink, events) = case.open(&path).unwrap();
        let live = LiveDataset::open(&path).unwrap();
        case.append(&mut *sink, 0..FIRST).unwrap();
        let count = (0..FIRST).filter(|frame_index| !case.is_dropped(*frame_index)).count();
        while stored(&events.lock().unwrap()).len() < count {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        copies.push(copy(&live, &case, FIRST, folder, &format!("{index}-open")));
        case.append(&mut *sink, FIRST..case.frames).unwrap();
        sink.finish(false).unwrap();
        copies.push(copy(&live, &case, case.frames, folder, &format!("{index}-closed")));
    }
    std::fs::write(folder.join("live.json"), json!(copies).to_string()).unwrap();
}

#[test]
fn other_readers_read_what_is_still_being_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-fixtures-{}", std::process::id()));
    fixtures(&folder);
    read_by_others("test_live.py", &folder);
    std::fs::remove_dir_all(&folder).unwrap();
}
