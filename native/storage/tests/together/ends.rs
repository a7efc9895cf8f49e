//! How a run ended, and which frame indices were never captured, is kept with the dataset.

use std::path::Path;
use std::process::Command;

use crate::common::{Case, dimension, recorder, stored};
use zarrcam_acquisition::{DatasetEnd, DatasetInfo, DatasetState, EndKind};
use zarrcam_config::DimensionKind;
use zarrcam_storage::{CaptureEnd, FrameSink, dataset_info, dataset_losses, open_sink, recover};

const ZARR: [&str; 4] = ["Zarr", "ZarrV3", "ZarrBlosc1Lz4ByteShuffle", "ZarrV3Blosc1ZstdByteShuffle"];

fn open(case: &Case, path: &Path, limit: Option<u64>) -> Box<dyn FrameSink> {
    let mut spec = case.spec(path);
    spec.storage.frame_limit = limit;
    open_sink(spec, recorder().1).unwrap()
}

fn info(path: &Path) -> DatasetInfo {
    dataset_info(None, path).unwrap()
}

fn kind(path: &Path) -> Option<EndKind> {
    info(path).end.map(|end| end.kind)
}

/// Of the time points of [`Case::small`], six frames each.
fn case(device: &'static str) -> Case {
    Case { drops: vec![1], ..Case::small(device, device.contains("V3")) }
}

#[test]
fn a_run_that_ends_inside_a_time_point_says_where() {
    for device in ZARR {
        let case = case(device);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let mut sink = open(&case, &path, Some(30));
        case.append(&mut *sink, 0..14).unwrap();
        assert_eq!((info(&path).captured_end, info(&path).end), (None, None), "{device}: it goes on");
        assert_eq!(info(&path).frame_limit, Some(30));
        sink.capture_ended(CaptureEnd { captured_end: 14, end: DatasetEnd::new(EndKind::Stopped) });
        sink.finish(false).unwrap();
        let told = info(&path);
        assert_eq!((told.shape[0], told.captured_end, told.frame_limit), (3, Some(14), Some(30)), "{device}");
        assert_eq!(told.end, Some(DatasetEnd::new(EndKind::Stopped)));
        // Four frames of the last time point are fill, and no loss.
        let losses = dataset_losses(&path, 0, 10).unwrap();
        assert_eq!((losses.total, losses.captured_end), (1, Some(14)));
        assert_eq!(told.losses.unwrap().dropped, 1);
        case.check(&path, |frame_index| frame_index < 14 && frame_index != 1);
    }
}

#[test]
fn what_was_captured_and_never_came_to_storage_is_lost() {
    let case = case("ZarrV3");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let mut sink = open(&case, &path, Some(30));
    case.append(&mut *sink, 0..14).unwrap();
    sink.capture_ended(CaptureEnd { captured_end: 17, end: DatasetEnd::failed("the camera went away") });
    sink.finish(false).unwrap();
    let told = info(&path);
    assert_eq!(told.end, Some(DatasetEnd::failed("the camera went away")));
    assert_eq!((told.captured_end, told.shape[0]), (Some(17), 3));
    let ledger = told.losses.unwrap();
    assert_eq!((ledger.captured, ledger.stored, ledger.dropped_storage, ledger.dropped_camera), (17, 13, 3, 1));
    let losses = dataset_losses(&path, 0, 10).unwrap();
    assert_eq!(
        losses.ranges.iter().map(|run| (run.first_frame_index, run.array_frames)).collect::<Vec<_>>(),
        [(1, 1), (14, 3)]
    );
}

#[test]
fn complete_stopped_and_given_up() {
    let ends = |frames, limit, give_up| {
        let case = case("ZarrBlosc1Lz4ByteShuffle");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let mut sink = open(&case, &path, limit);
        case.append(&mut *sink, 0..frames).unwrap();
        sink.finish(give_up).unwrap();
        kind(&path).unwrap()
    };
    assert_eq!(ends(6, Some(6), false), EndKind::Complete);
    assert_eq!(ends(5, Some(6), false), EndKind::Stopped);
    assert_eq!(ends(6, None, false), EndKind::Complete);
    assert_eq!(ends(6, None, true), EndKind::Stopped);
}

#[test]
fn a_crash_is_an_interruption_before_and_after_recovery() {
    for device in ZARR {
        let case = case(device);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (events, sender) = recorder();
        let mut spec = case.spec(&path);
        spec.storage.frame_limit = Some(30);
        let mut sink = open_sink(spec, sender).unwrap();
        case.append(&mut *sink, 0..14).unwrap();
        while stored(&events.lock().unwrap()).len() < 13 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        drop(sink);
        for recovered in [false, true] {
            if recovered {
                recover(&path).unwrap();
            }
            let told = info(&path);
            let state = if recovered { DatasetState::Closed } else { DatasetState::NeedsRecovery };
            assert_eq!((told.state, told.end), (state, Some(DatasetEnd::new(EndKind::Interrupted))), "{device}");
            assert_eq!((told.frames_stored, told.captured_end, told.frame_limit), (13, Some(14), Some(30)));
        }
    }
}

#[test]
fn datasets_of_before_tell_what_is_known() {
    let case = Case { drops: vec![], ..case("ZarrV3") };
    for (frames, limit, end) in [(6, Some(6), Some(EndKind::Complete)), (5, Some(6), None), (6, None, None)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let mut sink = open(&case, &path, limit);
        case.append(&mut *sink, 0..frames).unwrap();
        sink.finish(false).unwrap();
        std::fs::remove_file(path.join("0/.zarrcam/end.json")).unwrap();
        assert_eq!(kind(&path), end);
        assert_eq!((info(&path).captured_end, info(&path).frame_limit), (Some(frames), limit));
        assert!(!recover(&path).unwrap().was_needed);
    }
}

/// A file system of four megabytes; `None` where this user may not mount.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).output().ok()?;
        mounted.status.success().then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_has_room_for_its_own_word() {
    for device in [&ZARR[..], &["raw"]].concat() {
        let Some(disk) = SmallDisk::new() else { return };
        let dimensions = vec![
            dimension("x", DimensionKind::Space, 256, 128, 0),
            dimension("y", DimensionKind::Space, 128, 128, 0),
            dimension("t", DimensionKind::Time, 0, 4, 0),
        ];
        let case = Case { dimensions, frames: 4000, drops: vec![], ..Case::small(device, false) };
        let path = disk.0.path().join("out.zarr");
        let mut sink = open(&case, &path, Some(4000));
        assert!(case.append(&mut *sink, 0..4000).is_err());
        // To the last byte: what the writer gives back at its end, another may have taken.
        let _ = std::fs::write(disk.0.path().join("other"), vec![1; 8 << 20]);
        sink.finish(false).unwrap_err();
        let told = info(&path);
        assert_eq!(told.end, Some(DatasetEnd::failed("disk full")), "{device}");
        assert!(told.frames_stored > 10 && told.captured_end >= Some(told.frames_stored), "{told:?}");
        assert_eq!(told.frame_limit, Some(4000));
        if device == "raw" {
            continue;
        }
        std::fs::remove_file(disk.0.path().join("other")).unwrap();
        let roomy = tempfile::tempdir().unwrap();
        let copy = roomy.path().join("out.zarr");
        assert!(Command::new("cp").arg("-r").arg(&path).arg(&copy).status().unwrap().success());
        recover(&copy).unwrap();
        assert_eq!(info(&copy).end, Some(DatasetEnd::failed("disk full")), "{device}: recovery keeps it");
    }
}

#[test]
fn raw_files_say_it_beside_them() {
    let case = case("raw");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.raw");
    let mut sink = open(&case, &path, Some(9));
    case.append(&mut *sink, 0..5).unwrap();
    sink.capture_ended(CaptureEnd { captured_end: 5, end: DatasetEnd::new(EndKind::Stopped) });
    sink.finish(false).unwrap();
    let told = info(&path);
    assert_eq!((told.captured_end, told.frame_limit, kind(&path)), (Some(5), Some(9), Some(EndKind::Stopped)));
    assert_eq!(dataset_losses(&path, 0, 10).unwrap().captured_end, Some(5));

    let crashed = folder.path().join("crashed.raw");
    let mut sink = open(&case, &crashed, Some(9));
    case.append(&mut *sink, 0..5).unwrap();
    drop(sink);
    assert_eq!((kind(&crashed), info(&crashed).captured_end), (Some(EndKind::Interrupted), Some(5)));
}

#[test]
fn tiff_files_tell_what_a_count_can() {
    for device in ["tiff", "tiff-json"] {
        for (frames, end) in [(9, Some(EndKind::Complete)), (5, None)] {
            let case = case(device);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out.tif");
            let mut sink = open(&case, &path, Some(9));
            case.append(&mut *sink, 0..frames).unwrap();
            assert_eq!((info(&path).captured_end, info(&path).end), (None, None), "{device}: it goes on");
            sink.finish(false).unwrap();
            let told = info(&path);
            assert_eq!((told.captured_end, told.frame_limit, kind(&path)), (Some(frames), Some(9), end), "{device}");
        }
    }
}
