//! What the writer of format 2 left before images had a path of their own (2026-11-27) is what it was: stores open, are recovered,
//! listed and served; TIFF and raw files are listed with what they hold and lost.

use crate::kept::{self, Case};
use zarrcam_acquisition::{DatasetInfo, DatasetKind, DatasetState, EndKind};
use zarrcam_storage::{Store, check_replaceable, dataset_info, dataset_losses, list_datasets, recover};

const FORMAT: &str = "format-2";

#[test]
fn the_layout_is_the_one_that_their_metadata_tells() {
    let cases = Case::all(FORMAT);
    assert_eq!(cases.len(), 9);
    cases.iter().for_each(|case| kept::check_layout(case, 2));
}

#[test]
fn they_are_recovered_listed_and_served_with_the_right_pixels() {
    Case::all(FORMAT).iter().for_each(|case| kept::check_whole(case, 2));
}

#[test]
fn how_they_ended_and_what_they_lost_is_known() {
    for case in Case::all(FORMAT) {
        let store = Store::open(&case.path()).unwrap();
        assert!(store.image().is_root() && store.run().packed_shards, "{}", case.name);
        let info = dataset_info(None, &case.path()).unwrap();
        let end = info.end.unwrap().kind;
        assert_eq!(end, if case.was_killed() { EndKind::Interrupted } else { EndKind::Complete }, "{}", case.name);
        let lost = case.document["drops"].as_array().unwrap().len() as u64;
        let page = dataset_losses(&case.path(), 0, 100).unwrap();
        assert_eq!(page.ranges.iter().map(|loss| loss.array_frames).sum::<u64>(), lost, "{}", case.name);
        recover(&case.path()).unwrap();
        check_replaceable(&store.run().storage.device, &case.path()).unwrap();
    }
}

fn file(name: &str, file: &str) -> (Case, DatasetInfo) {
    let case = Case::of(FORMAT, name);
    let path = case.folder.path().join(file);
    let info = dataset_info(Some(case.folder.path()), &path).unwrap();
    let [listed] = list_datasets(case.folder.path()).unwrap().datasets.try_into().unwrap();
    assert_eq!(listed, info, "{name}");
    assert_eq!((info.name.as_str(), info.state), (file, DatasetState::Closed));
    let recovery = recover(&path).unwrap();
    assert!(!recovery.was_needed && recovery.frames_stored == info.frames_stored, "{name}");
    (case, info)
}

#[test]
fn raw_and_tiff_files_hold_what_they_held() {
    let (case, info) = file("raw", "case.raw");
    assert_eq!((info.kind, info.shape, info.frames_stored), (DatasetKind::Raw, vec![5, 14, 24], 4));
    assert_eq!(info.end.unwrap().kind, EndKind::Complete);
    let losses = dataset_losses(&case.folder.path().join("case.raw"), 0, 10).unwrap();
    assert_eq!((losses.total, losses.ranges[0].first_frame_index, losses.ranges[0].array_frames), (1, 2, 1));
    let bytes = std::fs::read(case.folder.path().join("case.raw")).unwrap();
    assert!(bytes.chunks(14 * 24 * 2).enumerate().all(|(index, frame)| match case.drops(index as u64) {
        true => frame.iter().all(|byte| *byte == 0),
        false => frame == case.pixels(index as u64),
    }));
    let (_, info) = file("killed-raw-file", "case.raw");
    assert_eq!((info.kind, info.end.map(|end| end.kind)), (DatasetKind::Raw, Some(EndKind::Interrupted)));
    assert!(info.frames_stored >= 3);
    let (_, info) = file("tiff", "case.tif");
    assert_eq!(
        (info.kind, info.shape, info.end.unwrap().kind),
        (DatasetKind::Tiff, vec![4, 14, 24], EndKind::Complete)
    );
    let (_, info) = file("killed-tiff", "case.tif");
    assert!(info.kind == DatasetKind::Tiff && info.frames_stored >= 3 && info.end.is_none());
    let (_, info) = file("tiff-json", "case.folder");
    assert_eq!((info.kind, info.shape), (DatasetKind::Tiff, vec![3, 14, 24]));
}
