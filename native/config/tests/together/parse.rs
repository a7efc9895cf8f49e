//! Reading documents: Acquire's own unchanged, and every mistake at once.

use serde_json::{Value, json};
use zarrcam_config::{Configuration, DeviceKind, Problem, parse};

const SAVED: &str = include_str!("../fixtures/acquire-0.3-tutorial-as-saved.json");
const APPLIED: &str = include_str!("../fixtures/acquire-0.3-tutorial-as-applied.json");

fn document(text: &str) -> Value {
    serde_json::from_str(text).expect("the fixture is JSON")
}

fn problems(value: Value) -> Vec<Problem> {
    parse(&value).expect_err("there are problems")
}

fn found(problems: &[Problem]) -> Vec<(&str, &str)> {
    let mut found: Vec<_> = problems.iter().map(|problem| (problem.path.as_str(), problem.code.as_str())).collect();
    found.sort_unstable();
    found
}

#[test]
fn documents_that_acquire_saved_load_unchanged() {
    for text in [SAVED, APPLIED] {
        let configuration = parse(&document(text)).expect("it is a good document");
        let [first, second] = configuration.video.as_slice() else { panic!("two streams") };
        assert!(first.is_active() && !second.is_active());
        assert_eq!(first.camera.identifier.as_ref().map(|camera| camera.id), Some([0, 1]));
        assert_eq!(second.camera.identifier.as_ref().map(|camera| camera.kind), Some(DeviceKind::None));
        let settings = &first.storage.settings;
        assert_eq!(settings.uri.as_deref(), Some("out.zarr"));
        assert_eq!(settings.external_metadata_json, None);
        assert_eq!(settings.pixel_scale_um, [0.0, 0.0]);
        assert_eq!(settings.acquisition_dimensions.len(), 5);
        assert_eq!(first.camera_frame_limit(), Some(300));
        assert_eq!(second.storage.settings.uri, None);
        assert_eq!(second.camera_frame_limit(), None);
    }
}

#[test]
fn what_is_parsed_parses_again_to_the_same() {
    let configuration = parse(&document(SAVED)).expect("it is a good document");
    let written = serde_json::to_value(&configuration).expect("it can be written");
    assert_eq!(parse(&written).expect("what we write is good"), configuration);
    assert_eq!(written["video"][0]["storage"]["settings"]["uri"], "out.zarr");
    assert_eq!(written["video"][0]["storage"]["settings"].get("filename"), None);
}

#[test]
fn until_stopped_has_three_spellings() {
    for text in ["18446744073709551615", "18446744073709552000", "1.8446744073709552e19", "9007199254740992"] {
        let value = document(&format!("{{\"video\": [{{\"max_frame_count\": {text}}}]}}"));
        let configuration = parse(&value).expect(text);
        assert_eq!(configuration.video[0].max_frame_count, u64::MAX, "{text}");
        assert_eq!(configuration.video[0].camera_frame_limit(), None);
    }
    let largest = parse(&json!({"video": [{"max_frame_count": 9_007_199_254_740_991u64}]})).expect("a count");
    assert_eq!(largest.video[0].camera_frame_limit(), Some(9_007_199_254_740_991));
}

#[test]
fn nothing_given_is_the_default() {
    assert_eq!(parse(&json!({})).expect("empty"), Configuration::default());
    let stream = parse(&json!({"video": [{}]})).expect("a stream of defaults").video.remove(0);
    assert_eq!(stream, zarrcam_config::VideoStream::default());
    assert_eq!(stream.camera.settings.binning, 1);
}

#[test]
fn all_problems_come_at_once_with_their_paths() {
    let problems = problems(json!({"video": [
        {"camera": {"settings": {"exposure_time_us": "70000", "binnig": 2, "shape": [1920], "offset": [0, -3], "pixel_type": "u16"}},
         "storage": {"settings": {"acquisition_dimensions": [
            {"name": "x", "chunk_size_px": 1.5}, {"name": 3}, {"name": "t", "kind": "Tiem", "chunk_size_px": -10}]}},
         "max_frame_count": true},
        {"camera": 7, "storage": {"settings": {"enable_multiscale": "true", "uri": ["a"], "multiscale": {"method": "average"}}}}
    ], "vidoe": []}));
    assert_eq!(
        found(&problems),
        [
            ("video[0].camera.settings.binnig", "unknown_field"),
            ("video[0].camera.settings.exposure_time_us", "type"),
            ("video[0].camera.settings.offset[1]", "out_of_range"),
            ("video[0].camera.settings.pixel_type", "unknown_value"),
            ("video[0].camera.settings.shape", "type"),
            ("video[0].max_frame_count", "type"),
            ("video[0].storage.settings.acquisition_dimensions[0].chunk_size_px", "type"),
            ("video[0].storage.settings.acquisition_dimensions[1].name", "type"),
            ("video[0].storage.settings.acquisition_dimensions[2].chunk_size_px", "out_of_range"),
            ("video[0].storage.settings.acquisition_dimensions[2].kind", "unknown_value"),
            ("video[1].camera", "type"),
            ("video[1].storage.settings.enable_multiscale", "type"),
            ("video[1].storage.settings.multiscale.method", "unknown_value"),
            ("video[1].storage.settings.uri", "type"),
            ("vidoe", "unknown_field"),
        ]
    );
}

#[test]
fn where_one_value_is_right_it_is_offered() {
    let problems = problems(json!({"video": [{
        "camera": {"settings": {"pixel_type": "u16", "binnig": 2, "exposure_time_us": "70000"}},
        "max_frame_count": "300", "frame_average_count": 2.5
    }]}));
    let fix = |path: &str| {
        let problem = problems.iter().find(|problem| problem.path == path).expect(path);
        problem.fix.as_ref().map(|fix| (fix.path.as_str(), fix.value.clone()))
    };
    assert_eq!(fix("video[0].camera.settings.pixel_type"), Some(("video[0].camera.settings.pixel_type", json!("U16"))));
    assert_eq!(fix("video[0].max_frame_count"), Some(("video[0].max_frame_count", json!(300))));
    assert_eq!(
        fix("video[0].camera.settings.binnig"),
        Some(("video[0].camera.settings", json!({"pixel_type": "u16", "binning": 2, "exposure_time_us": "70000"})))
    );
    assert_eq!(fix("video[0].frame_average_count"), None, "2 or 3: nobody knows");
}

#[test]
fn a_document_that_is_no_object_is_refused() {
    for value in [json!(null), json!([]), json!("video"), json!(3)] {
        assert_eq!(found(&problems(value)), [("", "type")]);
    }
    assert_eq!(found(&problems(json!({"video": null}))), [("video", "type")]);
    assert_eq!(found(&problems(json!({"video": [null]}))), [("video[0]", "type")]);
}

#[test]
fn null_is_no_number() {
    // JavaScript writes NaN as null: it must not become an exposure of 0.
    let problems = problems(json!({"video": [{"camera": {"settings": {"exposure_time_us": null}}}]}));
    assert_eq!(found(&problems), [("video[0].camera.settings.exposure_time_us", "type")]);
}

#[test]
fn whole_numbers_may_be_written_as_floats() {
    let value = document(r#"{"video": [{"camera": {"settings": {"shape": [64.0, 4.8e1]}}, "max_frame_count": 3e2}]}"#);
    let stream = parse(&value).expect("a good document").video.remove(0);
    assert_eq!((stream.camera.settings.shape, stream.max_frame_count), ([64, 48], 300));
}

fn settings(value: Value) -> Value {
    json!({"video": [{"storage": {"settings": value}}]})
}

#[test]
fn filename_is_the_old_name_of_uri() {
    for given in [
        json!({"filename": "a.zarr"}),
        json!({"filename": "a.zarr", "uri": null}),
        json!({"filename": "", "uri": "a.zarr"}),
        json!({"filename": null, "uri": "a.zarr"}),
        json!({"filename": "a.zarr", "uri": "a.zarr"}),
    ] {
        let read = parse(&settings(given.clone())).unwrap_or_else(|problems| panic!("{given}: {problems:?}"));
        assert_eq!(read.video[0].storage.settings.uri.as_deref(), Some("a.zarr"), "{given}");
    }
    let nothing = parse(&settings(json!({"filename": "", "uri": ""}))).expect("nothing is given");
    assert_eq!(nothing.video[0].storage.settings.uri, None);
    let conflict = problems(settings(json!({"filename": "a.zarr", "uri": "b.zarr"})));
    assert_eq!(found(&conflict), [("video[0].storage.settings.filename", "conflict")]);
    let wrong = problems(settings(json!({"filename": 7})));
    assert_eq!(found(&wrong), [("video[0].storage.settings.filename", "type")]);
}

#[test]
fn ids_are_ignored_and_names_decide() {
    for id in [json!(null), json!("0"), json!([0]), json!([-1, 2]), json!({"driver": 1})] {
        let identifier = json!({"id": id, "kind": "Camera", "name": "simulated: empty"});
        let read = parse(&json!({"video": [{"camera": {"identifier": identifier}}]})).expect("ids do not matter");
        let read = read.video[0].camera.identifier.clone().expect("a camera");
        assert_eq!((read.id, read.name.as_str()), ([0, 0], "simulated: empty"));
    }
}

#[test]
fn features_of_a_camera_are_any_names_with_numbers_text_or_flags() {
    let document = |features: serde_json::Value| json!({"video": [{"camera": {"settings": {"features": features}}}]});
    let good = json!({"Gain": 4.5, "GainAuto": "Off", "ReverseX": true, "BinningSelector": "Sensor", "Count": 3});
    let parsed = parse(&document(good.clone())).unwrap();
    assert_eq!(serde_json::to_value(&parsed.video[0].camera.settings.features).unwrap()["GainAuto"], "Off");
    assert_eq!(parsed.video[0].camera.settings.features["Count"], zarrcam_config::FeatureValue::Number(3.0));
    let written = serde_json::to_value(&parsed).unwrap();
    assert_eq!(parse(&written).unwrap(), parsed, "what was written is read back");
    let none = parse(&document(json!({}))).unwrap();
    let text = serde_json::to_string(&none).unwrap();
    assert!(!text.contains("features"), "nothing is written where there is none: {text}");
    let bad = parse(&document(json!({"Gain": [1], "": 3, "Note": "x".repeat(5000), "Lut": null}))).unwrap_err();
    let mut paths: Vec<_> = bad.iter().map(|problem| problem.path.as_str()).collect();
    paths.sort_unstable();
    let features = "video[0].camera.settings.features";
    assert_eq!(
        paths,
        [features.to_owned(), format!("{features}.Gain"), format!("{features}.Lut"), format!("{features}.Note")]
    );
    let many: serde_json::Map<_, _> = (0..1001).map(|n| (format!("F{n}"), json!(1))).collect();
    assert_eq!(parse(&document(many.into())).unwrap_err()[0].path, features);
}
