//! What goes wrong is said at once, with the file and the cause; what was published stays whole; nothing hangs.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::alone::alone;
use crate::common::{self, Case, dimension, recorder, stored};
use zarrcam_config::DimensionKind;
use zarrcam_storage::{FrameSink, SinkEvent, SinkSpec, StorageError, open_sink, recover};

const KINDS: [(&str, bool); 4] =
    [("Zarr", false), ("ZarrV3", true), ("ZarrBlosc1Lz4ByteShuffle", false), ("ZarrV3Blosc1Lz4ByteShuffle", true)];

/// 64 KiB frames of noise that hardly shrink, two append steps a layer.
fn noisy(device: &'static str, shards: bool) -> Case {
    let shard = u32::from(shards);
    let dimensions = vec![
        dimension("x", DimensionKind::Space, 256, 128, shard * 2),
        dimension("y", DimensionKind::Space, 128, 128, shard),
        dimension("t", DimensionKind::Time, 0, 4, shard),
    ];
    Case { dimensions, frames: 4000, drops: vec![], ..Case::small(device, shards) }
}

fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(limit).expect("it hangs")
}

fn failure(events: &[SinkEvent]) -> Option<Arc<StorageError>> {
    events.iter().find_map(|event| match event {
        SinkEvent::Failed(error) => Some(Arc::clone(error)),
        _ => None,
    })
}

/// Appends until it fails, then finishes. All of it within a few seconds.
fn run_until_failure(
    case: Case,
    path: &Path,
    events: &Arc<Mutex<Vec<SinkEvent>>>,
    mut sink: Box<dyn FrameSink>,
) -> u64 {
    let path = path.to_owned();
    let (accepted, finished) = within(Duration::from_secs(20), move || {
        let mut accepted = 0;
        for frame_index in 0..case.frames {
            if case.append(&mut *sink, frame_index..frame_index + 1).is_err() {
                break;
            }
            accepted += 1;
        }
        let _ = path;
        (accepted, sink.finish(false))
    });
    let events = events.lock().unwrap();
    assert!(finished.is_err(), "a failed run does not end well");
    assert!(failure(&events).is_some());
    // Every accepted frame is stored or lost, and said so.
    let decided = events.iter().filter(|event| matches!(event, SinkEvent::Stored { .. })).count() as u64;
    let lost: std::collections::BTreeSet<u64> = events
        .iter()
        .filter_map(|event| if let SinkEvent::Lost { frame_index } = event { Some(*frame_index) } else { None })
        .collect();
    assert!(decided + lost.len() as u64 >= accepted, "{decided} stored, {} lost, {accepted} accepted", lost.len());
    accepted
}

#[test]
fn a_store_that_exists_stays() {
    let case = Case::small("ZarrV3", false);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    case.write(&path);
    assert!(matches!(case.open(&path), Err(StorageError::Exists { .. })));
    case.check(&path, |frame_index| !case.is_dropped(frame_index) && frame_index < case.frames);
    let with = |overwrite| {
        let mut spec: SinkSpec = case.spec(&path);
        spec.storage.overwrite = overwrite;
        spec
    };
    // Not while somebody writes it, and not for settings that are wrong.
    let mut wrong = with(true);
    wrong.storage.dimensions[0].chunk = 0;
    assert!(matches!(open_sink(wrong, recorder().1), Err(StorageError::Layout(_))));
    case.check(&path, |frame_index| !case.is_dropped(frame_index) && frame_index < case.frames);
    let sink = open_sink(with(true), recorder().1).unwrap();
    assert!(matches!(open_sink(with(true), recorder().1), Err(StorageError::Locked { .. })));
    sink.finish(false).unwrap();
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["out.zarr"], "nothing is left beside it");
}

#[test]
fn what_is_not_ours_is_never_removed() {
    let case = Case::small("Zarr", false);
    let folder = tempfile::tempdir().unwrap();
    let mut spec = case.spec(folder.path());
    spec.storage.overwrite = true;
    std::fs::write(folder.path().join(".zgroup"), "{\"zarr_format\": 2}").unwrap();
    assert!(matches!(open_sink(spec, recorder().1), Err(StorageError::NotOurs { .. })));
    assert!(folder.path().join(".zgroup").exists());
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    let mut spec = case.spec(&file);
    spec.storage.overwrite = true;
    assert!(matches!(open_sink(spec, recorder().1), Err(StorageError::NotOurs { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), b"text");
}

#[test]
fn frame_indices_come_in_order_and_end_with_the_array() {
    let mut case = Case::small("ZarrV3", false);
    case.dimensions[4].array_size_px = 1;
    let folder = tempfile::tempdir().unwrap();
    let (mut sink, _) = case.open(&folder.path().join("out.zarr")).unwrap();
    case.append(&mut *sink, 0..2).unwrap();
    assert!(matches!(case.append(&mut *sink, 3..4), Err(StorageError::OutOfOrder { frame_index: 3, expected: 2 })));
    case.append(&mut *sink, 2..6).unwrap();
    let beyond = case.append(&mut *sink, 6..7);
    assert!(matches!(beyond, Err(StorageError::BeyondCapacity { frame_index: 6, capacity: 6 })));
    sink.finish(false).unwrap();
    case.check(&folder.path().join("out.zarr"), |frame_index| frame_index < 6);
}

#[test]
fn a_removed_folder_is_noticed_and_everything_is_lost() {
    for (device, shards) in KINDS {
        let case = noisy(device, shards);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..6).unwrap();
        let start = Instant::now();
        // The writer makes files meanwhile; whoever removes the folder removes those as well.
        while path.exists() {
            let _ = std::fs::remove_dir_all(&path);
            assert!(start.elapsed() < Duration::from_secs(30));
        }
        while failure(&events.lock().unwrap()).is_none() {
            assert!(start.elapsed() < Duration::from_secs(30), "not noticed");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(case.append(&mut *sink, 6..7).is_err());
        assert!(within(Duration::from_secs(10), move || sink.finish(false)).is_err());
        assert!(stored(&events.lock().unwrap()).is_empty());
        assert!(!path.exists(), "it is not made again");
    }
}

/// The writer misses a file before all of its own are gone: the run has ended by then.
#[test]
fn a_folder_that_is_being_removed_when_the_run_ends() {
    for (device, shards) in KINDS {
        let case = noisy(device, shards);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..6).unwrap();
        let remover = std::thread::spawn({
            let (path, events) = (path.clone(), Arc::clone(&events));
            let start = Instant::now();
            move || {
                while failure(&events.lock().unwrap()).is_none() && start.elapsed() < Duration::from_secs(5) {
                    for name in ["file.partial", "seal.partial"] {
                        let _ = std::fs::remove_file(path.join("0/.zarrcam").join(name));
                    }
                }
                std::thread::sleep(Duration::from_millis(300));
                while path.exists() {
                    let _ = std::fs::remove_dir_all(&path);
                }
            }
        });
        for frame_index in 6..case.frames {
            if case.append(&mut *sink, frame_index..frame_index + 1).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let finished = within(Duration::from_secs(10), move || sink.finish(false));
        remover.join().unwrap();
        let stored = stored(&events.lock().unwrap()).len();
        assert!(finished.is_err() && stored == 0, "{device}: {stored} stored, {finished:?}");
        assert!(!path.exists(), "it is not made again");
    }
}

#[test]
fn a_folder_that_may_not_be_written() {
    let case = Case::small("ZarrV3", false);
    let error = case.open(Path::new("/proc/out.zarr")).map(|_| ()).unwrap_err();
    assert!(matches!(&error, StorageError::Io { path, .. } if path.starts_with("/proc")), "{error}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    assert!(case.open(&folder.path().join("file/out.zarr")).is_err());
}

/// Small file systems; `None` where this user may not mount.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(bytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={bytes}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output().ok()?;
        mounted.status.success().then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_keeps_what_was_published_and_says_what_is_needed() {
    for (device, shards) in KINDS {
        let Some(disk) = SmallDisk::new(4 << 20) else { return full_disk_by_limit() };
        let case = noisy(device, shards);
        let path = disk.0.path().join("out.zarr");
        let (sink, events) = case.open(&path).unwrap();
        run_until_failure(case.clone(), &path, &events, sink);
        let events = events.lock().unwrap();
        let error = failure(&events).unwrap();
        assert!(
            matches!(&*error, StorageError::DiskFull { path: at, needed_bytes, free_bytes, .. }
                if at.starts_with(&path) && *needed_bytes > 0 && free_bytes.is_some()),
            "{error}"
        );
        let published = events.iter().filter_map(|event| match event {
            SinkEvent::Published { frames_published, .. } => Some(*frames_published),
            _ => None,
        });
        let published = published.max().unwrap_or(0);
        let stored = stored(&events);
        assert!(stored.len() > 10, "{device}: {}", stored.len());
        let shape = common::read_array(&path, 0, &case).shape[0];
        case.check(&path, |frame_index| frame_index < shape && stored.contains(&frame_index));
        assert!(published <= stored.len() as u64 + 4);
        // With room again, recovery publishes what the full disk had no room for.
        std::fs::rename(disk.0.path().join("out.zarr"), disk.0.path().join("moved.zarr")).unwrap();
        let roomy = tempfile::tempdir().unwrap();
        let copy = roomy.path().join("out.zarr");
        let copied = Command::new("cp").arg("-r").arg(disk.0.path().join("moved.zarr")).arg(&copy).status().unwrap();
        assert!(copied.success());
        recover(&copy).unwrap();
        case.check(&copy, |frame_index| stored.contains(&frame_index));
    }
}

/// Where nothing can be mounted, a limit on the size of files stands in; it holds for a whole process.
fn full_disk_by_limit() {
    let this = std::env::current_exe().unwrap();
    let shell = format!("trap '' XFSZ; ulimit -f 256; exec {} --exact faults::limited_files --ignored", this.display());
    let status = Command::new("sh").arg("-c").arg(shell).status().unwrap();
    assert!(status.success());
}

#[test]
#[ignore = "run by the full disk's test, with a limit on the size of files"]
fn limited_files() {
    let case = noisy("ZarrBlosc1Lz4ByteShuffle", false);
    let case = Case {
        dimensions: {
            let mut all = case.dimensions.clone();
            all[2].chunk_size_px = 64;
            all
        },
        ..case
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (sink, events) = case.open(&path).unwrap();
    run_until_failure(case.clone(), &path, &events, sink);
}

#[test]
fn giving_up_loses_only_what_is_not_stored() {
    for (device, shards) in KINDS {
        let case = noisy(device, shards);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..9).unwrap();
        sink.finish(true).unwrap();
        let stored = stored(&events.lock().unwrap());
        case.check(&path, |frame_index| stored.contains(&frame_index));
        assert!(!zarrcam_storage::needs_recovery(&path));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn runs_leave_no_thread_and_no_handle() {
    alone(|| {
        let held = || ["fd", "task"].map(|what| std::fs::read_dir(format!("/proc/self/{what}")).unwrap().count());
        let run = || {
            for (device, shards) in KINDS {
                let case = noisy(device, shards);
                let folder = tempfile::tempdir().unwrap();
                let (mut sink, _) = case.open(&folder.path().join("out.zarr")).unwrap();
                case.append(&mut *sink, 0..9).unwrap();
                if shards { drop(sink) } else { sink.finish(false).unwrap() }
            }
        };
        run();
        let before = held();
        (0..5).for_each(|_| run());
        // A thread that has done its work may still be on its way out.
        let settled = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            held().iter().zip(before).all(|(now, before)| *now <= before)
        });
        assert!(settled, "handles and threads: {:?}, before {before:?}", held());
    });
}
