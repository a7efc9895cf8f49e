//! What a run replaces: only what it may, nothing before it begins, and never what links lead to.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::{Case, recorder};
use zarrcam_storage::{FrameSink, SinkSpec, StorageError, StorageErrorKind, check_replaceable, open_sink, recover};

/// Makes something at a path; the second leads elsewhere.
type Make = fn(&Path, &Path);

const DEVICES: [&str; 6] =
    ["Zarr", "ZarrV3", "ZarrBlosc1Lz4ByteShuffle", "ZarrV3Blosc1ZstdByteShuffle", "raw", "tiff-json"];

fn case(device: &'static str) -> Case {
    Case { frames: 20, ..Case::small(device, device.starts_with("ZarrV3")) }
}

fn spec(case: &Case, path: &Path, replace_foreign_files: bool) -> SinkSpec {
    let mut spec = SinkSpec { replace_foreign_files, run_id: "second".to_owned(), ..case.spec(path) };
    spec.storage.overwrite = true;
    spec
}

fn open(case: &Case, path: &Path, replace_foreign_files: bool) -> Result<Box<dyn FrameSink>, StorageError> {
    open_sink(spec(case, path, replace_foreign_files), recorder().1)
}

fn run(case: &Case, path: &Path, replace_foreign_files: bool) {
    let mut sink = open(case, path, replace_foreign_files).unwrap();
    case.append(&mut *sink, 0..3).unwrap();
    sink.finish(false).unwrap();
}

fn foreign(case: &Case, path: &Path) -> (Vec<String>, u64) {
    let told = check_replaceable(case.device, path).err().map(|error| error.to_string());
    let error = open(case, path, false).map(|_| ()).unwrap_err();
    assert_eq!(told.as_deref(), Some(error.to_string().as_str()), "one check, one answer");
    assert_eq!(error.kind(), StorageErrorKind::ForeignFiles);
    let StorageError::ForeignFiles { names, count, .. } = error else { panic!("{error}") };
    assert!(names.iter().all(|name| told.as_deref().unwrap().contains(name)));
    (names, count)
}

/// Every file and folder with its content, names relative.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            found.push((name.clone() + "/", Vec::new()));
            found.extend(tree(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.push((name, std::fs::read(&path).unwrap_or_default()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_store_of_ours_holds_nothing_foreign_in_whatever_state_it_is() {
    for device in DEVICES {
        for end in ["finished", "crashed", "recovered"] {
            let case = case(device);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out.zarr");
            let (mut sink, _events) = case.open(&path).unwrap();
            case.append(&mut *sink, 0..20).unwrap();
            if end == "finished" {
                sink.finish(false).unwrap()
            } else {
                drop(sink)
            }
            if end == "recovered" && device.starts_with("Zarr") {
                recover(&path).unwrap();
            }
            check_replaceable(device, &path).unwrap_or_else(|error| panic!("{device}, {end}: {error}"));
            run(&case, &path, false);
            let names: Vec<String> = tree(folder.path()).into_iter().map(|(name, _)| name).collect();
            assert!(names.iter().all(|name| name.starts_with("out.zarr")), "nothing is left beside it: {names:?}");
        }
    }
}

#[test]
fn what_is_not_ours_is_named_and_stays() {
    for device in ["Zarr", "ZarrV3Blosc1ZstdByteShuffle"] {
        let case = case(device);
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        std::fs::write(elsewhere.join("thesis.txt"), "years").unwrap();
        let path = folder.path().join("out.zarr");
        case.write(&path);
        let make: [(&str, Make); 9] = [
            ("notes.txt", |at, _| std::fs::write(at, "mine").unwrap()),
            ("labels/", |at, _| {
                std::fs::create_dir(at).unwrap();
                std::fs::write(at.join(".zgroup"), "{}").unwrap();
            }),
            ("0/.zarrcam/notes.txt", |at, _| std::fs::write(at, "mine").unwrap()),
            ("0/c/notes.txt", |at, _| {
                std::fs::create_dir_all(at.parent().unwrap()).unwrap();
                std::fs::write(at, "mine").unwrap();
            }),
            ("7/", |at, _| std::fs::create_dir(at).unwrap()),
            ("0/007", |at, _| std::fs::write(at, "mine").unwrap()),
            ("data", |at, elsewhere| symlink(elsewhere, at).unwrap()),
            ("frames.csv", |at, _| std::fs::write(at, "mine").unwrap()),
            ("empty/", |at, _| std::fs::create_dir(at).unwrap()),
        ];
        for (name, make) in make {
            let at = path.join(name.trim_end_matches('/'));
            make(&at, &elsewhere);
            let before = tree(folder.path());
            let (names, count) = foreign(&case, &path);
            // V2 has no folder `c` of its own.
            let expected = if name == "0/c/notes.txt" && device == "Zarr" { "0/c/" } else { name };
            assert_eq!((names, count), (vec![expected.to_owned()], 1), "{device}");
            assert!(tree(folder.path()) == before, "{device}, {name}: a refusal changes nothing");
            if at.is_dir() && !at.is_symlink() {
                std::fs::remove_dir_all(&at).unwrap();
            } else {
                std::fs::remove_file(&at).unwrap();
            }
            if device == "Zarr" {
                let _ = std::fs::remove_dir(path.join("0/c"));
            }
        }
        // What file managers leave is nobody's.
        std::fs::write(path.join(".DS_Store"), "").unwrap();
        // Edited metadata describe what is replaced.
        let document = path.join(if device == "Zarr" { ".zattrs" } else { "zarr.json" });
        std::fs::write(&document, std::fs::read_to_string(&document).unwrap() + "\n").unwrap();
        run(&case, &path, false);
        assert!(elsewhere.join("thesis.txt").exists());
    }
}

#[test]
fn asked_twice_it_goes_but_not_what_links_lead_to() {
    for device in ["Zarr", "ZarrV3", "tiff-json"] {
        let case = case(device);
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        std::fs::write(elsewhere.join("thesis.txt"), "years").unwrap();
        let path = folder.path().join("out.zarr");
        case.write(&path);
        std::fs::write(path.join("notes.txt"), "mine").unwrap();
        symlink(&elsewhere, path.join("link")).unwrap();
        symlink(elsewhere.join("thesis.txt"), path.join("file link")).unwrap();
        let (names, count) = foreign(&case, &path);
        assert_eq!((names, count), (["file link", "link", "notes.txt"].map(str::to_owned).to_vec(), 3));
        run(&case, &path, true);
        assert!(!path.join("notes.txt").exists() && !path.join("link").is_symlink(), "{device}");
        assert_eq!(std::fs::read(elsewhere.join("thesis.txt")).unwrap(), b"years");
    }
}

#[test]
fn a_link_in_its_place_is_named_and_what_it_leads_to_stays() {
    for device in DEVICES {
        let case = case(device);
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.zarr");
        case.write(&real);
        let path = folder.path().join("out.zarr");
        symlink(&real, &path).unwrap();
        if device == "raw" {
            std::fs::copy(folder.path().join("real.zarr.json"), folder.path().join("out.zarr.json")).unwrap();
        }
        assert_eq!(foreign(&case, &path), (vec!["the link out.zarr".to_owned()], 1), "{device}");
        let before = tree(&real.parent().unwrap().join("."));
        run(&case, &path, true);
        assert!(!path.is_symlink() && real.exists());
        let after = tree(&real.parent().unwrap().join("."));
        let of_real = |tree: &[(String, Vec<u8>)]| -> Vec<_> {
            tree.iter().filter(|(name, _)| name.starts_with("real")).cloned().collect()
        };
        assert!(of_real(&before) == of_real(&after), "{device}");
    }
}

#[test]
fn many_are_counted_and_the_first_named() {
    let case = case("ZarrV3");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    case.write(&path);
    for number in 0..100 {
        std::fs::write(path.join(format!("note {number:02}")), "").unwrap();
    }
    let (names, count) = foreign(&case, &path);
    assert_eq!((names.len(), count), (8, 100));
    assert_eq!((names[0].as_str(), names[7].as_str()), ("note 00", "note 07"));
    let error = open(&case, &path, false).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("note 07 and 92 more"), "{error}");
}

#[test]
fn nothing_is_deleted_before_the_run_begins() {
    for device in DEVICES {
        let case = case(device);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        case.write(&path);
        let before = tree(folder.path());
        // Another stream of the same start fails.
        open(&case, &path, false).unwrap().cancel();
        assert!(tree(folder.path()) == before, "{device}: cancelled");
        drop(open(&case, &path, false).unwrap());
        assert!(tree(folder.path()) == before, "{device}: dropped");
        let new = folder.path().join("new");
        open(&case, &new, false).unwrap().cancel();
        assert!(tree(folder.path()) == before, "{device}: where nothing stood");
        let mut sink = open(&case, &path, false).unwrap();
        sink.begin();
        drop(sink);
        assert!(tree(folder.path()) != before, "{device}: begun");
    }
}

#[test]
fn a_damaged_description_leaves_names_to_judge_by() {
    let case = case("ZarrV3Blosc1ZstdByteShuffle");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    case.write(&path);
    std::fs::write(path.join("0/.zarrcam/run.json"), "{").unwrap();
    check_replaceable(case.device, &path).unwrap();
    std::fs::write(path.join("0/notes.txt"), "").unwrap();
    assert_eq!(foreign(&case, &path).0, ["0/notes.txt"]);
}
