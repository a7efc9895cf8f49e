//! Shards of raw layouts hold what of them lies in the array, and no more: in length and index, while open and after.

use std::path::{Path, PathBuf};

use crate::common::{Case, dimension, read_array, stored};
use proptest::prelude::*;
use serde_json::Value;
use zarrcam_config::{DimensionKind, DownsampleMethod, Multiscale};
use zarrcam_frame::PixelType;
use zarrcam_storage::{ByteRange, LiveAnswer, LiveDataset, recover};
use zarrcam_zarr::{parse_shard_index, shard_index, shard_index_bytes};

/// What a level's own metadata say.
struct Grid {
    shape: Vec<u64>,
    shard: Vec<u64>,
    chunk: Vec<u64>,
    item: u64,
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|value| value.as_u64().unwrap()).collect()
}

impl Grid {
    fn read(level: &Path, item: usize) -> Self {
        let document: Value = serde_json::from_slice(&std::fs::read(level.join("zarr.json")).unwrap()).unwrap();
        Self {
            shape: numbers(&document["shape"]),
            shard: numbers(&document["chunk_grid"]["configuration"]["chunk_shape"]),
            chunk: numbers(&document["codecs"][0]["configuration"]["chunk_shape"]),
            item: item as u64,
        }
    }

    fn chunk_bytes(&self) -> u64 {
        self.chunk.iter().product::<u64>() * self.item
    }

    fn per_shard(&self) -> Vec<u64> {
        self.shard.iter().zip(&self.chunk).map(|(shard, chunk)| shard / chunk).collect()
    }

    /// For each chunk of a shard, C order, whether any of it lies in the array.
    fn inside(&self, shard: &[u64]) -> Vec<bool> {
        let per = self.per_shard();
        let count = per.iter().product::<u64>();
        let in_array = |number: u64| {
            let mut rest = number;
            (0..per.len()).rev().all(|axis| {
                let index = shard[axis] * per[axis] + rest % per[axis];
                rest /= per[axis];
                index * self.chunk[axis] < self.shape[axis]
            })
        };
        (0..count).map(in_array).collect()
    }
}

/// Files below a level's `c`, with their keys.
fn files(level: &Path) -> Vec<(Vec<u64>, PathBuf)> {
    fn walk(folder: &Path, key: &mut Vec<u64>, found: &mut Vec<(Vec<u64>, PathBuf)>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            key.push(entry.file_name().to_string_lossy().parse().unwrap());
            if entry.path().is_dir() {
                walk(&entry.path(), key, found);
            } else {
                found.push((key.clone(), entry.path()));
            }
            key.pop();
        }
    }
    let mut found = Vec::new();
    walk(&level.join("c"), &mut Vec::new(), &mut found);
    found
}

fn levels(store: &Path) -> Vec<PathBuf> {
    (0..).map(|level: u32| store.join(level.to_string())).take_while(|level| level.is_dir()).collect()
}

/// Length and index of each shard are those of the chunks that lie in the array. `final_shape`: or of those that may still.
fn check_files(store: &Path, item: usize, final_shape: bool) {
    for level in levels(store) {
        let grid = Grid::read(&level, item);
        for (key, path) in files(&level) {
            let inside = grid.inside(&key);
            let content = std::fs::read(&path).unwrap();
            let index_bytes = shard_index_bytes(inside.len());
            let entries = parse_shard_index(&content[content.len() - index_bytes..]).unwrap();
            let listed: Vec<bool> = entries.iter().map(Option::is_some).collect();
            if final_shape {
                assert_eq!(listed, inside, "{}", path.display());
            } else {
                assert!(inside.iter().zip(&listed).all(|(inside, listed)| *listed || !inside), "{}", path.display());
            }
            // One behind the other, without gaps.
            let mut chunks: Vec<(u64, u64)> = entries.into_iter().flatten().collect();
            chunks.sort_unstable();
            let expected: Vec<(u64, u64)> =
                (0..chunks.len() as u64).map(|number| (number * grid.chunk_bytes(), grid.chunk_bytes())).collect();
            assert_eq!(chunks, expected, "{}", path.display());
            assert_eq!(content.len() as u64, chunks.len() as u64 * grid.chunk_bytes() + index_bytes as u64);
        }
    }
}

fn case() -> impl Strategy<Value = Case> {
    let axis = || (1u32..8, 1u32..4, 1u32..4);
    let axes = (axis(), axis(), prop::collection::vec(axis(), 1..4));
    let rest = (any::<bool>(), any::<bool>(), any::<u64>(), 1u64..60, prop::collection::vec(0u64..60, 0..4));
    (axes, rest).prop_map(|((x, y, outer), (grows, multiscale, seed, frames, drops))| {
        let make = |name: &str, (size, chunk, shard): (u32, u32, u32), scale: u32| {
            dimension(name, DimensionKind::Other, size * scale, chunk * scale, shard)
        };
        let mut dimensions = vec![make("x", x, 5), make("y", y, 3)];
        dimensions[0].kind = DimensionKind::Space;
        dimensions[1].kind = DimensionKind::Space;
        let last = outer.len() - 1;
        for (index, axis) in outer.into_iter().enumerate() {
            dimensions.push(make(&format!("d{index}"), axis, 1));
            if index == last && grows {
                dimensions[index + 2].array_size_px = 0;
            }
        }
        let mut order: Vec<String> = dimensions[2..].iter().map(|dimension| dimension.name.clone()).collect();
        let mut rest = seed;
        for index in (1..order.len()).rev() {
            order.swap(index, (rest % (index as u64 + 1)) as usize);
            rest /= index as u64 + 1;
        }
        order.extend(["y".to_owned(), "x".to_owned()]);
        let room: u64 = dimensions[2..].iter().map(|dimension| u64::from(dimension.array_size_px)).product();
        Case {
            frames: if grows { frames } else { frames.min(room) },
            dimensions,
            order,
            drops,
            pixel_type: PixelType::U16,
            multiscale: multiscale.then_some(Multiscale { method: DownsampleMethod::Decimate, max_levels: 2 }),
            ..Case::small("ZarrV3", true)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn files_are_as_long_as_what_lies_in_the_array(case in case(), crash in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..case.frames).unwrap();
        check_files(&path, 2, false);
        if crash {
            drop(sink);
            check_files(&path, 2, false);
            recover(&path).unwrap();
        } else {
            sink.finish(false).unwrap();
        }
        let kept = stored(&events.lock().unwrap());
        check_files(&path, 2, true);
        let has_levels = case.multiscale.is_none() || path.join("1").exists();
        if has_levels && read_array(&path, 0, &case).shape.iter().all(|size| *size > 0) {
            case.check(&path, |frame_index| kept.contains(&frame_index));
        }
    }
}

/// Kills the last record of the log: the run was not closed.
fn reopen(path: &Path) {
    let log = path.join("0/.zarrcam/frames.log");
    let length = std::fs::metadata(&log).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(log).unwrap().set_len(length - 56).unwrap();
}

#[test]
fn a_recovery_that_was_killed_in_the_middle_cuts_no_deeper() {
    let case = Case { frames: 13, ..Case::small("ZarrV3", true) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    case.write(&path);
    for _ in 0..2 {
        reopen(&path);
        assert!(recover(&path).unwrap().was_needed);
        check_files(&path, 2, true);
        case.check(&path, |frame_index| frame_index < 13 && !case.is_dropped(frame_index));
    }
}

/// As stores were before: every chunk of a shard in C order, those outside the array too.
fn in_the_old_form(path: &Path, item: usize) {
    for level in levels(path) {
        let grid = Grid::read(&level, item);
        let bytes = grid.chunk_bytes() as usize;
        for (key, file) in files(&level) {
            let count = grid.inside(&key).len();
            let content = std::fs::read(&file).unwrap();
            let entries = parse_shard_index(&content[content.len() - shard_index_bytes(count)..]).unwrap();
            let mut old = vec![0; count * bytes];
            for (number, entry) in entries.iter().enumerate() {
                if let Some((offset, length)) = entry {
                    old[number * bytes..][..bytes].copy_from_slice(&content[*offset as usize..][..*length as usize]);
                }
            }
            let all: Vec<_> = (0..count as u64).map(|chunk| Some((chunk * bytes as u64, bytes as u64))).collect();
            old.extend(shard_index(&all));
            std::fs::write(&file, old).unwrap();
        }
    }
    let run = path.join("0/.zarrcam/run.json");
    let mut description: Value = serde_json::from_slice(&std::fs::read(&run).unwrap()).unwrap();
    assert!(description.as_object_mut().unwrap().remove("packed_shards").is_some());
    std::fs::write(run, description.to_string()).unwrap();
}

#[test]
fn stores_in_the_old_form_are_served_and_recovered() {
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 1 });
    let mut case = Case { frames: 20, multiscale, ..Case::small("ZarrV3", true) };
    case.order = ["c", "t", "z", "y", "x"].map(str::to_owned).to_vec();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    case.write(&path);
    let live = |frame_index: u64| {
        let (z, c, t) = (frame_index % 3, frame_index / 3 % 2, frame_index / 6);
        let key = format!("0/c/{c}/{t}/{z}/0/0");
        let answer = LiveDataset::open(&path).unwrap().get(&key, ByteRange::Whole).unwrap();
        let LiveAnswer::Found { body, .. } = answer else { panic!("{key}: {answer:?}") };
        body
    };
    let stored = |frame_index: u64| frame_index < 20 && !case.is_dropped(frame_index);
    let before: Vec<_> = (0..20).map(live).collect();
    in_the_old_form(&path, 2);
    case.check(&path, stored);
    assert!((0..20).map(live).eq(before.iter().cloned()));
    reopen(&path);
    recover(&path).unwrap();
    case.check(&path, stored);
    assert!((0..20).map(live).eq(before));
}

#[test]
fn a_shard_far_larger_than_its_array_is_small() {
    let dimensions = vec![
        dimension("x", DimensionKind::Space, 64, 32, 8),
        dimension("y", DimensionKind::Space, 48, 32, 8),
        dimension("t", DimensionKind::Time, 0, 1, 64),
    ];
    let case = Case { dimensions, frames: 9, drops: vec![], ..Case::small("ZarrV3", true) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    case.write(&path);
    let length = std::fs::metadata(path.join("0/c/0/0/0")).unwrap().len();
    assert_eq!(length, 9 * 4 * 32 * 32 * 2 + shard_index_bytes(64 * 64) as u64);
    case.check(&path, |frame_index| frame_index < 9);
}
