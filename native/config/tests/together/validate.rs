//! Every mistake gets its path, its code and, where there is one right value, the button that mends it.

use crate::common::{EXCLUSIVE, IN_COLOUR, Machine, set};
use serde_json::{Value, json};
use zarrcam_config::{
    Problem, ProblemCode, Severity, check, default_configuration, examples, validate, validate_cameras,
};

const SAVED: &str = include_str!("../fixtures/acquire-0.3-tutorial-as-saved.json");
const APPLIED: &str = include_str!("../fixtures/acquire-0.3-tutorial-as-applied.json");

const CAMERA: &str = "video[0].camera.settings";
const STORAGE: &str = "video[0].storage.settings";
const DIMENSIONS: &str = "video[0].storage.settings.acquisition_dimensions";

fn tutorial(device: &str) -> Value {
    let mut document: Value = serde_json::from_str(SAVED).expect("the fixture is JSON");
    set(&mut document, "video[0].storage.identifier.name", json!(device));
    document
}

fn problems_of(document: &Value) -> Vec<Problem> {
    check(document, &Machine).problems
}

/// One wrong value in the tutorial: exactly one problem, there; its fix, taken, leaves none.
struct Case {
    device: &'static str,
    path: String,
    value: Value,
    at: String,
    code: &'static str,
    fix: Option<Value>,
}

fn run(cases: &[Case]) {
    for Case { device, path, value, at, code, fix } in cases {
        let mut document = tutorial(device);
        set(&mut document, path, value.clone());
        let problems = problems_of(&document);
        let what = format!("{path} = {value}: {problems:#?}");
        let [problem] = problems.as_slice() else { panic!("one problem expected, {what}") };
        assert_eq!((&problem.path, problem.code.as_str()), (at, *code), "{what}");
        assert_eq!(problem.fix.as_ref().map(|fix| &fix.value), fix.as_ref(), "{what}");
        if let Some(fix) = &problem.fix {
            set(&mut document, &fix.path, fix.value.clone());
            let left = problems_of(&document);
            assert!(left.iter().all(|left| left.code != problem.code), "{what}\nafter its fix: {left:#?}");
        }
    }
}

fn case(device: &'static str, path: &str, value: Value, code: &'static str, fix: impl Into<Option<Value>>) -> Case {
    Case { device, path: path.into(), value, at: path.into(), code, fix: fix.into() }
}

#[test]
fn what_acquire_saved_is_right() {
    for text in [SAVED, APPLIED] {
        let document: Value = serde_json::from_str(text).expect("the fixture is JSON");
        assert_eq!(problems_of(&document), []);
    }
}

#[test]
fn examples_and_the_default_are_right() {
    assert_eq!(validate(&default_configuration(), &Machine), []);
    for example in examples() {
        assert_eq!(validate(&example.configuration, &Machine), [], "{}", example.id);
    }
}

#[test]
fn the_chunked_example_is_acquires_tutorial() {
    let theirs = zarrcam_config::parse(&tutorial("Zarr")).expect("a good document").video.remove(0);
    let mut ours = examples().remove(0).configuration.video.remove(0);
    let id = |camera: &zarrcam_config::VideoStream| camera.camera.identifier.clone().map(|device| device.name);
    assert_eq!(id(&ours), id(&theirs));
    ours.camera.identifier = theirs.camera.identifier.clone();
    ours.storage.identifier = theirs.storage.identifier.clone();
    assert_eq!(ours, theirs);
}

#[test]
fn camera_mistakes() {
    let field = |name: &str| format!("{CAMERA}.{name}");
    let camera = |name: &str, value, code, fix| case("Zarr", &field(name), value, code, fix);
    run(&[
        camera("exposure_time_us", json!(2e6), "out_of_range", Some(json!(1e6))),
        camera("exposure_time_us", json!(-5), "out_of_range", Some(json!(0.0))),
        camera("line_interval_us", json!(10), "read_only", Some(json!(0.0))),
        camera("readout_direction", json!("Backward"), "read_only", Some(json!("Forward"))),
        camera("binning", json!(3), "out_of_range", Some(json!(2))),
        camera("binning", json!(0), "out_of_range", Some(json!(1))),
        camera("pixel_type", json!("U12"), "unsupported", Some(json!("U16"))),
        camera("offset", json!([7000, 0]), "out_of_range", Some(json!(6272))).at(&field("offset[0]")),
        camera("shape", json!([0, 0]), "missing", Some(json!([1920, 1080]))),
        camera("shape", json!([1920, 0]), "out_of_range", Some(json!(1))).at(&field("shape[1]")),
        camera("shape", json!([9000, 1080]), "out_of_range", Some(json!(8192))).at(&field("shape[0]")),
        case(
            "Zarr",
            "video[0].camera.identifier.name",
            json!("simulated: radial sine"),
            "unknown_device",
            json!("simulated: radial sin"),
        ),
        case("Zarr", "video[0].camera.identifier.name", json!("hamamatsu"), "unknown_device", None),
        case("Zarr", "video[0].camera.identifier.kind", json!("Storage"), "wrong_kind", json!("Camera")),
        camera("replay", json!({"path": "stack.tif"}), "unused", Some(json!(null))),
    ]);
}

impl Case {
    fn at(mut self, path: &str) -> Self {
        self.at = path.into();
        self
    }
}

#[test]
fn a_camera_with_steps_proposes_a_step() {
    let mut document = tutorial("Zarr");
    set(&mut document, "video[0].camera.identifier.name", json!("replay"));
    set(&mut document, &format!("{CAMERA}.replay"), json!({"path": "stack.tif"}));
    set(&mut document, &format!("{CAMERA}.shape"), json!([1930, 1072]));
    set(&mut document, DIMENSIONS, json!([]));
    let problems = problems_of(&document);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].fix.as_ref().map(|fix| fix.value.clone()), Some(json!(1936)));
    set(&mut document, &format!("{CAMERA}.replay"), json!(null));
    assert_eq!(problems_of(&document)[0].path, format!("{CAMERA}.replay.path"));
}

#[test]
fn trigger_mistakes() {
    let trigger = |name: &str, value: Value, code, field: &str, fix| {
        let path = format!("{CAMERA}.{name}");
        let at = format!("{path}.{field}");
        case("Zarr", &path, value, code, fix).at(&at)
    };
    run(&[
        trigger(
            "input_triggers.acquisition_start",
            json!({"enable": true}),
            "unsupported",
            "enable",
            Some(json!(false)),
        ),
        trigger(
            "output_triggers.exposure",
            json!({"enable": true, "kind": "Output"}),
            "unsupported",
            "enable",
            Some(json!(false)),
        ),
        trigger(
            "input_triggers.frame_start",
            json!({"enable": true, "line": 1}),
            "out_of_range",
            "line",
            Some(json!(0)),
        ),
        trigger(
            "input_triggers.frame_start",
            json!({"enable": true, "kind": "Output"}),
            "unsupported",
            "kind",
            Some(json!("Input")),
        ),
        trigger(
            "input_triggers.frame_start",
            json!({"enable": true, "edge": "NotApplicable"}),
            "unsupported",
            "edge",
            Some(json!("Rising")),
        ),
    ]);
    let mut document = tutorial("Zarr");
    set(&mut document, &format!("{CAMERA}.input_triggers.frame_start.enable"), json!(true));
    assert_eq!(problems_of(&document), []);
}

#[test]
fn timing_and_count_mistakes() {
    let stream = |field: &str, value, code, fix| case("Zarr", &format!("video[0].{field}"), value, code, fix);
    run(&[
        stream("frame_period_us", json!(10_000), "out_of_range", Some(json!(70_000.0))),
        stream("frame_period_us", json!(-1), "out_of_range", Some(json!(0))),
        stream("camera.settings.exposure_time_us", json!(100), "slow_camera", Some(json!(2100.0))),
        stream("frame_average_count", json!(100_000), "out_of_range", Some(json!(65_536))),
        stream("max_frame_count", json!(0), "no_frames", None),
        stream("max_frame_count", json!(295), "incomplete", Some(json!(300))),
        stream("time_point_interval_us", json!(1e6), "late", Some(json!(2_100_000.0))),
        stream("time_point_interval_us", json!(-1), "out_of_range", Some(json!(0))),
    ]);
    // The limit counts frames of the camera: 300 of them are 100 means of 3, in a dimension with room for 150.
    let mut averaged = tutorial("Zarr");
    set(&mut averaged, "video[0].frame_average_count", json!(3));
    let only = |document: &Value| {
        let problems = problems_of(document);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        let problem = &problems[0];
        (problem.code, problem.message.clone(), problem.fix.clone().map(|fix| fix.value))
    };
    let (code, message, fix) = only(&averaged);
    assert_eq!((code.as_str(), fix), ("incomplete", Some(json!(360))));
    assert_eq!(message, "The last index of t will hold 10 of its 30 means.");
    set(&mut averaged, "video[0].max_frame_count", json!(361));
    let (code, message, fix) = only(&averaged);
    assert_eq!((code.as_str(), fix), ("incomplete", Some(json!(363))));
    assert_eq!(message, "361 frames make 120 means of 3; 1 is left over and not taken.");
    set(&mut averaged, "video[0].max_frame_count", json!(2));
    let (code, message, fix) = only(&averaged);
    assert_eq!((code.as_str(), fix), ("no_frames", Some(json!(3))));
    assert_eq!(message, "2 of the 3 frames that are averaged: nothing will be recorded.");
    set(&mut averaged, "video[0].max_frame_count", json!(900));
    set(&mut averaged, &format!("{DIMENSIONS}[4].array_size_px"), json!(5));
    let (code, message, fix) = only(&averaged);
    assert_eq!((code.as_str(), fix), ("out_of_range", Some(json!(450))));
    assert_eq!(message, "300 means do not fit: t has room for 5 x 30 = 150.");

    let mut fixed = tutorial("Zarr");
    set(&mut fixed, &format!("{DIMENSIONS}[4].array_size_px"), json!(5));
    let problems = problems_of(&fixed);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].path, "video[0].max_frame_count");
    assert_eq!(problems[0].fix.as_ref().map(|fix| fix.value.clone()), Some(json!(150)));
    set(&mut fixed, "video[0].max_frame_count", json!(u64::MAX));
    assert_eq!(problems_of(&fixed), [], "the end of the array ends the run");
}

#[test]
fn dimension_mistakes() {
    let dimension = |index: usize, field: &str, value, code, fix| {
        case("Zarr", &format!("{DIMENSIONS}[{index}].{field}"), value, code, fix)
    };
    run(&[
        dimension(0, "array_size_px", json!(1900), "shape_mismatch", Some(json!(1920))),
        dimension(1, "array_size_px", json!(0), "shape_mismatch", Some(json!(1080))),
        dimension(0, "kind", json!("Time"), "unsupported", Some(json!("Space"))),
        dimension(3, "array_size_px", json!(0), "out_of_range", Some(json!(1))),
        dimension(2, "chunk_size_px", json!(0), "out_of_range", Some(json!(10))),
        dimension(4, "chunk_size_px", json!(0), "out_of_range", Some(json!(1))),
        dimension(2, "name", json!(""), "missing", Some(json!("z"))),
        dimension(2, "name", json!("t"), "duplicate", Some(json!("z")))
            .at(&format!("{DIMENSIONS}[4].name"))
            .without_fix(),
        dimension(3, "name", json!(" c "), "name", Some(json!("c"))),
        dimension(3, "labels", json!(["DAPI", "GFP"]), "labels", None),
        dimension(4, "labels", json!(["now"]), "labels", Some(json!([]))),
        dimension(3, "colors", json!(["00FF00"]), "labels", Some(json!([]))),
        dimension(2, "scale", json!(-0.5), "out_of_range", None),
        dimension(2, "unit", json!("um"), "unknown_value", Some(json!("micrometer"))),
        dimension(4, "shard_size_chunks", json!(1), "unused", Some(cleared())),
    ]);
    let mut two = tutorial("Zarr");
    let mut list = two["video"][0]["storage"]["settings"]["acquisition_dimensions"].clone();
    list.as_array_mut().expect("a list").truncate(2);
    set(&mut two, DIMENSIONS, list);
    let problems = problems_of(&two);
    assert_eq!((problems.len(), problems[0].code.as_str()), (1, "too_few"), "{problems:#?}");
    let fix = problems[0].fix.clone().expect("a fix");
    set(&mut two, &fix.path, fix.value);
    assert_eq!(problems_of(&two), []);
}

fn cleared() -> Value {
    let configuration = zarrcam_config::parse(&tutorial("Zarr")).expect("a good document");
    serde_json::to_value(&configuration.video[0].storage.settings.acquisition_dimensions).expect("it can be written")
}

impl Case {
    fn without_fix(mut self) -> Self {
        self.fix = None;
        self
    }
}

#[test]
fn a_list_the_wrong_way_round_is_turned() {
    let list = cleared();
    let mut reversed = list.as_array().expect("a list").clone();
    reversed.reverse();
    let mut swapped = list.as_array().expect("a list").clone();
    swapped.swap(0, 1);
    run(&[
        case("Zarr", DIMENSIONS, json!(reversed), "order", list.clone()),
        case("Zarr", DIMENSIONS, json!(swapped), "order", list),
    ]);
}

#[test]
fn chunks_may_be_larger_than_the_array() {
    let mut document = tutorial("Zarr");
    for (index, chunk) in [4096, 4096, 16, 5, 3].into_iter().enumerate() {
        set(&mut document, &format!("{DIMENSIONS}[{index}].chunk_size_px"), json!(chunk));
    }
    assert!(!check(&document, &Machine).has_errors());
}

#[test]
fn shard_mistakes() {
    let mut document = tutorial("ZarrV3");
    for (index, shard) in [2, 2, 2, 3, 1].into_iter().enumerate() {
        set(&mut document, &format!("{DIMENSIONS}[{index}].shard_size_chunks"), json!(shard));
    }
    assert_eq!(problems_of(&document), []);
    set(&mut document, &format!("{DIMENSIONS}[3].shard_size_chunks"), json!(0));
    let problems = problems_of(&document);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(
        (problems[0].path.as_str(), problems[0].code.as_str()),
        (&*format!("{DIMENSIONS}[3].shard_size_chunks"), "mixed")
    );
    assert_eq!(problems[0].fix.as_ref().map(|fix| fix.value.clone()), Some(json!(1)));
}

#[test]
fn compression_and_multiscale_mistakes() {
    let setting = |device, field: &str, value, code, fix| case(device, &format!("{STORAGE}.{field}"), value, code, fix);
    let blosc = |level| json!({"codec": "blosc-zstd", "level": level, "shuffle": "byte"});
    let zstd = |level| json!({"codec": "zstd", "level": level});
    let level = format!("{STORAGE}.compression.level");
    let none = || Some(Value::Null);
    run(&[
        setting("Zarr", "compression", blosc(10), "out_of_range", Some(json!(9))).at(&level),
        setting("Zarr", "compression", blosc(-1), "out_of_range", Some(json!(0))).at(&level),
        setting("ZarrV3", "compression", zstd(23), "out_of_range", Some(json!(22))).at(&level),
        setting("ZarrV3", "compression", zstd(-8), "out_of_range", Some(json!(-7))).at(&level),
        setting("ZarrV3", "compression", zstd(19), "slow", Some(json!(3))).at(&level),
        setting("ZarrV3", "multiscale", json!({"max_levels": 99}), "out_of_range", Some(json!(0)))
            .at(&format!("{STORAGE}.multiscale.max_levels")),
    ]);
    for device in ["tiff", "raw", "tiff-json"] {
        let mut document = tutorial(device);
        set(&mut document, DIMENSIONS, json!([]));
        set(&mut document, &format!("{STORAGE}.filename"), json!("out"));
        assert_eq!(problems_of(&document), [], "{device}");
        for (field, value, fix) in [
            ("enable_multiscale", json!(true), Some(json!(false))),
            ("multiscale", json!({}), none()),
            ("compression", blosc(1), none()),
        ] {
            let mut document = document.clone();
            set(&mut document, &format!("{STORAGE}.{field}"), value);
            let problems = problems_of(&document);
            let code = if field == "compression" { "unsupported" } else { "unused" };
            assert_eq!((problems.len(), problems[0].code.as_str()), (1, code), "{device} {field} {problems:#?}");
            assert_eq!(problems[0].is_error(), field == "compression", "{device} {field}");
            assert_eq!(problems[0].fix.clone().map(|fix| fix.value), fix);
        }
    }
    let mut trash = tutorial("trash");
    set(&mut trash, &format!("{STORAGE}.enable_multiscale"), json!(true));
    set(&mut trash, &format!("{STORAGE}.filename"), json!(null));
    assert_eq!(problems_of(&trash), [], "trash can be chosen for a trial of anything");
}

#[test]
fn a_chunk_that_the_codec_cannot_take_is_refused() {
    let at = format!("{DIMENSIONS}[4].chunk_size_px");
    // 960 x 540 x 5 = 2,592,000 bytes: 828 of them are below 2^31 - 17, and 829 above.
    let codec = "ZarrV3Blosc1Lz4ByteShuffle";
    let mut document = tutorial(codec);
    set(&mut document, &at, json!(828));
    assert!(!check(&document, &Machine).has_errors());
    run(&[case(codec, &at, json!(829), "out_of_range", Some(json!(828)))]);
    run(&[case("ZarrV3", &at, json!(829), "large_chunk", None)]);
    // The fix of chunks of one pixel leaves nothing to say.
    for (device, shards) in [("Zarr", 0), ("ZarrV3", 0), ("ZarrV3", 4)] {
        let mut tiny = tutorial(device);
        for (index, chunk) in [1, 1, 1, 1, 1].into_iter().enumerate() {
            set(&mut tiny, &format!("{DIMENSIONS}[{index}].chunk_size_px"), json!(chunk));
            set(&mut tiny, &format!("{DIMENSIONS}[{index}].shard_size_chunks"), json!(shards));
        }
        let problems = problems_of(&tiny);
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, "small_chunks"), "{problems:#?}");
        assert!(problems[0].message.contains("hold 1 byte: every frame is cut into 2,073,600"), "{problems:#?}");
        let fix = problems[0].fix.clone().expect("a fix");
        assert_eq!((fix.label.as_str(), fix.path.as_str()), ("Use chunks of 960 x 540 px", DIMENSIONS));
        set(&mut tiny, &fix.path, fix.value);
        assert_eq!(problems_of(&tiny), [], "{device} {shards}");
    }
    // An average is stored in four bytes a pixel.
    set(&mut document, "video[0].frame_average_count", json!(2));
    assert_eq!(problems_of(&document)[0].fix.as_ref().map(|fix| fix.value.clone()), Some(json!(207)));
}

#[test]
fn storage_order_mistakes() {
    let at = format!("{STORAGE}.storage_order");
    let order = |names: &[&str], fix| case("ZarrV3", &at, json!(names), "order", Some(fix));
    run(&[
        order(&["t", "c", "z", "y"], json!([])),
        order(&["t", "c", "c", "y", "x"], json!([])),
        order(&["t", "q", "z", "y", "x"], json!([])),
        order(&["c", "t", "z", "x", "y"], json!(["c", "t", "z", "y", "x"])),
        order(&["c", "y", "t", "z", "x"], json!(["c", "t", "z", "y", "x"])),
    ]);
    let mut document = tutorial("ZarrV3");
    set(&mut document, &at, json!(["c", "t", "z", "y", "x"]));
    assert_eq!(problems_of(&document), []);
}

#[test]
fn storage_mistakes() {
    let setting = |field: &str, value, code, fix| case("Zarr", &format!("{STORAGE}.{field}"), value, code, fix);
    run(&[
        case("Zarr", "video[0].storage.identifier.name", json!("ZarV3"), "unknown_device", json!("ZarrV3")),
        case("Zarr", "video[0].storage.identifier.name", json!("zarr"), "unknown_device", json!("Zarr")),
        case("Zarr", "video[0].storage.identifier", json!(null), "missing", None),
        case("Zarr", "video[0].storage.write_delay_ms", json!(-1), "out_of_range", json!(0.0)),
        case("Zarr", "video[0].storage.write_delay_ms", json!(1e9), "out_of_range", json!(60_000.0)),
        setting("first_frame_id", json!(u64::MAX), "out_of_range", Some(json!(0))),
        setting("pixel_scale_um", json!([-1, 1]), "out_of_range", None).at(&format!("{STORAGE}.pixel_scale_um[0]")),
        setting("external_metadata_json", json!("[1]"), "type", None),
        setting("external_metadata_json", json!("{sample"), "not_json", None),
        setting("s3_access_key_id", json!("AKIA"), "unsupported", Some(json!(null))),
        setting("s3_secret_access_key", json!("x"), "unsupported", Some(json!(null))),
    ]);
    let mut document = tutorial("Zarr");
    set(&mut document, &format!("{STORAGE}.external_metadata_json"), json!("{\"sample\": 1}"));
    assert_eq!(problems_of(&document), []);
}

#[test]
fn name_mistakes() {
    let uri = |value: Value, code, fix| {
        case("ZarrV3", &format!("{STORAGE}.filename"), value, code, fix).at(&format!("{STORAGE}.uri"))
    };
    let cases = [
        uri(json!(null), "missing", Some(json!("acquisition_001.zarr"))),
        uri(json!("s3://bucket/out.zarr"), "unsupported", None),
        uri(json!("https://host/out.zarr"), "unsupported", None),
        uri(json!("my%20cells.zarr"), "escaped", Some(json!("my cells.zarr"))),
        uri(json!("$HOME/out.zarr"), "name", Some(json!("~/out.zarr"))),
        uri(json!("~anna/out.zarr"), "name", None),
        uri(json!("out.zarr\u{a0}"), "name", Some(json!("out.zarr"))),
        uri(json!("out:1.zarr"), "name", Some(json!("out_1.zarr"))),
        uri(json!("NUL.zarr"), "name", Some(json!("NUL_.zarr"))),
        uri(json!("out.zarr. "), "name", Some(json!("out.zarr"))),
        uri(json!("day\\out.zarr"), "name", Some(json!("day/out.zarr"))),
        uri(json!(".."), "name", None),
        uri(json!("a\u{0}b"), "name", Some(json!("a_b"))),
        uri(json!("out.tif"), "extension", Some(json!("out.zarr"))),
    ];
    for case in cases {
        let mut document = tutorial(case.device);
        set(&mut document, &case.path, case.value.clone());
        let problems = problems_of(&document);
        assert_eq!(problems.len(), 1, "{}: {problems:#?}", case.value);
        assert_eq!(
            (problems[0].path.as_str(), problems[0].code.as_str()),
            (case.at.as_str(), case.code),
            "{}",
            case.value
        );
        assert_eq!(problems[0].fix.as_ref().map(|fix| fix.value.clone()), case.fix, "{}", case.value);
    }
    for right in [
        "out.zarr",
        "file:///data/out.zarr",
        "file:///my%20data/out.zarr",
        "~/data/out.zarr",
        "day 1/out.zarr",
        "../out.zarr",
        "/data/\u{fc}ber.ome.zarr",
        "out",
    ] {
        let mut document = tutorial("ZarrV3");
        set(&mut document, &format!("{STORAGE}.filename"), json!(right));
        assert_eq!(problems_of(&document), [], "{right}");
    }
}

#[test]
fn two_streams_may_not_write_to_one_place() {
    let mut document = tutorial("Zarr");
    let second = document["video"][0].clone();
    set(&mut document, "video[1]", second);
    for (name, proposed) in
        [("out.zarr", "out_002.zarr"), ("./OUT.zarr/", "./OUT_002.zarr"), ("out.zarr/0", "out.zarr/0_002")]
    {
        set(&mut document, "video[1].storage.settings.filename", json!(name));
        let problems = problems_of(&document);
        let problem = problems.iter().find(|problem| problem.code == ProblemCode::Duplicate).expect(name);
        assert_eq!(problem.path, "video[1].storage.settings.uri");
        if name != "out.zarr/0" {
            assert_eq!(problem.fix.as_ref().map(|fix| fix.value.clone()), Some(json!(proposed)), "{name}");
        }
    }
    set(&mut document, "video[1].storage.settings.filename", json!("out_002.zarr"));
    assert_eq!(problems_of(&document), []);
    set(&mut document, "video[1].storage.settings.filename", json!("out.zarr"));
    set(&mut document, "video[1].storage.identifier.name", json!("trash"));
    assert_eq!(problems_of(&document), [], "trash writes nowhere");
}

#[test]
fn two_streams_may_not_have_one_exclusive_camera() {
    let mut document = tutorial("Zarr");
    let second = document["video"][0].clone();
    document["video"] = json!([second.clone(), second.clone(), second]);
    for stream in 0..3 {
        set(&mut document, &format!("video[{stream}].storage.identifier.name"), json!("trash"));
    }
    assert_eq!(problems_of(&document), [], "simulated cameras are shared");
    for stream in [0, 2] {
        set(&mut document, &format!("video[{stream}].camera.identifier.name"), json!(EXCLUSIVE));
    }
    let problems = problems_of(&document);
    let [problem] = problems.as_slice() else { panic!("one problem expected: {problems:#?}") };
    assert_eq!((problem.path.as_str(), problem.code), ("video[2].camera.identifier", ProblemCode::Duplicate));
    assert!(problem.is_error() && problem.message.contains("Stream 1"), "{}", problem.message);
    let configuration = zarrcam_config::parse(&document).expect("its form is right");
    assert_eq!(validate_cameras(&configuration, &Machine), problems, "a preview cannot run either");
    let fix = problem.fix.as_ref().expect("a fix");
    set(&mut document, &fix.path, fix.value.clone());
    assert_eq!(problems_of(&document), []);
}

#[test]
fn form_and_content_are_reported_together() {
    let mut document = tutorial("ZarV3");
    set(&mut document, &format!("{CAMERA}.exposure_time_us"), json!(2e6));
    set(&mut document, &format!("{CAMERA}.shape[1]"), json!("1080"));
    set(&mut document, &format!("{DIMENSIONS}[2].chunk_size_px"), json!(-1));
    set(&mut document, &format!("{DIMENSIONS}[2].chnk"), json!(1));
    set(&mut document, "video[1].max_frame_count", json!("many"));
    let mut found: Vec<_> =
        problems_of(&document).into_iter().map(|problem| (problem.path, problem.code.as_str())).collect();
    found.sort();
    let expected = [
        (format!("{CAMERA}.exposure_time_us"), "out_of_range"),
        (format!("{CAMERA}.shape[1]"), "type"),
        ("video[0].storage.identifier.name".into(), "unknown_device"),
        (format!("{DIMENSIONS}[2].chnk"), "unknown_field"),
        (format!("{DIMENSIONS}[2].chunk_size_px"), "out_of_range"),
        ("video[1].max_frame_count".into(), "type"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_preview_needs_cameras_alone() {
    let mut document = tutorial("ZarV3");
    set(&mut document, &format!("{DIMENSIONS}[2].chunk_size_px"), json!(0));
    let configuration = zarrcam_config::parse(&document).expect("its form is right");
    assert_eq!(validate(&configuration, &Machine).len(), 2);
    assert_eq!(validate_cameras(&configuration, &Machine), []);
    set(&mut document, &format!("{CAMERA}.binning"), json!(3));
    let configuration = zarrcam_config::parse(&document).expect("its form is right");
    assert_eq!(validate_cameras(&configuration, &Machine).len(), 1);
}

#[test]
fn without_a_camera_there_is_nothing_to_run() {
    for document in [
        json!({}),
        json!({"video": [{}]}),
        json!({"video": [{"camera": {"identifier": {"kind": "NONE", "name": ""}}}]}),
    ] {
        let problems = problems_of(&document);
        assert_eq!((problems.len(), problems[0].path.as_str(), problems[0].code.as_str()), (1, "video", "no_stream"));
        assert_eq!(problems[0].severity, Severity::Error);
    }
}

/// Names and sizes of the dimensions from the third on, after the fix of the one problem with the channels.
fn with_channels_added(dimensions: Value) -> Vec<(String, u64)> {
    let mut document = tutorial("ZarrV3");
    set(&mut document, "video[0].camera.identifier.name", json!(IN_COLOUR));
    set(&mut document, DIMENSIONS, dimensions);
    set(&mut document, "video[0].max_frame_count", json!(u64::MAX));
    let problems = problems_of(&document);
    let [problem] = problems.as_slice() else { panic!("one problem expected: {problems:#?}") };
    assert_eq!(
        (problem.path.as_str(), problem.code, problem.severity),
        (DIMENSIONS, ProblemCode::ShapeMismatch, Severity::Warning)
    );
    assert!(problem.message.starts_with("This camera gives red, green and blue in turn"), "{}", problem.message);
    let fix = problem.fix.clone().expect("it can be mended");
    set(&mut document, &fix.path, fix.value.clone());
    assert_eq!(problems_of(&document), []);
    let right = fix.value.as_array().expect("a list").iter().skip(2);
    right
        .map(|one| (one["name"].as_str().unwrap_or("").to_owned(), one["array_size_px"].as_u64().unwrap_or(0)))
        .collect()
}

#[test]
fn a_camera_that_gives_colours_in_turn_has_a_dimension_for_them() {
    let of = |name: &str, kind: &str, size: u32, chunk: u32| json!({ "name": name, "kind": kind, "array_size_px": size, "chunk_size_px": chunk });
    let (x, y, t) = (of("x", "Space", 1920, 960), of("y", "Space", 1080, 540), of("t", "Time", 0, 10));
    let named = |list: &[(&str, u64)]| -> Vec<(String, u64)> {
        list.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect()
    };
    assert_eq!(with_channels_added(json!([x, y, t])), named(&[("c", 3), ("t", 0)]));
    assert_eq!(with_channels_added(json!([])), named(&[("c", 3), ("t", 0)]));
    let (z, c) = (of("z", "Space", 5, 1), of("c", "Channel", 3, 1));
    assert_eq!(
        with_channels_added(json!([x, y, z, c, t])),
        named(&[("c", 3), ("z", 5), ("t", 0)]),
        "an image has channels once"
    );
    let two = of("c", "Channel", 2, 2);
    assert_eq!(with_channels_added(json!([x, y, two, t])), named(&[("c", 3), ("t", 0)]));

    let mut averaged = tutorial("trash");
    set(&mut averaged, "video[0].camera.identifier.name", json!(IN_COLOUR));
    assert_eq!(problems_of(&averaged), [], "what is thrown away needs no dimensions");
    set(&mut averaged, "video[0].frame_average_count", json!(2));
    let problems = problems_of(&averaged);
    assert_eq!(
        problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.path.as_str())
            .collect::<Vec<_>>(),
        ["video[0].frame_average_count"]
    );
}
