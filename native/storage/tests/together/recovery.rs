//! A writer that is gone at any moment leaves a store that `recover` makes whole, with every frame that was called stored.

use std::path::Path;

use crate::common::{self, Case, stored};
use zarrcam_config::{DownsampleMethod, Multiscale};
use zarrcam_storage::{StorageError, needs_recovery, recover};

/// All bytes of a store, by path.
fn snapshot(path: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = std::collections::BTreeMap::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files.insert(entry.path().display().to_string(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for device in ["Zarr", "ZarrV3", "ZarrBlosc1Lz4ByteShuffle", "ZarrV3Blosc1ZstdByteShuffle"] {
        for multiscale in [None, Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 })] {
            cases.push(Case { multiscale, ..Case::small(device, device.starts_with("ZarrV3")) });
        }
    }
    // Tiles that go past the page cache.
    let mut large = Case::small("ZarrV3", true);
    large.dimensions[0].array_size_px = 301;
    large.dimensions[0].chunk_size_px = 301;
    large.dimensions[1].array_size_px = 130;
    large.dimensions[1].chunk_size_px = 130;
    cases.push(large);
    cases
}

/// Another test of this process may start a program, which holds the lock's handle for a moment.
fn soon(mut condition: impl FnMut() -> bool) -> bool {
    (0..200).any(|_| {
        condition() || {
            std::thread::sleep(std::time::Duration::from_millis(10));
            false
        }
    })
}

#[test]
fn a_writer_that_vanishes_leaves_all_that_was_stored() {
    for case in cases() {
        for frames in [0, 1, 5, 24, 47] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out.zarr");
            let (mut sink, events) = case.open(&path).unwrap();
            case.append(&mut *sink, 0..frames).unwrap();
            assert!(!needs_recovery(&path), "it is being written");
            assert!(matches!(recover(&path), Err(StorageError::Locked { .. })));
            drop(sink);
            assert!(soon(|| needs_recovery(&path)));
            let stored = stored(&events.lock().unwrap());
            let recovery = recover(&path).unwrap();
            assert!(recovery.was_needed);
            assert_eq!(recovery.frames_damaged, 0);
            assert_eq!(recovery.frames_stored, stored.len() as u64);
            case.check(&path, |frame_index| stored.contains(&frame_index));
            assert!(!needs_recovery(&path));
            let before = snapshot(&path);
            assert!(!recover(&path).unwrap().was_needed);
            assert!(snapshot(&path) == before, "a second recovery changes nothing");
        }
    }
}

#[test]
fn raw_chunks_that_a_full_disk_left_too_short_are_as_long_as_the_others() {
    for device in ["Zarr", "ZarrV3"] {
        let case = Case::small(device, false);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..11).unwrap();
        drop(sink);
        assert!(soon(|| needs_recovery(&path)));
        let stored = stored(&events.lock().unwrap());
        let before = snapshot(&path);
        let is_chunk = |name: &str| !name.contains("/.z") && !name.contains("zarr.json");
        let mut shortened = 0;
        for (file, bytes) in before.iter().filter(|(file, _)| is_chunk(file)) {
            let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            shortened += usize::from(end < bytes.len());
            std::fs::write(file, &bytes[..end]).unwrap();
        }
        assert!(shortened > 0);
        recover(&path).unwrap();
        case.check(&path, |frame_index| stored.contains(&frame_index));
        let after = snapshot(&path);
        for (file, bytes) in before.iter().filter(|(file, _)| is_chunk(file)) {
            assert_eq!(after.iter().find(|(name, _)| *name == file).unwrap().1.len(), bytes.len(), "{file}");
        }
    }
}

#[test]
fn a_log_cut_anywhere_gives_the_frames_before_the_cut() {
    for case in cases() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, _) = case.open(&path).unwrap();
        // Less than a layer: what is sealed does not need the log.
        case.append(&mut *sink, 0..11).unwrap();
        drop(sink);
        let log = path.join("0/.zarrcam/frames.log");
        let whole = std::fs::read(&log).unwrap();
        for cut in [0, 3, 16, 17, 40, whole.len() / 2, whole.len() - 1] {
            let copy = folder.path().join(format!("cut-{cut}.zarr"));
            let status = std::process::Command::new("cp").arg("-r").arg(&path).arg(&copy).status().unwrap();
            assert!(status.success());
            std::fs::write(copy.join("0/.zarrcam/frames.log"), &whole[..cut]).unwrap();
            let mut reader = zarrcam_storage::FrameLogReader::open(&copy.join("0/.zarrcam/frames.log")).unwrap();
            let mut logged = std::collections::BTreeSet::new();
            while let Some(record) = reader.next_record() {
                if let zarrcam_storage::Record::Frame { frame_index, .. } = record {
                    logged.insert(frame_index);
                }
            }
            let recovery = recover(&copy).unwrap();
            assert_eq!(recovery.frames_stored, logged.len() as u64);
            case.check(&copy, |frame_index| logged.contains(&frame_index));
        }
    }
}

#[test]
fn damaged_spill_bytes_become_fill_and_are_counted() {
    let case = Case::small("ZarrV3Blosc1Lz4ByteShuffle", true);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, events) = case.open(&path).unwrap();
    case.append(&mut *sink, 0..7).unwrap();
    assert!(soon(|| stored(&events.lock().unwrap()).len() == 7));
    drop(sink);
    let spill = path.join("0/.zarrcam/spill-0");
    let bytes = std::fs::read(&spill).unwrap();
    std::fs::write(&spill, &bytes[..bytes.len() / 2]).unwrap();
    let recovery = recover(&path).unwrap();
    assert!(recovery.frames_damaged > 0 && recovery.frames_stored > 0, "{recovery:?}");
    assert_eq!(recovery.frames_damaged + recovery.frames_stored, 7);
    common::read_array(&path, 0, &case);
}

#[test]
fn only_datasets_of_ours_are_recovered() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(recover(folder.path()), Err(StorageError::NotADataset { .. })));
    assert!(!needs_recovery(folder.path()));
    assert!(matches!(recover(&folder.path().join("nothing")), Err(StorageError::NotADataset { .. })));
}

#[test]
fn a_kill_during_recovery_does_no_harm() {
    let case = Case {
        multiscale: Some(Multiscale { method: DownsampleMethod::Max, max_levels: 0 }),
        ..Case::small("ZarrBlosc1Lz4ByteShuffle", false)
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, events) = case.open(&path).unwrap();
    case.append(&mut *sink, 0..30).unwrap();
    drop(sink);
    let stored = stored(&events.lock().unwrap());
    // A recovery that got as far as some of its files: each of them is final, and the rest is made from the spill.
    let whole = folder.path().join("whole.zarr");
    assert!(std::process::Command::new("cp").arg("-r").arg(&path).arg(&whole).status().unwrap().success());
    recover(&whole).unwrap();
    for (index, (file, bytes)) in snapshot(&whole).into_iter().enumerate() {
        let name = file.strip_prefix(&whole.display().to_string()).unwrap().trim_start_matches('/').to_owned();
        if index % 2 == 0 && !name.contains(".z") {
            let target = path.join(&name);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(target, bytes).unwrap();
        }
    }
    std::fs::write(path.join("0/.zarrcam/seal.partial"), b"half").unwrap();
    recover(&path).unwrap();
    case.check(&path, |frame_index| stored.contains(&frame_index));
    assert!(!path.join("0/.zarrcam/seal.partial").exists());
}

#[test]
fn a_recovery_that_was_killed_among_the_spills_is_ended_by_the_next() {
    let case = Case::small("ZarrBlosc1Lz4ByteShuffle", false);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (mut sink, _) = case.open(&path).unwrap();
    case.append(&mut *sink, 0..30).unwrap();
    drop(sink);
    recover(&path).unwrap();
    let spill = path.join("0/.zarrcam/spill-1");
    std::fs::write(&spill, b"the first one is gone already").unwrap();
    assert!(needs_recovery(&path));
    recover(&path).unwrap();
    assert!(!spill.exists() && !needs_recovery(&path));
}
