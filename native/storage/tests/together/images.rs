//! An image that lies deeper in its store than at its root: written, listed, served, recovered and overwritten like any other.

use std::path::Path;

use crate::common::{Case, Events, recorder, stored};
use crate::reader;
use serde_json::Value;
use zarrcam_acquisition::DatasetState;
use zarrcam_config::{DownsampleMethod, Multiscale};
use zarrcam_storage::{
    ByteRange, FrameSink, ImagePath, LiveAnswer, LiveDataset, SinkSpec, StorageError, Store, ZarrSink,
    check_replaceable, dataset_info, dataset_losses, is_being_written, is_ours, list_datasets, needs_recovery, recover,
};

const KINDS: [(&str, bool); 4] =
    [("Zarr", false), ("ZarrV3", true), ("ZarrBlosc1Lz4ByteShuffle", false), ("ZarrV3Blosc1ZstdByteShuffle", true)];

fn case(device: &'static str, shards: bool) -> Case {
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
    Case { multiscale, ..Case::small(device, shards) }
}

fn open(case: &Case, root: &Path, image: &str) -> (Box<ZarrSink>, Events) {
    let (events, sender) = recorder();
    let mut spec = case.spec(root);
    spec.storage.overwrite = true;
    (Box::new(ZarrSink::create_image(&spec, image.parse().unwrap(), sender).unwrap()), events)
}

fn document(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn it_is_written_and_read_where_it_lies() {
    for (device, shards) in KINDS {
        let case = case(device, shards);
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("plate.zarr");
        let image = root.join("A/1/0");
        let (mut sink, _) = open(&case, &root, "A/1/0");
        case.append(&mut *sink, 0..case.frames).unwrap();
        assert!(is_being_written(&root) && is_being_written(&image));
        assert_eq!(dataset_info(Some(folder.path()), &image).unwrap().state, DatasetState::Open);
        (sink as Box<dyn FrameSink>).finish(false).unwrap();
        case.check(&image, |frame_index| frame_index < case.frames && !case.is_dropped(frame_index));
        // Nothing lies at the root but the way to it, and every group on it says that it is one.
        let names = |path: &Path| {
            let mut names: Vec<_> = std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let v3 = device.starts_with("ZarrV3");
        let root_document = document(&root.join(if v3 { "zarr.json" } else { ".zattrs" }));
        let attributes = if v3 { &root_document["attributes"] } else { &root_document };
        assert_eq!(attributes["zarrcam"]["first_image"], "A/1/0");
        assert_eq!(names(&root), if v3 { vec!["A", "zarr.json"] } else { vec![".zattrs", ".zgroup", "A"] });
        assert_eq!(names(&root.join("A/1")), if v3 { vec!["0", "zarr.json"] } else { vec![".zgroup", "0"] });
        assert!(root.join("A/1/0/0/.zarrcam/frames.csv").exists());
        assert_eq!(document(&root.join("A/1/0/0/.zarrcam/run.json"))["image"], "A/1/0");
        for path in [&root, &image] {
            let store = Store::open(path).unwrap();
            assert_eq!((store.root(), store.image().to_string().as_str()), (root.as_path(), "A/1/0"));
            assert!(is_ours(path) && !is_being_written(path) && !needs_recovery(path));
            assert!(!recover(path).unwrap().was_needed);
        }
    }
}

#[test]
fn it_is_listed_by_its_own_path_and_served_by_both() {
    let case = case("ZarrV3Blosc1ZstdByteShuffle", true);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("plate.zarr");
    let (mut sink, _) = open(&case, &root, "A/1/0");
    case.append(&mut *sink, 0..case.frames).unwrap();
    (sink as Box<dyn FrameSink>).finish(false).unwrap();
    let listing = list_datasets(folder.path()).unwrap();
    assert_eq!(listing.left_out, []);
    let [listed] = listing.datasets.try_into().unwrap();
    assert_eq!(listed.name, "plate.zarr/A/1/0");
    assert_eq!((listed.state, listed.frames_stored), (DatasetState::Closed, 47));
    assert_eq!(listed.levels[0].path, "0");
    for path in [root.clone(), root.join("A/1/0")] {
        let info = dataset_info(Some(folder.path()), &path).unwrap();
        assert_eq!((info.name.as_str(), &info.losses), ("plate.zarr/A/1/0", &listed.losses));
        assert_eq!(dataset_losses(&path, 0, 10).unwrap().total, 2);
        let live = LiveDataset::open(&path).unwrap();
        let level = reader::Level::read(&live, 0).unwrap();
        let key = level.key(&live.store().layout().coordinates(5));
        let shard = reader::whole(&live, &key).unwrap();
        assert!(level.decode(live.store().codec(), 2, &shard) == case.pixels(5));
        assert_eq!(live.get("A/1/0/zarr.json", ByteRange::Whole).unwrap(), LiveAnswer::NotFound);
    }
}

#[test]
fn a_writer_that_vanishes_leaves_all_that_was_stored() {
    for (device, shards) in KINDS {
        for from_root in [false, true] {
            let case = case(device, shards);
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("plate.zarr");
            let image = root.join("A/1/0");
            let (mut sink, events) = open(&case, &root, "A/1/0");
            case.append(&mut *sink, 0..31).unwrap();
            let path = if from_root { &root } else { &image };
            assert!(matches!(recover(path), Err(StorageError::Locked { .. })));
            drop(sink);
            let stored = stored(&events.lock().unwrap());
            assert!(needs_recovery(path));
            let recovery = recover(path).unwrap();
            assert!(recovery.was_needed && recovery.frames_damaged == 0);
            assert_eq!(recovery.frames_stored, stored.len() as u64);
            case.check(&image, |frame_index| stored.contains(&frame_index));
            assert!(!needs_recovery(&root) && !recover(&image).unwrap().was_needed);
        }
    }
}

#[test]
fn the_store_is_overwritten_whole_and_what_is_not_ours_in_it_is_named() {
    for (device, shards) in KINDS {
        let case = case(device, shards);
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("plate.zarr");
        let write = || {
            let (mut sink, _) = open(&case, &root, "A/1/0");
            case.append(&mut *sink, 0..20).unwrap();
            (sink as Box<dyn FrameSink>).finish(false).unwrap();
        };
        write();
        check_replaceable(device, &root).unwrap_or_else(|error| panic!("{device}: {error}"));
        // An image of it is no store.
        let within = check_replaceable(device, &root.join("A/1/0"));
        assert!(matches!(within, Err(StorageError::NotOurs { .. })), "{within:?}");
        for (name, folder_name) in
            [("A/notes.txt", None), ("A/1/0/0/.zarrcam/mine", None), ("B/", Some("B")), ("0/", Some("0"))]
        {
            match folder_name {
                Some(made) => std::fs::create_dir(root.join(made)).unwrap(),
                None => std::fs::write(root.join(name), "mine").unwrap(),
            }
            let refused = check_replaceable(device, &root).unwrap_err();
            assert!(
                matches!(&refused, StorageError::ForeignFiles { names, count: 1, .. } if names == &[name]),
                "{device}: {refused}"
            );
            match folder_name {
                Some(made) => std::fs::remove_dir(root.join(made)).unwrap(),
                None => std::fs::remove_file(root.join(name)).unwrap(),
            }
        }
        write();
        // And by a store that is one image, and back.
        let mut spec = SinkSpec { run_id: "another".to_owned(), ..case.spec(&root) };
        spec.storage.overwrite = true;
        let sink = Box::new(ZarrSink::create_image(&spec, ImagePath::default(), recorder().1).unwrap());
        (sink as Box<dyn FrameSink>).finish(false).unwrap();
        assert!(!root.join("A").exists() && root.join("0/.zarrcam/run.json").exists());
        write();
        assert!(!root.join("0").exists());
    }
}

#[test]
fn an_image_that_is_copied_out_of_its_store_is_a_store_of_its_own() {
    let case = case("ZarrV3Blosc1ZstdByteShuffle", true);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("plate.zarr");
    let (mut sink, events) = open(&case, &root, "A/1/0");
    case.append(&mut *sink, 0..31).unwrap();
    drop(sink);
    let stored = stored(&events.lock().unwrap());
    let copy = folder.path().join("copied.zarr");
    assert!(std::process::Command::new("cp").arg("-r").arg(root.join("A/1/0")).arg(&copy).status().unwrap().success());
    let store = Store::open(&copy).unwrap();
    assert!(store.image().is_root());
    assert_eq!(store.root(), copy);
    assert_eq!(recover(&copy).unwrap().frames_stored, stored.len() as u64);
    case.check(&copy, |frame_index| stored.contains(&frame_index));
    check_replaceable(case.device, &copy).unwrap();
}

#[test]
fn a_root_that_names_what_is_not_there_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("plate.zarr");
    std::fs::create_dir_all(root.join("A/1/0/0/.zarrcam")).unwrap();
    for named in ["../plate.zarr/A/1/0", "A/1/1", "/A/1/0", "", ".hidden"] {
        let text = serde_json::json!({ "zarr_format": 3, "node_type": "group", "attributes": { "zarrcam": { "first_image": named } } });
        std::fs::write(root.join("zarr.json"), text.to_string()).unwrap();
        assert!(!is_ours(&root), "{named}");
        assert!(matches!(recover(&root), Err(StorageError::NotADataset { .. })), "{named}");
    }
}
