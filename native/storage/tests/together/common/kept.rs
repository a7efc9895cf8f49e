//! Stores that an earlier writer left (`fixtures/FORMAT`), and what holds for all of them.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use zarrcam_acquisition::DatasetState;
use zarrcam_storage::{
    FrameLogReader, LiveDataset, Record, Store, dataset_info, list_datasets, needs_recovery, recover,
};

use crate::reader::{self, Level, json, whole};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// What the store was written of, as `case.json` says.
pub struct Case {
    pub name: String,
    pub document: Value,
    pub folder: tempfile::TempDir,
}

impl Case {
    /// On a copy of its own.
    pub fn of(format: &str, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kept = Path::new(FIXTURES).join(format).join(name);
        copy(&kept, folder.path());
        std::fs::remove_file(folder.path().join("case.json")).unwrap();
        let text = std::fs::read(kept.join("case.json")).unwrap();
        Self { name: name.to_owned(), document: serde_json::from_slice(&text).unwrap(), folder }
    }

    /// The Zarr stores of a format.
    pub fn all(format: &str) -> Vec<Self> {
        let mut names: Vec<String> = std::fs::read_dir(Path::new(FIXTURES).join(format))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join("case.json").exists() && entry.path().join("case.zarr").exists())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names.iter().map(|name| Self::of(format, name)).collect()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("case.zarr")
    }

    pub fn was_killed(&self) -> bool {
        self.document["frames"].is_null() || self.document["killed"] == true
    }

    pub fn drops(&self, frame_index: u64) -> bool {
        self.document["drops"].as_array().unwrap().contains(&frame_index.into())
    }

    /// As `write_case` says it makes them.
    pub fn pixels(&self, frame_index: u64) -> Vec<u8> {
        let number = |field: &str| self.document[field].as_u64().unwrap();
        let (width, height, seed) = (number("width"), number("height"), number("seed") as u32);
        let value = |index: u32| {
            if (u64::from(index) % width / 16 + frame_index).is_multiple_of(5) {
                return 0;
            }
            let mut h = (frame_index as u32).wrapping_mul(0x9e37_79b9) ^ index.wrapping_mul(0x85eb_ca6b) ^ seed;
            h ^= h >> 16;
            h = h.wrapping_mul(0x7feb_352d);
            h ^= h >> 15;
            h = h.wrapping_mul(0x846c_a68b);
            h ^ h >> 16
        };
        let values = (0..(width * height) as u32).map(value);
        match self.document["pixel_type"].as_str().unwrap() {
            "U8" => values.map(|value| value as u8).collect(),
            "U16" => values.flat_map(|value| (value as u16).to_le_bytes()).collect(),
            "F32" => values.flat_map(|value| ((value & 0xffff) as f32 / 16.0).to_le_bytes()).collect(),
            other => panic!("{other}"),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Frame indices that the log calls stored.
pub fn logged(path: &Path) -> BTreeSet<u64> {
    let mut log = FrameLogReader::open(&path.join("0/.zarrcam/frames.log")).unwrap();
    let mut stored = BTreeSet::new();
    while let Some(record) = log.next_record() {
        if let Record::Frame { frame_index, .. } = record {
            stored.insert(frame_index);
        }
    }
    stored
}

/// Shapes of a chunk and of a file (a shard, or the chunk itself), px, slowest axis first.
type ChunkAndFile = (Vec<u64>, Vec<u64>);

/// The documents of a store on disk: the group's attributes, and each array's chunk and file shape.
fn on_disk(path: &Path) -> (Value, Vec<ChunkAndFile>) {
    let read = |name: String| -> Option<Value> { serde_json::from_slice(&std::fs::read(path.join(name)).ok()?).ok() };
    let group = match read("zarr.json".to_owned()) {
        Some(group) => group["attributes"]["ome"].clone(),
        None => read(".zattrs".to_owned()).unwrap(),
    };
    let levels = (0..).map_while(|level| {
        if let Some(array) = read(format!("{level}/zarr.json")) {
            let file = reader::numbers(&array["chunk_grid"]["configuration"]["chunk_shape"]);
            let codec = &array["codecs"][0];
            let sharded = codec["name"] == "sharding_indexed";
            let chunk = if sharded { reader::numbers(&codec["configuration"]["chunk_shape"]) } else { file.clone() };
            return Some((chunk, file));
        }
        let array = read(format!("{level}/.zarray"))?;
        let chunk = reader::numbers(&array["chunks"]);
        Some((chunk.clone(), chunk))
    });
    (group, levels.collect())
}

/// The layout is the one that its metadata tell.
pub fn check_layout(case: &Case, format: u64) {
    let store = Store::open(&case.path()).unwrap();
    assert_eq!(store.run().format, format);
    let (group, arrays) = on_disk(&case.path());
    let layout = store.layout();
    let ours: Vec<_> = layout
        .levels()
        .iter()
        .map(|level| {
            let file = level.chunk.iter().zip(&level.shard_chunks).map(|(chunk, shard)| chunk * shard).collect();
            (level.chunk.clone(), file)
        })
        .collect();
    assert_eq!(ours, arrays, "{}", case.name);
    let image = &group["multiscales"][0];
    for (axis, told) in layout.axes().iter().zip(image["axes"].as_array().unwrap()) {
        assert_eq!(told["name"], axis.name.as_str());
        assert_eq!(told["unit"].as_str().unwrap_or_default(), axis.unit, "{} {}", case.name, axis.name);
    }
    for (level, dataset) in layout.levels().iter().zip(image["datasets"].as_array().unwrap()) {
        let scale: Vec<f64> =
            layout.axes().iter().zip(&level.factors).map(|(axis, factor)| axis.scale * *factor as f64).collect();
        assert_eq!(serde_json::json!(scale), dataset["coordinateTransformations"][0]["scale"], "{}", case.name);
    }
}

/// It is recovered, listed and served with the right pixels.
pub fn check_whole(case: &Case, format: u64) {
    let path = case.path();
    let stored = logged(&path);
    assert!(stored.len() >= 2, "{}", case.name);
    assert_eq!(needs_recovery(&path), case.was_killed(), "{}", case.name);
    // As the crash left it, and whole.
    check_live(case, &stored);
    let [listed] = list_datasets(case.folder.path()).unwrap().datasets.try_into().unwrap();
    let state = if case.was_killed() { DatasetState::NeedsRecovery } else { DatasetState::Closed };
    assert_eq!((listed.state, listed.frames_stored), (state, stored.len() as u64), "{}", case.name);
    let recovery = recover(&path).unwrap();
    assert_eq!((recovery.was_needed, recovery.frames_damaged), (case.was_killed(), 0), "{}", case.name);
    assert_eq!(recovery.frames_stored, stored.len() as u64, "{}", case.name);
    check_live(case, &stored);
    let info = dataset_info(None, &path).unwrap();
    assert_eq!((info.state, info.frames_stored), (DatasetState::Closed, stored.len() as u64), "{}", case.name);
    assert!(!needs_recovery(&path) && !recover(&path).unwrap().was_needed);
    // Nothing of it was made new: what it is stays what its writer said.
    assert_eq!(Store::open(&path).unwrap().run().format, format);
}

fn check_live(case: &Case, stored: &BTreeSet<u64>) {
    let live = LiveDataset::open(&case.path()).unwrap();
    let codec = live.store().codec();
    let item = live.store().layout().pixel_type().bytes();
    let level = Level::read(&live, 0).unwrap();
    let layout = live.store().layout();
    for &frame_index in stored {
        let shard = whole(&live, &level.key(&layout.coordinates(frame_index)));
        let shard = shard.unwrap_or_else(|| panic!("{}: frame {frame_index} is not served", case.name));
        assert!(
            level.decode(codec, item, &shard) == case.pixels(frame_index),
            "{}: frame {frame_index} differs",
            case.name
        );
    }
    for frame_index in (0..stored.last().copied().unwrap_or(0)).filter(|frame_index| case.drops(*frame_index)) {
        assert!(!stored.contains(&frame_index));
        let shard = whole(&live, &level.key(&layout.coordinates(frame_index))).unwrap();
        assert!(level.decode(codec, item, &shard).iter().all(|byte| *byte == 0), "{}: frame {frame_index}", case.name);
    }
    let group = json(&live, "zarr.json");
    assert_eq!(group["attributes"]["zarrcam"]["run_id"], live.run_id());
}
