//! `kill -9` at random moments: what the process had said was stored is there after recovery, bit for bit.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use zarrcam_storage::{FrameLogReader, Record, recover};

/// Layouts by number; each is killed at several moments.
fn case(number: usize, store: &Path) -> Value {
    let device = ["ZarrV3Blosc1Lz4ByteShuffle", "ZarrBlosc1ZstdByteShuffle", "ZarrV3", "Zarr"][number % 4];
    let shard = |size: u32| if device.starts_with("ZarrV3") { size } else { 0 };
    let dimension = |name: &str, kind: &str, size: u32, chunk: u32, chunks: u32| json!({"name": name, "kind": kind, "array_size_px": size, "chunk_size_px": chunk, "shard_size_chunks": shard(chunks)});
    let multiscale = if number % 3 == 2 { json!({"method": "mean", "max_levels": 2}) } else { Value::Null };
    json!({
        "store": store, "device": device, "pixel_type": "U16", "width": 300, "height": 200, "frames": 100_000, "seed": number,
        "drops": [3, 17, 18, 40],
        "settings": {
            "acquisition_dimensions": [
                dimension("x", "Space", 300, 160, 2), dimension("y", "Space", 200, 128, 2),
                dimension("z", "Space", 5, 2, 3), dimension("t", "Time", 0, 3, 2),
            ],
            "multiscale": multiscale,
            "durability": "none",
        },
    })
}

fn killed_at(number: usize, after: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let case = case(number, &path);
    let mut writer =
        Command::new(env!("CARGO_BIN_EXE_write_case")).arg(case.to_string()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut told = BTreeSet::new();
    let mut note = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        assert!(event["failed"].is_null(), "{event}");
        told.extend(event["stored"].as_u64());
    };
    // It runs from its first line on.
    if let Some(line) = lines.next() {
        note(&line.unwrap());
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(after);
            writer.kill().unwrap();
            writer.wait().unwrap();
        });
        lines.map_while(Result::ok).for_each(|line| note(&line));
    });
    for name in ["0/zarr.json", "0/.zarray", "zarr.json", ".zattrs"] {
        if let Ok(text) = std::fs::read(path.join(name)) {
            serde_json::from_slice::<Value>(&text).unwrap_or_else(|error| panic!("{name} is torn: {error}"));
        }
    }
    let recovery = recover(&path).unwrap();
    assert_eq!(recovery.frames_damaged, 0);
    let mut log = FrameLogReader::open(&path.join("0/.zarrcam/frames.log")).unwrap();
    let mut kept = BTreeSet::new();
    while let Some(record) = log.next_record() {
        if let Record::Frame { frame_index, .. } = record {
            kept.insert(frame_index);
        }
    }
    assert!(told.is_subset(&kept), "told, but not kept: {:?}", told.difference(&kept).collect::<Vec<_>>());
    assert_eq!(recovery.frames_stored, kept.len() as u64);
    assert!(!recover(&path).unwrap().was_needed);
    check_pixels(number, &path, &kept, recovery.shape[0]);
}

/// The whole array by its own metadata, against the formula.
fn check_pixels(number: usize, path: &Path, kept: &BTreeSet<u64>, steps: u64) {
    let store = zarrcam_storage::Store::open(path).unwrap();
    let (layout, level) = (store.layout(), &store.layout().levels()[0]);
    let mut open: Option<(std::path::PathBuf, Vec<u8>)> = None;
    let mut decoded: Option<((std::path::PathBuf, usize), Vec<u8>)> = None;
    for frame_index in 0..steps * 5 {
        let at = layout.plane_of(frame_index);
        for tile in 0..level.tiles() {
            let tile_at = level.tile(&at, tile);
            let file = store.file_path(0, at.layer, tile_at.file);
            if open.as_ref().is_none_or(|(name, _)| *name != file) {
                open = Some((file.clone(), std::fs::read(&file).unwrap_or_default()));
            }
            let bytes = &open.as_ref().unwrap().1;
            let key = (file, tile_at.chunk);
            if decoded.as_ref().is_none_or(|(name, _)| *name != key) {
                let mut chunk = vec![0; level.chunk_bytes() as usize];
                let entry = if bytes.is_empty() {
                    None
                } else if layout.is_sharded() {
                    let index = &bytes[bytes.len() - zarrcam_zarr::shard_index_bytes(level.chunks_per_file)..];
                    zarrcam_zarr::parse_shard_index(index).unwrap()[tile_at.chunk]
                } else {
                    Some((0, bytes.len() as u64))
                };
                if let Some((offset, length)) = entry {
                    let encoded = &bytes[offset as usize..(offset + length) as usize];
                    zarrcam_zarr::decode(store.codec(), 2, encoded, &mut chunk).unwrap();
                }
                decoded = Some((key, chunk));
            }
            let pixels = &decoded.as_ref().unwrap().1[tile_at.slot * level.tile_bytes..][..level.tile_bytes];
            let rect = level.rect(tile);
            for y in 0..rect.height {
                for x in 0..rect.width {
                    let got = u16::from_le_bytes(pixels[(y * level.tile_width + x) * 2..][..2].try_into().unwrap());
                    let model = if kept.contains(&frame_index) {
                        pixel(number, frame_index, rect.x + x, rect.y + y)
                    } else {
                        0
                    };
                    assert_eq!(got, model, "frame {frame_index}, {}, {}", rect.x + x, rect.y + y);
                }
            }
        }
    }
}

fn pixel(seed: usize, frame_index: u64, x: usize, y: usize) -> u16 {
    if (x as u64 / 16 + frame_index).is_multiple_of(5) {
        return 0;
    }
    let index = (y * 300 + x) as u32;
    let mut h = (frame_index as u32).wrapping_mul(0x9e37_79b9) ^ index.wrapping_mul(0x85eb_ca6b) ^ seed as u32;
    h ^= h >> 16;
    h = h.wrapping_mul(0x7feb_352d);
    h ^= h >> 15;
    h = h.wrapping_mul(0x846c_a68b);
    (h ^ h >> 16) as u16
}

/// Moments that look random and are the same in every run.
fn kills(count: usize) {
    for number in 0..count {
        let after = Duration::from_micros((number as u64 * 7919 + 13) * 1013 % 400_000);
        killed_at(number, after);
    }
}

#[test]
fn ten_kills() {
    kills(10);
}

#[test]
#[ignore = "soak"]
fn a_hundred_kills() {
    kills(100);
}
