//! A store without threads, on files that open later, is the store that the file system gets; and one whose writer is gone at any
//! moment is made whole again, with every frame that was called stored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::common::layouts::{DEVICES, cases};
use crate::common::memory::Drive;
use crate::common::{Case, Events, stored};
use proptest::prelude::*;
use serde_json::Value;
use zarrcam_acquisition::{DatasetInfo, DatasetState, LossCause};
use zarrcam_config::{DownsampleMethod, Multiscale};
use zarrcam_frame::FrameStamp;
use zarrcam_storage::targets::{DeferredTarget, Files, Step, Target};
use zarrcam_storage::{
    ByteRange, FrameLogReader, FrameSink, ImagePath, LiveAnswer, LiveDataset, OwnDataset, Record, SinkEvent,
    StorageError, Store, ZarrSink, dataset_info, dataset_losses, recover_in,
};

const STORE: &str = "/data/out.zarr";

/// A run as the page has it: after each call all that waits is done, and only then what was told counts.
struct Page {
    drive: Drive,
    target: DeferredTarget,
    events: Events,
    told: Vec<SinkEvent>,
}

impl Page {
    fn new(drive: &Drive) -> Self {
        let (target, events) = (drive.restart(), Events::default());
        Self { drive: drive.clone(), target, events, told: Vec::new() }
    }

    fn settle(&mut self) -> Result<(), StorageError> {
        let drained = self.drive.drain(&self.target);
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        drained.map(|()| self.told.extend(events))
    }

    fn open(&mut self, case: &Case) -> Result<ZarrSink, StorageError> {
        let events = Arc::clone(&self.events);
        let events = Arc::new(move |event| events.lock().unwrap().push(event));
        let spec = case.spec(Path::new(STORE));
        let sink = ZarrSink::create_in(&self.target.as_target(), &spec, ImagePath::default(), events)?;
        self.settle()?;
        Ok(sink)
    }

    fn append(&mut self, sink: &mut ZarrSink, case: &Case) -> Result<(), StorageError> {
        for frame_index in 0..case.frames {
            if case.is_dropped(frame_index) {
                sink.skip(frame_index, 1000 + frame_index, LossCause::Camera)?;
            } else {
                let stamp =
                    FrameStamp { hardware_id: 1000 + frame_index, hardware_clock_ns: frame_index * 10, unix_ns: 5 };
                sink.append_copy(frame_index, stamp, &case.pixels(frame_index))?;
            }
            self.settle()?;
        }
        Ok(())
    }

    fn finish(&mut self, mut sink: ZarrSink) -> Result<(), StorageError> {
        sink.end_frames(false);
        self.settle()?;
        while sink.seal_part() {
            self.settle()?;
        }
        let drive = self.drive.clone();
        let closed = drive.retry(&self.target, |_| sink.close());
        self.settle()?;
        drop(sink);
        self.target.let_go();
        self.settle()?;
        closed
    }

    fn record(&mut self, case: &Case) -> Result<(), StorageError> {
        let mut sink = self.open(case)?;
        self.append(&mut sink, case)?;
        self.finish(sink)
    }
}

fn recover(drive: &Drive) -> Result<zarrcam_storage::Recovery, StorageError> {
    let target = drive.restart();
    drive.retry(&target, |target| recover_in(target, Path::new(STORE)))
}

fn of_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

/// What two writers of the same frames must agree in: all but the lock, the order of records, and when the run began.
fn comparable(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.retain(|name, _| !name.ends_with("/lock") && !name.ends_with("/frames.log"));
    if let Some(run) = files.get_mut("0/.zarrcam/run.json") {
        let mut document: Value = serde_json::from_slice(run).unwrap();
        document["started_unix_ms"] = Value::Null;
        *run = document.to_string().into_bytes();
    }
    files
}

fn assert_same(one: BTreeMap<String, Vec<u8>>, other: BTreeMap<String, Vec<u8>>, case: &Case) {
    let (one, other) = (comparable(one), comparable(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{case:?}");
    for (name, bytes) in one {
        assert!(bytes == other[&name], "{name} differs: {case:?}");
    }
}

fn is_the_same_store_without_threads(case: &Case) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let told = stored(&case.write(&path));
    let drive = Drive::default();
    let mut page = Page::new(&drive);
    page.record(case).unwrap();
    assert_eq!(stored(&page.told), told);
    let exported = folder.path().join("exported/out.zarr");
    drive.export(Path::new(STORE), &exported);
    assert_same(of_files(&path), of_files(&exported), case);
    assert!(drive.changes() > 0);

    let inline = folder.path().join("inline/out.zarr");
    let (events, sender) = crate::common::recorder();
    let target = Files::single_threaded();
    let mut sink = ZarrSink::create_in(&target, &case.spec(&inline), ImagePath::default(), sender).unwrap();
    case.append(&mut sink, 0..case.frames).unwrap();
    FrameSink::finish(Box::new(sink), false).unwrap();
    assert_eq!(stored(&events.lock().unwrap()), told);
    assert_same(of_files(&path), of_files(&inline), case);
}

/// Killed after so many changes of the disk, and recovered, which is killed as well.
fn survives(case: &Case, changes: u64, again: u64) {
    let drive = Drive::default();
    let mut page = Page::new(&drive);
    drive.kill_after(changes);
    let recorded = page.record(case);
    assert!(recorded.is_err() || drive.changes() < changes, "nobody was killed");
    let told = stored(&page.told);
    drop(page);
    let target = drive.restart();
    let Ok(store) = drive.retry(&target, |target| Store::open_in(target, Path::new(STORE))) else {
        assert!(told.is_empty() && recorded.is_err(), "the store is gone, and {told:?} with it");
        return;
    };
    drop((store, target));
    let target = drive.restart();
    drive.kill_after(again);
    let _ = drive.retry(&target, |target| recover_in(target, Path::new(STORE)));
    let recovery = recover(&drive).unwrap();
    assert_eq!(recovery.frames_damaged, 0, "killed after {changes} and {again}: {case:?}");
    assert!(!recover(&drive).unwrap().was_needed);
    let target = drive.restart();
    let state = drive.retry(&target, |target| Store::open_in(target, Path::new(STORE))?.state());
    assert_eq!(state.unwrap(), DatasetState::Closed);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    drive.export(Path::new(STORE), &path);
    let mut log = FrameLogReader::open(&path.join("0/.zarrcam/frames.log")).unwrap();
    let mut kept = BTreeSet::new();
    while let Some(record) = log.next_record() {
        if let Record::Frame { frame_index, .. } = record {
            kept.insert(frame_index);
        }
    }
    assert!(told.is_subset(&kept), "killed after {changes}: told, but not kept: {:?}", told.difference(&kept));
    let multiscale = case.multiscale.filter(|_| path.join("1").exists());
    Case { multiscale, ..case.clone() }.check(&path, |frame_index| kept.contains(&frame_index));
    let left = of_files(&path.join("0/.zarrcam"));
    assert!(left.keys().all(|name| !name.contains("spill") && !name.contains("partial")), "{:?}", left.keys());
}

fn changes_of(case: &Case) -> u64 {
    let drive = Drive::default();
    Page::new(&drive).record(case).unwrap();
    drive.changes()
}

#[test]
fn every_device_with_ragged_edges_and_drops() {
    for device in DEVICES {
        for multiscale in [None, Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 })] {
            is_the_same_store_without_threads(&Case {
                multiscale,
                ..Case::small(device, device.starts_with("ZarrV3"))
            });
        }
    }
}

#[test]
fn a_kill_at_every_moment_of_a_short_run() {
    for device in ["Zarr", "ZarrV3", "ZarrBlosc1Lz4ByteShuffle", "ZarrV3Blosc1ZstdByteShuffle"] {
        let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
        let case = Case { multiscale, frames: 20, ..Case::small(device, device.starts_with("ZarrV3")) };
        let changes = changes_of(&case);
        (0..changes).step_by(7).for_each(|at| survives(&case, at, at % 11));
    }
}

#[test]
fn a_full_disk_loses_only_what_was_not_called_stored() {
    for device in ["ZarrV3", "ZarrV3Blosc1Lz4ByteShuffle"] {
        let case = Case::small(device, true);
        let drive = Drive::default();
        Page::new(&drive).record(&case).unwrap();
        let whole: usize = drive.files().values().map(Vec::len).sum();
        let drive = Drive::default();
        drive.set_quota(Some(whole as u64 / 2));
        let mut page = Page::new(&drive);
        let error = page.record(&case).unwrap_err();
        assert!(matches!(error, StorageError::DiskFull { .. }), "{error}");
        let told = stored(&page.told);
        assert!(!told.is_empty());
        drop(page);
        drive.set_quota(None);
        assert_eq!(recover(&drive).unwrap().frames_damaged, 0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        drive.export(Path::new(STORE), &path);
        let live = LiveDataset::open(&path).unwrap();
        assert!(live.frames_stored() >= told.len() as u64);
    }
}

#[test]
fn a_store_is_read_frame_by_frame_while_it_is_written() {
    let case = Case::small("ZarrV3Blosc1Lz4ByteShuffle", true);
    let drive = Drive::default();
    let mut page = Page::new(&drive);
    let mut sink = page.open(&case).unwrap();
    page.append(&mut sink, &case).unwrap();
    let read = |page: &Page| {
        drive.retry(&page.target, |target| {
            let live = LiveDataset::open_in(target, Path::new(STORE))?;
            let LiveAnswer::Found { body, .. } = live.get("0/c/1/0/2/0/0", ByteRange::Whole)? else { panic!() };
            Ok((live.frames_stored(), body))
        })
    };
    let open = read(&page).unwrap();
    assert_eq!(open.0, case.frames - case.drops.len() as u64);
    page.finish(sink).unwrap();
    assert_eq!(read(&page).unwrap(), open);
}

#[test]
fn what_is_said_of_a_store_is_the_same_wherever_it_is_kept() {
    for device in DEVICES {
        let case = Case::small(device, true);
        let drive = Drive::default();
        Page::new(&drive).record(&case).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        drive.export(Path::new(STORE), &path);
        let target = drive.restart();
        let mut own = drive.retry(&target, |target| OwnDataset::open_in(target, Path::new(STORE), false)).unwrap();
        let here = drive.retry(&target, |_| own.info(Path::new("/data"), 12)).unwrap();
        assert_eq!((here.path.as_str(), here.bytes), (STORE, 12));
        let there = dataset_info(Some(folder.path()), &path).unwrap();
        assert_eq!(DatasetInfo { path: there.path.clone(), bytes: there.bytes, ..here }, there);
        assert_eq!(own.losses(0, 100).unwrap(), dataset_losses(&path, 0, 100).unwrap());
    }
}

#[test]
fn a_file_that_is_only_read_and_does_not_open_harms_nothing_that_is_written() {
    let case = Case::small("ZarrV3", true);
    let drive = Drive::default();
    let mut page = Page::new(&drive);
    let mut sink = page.open(&case).unwrap();
    let target = page.target.clone();
    target.want(&Path::new(STORE).join("zarr.json"));
    assert!(matches!(target.next_step().unwrap(), Some(Step::Open { .. })));
    target.refused(Path::new(STORE), "open the file", std::io::ErrorKind::PermissionDenied.into());
    page.append(&mut sink, &case).unwrap();
    page.finish(sink).unwrap();
    assert_eq!(stored(&page.told).len() as u64, case.frames - case.drops.len() as u64);
}

#[test]
fn what_waits_has_not_left() {
    let drive = Drive::default();
    let target = drive.restart();
    let path = Path::new("/data/file");
    let bytes = || drive.files().get(path).map_or(0, Vec::len);
    let file = target.create(path).unwrap();
    file.write_all_at(&[7; 100], 0).unwrap();
    let mark = target.mark();
    assert_eq!((target.is_past(mark), target.waiting_bytes(), bytes()), (false, 100, 0));
    drive.drain(&target).unwrap();
    assert_eq!((target.is_past(mark), target.waiting_bytes(), bytes()), (true, 0, 100));

    // Open, and nothing waits: at once.
    file.write_all_at(&[8; 50], 100).unwrap();
    file.sync_data().unwrap();
    assert_eq!((target.next_step().unwrap(), bytes()), (None, 150));

    // Behind a step, in order, forcing to the disk included.
    target.create(Path::new("/data/other")).unwrap();
    file.write_all_at(&[9; 50], 150).unwrap();
    file.sync_data().unwrap();
    assert!(matches!(target.next_step().unwrap(), Some(Step::Open { .. })));
    let (changes, mark) = (drive.changes(), target.mark());
    assert_eq!((target.is_past(mark), target.waiting_bytes(), bytes()), (false, 50, 150));
    drive.drain(&target).unwrap();
    assert_eq!((target.is_past(mark), target.waiting_bytes(), bytes()), (true, 0, 200));
    // Made, its length, written, forced to the disk.
    assert_eq!(drive.changes() - changes, 4);
}

#[test]
fn a_store_is_overwritten_where_that_was_asked_for() {
    let drive = Drive::default();
    let case = Case::small("ZarrV3", true);
    Page::new(&drive).record(&case).unwrap();
    assert!(matches!(Page::new(&drive).record(&case), Err(StorageError::Exists { .. })));
    let mut page = Page::new(&drive);
    let mut spec = case.spec(Path::new(STORE));
    spec.storage.overwrite = true;
    let target = page.target.as_target();
    let create = || ZarrSink::create_in(&target, &spec, ImagePath::default(), Arc::new(|_| {}));
    let sink = drive.retry(&page.target, |_| create()).unwrap();
    assert!(matches!(create(), Err(StorageError::Locked { .. })));
    assert!(drive.files().keys().all(|path| !path.to_string_lossy().contains("/c/")));
    Box::new(sink).cancel();
    page.settle().unwrap();
    assert!(drive.files().is_empty(), "{:?}", drive.files().keys());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_layout(case in cases()) {
        is_the_same_store_without_threads(&case);
    }

    #[test]
    fn any_layout_and_any_kill(case in cases(), at in 0.0..1.0, again in 0u64..60) {
        let changes = (changes_of(&case) as f64 * at) as u64;
        survives(&case, changes, again);
    }
}
