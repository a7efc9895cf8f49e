//! The devices that are no Zarr, on real files.

use std::path::Path;

use crate::common::{Case, Events, recorder, stored};
use serde_json::Value;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;
use zarrcam_acquisition::{DatasetKind, DatasetState, LossCause};
use zarrcam_config::{Durability, Notes};
use zarrcam_frame::PixelType;
use zarrcam_storage::{
    FrameSink, SinkEvent, SinkSpec, StorageError, StorageErrorKind, dataset_info, dataset_losses, open_sink,
};

const DEVICES: [&str; 4] = ["raw", "tiff", "tiff-json", "trash"];

fn case(device: &'static str, pixel_type: PixelType) -> Case {
    Case { pixel_type, frames: 9, drops: vec![3, 4, 8], ..Case::small(device, false) }
}

fn open(spec: SinkSpec) -> Result<(Box<dyn FrameSink>, Events), StorageError> {
    let (events, sender) = recorder();
    Ok((open_sink(spec, sender)?, events))
}

fn file_of(device: &str, path: &Path) -> std::path::PathBuf {
    if device == "tiff-json" { path.join("data.tif") } else { path.to_owned() }
}

/// Pages of a TIFF as another library reads them: pixels and description.
fn pages(path: &Path) -> Vec<(Vec<u8>, Value)> {
    let mut decoder = Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap())).unwrap();
    let mut pages = Vec::new();
    loop {
        let pixels = match decoder.read_image().unwrap() {
            DecodingResult::U8(values) => values,
            DecodingResult::I8(values) => values.iter().map(|value| *value as u8).collect(),
            DecodingResult::U16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            DecodingResult::I16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            DecodingResult::F32(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            _ => panic!("another type than we write"),
        };
        let description = decoder.get_tag_ascii_string(Tag::ImageDescription).unwrap();
        pages.push((pixels, serde_json::from_str(&description).unwrap()));
        if !decoder.more_images() {
            return pages;
        }
        decoder.next_image().unwrap();
    }
}

fn expected(case: &Case, frame_index: u64) -> Vec<u8> {
    let pixels = case.pixels(frame_index);
    if case.is_dropped(frame_index) { vec![0; pixels.len()] } else { pixels }
}

#[test]
fn raw_files_are_pixels_back_to_back_with_holes() {
    for pixel_type in PixelType::ALL {
        let case = case("raw", pixel_type);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new folder/out.raw");
        let mut spec = case.spec(&path);
        spec.storage.first_frame_id = 100;
        spec.storage.notes = Notes { sample: "zebrafish \u{3bb}".to_owned(), ..Notes::default() };
        spec.storage.external_metadata_json = Some("{\"a\": [1]}".to_owned());
        let (mut sink, events) = open(spec).unwrap();
        case.append(&mut *sink, 0..9).unwrap();
        assert_eq!(dataset_info(None, &path).unwrap().state, DatasetState::Open);
        sink.finish(false).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes == (0..9).flat_map(|frame_index| expected(&case, frame_index)).collect::<Vec<_>>());
        assert_eq!(stored(&events.lock().unwrap()).len(), 6);

        let text = std::fs::read(folder.path().join("new folder/out.raw.json")).unwrap();
        let description: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(description["shape"], serde_json::json!([9, 33, 47]));
        assert_eq!(description["dtype"], pixel_type.zarr2_name());
        assert_eq!(description["metadata"]["a"][0], 1);
        assert_eq!(description["notes"]["sample"], "zebrafish \u{3bb}");
        let dropped = &description["dropped"];
        assert_eq!((&dropped[0]["first_frame_index"], &dropped[0]["count"]), (&3.into(), &2.into()));
        assert_eq!((&dropped[1]["first_hardware_id"], &dropped[1]["cause"]), (&1008.into(), &"camera".into()));

        let info = dataset_info(Some(folder.path()), &path).unwrap();
        assert_eq!(
            (info.name.as_str(), info.kind, info.state),
            ("new folder/out.raw", DatasetKind::Raw, DatasetState::Closed)
        );
        assert_eq!((info.shape.as_slice(), info.frames_stored), ([9, 33, 47].as_slice(), 6));
        assert_eq!((info.pixel_type, info.losses.unwrap().dropped_camera), (Some(pixel_type), 3));
        assert_eq!(info.run_id.as_deref(), Some("test"));
        let told = |from| dataset_losses(&path, from, 1).unwrap();
        assert_eq!((told(0).total, told(0).ranges[0].first_frame_index, told(0).ranges[0].array_frames), (2, 3, 2));
        assert_eq!((told(1).ranges[0].first_frame_index, told(1).ranges[0].cause), (8, LossCause::Camera));
        assert!(told(2).ranges.is_empty());
    }
}

#[test]
fn tiff_pages_are_read_by_another_library() {
    for device in ["tiff", "tiff-json"] {
        for pixel_type in PixelType::ALL {
            let case = case(device, pixel_type);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out.tif");
            let mut spec = case.spec(&path);
            spec.storage.first_frame_id = 100;
            spec.storage.external_metadata_json = Some("{\"stain\": \"\u{3bb} \u{1f52c}\"}".to_owned());
            let (mut sink, events) = open(spec).unwrap();
            case.append(&mut *sink, 0..9).unwrap();
            let open = dataset_info(None, &path).unwrap();
            assert_eq!((open.state, open.frames_stored), (DatasetState::Open, 9));
            sink.finish(false).unwrap();
            let pages = pages(&file_of(device, &path));
            assert_eq!(pages.len(), 9);
            for (frame_index, (pixels, about)) in pages.iter().enumerate() {
                assert!(*pixels == expected(&case, frame_index as u64), "{device} {pixel_type:?} page {frame_index}");
                assert_eq!(about["frame_id"], 100 + frame_index);
                assert_eq!(about["hardware_frame_id"], 1000 + frame_index);
                if case.is_dropped(frame_index as u64) {
                    assert_eq!(about["dropped"], "camera");
                } else {
                    assert_eq!(about["timestamps"], serde_json::json!({ "hardware": frame_index * 10, "runtime": 5 }));
                }
            }
            let metadata: Value = match device {
                "tiff" => pages[0].1["metadata"].clone(),
                _ => serde_json::from_slice(&std::fs::read(path.join("metadata.json")).unwrap()).unwrap(),
            };
            assert_eq!(metadata["stain"], "\u{3bb} \u{1f52c}");
            assert_eq!(stored(&events.lock().unwrap()).len(), 6);
            let info = dataset_info(None, &path).unwrap();
            assert_eq!((info.kind, info.state, info.shape), (DatasetKind::Tiff, DatasetState::Closed, vec![9, 33, 47]));
            assert_eq!((info.pixel_type, info.dtype.as_str()), (Some(pixel_type), pixel_type.zarr3_name()));
        }
    }
}

#[test]
fn the_size_of_a_pixel_is_in_every_file() {
    for device in ["raw", "tiff", "tiff-json"] {
        for size in [[0.25, 0.108], [0.0, 0.0]] {
            let case = case(device, PixelType::U16);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("out");
            let mut spec = case.spec(&path);
            let mut stream = case.stream();
            stream.storage.settings.pixel_scale_um = size;
            spec.storage = stream.resolve().storage;
            let (mut sink, _events) = open(spec).unwrap();
            case.append(&mut *sink, 0..2).unwrap();
            sink.finish(false).unwrap();
            let calibrated = size[0] > 0.0;

            let axes = dataset_info(None, &path).unwrap().axes;
            let units: Vec<&str> = axes.iter().map(|axis| axis.unit.as_str()).collect();
            let scales: Vec<f64> = axes.iter().map(|axis| axis.scale).collect();
            if calibrated {
                assert_eq!((units, scales), (vec!["", "micrometer", "micrometer"], vec![1.0, 0.108, 0.25]), "{device}");
            } else {
                assert_eq!((units, scales), (vec!["", "", ""], vec![1.0; 3]), "{device}");
            }
            if device == "raw" {
                let text = std::fs::read(folder.path().join("out.json")).unwrap();
                let said = &serde_json::from_slice::<Value>(&text).unwrap()["pixel_size"];
                let calibration = serde_json::json!({ "x": 0.25, "y": 0.108, "unit": "micrometer" });
                assert_eq!(*said, if calibrated { calibration } else { Value::Null });
                continue;
            }
            let file = std::fs::File::open(file_of(device, &path)).unwrap();
            let mut decoder = Decoder::new(std::io::BufReader::new(file)).unwrap();
            let tags = [Tag::XResolution, Tag::YResolution, Tag::ResolutionUnit];
            let said = tags.map(|tag| decoder.find_tag(tag).unwrap());
            if !calibrated {
                assert_eq!(said, [None, None, None], "no claim is made of what is not known");
                continue;
            }
            use tiff::decoder::ifd::Value as Reported;
            let [x, y, unit] = said.map(Option::unwrap);
            assert!(
                matches!(x, Reported::Rational(40_000, 1)) && matches!(y, Reported::Rational(2_500_000, 27)),
                "{x:?} {y:?}"
            );
            assert_eq!(unit.into_u32().unwrap(), 3, "centimetre");
        }
    }
}

#[test]
fn every_frame_is_told_once_and_the_last_word_is_how_much_there_is() {
    for device in DEVICES {
        let case = Case { drops: vec![2], frames: 5, ..case(device, PixelType::U8) };
        let folder = tempfile::tempdir().unwrap();
        let mut spec = case.spec(&folder.path().join("out"));
        spec.storage.frame_limit = Some(5);
        if device == "trash" {
            spec.path = None;
        }
        let (mut sink, events) = open(spec).unwrap();
        case.append(&mut *sink, 0..5).unwrap();
        assert!(matches!(sink.skip(5, 0, LossCause::Queue), Err(StorageError::BeyondCapacity { capacity: 5, .. })));
        sink.finish(false).unwrap_err();
        let events = events.lock().unwrap();
        let stored: Vec<u64> = events
            .iter()
            .filter_map(|event| if let SinkEvent::Stored { frame_index } = event { Some(*frame_index) } else { None })
            .collect();
        assert_eq!(stored, [0, 1, 3, 4], "{device}");
        assert_eq!(events.iter().filter(|event| matches!(event, SinkEvent::Failed(_))).count(), 1);
        let Some(SinkEvent::Published { frames_published, shape }) = events.last() else { panic!("{events:?}") };
        assert_eq!((*frames_published, shape.as_slice()), (5, [5, 33, 47].as_slice()), "{device}");
        if device == "trash" {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }
}

#[test]
fn frames_come_in_order_and_in_their_size() {
    for device in DEVICES {
        let case = case(device, PixelType::U8);
        let folder = tempfile::tempdir().unwrap();
        let (mut sink, _events) = open(case.spec(&folder.path().join("out"))).unwrap();
        assert!(matches!(case.append(&mut *sink, 1..2), Err(StorageError::OutOfOrder { frame_index: 1, expected: 0 })));
        let (mut sink, _events) = open(case.spec(&folder.path().join("out 2"))).unwrap();
        let wrong = Case { pixel_type: PixelType::U16, ..case };
        assert!(matches!(wrong.append(&mut *sink, 0..1), Err(StorageError::FrameSize { expected: 1551, got: 3102 })));
    }
}

#[test]
fn only_ours_is_overwritten_and_only_when_asked() {
    for device in ["raw", "tiff", "tiff-json"] {
        let case = case(device, PixelType::U8);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let mut asking = case.spec(&path);
        asking.storage.overwrite = true;

        let (sink, _events) = open(case.spec(&path)).unwrap();
        let locked = open(asking.clone()).err();
        assert!(matches!(locked, Some(StorageError::Locked { .. })), "{device}: {locked:?}");
        sink.finish(false).unwrap();
        assert!(matches!(open(case.spec(&path)).err(), Some(StorageError::Exists { .. })));
        // A run that stored nothing is ours as well.
        let (mut sink, _events) = open(asking.clone()).unwrap();
        case.append(&mut *sink, 0..9).unwrap();
        sink.finish(false).unwrap();
        let (mut sink, _events) = open(asking.clone()).unwrap();
        case.append(&mut *sink, 0..2).unwrap();
        sink.finish(false).unwrap();
        assert_eq!(dataset_info(None, &path).unwrap().frames_stored, 2);

        // Somebody else's, of the same kind.
        if device == "tiff-json" {
            std::fs::write(path.join("notes.txt"), "mine").unwrap();
        } else {
            std::fs::write(&path, b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0 some other program's").unwrap();
            let _ = std::fs::remove_file(folder.path().join("out.json"));
        }
        let refused = open(asking).err().map(|error| error.kind());
        assert_eq!(
            refused,
            Some(if device == "tiff-json" { StorageErrorKind::ForeignFiles } else { StorageErrorKind::Exists }),
            "{device}"
        );
        assert!(path.exists());
    }
}

#[test]
fn a_description_that_stands_alone_is_somebodys() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("out.raw.json"), "{}").unwrap();
    let case = case("raw", PixelType::U8);
    let answer = open(case.spec(&folder.path().join("out.raw"))).err();
    assert!(matches!(answer, Some(StorageError::NotOurs { .. })));
    assert_eq!(std::fs::read(folder.path().join("out.raw.json")).unwrap(), b"{}");
}

#[test]
fn wrong_metadata_fails_before_anything_is_made_or_removed() {
    for device in ["raw", "tiff", "tiff-json"] {
        let case = case(device, PixelType::U8);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let (sink, _events) = open(case.spec(&path)).unwrap();
        sink.finish(false).unwrap();
        let mut spec = case.spec(&path);
        spec.storage.overwrite = true;
        spec.storage.external_metadata_json = Some("[1]".to_owned());
        assert!(matches!(open(spec).err(), Some(StorageError::ExternalMetadata { .. })));
        assert!(path.exists());
    }
}

#[test]
fn a_folder_that_goes_takes_its_frames_along() {
    for device in ["raw", "tiff", "tiff-json"] {
        let case = Case { drops: vec![], frames: 1000, ..case(device, PixelType::U8) };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/out");
        let mut spec = case.spec(&path);
        spec.storage.durability = Durability::Second;
        let (mut sink, events) = open(spec).unwrap();
        case.append(&mut *sink, 0..3).unwrap();
        std::fs::remove_dir_all(folder.path().join("run")).unwrap();
        let started = std::time::Instant::now();
        let mut frame_index = 3;
        let error = loop {
            match case.append(&mut *sink, frame_index..frame_index + 1) {
                Ok(()) => frame_index += 1,
                Err(error) => break error,
            }
            assert!(started.elapsed().as_secs() < 60, "{device}: nobody noticed");
            std::thread::sleep(std::time::Duration::from_millis(5));
        };
        assert!(matches!(error, StorageError::Removed { .. }), "{device}: {error}");
        assert!(sink.finish(false).is_err());
        assert_eq!(stored(&events.lock().unwrap()).len(), 0, "{device}");
    }
}

/// Run by `a_full_disk_leaves_earlier_pages` in a process of its own: the limit is the process's.
#[test]
#[ignore = "another test runs it"]
fn writes_against_a_limit() {
    let device = std::env::var("ZARRCAM_TEST_DEVICE").unwrap();
    let device = DEVICES.into_iter().find(|name| *name == device).unwrap();
    let path = std::path::PathBuf::from(std::env::var("ZARRCAM_TEST_PATH").unwrap());
    let case = Case { drops: vec![], frames: 100, ..case(device, PixelType::U16) };
    let (mut sink, events) = open(case.spec(&path)).unwrap();
    let limit = libc::rlimit { rlim_cur: 20_000, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: only this process's own limit and signal are changed; the limit's struct outlives the call.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
    }
    let error = case.append(&mut *sink, 0..100).unwrap_err();
    assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    assert!(matches!(error, StorageError::Io { .. } | StorageError::DiskFull { .. }), "{error}");
    sink.finish(false).unwrap_err();
    let kept = stored(&events.lock().unwrap());
    assert!(kept.iter().copied().eq(0..kept.len() as u64));
    std::fs::write(path.with_file_name("kept"), kept.len().to_string()).unwrap();
}

#[test]
fn a_full_disk_leaves_earlier_pages() {
    for device in ["raw", "tiff", "tiff-json"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["plain::writes_against_a_limit", "--exact", "--ignored", "--nocapture"])
            .env("ZARRCAM_TEST_DEVICE", device)
            .env("ZARRCAM_TEST_PATH", &path)
            .output()
            .unwrap();
        assert!(run.status.success(), "{device}: {}", String::from_utf8_lossy(&run.stderr));
        let kept: u64 = std::fs::read_to_string(folder.path().join("kept")).unwrap().parse().unwrap();
        assert!((5..7).contains(&kept), "{kept} frames of 3,102 bytes in 20,000");
        let case = case(device, PixelType::U16);
        let frames: Vec<Vec<u8>> = if device == "raw" {
            std::fs::read(&path).unwrap().chunks(3102).map(<[u8]>::to_vec).collect()
        } else {
            pages(&file_of(device, &path)).into_iter().map(|(pixels, _)| pixels).collect()
        };
        let expected: Vec<Vec<u8>> = (0..kept).map(|frame_index| case.pixels(frame_index)).collect();
        assert!(frames == expected, "{device}: what was stored is whole, and nothing else is there");
        assert_eq!(dataset_info(None, &path).unwrap().frames_stored, kept);
    }
}
