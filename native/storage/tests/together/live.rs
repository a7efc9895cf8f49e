//! `@live` shows every stored frame, before and after its chunk is sealed, and never another's bytes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::{self, Case, Events, dimension, read_array, stored};
use crate::reader::{Level, all_shards, json, numbers, whole};
use proptest::prelude::*;
use zarrcam_config::{CodecName, Compression, DimensionKind, DownsampleMethod, Multiscale, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_storage::{ByteRange, LiveAnswer, LiveDataset, LiveDatasets, StorageError, is_being_written, recover};
use zarrcam_zarr::parse_shard_index;

const DEVICES: [&str; 6] = [
    "Zarr",
    "ZarrBlosc1ZstdByteShuffle",
    "ZarrBlosc1Lz4ByteShuffle",
    "ZarrV3",
    "ZarrV3Blosc1ZstdByteShuffle",
    "ZarrV3Blosc1Lz4ByteShuffle",
];

fn with(device: &'static str, codec: CodecName, level: i32, shuffle: Shuffle, shards: bool) -> Case {
    Case { compression: Some(Compression { codec, level, shuffle }), ..Case::small(device, shards) }
}

/// Every device, sharded and not, and every codec that no device is named for.
fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for device in DEVICES {
        cases.push(Case::small(device, false));
        if device.starts_with("ZarrV3") {
            cases.push(Case::small(device, true));
        }
    }
    cases.push(with("ZarrV3", CodecName::Zstd, 3, Shuffle::None, true));
    cases.push(with("Zarr", CodecName::Zstd, 1, Shuffle::None, false));
    cases.push(with("ZarrV3", CodecName::BloscLz4, 5, Shuffle::Bit, false));
    cases.push(with("ZarrV3", CodecName::BloscZstd, 1, Shuffle::None, true));
    cases
}

/// Waits until so many frames are called stored.
fn wait_for(events: &Events, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while stored(&events.lock().unwrap()).len() < count {
        assert!(Instant::now() < deadline, "the writer stores nothing");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn stored_before(case: &Case, frame_count: u64) -> usize {
    (0..frame_count).filter(|frame_index| !case.is_dropped(*frame_index)).count()
}

/// Indices of a plane along the outer axes to its frame index.
fn frame_index_of(case: &Case, plane: &[u64]) -> u64 {
    let names: Vec<&str> = if case.order.is_empty() {
        case.dimensions.iter().rev().map(|dimension| dimension.name.as_str()).collect()
    } else {
        case.order.iter().map(String::as_str).collect()
    };
    let (mut frame_index, mut stride) = (0, 1);
    for dimension in &case.dimensions[2..] {
        let axis = names.iter().position(|name| *name == dimension.name).unwrap();
        frame_index += plane[axis] * stride;
        stride *= u64::from(dimension.array_size_px).max(1);
    }
    frame_index
}

/// Everything that is stored is there, right to the pixel; all else is 404, or fill where it is decided.
fn check_full_level(live: &LiveDataset, case: &Case, appended: u64, closed: bool) {
    let level = Level::read(live, 0).unwrap();
    for plane in level.planes() {
        let frame_index = frame_index_of(case, &plane);
        let shard = whole(live, &level.key(&plane));
        if frame_index >= appended && !closed {
            assert_eq!(shard, None, "frame {frame_index} did not come yet");
            continue;
        }
        let shard = shard.unwrap_or_else(|| panic!("frame {frame_index} is not there"));
        let pixels = level.decode(case.codec(), case.pixel_type.bytes(), &shard);
        if frame_index >= appended || case.is_dropped(frame_index) {
            assert!(parse_shard_index(&shard).unwrap().iter().all(Option::is_none), "frame {frame_index} is no fill");
            assert!(pixels.iter().all(|byte| *byte == 0));
        } else {
            assert!(pixels == case.pixels(frame_index), "frame {frame_index} differs");
        }
    }
}

#[test]
fn a_shard_is_the_same_before_and_after_the_seal() {
    for case in all_cases() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        let live = LiveDataset::open(&path).unwrap();
        assert_eq!((live.frames_stored(), live.shape()[0]), (0, 0));
        let mut seen = std::collections::BTreeMap::new();
        // Stops in the middle of chunks, of time points and of layers.
        let mut from = 0;
        for to in [1, 8, 13, 26, 47, case.frames] {
            case.append(&mut *sink, from..to).unwrap();
            wait_for(&events, stored_before(&case, to));
            assert_eq!(live.frames_stored(), stored_before(&case, to) as u64);
            assert_eq!(live.shape()[0], to.div_ceil(6), "{case:?}");
            check_full_level(&live, &case, to, false);
            for (key, shard) in all_shards(&live) {
                let before = seen.insert(key.clone(), shard.clone());
                assert!(before.is_none_or(|before| before == shard), "{key} changed: {case:?}");
            }
            from = to;
        }
        assert!(!live.is_closed());
        sink.finish(false).unwrap();
        assert!(live.is_closed());
        let after = all_shards(&live);
        for (key, shard) in &seen {
            assert!(after[key] == *shard, "{key} is another after the seal: {case:?}");
        }
        check_full_level(&live, &case, case.frames, true);
        // Whoever comes later sees the same.
        assert!(all_shards(&LiveDataset::open(&path).unwrap()) == after);
    }
}

#[test]
fn every_level_is_what_is_on_disk() {
    for device in ["Zarr", "ZarrV3", "ZarrV3Blosc1ZstdByteShuffle", "ZarrBlosc1Lz4ByteShuffle"] {
        for method in [DownsampleMethod::Mean, DownsampleMethod::Decimate] {
            let multiscale = Some(Multiscale { method, max_levels: 0 });
            let shards = device == "ZarrV3Blosc1ZstdByteShuffle";
            let case = Case { multiscale, ..Case::small(device, shards) };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out.zarr");
            let (mut sink, events) = case.open(&path).unwrap();
            let live = LiveDataset::open(&path).unwrap();
            case.append(&mut *sink, 0..case.frames).unwrap();
            wait_for(&events, stored_before(&case, case.frames));
            let open = all_shards(&live);
            sink.finish(false).unwrap();
            let closed = all_shards(&live);
            assert!(open.keys().any(|key| key.starts_with("1/c/")), "no coarse plane was seen while it was open");
            assert!(open.iter().all(|(key, shard)| closed[key] == *shard));
            check_levels_against_disk(&live, &path, &case);
        }
    }
}

/// Every plane of every level, by its pixels, against the chunks on disk.
fn check_levels_against_disk(live: &LiveDataset, path: &Path, case: &Case) {
    let mut number = 0;
    while let Some(level) = Level::read(live, number) {
        let disk = read_array(path, number, case);
        assert_eq!(level.shape, disk.shape);
        let planes = level.planes();
        let bytes = disk.bytes.len() / planes.len();
        for (plane, disk) in planes.iter().zip(disk.bytes.chunks_exact(bytes)) {
            let shard = whole(live, &level.key(plane)).unwrap();
            let pixels = level.decode(case.codec(), case.pixel_type.bytes(), &shard);
            assert!(pixels == disk, "level {number}, plane {plane:?} differs: {case:?}");
        }
        number += 1;
    }
    assert!(number > 2, "a pyramid has several levels");
}

#[test]
fn any_range_is_a_part_of_the_whole() {
    for case in [
        Case::small("ZarrV3", true),
        Case::small("ZarrBlosc1Lz4ByteShuffle", false),
        with("ZarrV3", CodecName::Zstd, 1, Shuffle::None, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..5).unwrap();
        wait_for(&events, 5);
        let live = LiveDataset::open(&path).unwrap();
        check_ranges(&live, "0/c/0/1/1/0/0");
        check_ranges(&live, "zarr.json");
        sink.finish(false).unwrap();
        check_ranges(&live, "0/c/0/1/1/0/0");
        check_ranges(&live, "0/c/0/1/2/0/0");
    }
}

fn check_ranges(live: &LiveDataset, key: &str) {
    let all = whole(live, key).unwrap();
    let total = all.len() as u64;
    let get = |range| live.get(key, range).unwrap();
    let body = |range| match get(range) {
        LiveAnswer::Found { start, body, total_bytes, .. } => {
            assert_eq!(total_bytes, total);
            (start, body)
        }
        other => panic!("{range:?}: {other:?}"),
    };
    assert_eq!(body(ByteRange::Nothing), (0, vec![]));
    let steps: Vec<u64> = (0..total).step_by((total as usize / 37).max(1)).chain([total - 1]).collect();
    for &start in &steps {
        assert_eq!(body(ByteRange::From { start, end: None }), (start, all[start as usize..].to_vec()));
        for end in steps.iter().map(|end| end + 1).filter(|end| *end > start) {
            let expected = all[start as usize..end as usize].to_vec();
            assert!(body(ByteRange::From { start, end: Some(end) }) == (start, expected), "{key} {start}..{end}");
        }
        assert_eq!(body(ByteRange::Last(total - start)), (start, all[start as usize..].to_vec()));
    }
    assert_eq!(body(ByteRange::From { start: 1, end: Some(u64::MAX) }), (1, all[1..].to_vec()));
    assert_eq!(body(ByteRange::Last(u64::MAX)), (0, all.clone()));
    for range in [
        ByteRange::Last(0),
        ByteRange::From { start: total, end: None },
        ByteRange::From { start: u64::MAX, end: None },
        ByteRange::From { start: 3, end: Some(3) },
        ByteRange::From { start: 3, end: Some(2) },
    ] {
        assert!(matches!(get(range), LiveAnswer::OutOfRange { total_bytes, .. } if total_bytes == total), "{range:?}");
    }
}

#[test]
fn documents_say_what_is_served() {
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 1 });
    let case = Case { multiscale, ..Case::small("ZarrBlosc1Lz4ByteShuffle", false) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, events) = case.open(&path).unwrap();
    let live = LiveDataset::open(&path).unwrap();
    assert_eq!(numbers(&json(&live, "0/zarr.json")["shape"]), [0, 2, 3, 33, 47]);
    case.append(&mut *sink, 0..1).unwrap();
    wait_for(&events, 1);

    let group = json(&live, "zarr.json");
    assert_eq!((&group["zarr_format"], &group["node_type"]), (&3.into(), &"group".into()));
    assert_eq!(group["attributes"]["ome"]["version"], "0.5");
    let image = &group["attributes"]["ome"]["multiscales"][0];
    let axes: Vec<_> = image["axes"].as_array().unwrap().iter().map(|axis| axis["name"].as_str().unwrap()).collect();
    assert_eq!(axes, ["t", "c", "z", "y", "x"]);
    assert_eq!(image["datasets"].as_array().unwrap().len(), 2);
    assert_eq!(group["attributes"]["zarrcam"]["run_id"], "test");
    assert_eq!(group["attributes"]["zarrcam"]["closed"], false);

    let array = json(&live, "0/zarr.json");
    // The first frame's time point counts.
    assert_eq!(numbers(&array["shape"]), [1, 2, 3, 33, 47]);
    assert_eq!(numbers(&array["chunk_grid"]["configuration"]["chunk_shape"]), [1, 1, 1, 48, 60]);
    let sharding = &array["codecs"][0]["configuration"];
    assert_eq!(numbers(&sharding["chunk_shape"]), [1, 1, 1, 16, 20]);
    assert_eq!(sharding["codecs"][1]["name"], "blosc");
    assert_eq!(sharding["index_codecs"][1]["name"], "crc32c");
    assert_eq!(array["dimension_names"], serde_json::json!(["t", "c", "z", "y", "x"]));
    assert_eq!(array["data_type"], "uint16");
    assert_eq!(numbers(&json(&live, "1/zarr.json")["shape"]), [1, 2, 2, 17, 24]);

    for wrong in
        ["2/zarr.json", "0/c/1/0/0/0/0", "0/c/0/2/0/0/0", "0/c/0/0/3/0/0", "0/c/0/0/1/0/0", "0/.zarrcam/run.json", ""]
    {
        assert_eq!(live.get(wrong, ByteRange::Whole).unwrap(), LiveAnswer::NotFound, "{wrong}");
    }
    sink.finish(false).unwrap();
    assert_eq!(json(&live, "zarr.json")["attributes"]["zarrcam"]["closed"], true);
}

#[test]
fn a_frame_keeps_its_tag_and_a_document_changes_its_own() {
    let case = Case::small("ZarrV3Blosc1ZstdByteShuffle", false);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, events) = case.open(&path).unwrap();
    case.append(&mut *sink, 0..10).unwrap();
    wait_for(&events, 8);
    let live = LiveDataset::open(&path).unwrap();
    let tag = |key: &str| match live.get(key, ByteRange::Nothing).unwrap() {
        LiveAnswer::Found { etag, immutable, .. } => {
            assert_eq!(immutable, key.contains("/c/"), "{key}");
            assert!(etag.starts_with('"') && etag.ends_with('"') && !etag.contains(['\n', ' ']));
            etag
        }
        other => panic!("{key}: {other:?}"),
    };
    let keys = ["0/c/0/0/0/0/0", "0/c/0/0/1/0/0", "0/c/1/0/1/0/0" /* dropped */, "0/zarr.json", "zarr.json"];
    let before: Vec<String> = keys.iter().map(|key| tag(key)).collect();
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
    case.append(&mut *sink, 10..case.frames).unwrap();
    sink.finish(false).unwrap();
    let after: Vec<String> = keys.iter().map(|key| tag(key)).collect();
    assert_eq!(before[..3], after[..3]);
    assert_ne!(before[3], after[3]);
    assert_ne!(before[4], after[4]);
}

#[test]
fn a_crash_takes_no_stored_frame_and_recovery_changes_no_byte() {
    for case in all_cases() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..31).unwrap();
        wait_for(&events, stored_before(&case, 31));
        // Without `finish` the store stays as a crash would leave it.
        drop(sink);
        assert!(!is_being_written(&path));
        let live = LiveDataset::open(&path).unwrap();
        check_full_level(&live, &case, 31, false);
        let before = all_shards(&live);
        assert!(recover(&path).unwrap().was_needed);
        let after = all_shards(&live);
        assert!(before.iter().all(|(key, shard)| after[key] == *shard), "{case:?}");
        check_full_level(&live, &case, 31, true);
        assert!(live.is_current());
    }
}

/// A power cut can leave records whose bytes never reached the disk. What recovery leaves out of the chunks is fill in `@live`,
/// and its neighbours in the same chunks are right.
#[test]
fn what_recovery_finds_damaged_is_fill_and_nothing_else_suffers() {
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
    for case in [
        Case { multiscale, ..with("ZarrV3", CodecName::Zstd, 1, Shuffle::None, false) },
        Case { multiscale, ..Case::small("ZarrV3Blosc1Lz4ByteShuffle", true) },
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..11).unwrap();
        wait_for(&events, stored_before(&case, 11));
        drop(sink);
        let spill = path.join("0/.zarrcam/spill-0");
        let mut bytes = std::fs::read(&spill).unwrap();
        let (from, to) = (bytes.len() / 3, bytes.len() / 2);
        bytes[from..to].fill(0);
        std::fs::write(&spill, &bytes).unwrap();
        let recovery = recover(&path).unwrap();
        assert!(recovery.frames_damaged > 0 && recovery.frames_stored > 0, "{recovery:?}");
        assert!(!recover(&path).unwrap().was_needed);

        let live = LiveDataset::open(&path).unwrap();
        assert_eq!(live.frames_stored(), recovery.frames_stored);
        let level = Level::read(&live, 0).unwrap();
        let mut whole_frames = std::collections::BTreeSet::new();
        for plane in level.planes() {
            let shard = whole(&live, &level.key(&plane)).unwrap();
            if parse_shard_index(&shard[shard.len() - 148..]).unwrap().iter().any(Option::is_some) {
                whole_frames.insert(frame_index_of(&case, &plane));
            }
        }
        assert_eq!(whole_frames.len() as u64, recovery.frames_stored);
        Case { multiscale: None, ..case.clone() }.check(&path, |frame_index| whole_frames.contains(&frame_index));
        check_levels_against_disk(&live, &path, &case);

        let table = std::fs::read_to_string(path.join("0/.zarrcam/frames.csv")).unwrap();
        let rows: Vec<(u64, &str)> = table
            .lines()
            .skip(1)
            .map(|line| (line.split(',').next().unwrap().parse().unwrap(), line.rsplit(',').next().unwrap()))
            .collect();
        assert!(rows.iter().map(|(frame_index, _)| *frame_index).eq(0..11), "{table}");
        for (frame_index, state) in rows {
            let expected = match frame_index {
                _ if whole_frames.contains(&frame_index) => "stored",
                _ if case.is_dropped(frame_index) => "dropped:camera",
                _ => "dropped:storage",
            };
            assert_eq!(state, expected, "{frame_index}");
        }
        let info = zarrcam_storage::dataset_info(None, &path).unwrap();
        assert_eq!(info.losses.unwrap().dropped_storage, recovery.frames_damaged);
    }
}

/// A tail that is torn in the middle of a record is not yet there, and after recovery the log goes on where it was good.
#[test]
fn a_torn_log_ends_at_its_last_whole_record() {
    let case = Case { drops: vec![], ..Case::small("ZarrV3Blosc1Lz4ByteShuffle", false) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, events) = case.open(&path).unwrap();
    case.append(&mut *sink, 0..4).unwrap();
    wait_for(&events, 4);
    drop(sink);
    let log = path.join("0/.zarrcam/frames.log");
    let bytes = std::fs::read(&log).unwrap();
    std::fs::write(&log, &bytes[..bytes.len() - 5]).unwrap();
    let live = LiveDataset::open(&path).unwrap();
    assert_eq!(live.frames_stored(), 3);
    recover(&path).unwrap();
    assert_eq!(live.frames_stored(), 3);
    assert!(live.is_closed());
}

#[test]
fn readers_never_meet_another_frame_while_spills_are_used_again() {
    // Layers of a few small frames: a spill is used again hundreds of times while it is read.
    let case = Case {
        dimensions: vec![
            dimension("x", DimensionKind::Space, 47, 20, 0),
            dimension("y", DimensionKind::Space, 33, 16, 0),
            dimension("t", DimensionKind::Time, 0, 3, 0),
        ],
        frames: 1200,
        drops: vec![],
        ..Case::small("ZarrV3Blosc1Lz4ByteShuffle", false)
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, _events) = case.open(&path).unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|reader| {
            let (case, path, done) = (case.clone(), path.clone(), Arc::clone(&done));
            std::thread::spawn(move || {
                let live = LiveDataset::open(&path).unwrap();
                let (mut reads, mut behind) = (0u64, 0u64);
                while !done.load(Ordering::Relaxed) {
                    let newest = live.shape()[0];
                    if newest == 0 {
                        continue;
                    }
                    // At the edge of what is sealed.
                    behind = (behind + 1 + reader) % 12;
                    let frame_index = newest.saturating_sub(1 + behind);
                    let level = Level::read(&live, 0).unwrap();
                    if let Some(shard) = whole(&live, &format!("0/c/{frame_index}/0/0")) {
                        reads += 1;
                        let pixels = level.decode(case.codec(), case.pixel_type.bytes(), &shard);
                        assert!(pixels == case.pixels(frame_index), "frame {frame_index} is another's");
                    }
                }
                reads
            })
        })
        .collect();
    case.append(&mut *sink, 0..case.frames).unwrap();
    sink.finish(false).unwrap();
    done.store(true, Ordering::Relaxed);
    let reads: u64 = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
    assert!(reads > 20, "only {reads} reads: nothing was tried");
}

#[test]
fn another_run_at_the_same_path_is_another_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let library = LiveDatasets::new();
    assert!(matches!(library.open(&path), Err(StorageError::NotADataset { .. })));
    let case = Case { frames: 6, drops: vec![], ..Case::small("ZarrV3", false) };
    case.write(&path);
    let first = library.open(&path).unwrap();
    assert!(Arc::ptr_eq(&first, &library.open(&path).unwrap()), "the log is not read anew");
    assert_eq!(first.run_id(), "test");

    let mut spec = case.spec(&path);
    spec.storage.overwrite = true;
    spec.run_id = "second".to_owned();
    let (_events, sender) = common::recorder();
    let sink = zarrcam_storage::open_sink(spec, sender).unwrap();
    assert!(!first.is_current());
    let second = library.open(&path).unwrap();
    assert_eq!((second.run_id(), second.frames_stored()), ("second", 0));
    // Its files are gone; it says so, and shows nothing of the other run's.
    assert!(matches!(first.get("0/c/0/0/0/0/0", ByteRange::Whole), Ok(LiveAnswer::NotFound)));
    sink.finish(false).unwrap();
    std::fs::remove_dir_all(&path).unwrap();
    assert!(matches!(library.open(&path), Err(StorageError::NotADataset { .. })));
}

#[test]
fn what_is_no_store_of_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing"), Path::new("/dev/null").to_owned()] {
        assert!(matches!(LiveDataset::open(&path), Err(StorageError::NotADataset { .. })), "{path:?}");
    }
    let private = folder.path().join("bad.zarr/0/.zarrcam");
    std::fs::create_dir_all(&private).unwrap();
    std::fs::write(private.join("run.json"), "{\"format\": 1").unwrap();
    assert!(matches!(LiveDataset::open(&folder.path().join("bad.zarr")), Err(StorageError::Damaged { .. })));
}

fn cases() -> impl Strategy<Value = Case> {
    let outer = prop::collection::vec((1u32..4, 1u32..4, 1u32..3), 0..3);
    let append = (0u32..5, 1u32..4, 1u32..3);
    let image = ((1u32..40, 1u32..40, 1u32..3), (1u32..40, 1u32..40, 1u32..3));
    let compression = prop::option::of((
        prop::sample::select(CodecName::ALL.to_vec()),
        0i32..6,
        prop::sample::select(vec![Shuffle::None, Shuffle::Byte, Shuffle::Bit]),
    ));
    let kinds = prop::collection::vec(prop::sample::select(vec![DimensionKind::Space, DimensionKind::Channel]), 3);
    let what = (
        0usize..DEVICES.len(),
        prop::sample::select(PixelType::ALL.to_vec()),
        any::<bool>(),
        any::<bool>(),
        any::<u64>(),
    );
    ((outer, append, image, kinds), (compression, what), (1u64..50, prop::collection::vec(0u64..50, 0..6))).prop_map(
        |(
            (outer, append, image, kinds),
            (compression, (device, pixel_type, sharded, pyramid, order)),
            (frames, drops),
        )| {
            let device = DEVICES[device];
            let sharded = sharded && device.starts_with("ZarrV3");
            let shard = |size: u32| if sharded { size } else { 0 };
            let ((width, tile_width, across), (height, tile_height, down)) = image;
            let mut dimensions = vec![
                dimension("x", DimensionKind::Space, width, tile_width, shard(across)),
                dimension("y", DimensionKind::Space, height, tile_height, shard(down)),
            ];
            for (index, (size, chunk, shards)) in outer.iter().enumerate() {
                dimensions.push(dimension(&format!("d{index}"), kinds[index], *size, *chunk, shard(*shards)));
            }
            let (size, chunk, shards) = append;
            dimensions.push(dimension("t", DimensionKind::Time, size, chunk, shard(shards)));
            let mut names: Vec<String> = dimensions[2..].iter().map(|dimension| dimension.name.clone()).collect();
            let turn = (order % names.len() as u64) as usize;
            names.rotate_left(turn);
            names.extend(["y".to_owned(), "x".to_owned()]);
            let per_append: u64 = outer.iter().map(|(size, ..)| u64::from(*size)).product();
            let frames = if size > 0 { frames.min(u64::from(size) * per_append) } else { frames };
            let mut drops: Vec<u64> = drops.into_iter().filter(|frame_index| *frame_index < frames).collect();
            drops.sort_unstable();
            drops.dedup();
            let compression = compression.map(|(codec, level, shuffle)| Compression { codec, level, shuffle });
            let multiscale = pyramid.then_some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
            Case { device, compression, dimensions, order: names, pixel_type, multiscale, frames, drops }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_layout_is_the_same_open_and_closed(case in cases(), part in 0.0f64..1.0) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        let live = LiveDataset::open(&path).unwrap();
        let middle = (case.frames as f64 * part) as u64;
        let mut seen = std::collections::BTreeMap::new();
        for range in [0..middle, middle..case.frames] {
            let to = range.end;
            case.append(&mut *sink, range).unwrap();
            wait_for(&events, stored_before(&case, to));
            if to > 0 {
                check_full_level(&live, &case, to, false);
            }
            for (key, shard) in all_shards(&live) {
                let before = seen.insert(key, shard.clone());
                prop_assert!(before.is_none_or(|before| before == shard));
            }
        }
        sink.finish(false).unwrap();
        check_full_level(&live, &case, case.frames, true);
        let after = all_shards(&live);
        prop_assert!(seen.iter().all(|(key, shard)| after[key] == *shard));
    }
}
