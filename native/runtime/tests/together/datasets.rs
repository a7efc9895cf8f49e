//! What was recorded is listed and read, while it is written and after.

use crate::common::{self, Rig, document, stream, true_frames, with};
use serde_json::json;
use zarrcam_acquisition::{DatasetState, EndKind};
use zarrcam_config::Notes;
use zarrcam_runtime::{ErrorCode, LiveAnswer, LiveRange};

#[test]
fn a_dataset_is_open_then_closed() {
    let rig = Rig::new();
    rig.record(&document(&[stream("old.zarr", 3)]));
    let video = with(stream("new.zarr", u64::MAX), "/camera/settings/exposure_time_us", json!(2000));
    rig.set(&document(std::slice::from_ref(&video)));
    rig.runtime.start(true).unwrap();
    rig.until(0, "storing", |stats| stats.ledger.stored > 5);
    let states = || -> Vec<_> {
        let datasets = rig.runtime.datasets().unwrap();
        datasets.into_iter().map(|dataset| (dataset.name, dataset.state)).collect()
    };
    assert_eq!(states(), [("new.zarr".to_owned(), DatasetState::Open), ("old.zarr".to_owned(), DatasetState::Closed)]);
    assert_eq!(rig.runtime.recover("new.zarr").unwrap_err().code, ErrorCode::Locked);

    // A stored frame can be read at once: shards of one frame, whole.
    let read = |key: &str| rig.runtime.read_live("new.zarr", key, LiveRange::Whole).unwrap();
    let LiveAnswer::Found { body, immutable, .. } = read("0/c/4/0/0") else { panic!("frame 4 is stored") };
    let frame = &true_frames(&video, 5)[4];
    assert_eq!(&body[..frame.len()], frame);
    assert!(!immutable, "names are used again");
    let run_id = rig.runtime.stats().run_id.unwrap();
    let below_run = read(&format!("{run_id}/0/c/4/0/0"));
    let LiveAnswer::Found { body: again, immutable: true, .. } = below_run else { panic!("{below_run:?}") };
    assert_eq!(again, body);
    for key in ["0/c/1000000/0/0", "0/c", "nothing", &format!("{run_id}x/zarr.json")] {
        assert_eq!(read(key), LiveAnswer::NotFound, "{key}");
    }
    let summary = rig.stop().unwrap();
    assert_eq!(states()[0].1, DatasetState::Closed);
    let info = rig.runtime.dataset_info("new.zarr").unwrap();
    assert_eq!(info.frames_stored, summary.streams[0].ledger.stored);
    assert_eq!(info.run_id.as_deref(), Some(summary.run_id.as_str()));
    assert_eq!(info.shape[1..], [48, 64]);
    let LiveAnswer::Found { body: closed, .. } = read("0/c/4/0/0") else { panic!("it is there still") };
    assert_eq!(closed, body, "the same bytes before and after");
    assert!(!rig.runtime.recover("new.zarr").unwrap().was_needed);
}

#[test]
fn what_is_not_there_is_not_found() {
    let rig = Rig::new();
    for name in ["nothing.zarr", "../elsewhere", "/etc/passwd", ""] {
        assert_eq!(rig.runtime.dataset_info(name).unwrap_err().code, ErrorCode::NotFound, "{name}");
        assert_eq!(rig.runtime.recover(name).unwrap_err().code, ErrorCode::NotFound, "{name}");
        let live = rig.runtime.read_live(name, "zarr.json", LiveRange::Nothing).unwrap();
        assert_eq!(live, LiveAnswer::NotFound, "{name}");
    }
    assert_eq!(rig.runtime.datasets().unwrap(), []);
}

#[test]
fn a_tiff_or_raw_file_says_what_it_has_of_its_run() {
    let rig = Rig::new();
    let metadata = r#"{"stain": "DAPI", "dose": 1.50}"#;
    for (device, name) in [("tiff", "kept.tif"), ("tiff-json", "kept"), ("raw", "kept.raw"), ("ZarrV3", "kept.zarr")] {
        let mut video = with(stream(name, 2), "/storage/identifier/name", json!(device));
        video["storage"]["settings"]["acquisition_dimensions"] = json!([]);
        video["storage"]["settings"]["external_metadata_json"] = json!(metadata);
        video["storage"]["settings"]["notes"] = json!({"sample": "embryo 4", "operator": "", "text": ""});
        rig.record(&document(&[video]));
    }
    let said = |name: &str| rig.runtime.file_description(name).unwrap();
    let notes = Some(Notes { sample: "embryo 4".to_owned(), ..Notes::default() });
    let tiff = said("kept.tif").unwrap();
    assert_eq!((&tiff.camera, &tiff.notes), (&None, &notes));
    assert_eq!(tiff.external_metadata_json.as_deref(), Some(metadata));
    let folder = said("kept").unwrap();
    assert_eq!((folder.notes, folder.external_metadata_json.as_deref()), (None, Some(metadata)));
    let raw = said("kept.raw").unwrap();
    let asked = rig.runtime.configuration().configuration.video.remove(0).camera;
    let camera = raw.camera.unwrap();
    assert_eq!(camera.settings, asked.settings);
    assert_eq!(camera.identifier.unwrap().name, asked.identifier.unwrap().name);
    assert_eq!(raw.notes, notes);
    assert!(raw.external_metadata_json.unwrap().contains("DAPI"));
    // A store keeps its settings, which are more.
    assert_eq!(said("kept.zarr"), None);
    assert_eq!(rig.runtime.file_description("nothing.tif").unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_dataset_knows_the_settings_that_it_was_recorded_with() {
    let rig = Rig::new();
    let mut video = with(stream("kept.zarr", 4), "/camera/settings/exposure_time_us", json!(1500));
    video["frame_average_count"] = json!(2);
    video["time_point_interval_us"] = json!(3000.0);
    video["name"] = json!("left eye");
    video["storage"]["settings"]["notes"] = json!({"sample": "embryo 4", "operator": "Ada", "text": "second try"});
    rig.record(&document(&[video]));
    let asked = rig.runtime.configuration().configuration.video.remove(0);
    let mut kept = rig.runtime.dataset_settings("kept.zarr").unwrap().unwrap();
    assert_eq!((kept.frame_average_count, kept.name.as_str()), (2, "left eye"));
    assert_eq!(kept.storage.settings.notes.operator, "Ada");
    assert_eq!(kept, asked);

    // What an earlier version wrote is less, but enough to record as many frames again.
    std::fs::remove_file(rig.folder.join("kept.zarr/0/.zarrcam/stream.json")).unwrap();
    kept = rig.runtime.dataset_settings("kept.zarr").unwrap().unwrap();
    assert_eq!(kept.camera.settings.exposure_time_us, 1500.0);
    assert_eq!((kept.storage.settings.uri.as_deref(), kept.max_frame_count), (Some("kept.zarr"), 2));
    assert_eq!(kept.storage.settings.notes, asked.storage.settings.notes);
    let (again, before) = (kept.resolve().storage, asked.resolve().storage);
    assert_eq!((again.dimensions, again.storage_order), (before.dimensions, before.storage_order));

    // Nor is it waited for what is no file.
    let pipe = rig.folder.join("kept.zarr/0/.zarrcam/stream.json");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let (runtime, (sender, receiver)) = (rig.runtime.clone(), std::sync::mpsc::channel());
    std::thread::spawn(move || sender.send(runtime.dataset_settings("kept.zarr").unwrap().is_some()));
    assert!(receiver.recv_timeout(common::PATIENCE).expect("it is read for ever"));

    let tiff = with(stream("plain.tif", 2), "/storage/identifier/name", json!("tiff"));
    rig.record(&document(&[tiff]));
    assert_eq!(rig.runtime.dataset_settings("plain.tif").unwrap(), None);
    assert_eq!(rig.runtime.dataset_settings("none.zarr").unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_dataset_keeps_how_its_run_ended() {
    let rig = Rig::new();
    let end = |name: &str| {
        let info = rig.runtime.dataset_info(name).unwrap();
        (info.end.map(|end| end.kind), info.frame_limit, info.captured_end, info.frames_stored)
    };
    rig.record(&document(&[stream("complete.zarr", 3)]));
    assert_eq!(end("complete.zarr"), (Some(EndKind::Complete), Some(3), Some(3), 3));

    let slow = |name, count| with(stream(name, count), "/camera/settings/exposure_time_us", json!(2000));
    rig.set(&document(&[slow("stopped.zarr", 100_000)]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "storing", |stats| stats.ledger.stored > 5);
    let summary = rig.abort().unwrap();
    let ledger = &summary.streams[0].ledger;
    let stopped = (Some(EndKind::Stopped), Some(100_000), Some(ledger.captured), ledger.stored);
    assert_eq!(end("stopped.zarr"), stopped);
    assert_eq!(rig.runtime.dataset_info("stopped.zarr").unwrap().losses.as_ref(), Some(ledger));
}

#[test]
fn another_run_in_a_datasets_place_is_another_dataset() {
    let rig = Rig::new();
    let over = |frames| with(stream("out.zarr", frames), "/storage/settings/overwrite", json!(true));
    let first = rig.record(&document(&[over(3)])).run_id;
    let read =
        |run: &str, key: &str| rig.runtime.read_live("out.zarr", &format!("{run}/{key}"), LiveRange::Whole).unwrap();
    let tag = |run: &str| match read(run, "zarr.json") {
        LiveAnswer::Found { etag, .. } => Some(etag),
        _ => None,
    };
    let before = tag(&first).unwrap();
    let second = rig.record(&document(&[over(2)])).run_id;
    assert_ne!(first, second);
    assert_eq!(rig.runtime.dataset_info("out.zarr").unwrap().run_id.as_ref(), Some(&second));
    for key in ["zarr.json", "0/zarr.json", "0/c/0/0/0", "0/c/2/0/0"] {
        assert_eq!(read(&first, key), LiveAnswer::NotFound, "{key} of the run that is gone");
    }
    assert_ne!(tag(&second).unwrap(), before);
    assert_eq!(read(&second, "0/c/2/0/0"), LiveAnswer::NotFound);
    // Who follows the events hears which run a dataset holds now.
    let events = rig.events.lock().unwrap().clone();
    let mut published = events.iter().filter_map(|event| match event {
        zarrcam_acquisition::Event::Published(published) => {
            Some((published.dataset.as_str(), published.run_id.as_str()))
        }
        _ => None,
    });
    assert_eq!(published.next_back(), Some(("out.zarr", second.as_str())));
}

#[test]
fn odd_names_are_asked_for_as_they_are_listed() {
    let rig = Rig::new();
    rig.record(&document(&[stream("out.zarr", 2)]));
    let names = ["a:b.zarr", "a\\b.zarr", "a#b?c%.zarr", "line\nbreak.zarr", "trail. ", "%2e%2e", "\u{e9}\u{301}.zarr"];
    for name in names {
        std::fs::rename(rig.folder.join("out.zarr"), rig.folder.join(name)).unwrap();
        let listed = rig.runtime.datasets().unwrap();
        assert_eq!(listed.iter().map(|info| info.name.as_str()).collect::<Vec<_>>(), [name]);
        assert_eq!(rig.runtime.dataset_info(name).unwrap().frames_stored, 2, "{name}");
        assert_eq!(rig.runtime.dataset_losses(name, 0, 10).unwrap().total, 0);
        assert!(!rig.runtime.recover(name).unwrap().was_needed);
        assert!(rig.runtime.dataset_settings(name).unwrap().is_some());
        assert!(matches!(
            rig.runtime.read_live(name, "zarr.json", LiveRange::Whole).unwrap(),
            LiveAnswer::Found { .. }
        ));
        std::fs::rename(rig.folder.join(name), rig.folder.join("out.zarr")).unwrap();
    }
    assert_eq!(rig.runtime.datasets_left_out().unwrap(), []);
}

#[test]
fn what_is_deleted_lies_in_the_trash_until_that_is_emptied() {
    let rig = Rig::new();
    for name in ["a.zarr", "b.zarr"] {
        rig.record(&document(&[stream(name, 3)]));
    }
    let names = || -> Vec<_> { rig.runtime.datasets().unwrap().into_iter().map(|dataset| dataset.name).collect() };

    let renamed = rig.runtime.rename_dataset("a.zarr", "night/a.zarr").unwrap();
    assert_eq!((renamed.name.as_str(), renamed.frames_stored), ("night/a.zarr", 3));
    assert_eq!(rig.runtime.rename_dataset("b.zarr", "night/a.zarr").unwrap_err().code, ErrorCode::Exists);
    let out = rig.runtime.rename_dataset("b.zarr", "../b.zarr").unwrap_err();
    assert_eq!((out.code, out.path.as_deref()), (ErrorCode::InvalidParams, Some("to")));
    assert_eq!(rig.runtime.rename_dataset("b.zarr/0", "c.zarr").unwrap_err().code, ErrorCode::NotFound, "a part");

    let trash = rig.runtime.delete_dataset("night/a.zarr").unwrap();
    assert!(trash.datasets == 1 && trash.bytes > 0 && common::exists(std::path::Path::new(&trash.path)), "{trash:?}");
    assert_eq!(names(), ["b.zarr"]);
    assert!(rig.runtime.datasets_left_out().unwrap().is_empty(), "the trash is nothing that was left out");
    assert_eq!(rig.runtime.delete_dataset("night/a.zarr").unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(rig.runtime.delete_dataset(".zarrcam-trash").unwrap_err().code, ErrorCode::NotFound);
    rig.record(&document(&[stream("a.zarr", 3)]));
    assert_eq!(rig.runtime.delete_dataset("a.zarr").unwrap().datasets, 2, "of the same name");
    let empty = rig.runtime.empty_trash().unwrap();
    assert_eq!((empty.datasets, empty.bytes), (0, 0));

    // What is being written stays.
    rig.set(&document(&[with(stream("c.zarr", u64::MAX), "/camera/settings/exposure_time_us", json!(2000))]));
    rig.runtime.start(true).unwrap();
    rig.until(0, "storing", |stats| stats.ledger.stored > 2);
    assert_eq!(rig.runtime.delete_dataset("c.zarr").unwrap_err().code, ErrorCode::Locked);
    rig.stop().unwrap();
}

#[test]
fn the_objectives_of_a_microscope_are_kept() {
    let rig = Rig::new();
    assert_eq!(rig.runtime.objectives().unwrap(), []);
    let list: Vec<zarrcam_runtime::Objective> =
        serde_json::from_value(json!([{ "name": "40x/1.3", "pixel_size_um": 0.1625 }])).unwrap();
    assert_eq!(rig.runtime.set_objectives(list.clone()).unwrap(), list);
    assert_eq!(rig.runtime.objectives().unwrap(), list);
    for wrong in [json!([{ "name": " ", "pixel_size_um": 1 }]), json!([{ "name": "10x", "pixel_size_um": 0 }])] {
        let wrong = serde_json::from_value(wrong).unwrap();
        assert_eq!(rig.runtime.set_objectives(wrong).unwrap_err().code, ErrorCode::InvalidParams);
    }
    assert_eq!(rig.runtime.objectives().unwrap(), list, "what is refused changes nothing");
}
