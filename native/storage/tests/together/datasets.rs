//! What a folder of data holds: ours in every state, other people's, and what is none.

use std::path::Path;

use crate::common::{self, Case, recorder};
use serde_json::json;
use zarrcam_acquisition::{DatasetInfo, DatasetKind, DatasetState, LeftOutCause};
use zarrcam_config::{CodecName, Compression, DimensionKind, DownsampleMethod, Multiscale, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_storage::{StorageError, dataset_info, list_datasets, open_sink, recover};

fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn write_json(path: &Path, document: &serde_json::Value) {
    write(path, document.to_string());
}

fn names(folder: &Path) -> Vec<String> {
    list_datasets(folder).unwrap().datasets.into_iter().map(|info| info.name).collect()
}

fn info(path: &Path) -> DatasetInfo {
    dataset_info(None, path).unwrap()
}

#[test]
fn a_store_of_ours_tells_all_about_itself() {
    let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 1 });
    let mut case = Case { multiscale, ..Case::small("ZarrV3Blosc1ZstdByteShuffle", true) };
    case.pixel_type = PixelType::U12;
    case.dimensions[3].labels = vec!["red".to_owned(), "green".to_owned()];
    case.dimensions[2].scale = 0.5;
    case.dimensions[2].unit = "micrometer".to_owned();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("day 1/out.zarr");
    case.write(&path);
    let list = list_datasets(folder.path()).unwrap().datasets;
    let info = dataset_info(Some(folder.path()), &path).unwrap();
    assert_eq!(list, std::slice::from_ref(&info));
    assert_eq!(info.name, "day 1/out.zarr");
    assert_eq!(Path::new(&info.path), path);
    assert_eq!((info.kind, info.state), (DatasetKind::Zarr3, DatasetState::Closed));
    assert_eq!(info.shape, [9, 2, 3, 33, 47]);
    let axes: Vec<_> = info.axes.iter().map(|axis| (axis.name.as_str(), axis.kind)).collect();
    let space = DimensionKind::Space;
    let expected =
        [("t", DimensionKind::Time), ("c", DimensionKind::Channel), ("z", space), ("y", space), ("x", space)];
    assert_eq!(axes, expected);
    assert_eq!(info.axes[1].labels, ["red", "green"]);
    assert_eq!((info.axes[2].scale, info.axes[2].unit.as_str()), (0.5, "micrometer"));
    assert_eq!(info.levels.iter().map(|level| level.path.as_str()).collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(info.levels[1].shape, [9, 2, 2, 17, 24]);
    assert_eq!(info.levels[1].scale, [1.0, 1.0, 1.0, 2.0, 2.0]);
    assert_eq!((info.dtype.as_str(), info.pixel_type), ("uint16", Some(PixelType::U12)));
    assert_eq!(info.chunks, [2, 1, 2, 16, 20]);
    assert_eq!(info.shards, Some(vec![4, 2, 2, 48, 40]));
    assert_eq!(info.codec, Some(Compression { codec: CodecName::BloscZstd, level: 1, shuffle: Shuffle::Byte }));
    assert_eq!(info.frames_stored, 47);
    let losses = info.losses.unwrap();
    assert_eq!((losses.captured, losses.stored, losses.dropped, losses.dropped_camera), (50, 47, 3, 3));
    assert_eq!((losses.in_flight, losses.array_frames), (0, 50));
    assert_eq!(info.run_id.as_deref(), Some("test"));
    assert!(info.started_unix_ms.unwrap() > 1.7e12);
    assert_eq!(info.thumbnail_frame_index, Some(25));
    assert!(info.bytes > 47 * 33 * 47 && info.bytes < 10 << 20, "{}", info.bytes);
}

#[test]
fn open_crashed_and_recovered() {
    for device in ["Zarr", "ZarrV3Blosc1Lz4ByteShuffle"] {
        let case = Case { drops: vec![1], ..Case::small(device, false) };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let (mut sink, events) = case.open(&path).unwrap();
        assert_eq!((info(&path).state, info(&path).frames_stored), (DatasetState::Open, 0));
        assert_eq!(info(&path).thumbnail_frame_index, None);
        for (from, to) in [(0, 5), (5, 14)] {
            case.append(&mut *sink, from..to).unwrap();
            while common::stored(&events.lock().unwrap()).len() < to as usize - 1 {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            let open = info(&path);
            assert_eq!(open.state, DatasetState::Open);
            assert_eq!((open.frames_stored, open.shape[0]), (to - 1, to.div_ceil(6)));
            // The middle of the first volume, however long the run gets.
            assert_eq!(open.thumbnail_frame_index, Some(if to == 5 { 2 } else { 3 }));
        }
        drop(sink);
        let left = info(&path);
        assert_eq!((left.state, left.frames_stored), (DatasetState::NeedsRecovery, 13));
        recover(&path).unwrap();
        let recovered = info(&path);
        assert_eq!((recovered.state, recovered.frames_stored), (DatasetState::Closed, 13));
        assert_eq!(recovered.losses.unwrap().dropped_camera, 1);
    }
}

#[test]
fn another_run_at_a_path_is_not_taken_for_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    for frames in [50, 20, 35] {
        let case = Case { frames, drops: vec![], ..Case::small("ZarrV3", false) };
        let mut spec = case.spec(&path);
        spec.storage.overwrite = true;
        let (_events, sender) = recorder();
        let mut sink = open_sink(spec, sender).unwrap();
        assert_eq!(info(&path).frames_stored, 0);
        case.append(&mut *sink, 0..frames).unwrap();
        sink.finish(false).unwrap();
        assert_eq!(info(&path).frames_stored, frames);
    }
}

/// As zarr-python 3 writes it.
fn array_v3(shape: &[u64], chunk: &[u64], codecs: serde_json::Value) -> serde_json::Value {
    json!({
        "shape": shape, "data_type": "uint16",
        "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": chunk } },
        "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
        "fill_value": 0, "codecs": codecs, "attributes": {}, "zarr_format": 3, "node_type": "array",
        "storage_transformers": [],
    })
}

#[test]
fn other_peoples_zarr() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let bytes = json!({ "name": "bytes", "configuration": { "endian": "little" } });

    let zstd = json!([bytes, { "name": "zstd", "configuration": { "level": 5, "checksum": false } }]);
    write_json(&at("plain3.zarr/zarr.json"), &array_v3(&[7, 20, 30], &[1, 10, 10], zstd));

    let axes = json!([
        { "name": "c", "type": "channel" },
        { "name": "y", "type": "space", "unit": "micrometer" },
        { "name": "x", "type": "space", "unit": "micrometer" },
    ]);
    let dataset = |path: &str, scale: f64| json!({ "path": path, "coordinateTransformations": [{ "type": "scale", "scale": [1.0, scale, scale] }] });
    let multiscales = json!([{
        "axes": axes, "datasets": [dataset("s0", 0.5), dataset("s1", 1.0)],
        "coordinateTransformations": [{ "type": "scale", "scale": [1.0, 2.0, 2.0] }],
    }]);
    let omero = json!({ "channels": [{ "label": "DAPI" }, { "label": "GFP" }] });
    let group = json!({
        "zarr_format": 3, "node_type": "group",
        "attributes": { "ome": { "version": "0.5", "multiscales": multiscales, "omero": omero } },
    });
    write_json(&at("image3.zarr/zarr.json"), &group);
    let sharding = json!([{ "name": "sharding_indexed", "configuration": {
        "chunk_shape": [1, 8, 8], "codecs": [bytes], "index_codecs": [bytes, { "name": "crc32c" }],
        "index_location": "end",
    } }]);
    write_json(&at("image3.zarr/s0/zarr.json"), &array_v3(&[2, 64, 64], &[1, 32, 32], sharding));
    write_json(&at("image3.zarr/s1/zarr.json"), &array_v3(&[2, 32, 32], &[1, 32, 32], json!([bytes])));

    // NGFF 0.4 in a series folder, as bioformats2raw writes it: the outer group is no image.
    write_json(&at("series.zarr/.zgroup"), &json!({ "zarr_format": 2 }));
    write_json(&at("series.zarr/.zattrs"), &json!({ "bioformats2raw.layout": 3 }));
    write_json(&at("series.zarr/0/.zgroup"), &json!({ "zarr_format": 2 }));
    let attributes = json!({ "multiscales": [{ "version": "0.4", "axes": axes, "datasets": [dataset("0", 1.0)] }] });
    write_json(&at("series.zarr/0/.zattrs"), &attributes);
    let compressor = json!({ "id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0 });
    let array = json!({
        "chunks": [1, 16, 16], "compressor": compressor, "dtype": ">f4", "fill_value": 0, "filters": null,
        "order": "C", "shape": [3, 20, 20], "zarr_format": 2,
    });
    write_json(&at("series.zarr/0/0/.zarray"), &array);
    write(&at("series.zarr/0/0/0.0.0"), [1; 100_000]);

    let list = list_datasets(folder.path()).unwrap().datasets;
    let [image, plain, series] = &list[..] else { panic!("{list:?}") };
    assert_eq!(
        (image.name.as_str(), image.kind, image.state),
        ("image3.zarr", DatasetKind::Zarr3, DatasetState::Closed)
    );
    assert_eq!((image.shape.as_slice(), image.dtype.as_str()), ([2, 64, 64].as_slice(), "uint16"));
    assert_eq!((image.chunks.clone(), image.shards.clone()), (vec![1, 8, 8], Some(vec![1, 32, 32])));
    assert_eq!(image.codec, Some(Compression { codec: CodecName::None, level: 0, shuffle: Shuffle::None }));
    assert_eq!(image.axes[0].kind, DimensionKind::Channel);
    assert_eq!(image.axes[0].labels, ["DAPI", "GFP"]);
    assert_eq!((image.axes[2].unit.as_str(), image.axes[2].scale), ("micrometer", 1.0));
    assert_eq!((image.levels[1].path.as_str(), image.levels[1].scale.clone()), ("s1", vec![1.0, 2.0, 2.0]));
    assert_eq!((image.frames_stored, &image.losses, &image.run_id, image.pixel_type), (2, &None, &None, None));

    assert_eq!((plain.name.as_str(), plain.frames_stored), ("plain3.zarr", 7));
    assert_eq!(plain.codec, Some(Compression { codec: CodecName::Zstd, level: 5, shuffle: Shuffle::None }));
    assert_eq!(plain.levels[0].path, "");
    assert_eq!(plain.axes[2].name, "dim_2");

    assert_eq!((series.name.as_str(), series.kind), ("series.zarr/0", DatasetKind::Zarr2));
    assert_eq!((series.dtype.as_str(), series.shape.as_slice()), ("float32", [3, 20, 20].as_slice()));
    assert_eq!(series.codec, Some(Compression { codec: CodecName::BloscLz4, level: 5, shuffle: Shuffle::Byte }));
    assert!(series.bytes >= 100_000);
}

#[test]
fn damaged_and_hostile_folders_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let good = array_v3(&[1, 2, 3], &[1, 2, 3], json!([{ "name": "bytes" }]));
    write_json(&at("good.zarr/zarr.json"), &good);
    write_json(&outside.path().join("secret.zarr/zarr.json"), &good);

    write(&at("torn.zarr/zarr.json"), "{\"shape\": [1, 2");
    write(&at("empty.zarr/zarr.json"), "");
    write(&at("list.zarr/zarr.json"), "[1, 2, 3]");
    write(&at("text.zarr/.zarray"), "no JSON");
    write_json(&at("negative.zarr/zarr.json"), &array_v3(&[1, 2, 3], &[0, 2, 3], json!([])));
    write_json(&at("short.zarr/zarr.json"), &array_v3(&[1, 2, 3], &[1, 2], json!([])));
    let datasets = json!([{ "path": "../good.zarr" }, { "path": outside.path().join("secret.zarr") }]);
    let group = |datasets| json!({ "node_type": "group", "zarr_format": 3, "attributes": { "ome": { "multiscales": [{ "datasets": datasets }] } } });
    write_json(&at("escapes.zarr/zarr.json"), &group(datasets));
    write(&at("not.tif"), "no TIFF at all");
    write(&at("short.tif"), "II*\0");
    write(
        &at("loop.tif"),
        b"II*\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x05\0\0\0\x01\x01\x03\0\x01\0\0\0\x05\0\0\0\x08\0\0\0",
    );
    write(&at("notes.txt"), "text");
    write(&at("data.raw"), [0; 64]);
    write(&at("data.raw.json"), "{\"zarrcam\": {\"format\": \"raw\"}, \"shape\": [1]}");
    write_json(&at(".hidden.zarr/zarr.json"), &good);
    write_json(&at("1/2/3/4/5/6/deep.zarr/zarr.json"), &good);
    std::os::unix::fs::symlink(outside.path(), at("link")).unwrap();
    std::os::unix::fs::symlink(folder.path(), at("circle")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.zarr"), at("linked.zarr")).unwrap();
    assert_eq!(names(folder.path()), ["1/2/3/4/5/6/deep.zarr", "good.zarr"]);
    let left_out = list_datasets(folder.path()).unwrap().left_out;
    let of = |cause| {
        let these = left_out.iter().filter(|left_out| left_out.cause == cause);
        let mut names: Vec<&str> = these.flat_map(|left_out| left_out.names.iter().map(String::as_str)).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(of(LeftOutCause::Hidden), [".hidden.zarr"]);
    assert_eq!(of(LeftOutCause::Link), ["circle", "link", "linked.zarr"]);
    let damaged = ["empty.zarr", "escapes.zarr", "list.zarr", "loop.tif", "negative.zarr", "not.tif", "short.tif"];
    assert_eq!(of(LeftOutCause::Damaged), [&damaged[..], &["short.zarr", "text.zarr", "torn.zarr"]].concat());

    // Whoever asks for what is broken hears why.
    for (broken, why) in [
        ("loop.tif", "its directories run in a circle after number 1"),
        ("not.tif", "it is no TIFF file"),
        ("short.tif", "the offset of its first directory lies behind the end of the file"),
    ] {
        let error = dataset_info(Some(folder.path()), &at(broken)).unwrap_err();
        assert!(matches!(&error, StorageError::Damaged { reason, .. } if reason == why), "{broken}: {error}");
    }

    for none in ["torn.zarr", "missing", "1", "notes.txt", "escapes.zarr"] {
        let answer = dataset_info(Some(folder.path()), &at(none));
        assert!(matches!(answer, Err(StorageError::NotADataset { .. })), "{none}: {answer:?}");
    }
    assert_eq!(names(&at("missing")), [""; 0]);
}

/// Nobody writes into a pipe that stands where a file should be.
#[test]
fn pipes_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(&path);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    };
    let case = Case::small("ZarrV3", false);
    let whole = |name: &str| {
        let (mut sink, _) = case.open(&folder.path().join(name)).unwrap();
        case.append(&mut *sink, 0..2).unwrap();
        sink.finish(false).unwrap();
    };
    for name in ["described.zarr", "logged.zarr", "locked.zarr", "whole.zarr"] {
        whole(name);
    }
    pipe("described.zarr/0/.zarrcam/run.json");
    pipe("logged.zarr/0/.zarrcam/frames.log");
    pipe("locked.zarr/0/.zarrcam/lock");
    pipe("foreign.zarr/zarr.json");
    pipe("page.tif");
    std::fs::write(folder.path().join("data.raw"), [0; 64]).unwrap();
    pipe("data.raw.json");

    let (sender, receiver) = std::sync::mpsc::channel();
    let path = folder.path().to_owned();
    std::thread::spawn(move || sender.send(names(&path)));
    let names = receiver.recv_timeout(std::time::Duration::from_secs(20)).expect("a pipe is waited for");
    assert!(names.contains(&"whole.zarr".to_owned()) && names.contains(&"locked.zarr".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| ["foreign.zarr", "page.tif", "data.raw"].contains(&name.as_str())), "{names:?}");
}

#[test]
fn a_store_of_ours_with_a_damaged_description_is_shown_by_its_arrays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    Case::small("ZarrV3", false).write(&path);
    write(&path.join("0/.zarrcam/run.json"), "{");
    let info = info(&path);
    assert_eq!((info.shape.as_slice(), info.run_id), ([9, 2, 3, 33, 47].as_slice(), None));
    assert_eq!(names(folder.path()), ["out.zarr"]);
    std::fs::remove_file(path.join("zarr.json")).unwrap();
    assert!(matches!(dataset_info(None, &path), Err(StorageError::Damaged { .. })));
}

fn array_v2(shape: &[u64], dtype: serde_json::Value) -> serde_json::Value {
    json!({
        "zarr_format": 2, "shape": shape, "chunks": vec![4; shape.len()], "dtype": dtype, "compressor": null,
        "fill_value": 0, "filters": null, "order": "C",
    })
}

fn reason(path: &Path) -> String {
    match dataset_info(None, path) {
        Err(StorageError::NotADataset { reason, .. }) => reason,
        other => panic!("{}: {other:?}", path.display()),
    }
}

#[test]
fn whatever_may_be_recorded_or_opened_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut expected = Vec::new();
    let mut array = |name: &str| {
        write_json(&at(name).join(".zarray"), &array_v2(&[4, 4], json!("|u1")));
        expected.push(name.to_owned());
    };
    for name in [
        "a:b.zarr",
        "a\\b.zarr",
        "a#b.zarr",
        "a?b.zarr",
        "100%.zarr",
        "%41.zarr",
        "line\nbreak.zarr",
        "trail.",
        "trail ",
    ] {
        array(name);
    }
    array(&(0..40).map(|depth| format!("{depth}/")).collect::<String>().replace("39/", "deep.zarr"));
    // A plate's fields, and an image's labels beside its levels, which are none.
    let image = |name: &str, levels: &[&str]| {
        let datasets: Vec<_> = levels.iter().map(|level| json!({ "path": level })).collect();
        write_json(&at(name).join(".zgroup"), &json!({ "zarr_format": 2 }));
        write_json(&at(name).join(".zattrs"), &json!({ "multiscales": [{ "version": "0.4", "datasets": datasets }] }));
        for level in levels {
            write_json(&at(name).join(level).join(".zarray"), &array_v2(&[2, 4, 4], json!("<u2")));
        }
        name.to_owned()
    };
    write_json(&at("plate.zarr/.zattrs"), &json!({ "plate": { "wells": [{ "path": "B/03" }] } }));
    write_json(&at("plate.zarr/B/03/.zattrs"), &json!({ "well": { "images": [{ "path": "0" }] } }));
    write_json(&at("image.zarr/labels/.zattrs"), &json!({ "labels": ["nuclei"] }));
    let images = [
        image("plate.zarr/B/03/0", &["0", "1"]),
        image("image.zarr", &["0", "scale/1#?%"]),
        image("image.zarr/labels/nuclei", &["0"]),
    ];
    expected.extend(images);
    std::os::unix::fs::symlink(at("image.zarr"), at("linked.zarr")).unwrap();
    expected.push("linked.zarr".to_owned());
    std::os::unix::fs::symlink(at("plate.zarr"), at("linked plate.zarr")).unwrap();
    expected.sort();
    assert_eq!(names(folder.path()), expected);
    for name in &expected {
        let info = dataset_info(Some(folder.path()), &folder.path().join(name)).unwrap();
        assert_eq!(&info.name, name);
    }
    assert_eq!(info(&at("image.zarr")).levels[1].path, "scale/1#?%");
    assert_eq!(list_datasets(folder.path()).unwrap().left_out, []);

    use std::os::unix::ffi::OsStrExt;
    let latin = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.zarr"));
    write_json(&latin.join(".zarray"), &array_v2(&[4, 4], json!("|u1")));
    let listing = list_datasets(folder.path()).unwrap();
    assert_eq!(listing.datasets.len(), expected.len());
    let [left_out] = &listing.left_out[..] else { panic!("{:?}", listing.left_out) };
    assert_eq!((left_out.cause, left_out.count), (LeftOutCause::Name, 1));
    assert_eq!(left_out.names, ["caf\u{fffd}.zarr"]);
}

#[test]
fn variants_of_zarr_tell_their_shape_or_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let image = |multiscales: serde_json::Value| json!({ "multiscales": multiscales });
    let told = |name: &str| {
        let info = info(&at(name));
        (info.shape, info.dtype)
    };

    // As zarr-python writes attributes with NaN in them.
    write(&at("nan.zarr/.zgroup"), r#"{"zarr_format": 2}"#);
    write(&at("nan.zarr/.zattrs"), r#"{"min": NaN, "max": -Infinity, "multiscales": [{"datasets": [{"path": "0"}]}]}"#);
    write_json(&at("nan.zarr/0/.zarray"), &array_v2(&[3, 4, 5], json!(">u2")));
    assert_eq!(told("nan.zarr"), (vec![3, 4, 5], "uint16".to_owned()));
    assert_eq!(info(&at("nan.zarr")).levels[0].scale, [1.0, 1.0, 1.0]);
    // What other programs may stumble over.
    write_json(&at("alone.zarr/zarr.json"), &array_v3(&[64, 64], &[4, 4], json!([{ "name": "bytes" }])));
    let remarks = info(&at("alone.zarr")).remarks;
    assert!(remarks[0].contains("it has no OME-NGFF metadata"), "{remarks:?}");
    assert!(remarks[1].contains("256 files of 32 B"), "{remarks:?}");
    assert_eq!(remarks.len(), 2);
    let axes = json!([{ "name": "y", "type": "space" }, { "name": "x", "type": "space", "unit": "um" }]);
    write_json(&at("short.zarr/.zattrs"), &image(json!([{ "axes": axes, "datasets": [{ "path": "0" }] }])));
    write_json(&at("short.zarr/0/.zarray"), &array_v2(&[4, 5], json!("<u2")));
    assert_eq!(info(&at("short.zarr")).remarks, ["Axis x: Readers do not know \"um\" as a unit of space."]);
    let text = array_v3(&[2, 3], &[2, 3], json!([{ "name": "bytes" }]))
        .to_string()
        .replace("\"attributes\":{}", "\"attributes\":{\"a\":NaN}");
    write(&at("nan3.zarr/zarr.json"), text.replace("\"fill_value\":0", "\"fill_value\":Infinity"));
    assert_eq!(told("nan3.zarr"), (vec![2, 3], "uint16".to_owned()));

    // Only consolidated metadata, of both versions.
    let metadata = json!({
        ".zgroup": { "zarr_format": 2 }, ".zattrs": image(json!([{ "datasets": [{ "path": "s0" }] }])),
        "s0/.zarray": array_v2(&[7, 8], json!("<f8")),
    });
    write_json(&at("all.zarr/.zmetadata"), &json!({ "zarr_consolidated_format": 1, "metadata": metadata }));
    assert_eq!(told("all.zarr"), (vec![7, 8], "float64".to_owned()));
    let group = json!({
        "zarr_format": 3, "node_type": "group", "attributes": { "ome": image(json!([{ "datasets": [{ "path": "0" }] }])) },
        "consolidated_metadata": { "kind": "inline", "metadata": { "0": array_v3(&[5, 6], &[5, 6], json!([])) } },
    });
    write_json(&at("all3.zarr/zarr.json"), &group);
    assert_eq!(told("all3.zarr"), (vec![5, 6], "uint16".to_owned()));

    // A draft of NGFF 0.6.
    let scale = json!({ "type": "sequence", "transformations": [{ "type": "scale", "scale": [2.0, 0.5] }, { "type": "translation", "translation": [1, 1] }] });
    let axes = json!([{ "name": "t", "type": "time", "unit": "second" }, { "name": "x", "type": "space", "unit": "micrometer" }]);
    let draft = json!([{ "coordinateSystems": [{ "name": "physical", "axes": axes }],
        "datasets": [{ "path": "0", "coordinateTransformations": [scale] }] }]);
    write_json(
        &at("draft.zarr/zarr.json"),
        &json!({ "zarr_format": 3, "node_type": "group", "attributes": { "ome": image(draft) } }),
    );
    write_json(&at("draft.zarr/0/zarr.json"), &array_v3(&[5, 6], &[5, 6], json!([])));
    let draft = info(&at("draft.zarr"));
    assert_eq!(
        draft.axes.iter().map(|axis| (axis.name.as_str(), axis.scale)).collect::<Vec<_>>(),
        [("t", 2.0), ("x", 0.5)]
    );
    assert_eq!(draft.axes[1].unit, "micrometer");

    let fields = json!([["r", "|u1"], ["g", "<u2"]]);
    write_json(&at("fields.zarr/.zarray"), &array_v2(&[4], fields));
    assert_eq!(told("fields.zarr"), (vec![4], r#"[["r","|u1"],["g","<u2"]]"#.to_owned()));
    write_json(&at("none.zarr/.zarray"), &array_v2(&[], json!("<i8")));
    assert_eq!(told("none.zarr"), (vec![], "int64".to_owned()));

    let mut grid = array_v3(&[5, 6], &[5, 6], json!([]));
    grid["chunk_grid"]["name"] = json!("rectilinear");
    write_json(&at("grid.zarr/zarr.json"), &grid);
    assert!(reason(&at("grid.zarr")).contains("rectilinear"));
    write_json(&at("empty.zarr/.zgroup"), &json!({ "zarr_format": 2 }));
    assert!(reason(&at("empty.zarr")).contains("group without an image"));
    write_json(&at("gone.zarr/.zattrs"), &image(json!([{ "datasets": [{ "path": "0" }] }])));
    assert!(reason(&at("gone.zarr")).contains("zoom level \"0\" has no .zarray"));
}

#[test]
fn what_is_no_dataset_is_told_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_json(&at("plate.zarr/.zattrs"), &json!({ "plate": { "wells": [{ "path": "B/03" }] } }));
    write_json(&at("raw2.zarr/.zattrs"), &json!({ "bioformats2raw.layout": 3 }));
    write_json(&at("raw2.zarr/0/.zattrs"), &json!({}));
    write_json(&at("labels.zarr/.zattrs"), &json!({ "labels": ["nuclei"] }));
    write(&at("images/a.tif"), "");
    write(&at("photos/a.png"), "");
    write(&at("texts/a.txt"), "");
    std::fs::create_dir(at("empty")).unwrap();
    write(&at("a.zip"), b"PK\x03\x04....");
    write(&at("a.txt"), "text");
    write(&at("none.txt"), "");
    write(&at("scan"), b"II*\0....");
    std::os::unix::fs::symlink(at("nothing"), at("link")).unwrap();
    for (name, words) in [
        ("plate.zarr", "NGFF plate; open an image of one of its wells, B/03/0 say"),
        ("raw2.zarr", "bioformats2raw"),
        ("labels.zarr", "nuclei"),
        ("images", "folder of TIFF files"),
        ("photos", "does not read"),
        ("texts", "without Zarr metadata"),
        ("empty", "empty"),
        ("a.zip", "zip archive; unpack"),
        ("a.txt", "another kind"),
        ("none.txt", "empty"),
        ("scan", "name it .tif"),
        ("link", "leads nowhere"),
        ("missing", "nothing is there"),
    ] {
        assert!(reason(&at(name)).contains(words), "{name}: {}", reason(&at(name)));
    }

    // Of what is readable as it is there is nothing to recover.
    for device in ["raw", "tiff", "tiff-json"] {
        let case = Case { frames: 9, drops: vec![3], ..Case::small(device, false) };
        let path = at(&format!("out.{device}"));
        let (mut sink, _) = case.open(&path).unwrap();
        case.append(&mut *sink, 0..5).unwrap();
        assert!(matches!(recover(&path), Err(StorageError::Locked { .. })), "{device}");
        sink.finish(false).unwrap();
        let recovery = recover(&path).unwrap();
        assert!(!recovery.was_needed);
        assert_eq!(recovery.shape, [5, 33, 47]);
    }
    let Err(StorageError::NotADataset { reason, .. }) = recover(&at("plate.zarr")) else { panic!("a plate") };
    assert!(reason.contains("NGFF plate"));
    write_json(&at("plain.zarr/.zarray"), &array_v2(&[4], json!("|u1")));
    let Err(StorageError::NotADataset { reason, .. }) = recover(&at("plain.zarr")) else { panic!("not ours") };
    assert!(reason.contains("zarrcam did not write it"));
}
