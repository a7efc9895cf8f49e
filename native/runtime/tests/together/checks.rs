//! One check, one answer: what `validate` calls fine, `set_configuration` takes and `start` records. And no document takes
//! long to judge, whatever it holds.

use std::time::{Duration, Instant};

use crate::common::{Rig, document, stream, with};
use serde_json::{Value, json};
use zarrcam_config::{MAX_PROBLEMS, Problem};
use zarrcam_runtime::ErrorCode;

const DIMENSIONS: &str = "/storage/settings/acquisition_dimensions";

/// The errors of `validate`, and that the others say the same.
fn refused(rig: &Rig, document: &Value) -> Vec<Problem> {
    let mut errors = rig.runtime.validate(document).problems;
    errors.retain(Problem::is_error);
    assert!(!errors.is_empty(), "it is fine, says validate: {document}");
    let error = rig.runtime.set_configuration(document, None, "test").expect_err("set_configuration takes it");
    let mut told = error.problems;
    told.retain(Problem::is_error);
    assert_eq!(told, errors);
    errors
}

#[test]
fn what_a_replay_cannot_play_is_told_before() {
    let rig = Rig::new();
    std::fs::write(rig.folder.join("notes.tif"), "no TIFF at all").unwrap();
    let missing = rig.folder.join("missing.tif");
    for path in
        [missing.to_str().unwrap(), rig.folder.join("notes.tif").to_str().unwrap(), rig.folder.to_str().unwrap()]
    {
        let video = with(stream("out.zarr", 3), "/camera/identifier/name", json!("replay"));
        let video = with(video, "/camera/settings/replay", json!({ "path": path }));
        let errors = refused(&rig, &document(&[video]));
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert_eq!(errors[0].path, "video[0].camera.settings.replay.path", "{errors:#?}");
    }
}

#[test]
fn a_layout_that_overflows_is_told_before() {
    let rig = Rig::new();
    let mut video = with(stream("out.zarr", 3), "/storage/identifier/name", json!("ZarrV3"));
    for index in 0..3 {
        video["storage"]["settings"]["acquisition_dimensions"][index]["shard_size_chunks"] = json!(4_000_000_000_u32);
    }
    let errors = refused(&rig, &document(&[video]));
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0].path, "video[0].storage.settings.acquisition_dimensions");
}

#[test]
fn start_says_what_validate_says() {
    let rig = Rig::new();
    std::fs::write(rig.folder.join("taken.zarr"), "").unwrap();
    // Two of time: no OME-Zarr. Chunks of 4 x 4 px: many files.
    let dimensions = json!([
        {"name": "x", "kind": "Space", "array_size_px": 64, "chunk_size_px": 4},
        {"name": "y", "kind": "Space", "array_size_px": 48, "chunk_size_px": 4},
        {"name": "a", "kind": "Time", "array_size_px": 2, "chunk_size_px": 1},
        {"name": "t", "kind": "Time", "array_size_px": 0, "chunk_size_px": 1}
    ]);
    let video = with(stream("taken.zarr", 4), DIMENSIONS, dimensions);
    let whole = document(std::slice::from_ref(&video));
    let told = rig.runtime.validate(&whole).problems;
    let codes: Vec<&str> = told.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["small_chunks", "not_ome_zarr", "exists"], "{told:#?}");
    rig.set(&whole);
    let error = rig.runtime.start(true).unwrap_err();
    assert_eq!((error.code, &error.problems), (ErrorCode::Exists, &told));
    // Without the error the warnings are in the log of the run.
    rig.set(&document(&[with(video, "/storage/settings/uri", json!("free.zarr"))]));
    rig.runtime.start(true).unwrap();
    rig.stop().unwrap();
    let events = format!("{:?}", rig.events.lock().unwrap());
    for problem in told.iter().filter(|problem| !problem.is_error()) {
        assert!(events.contains(&format!("{:?}", problem.message)), "{}", problem.message);
    }
}

#[test]
fn another_storage_order_makes_ome_zarr_of_it() {
    let rig = Rig::new();
    let dimensions = json!([
        {"name": "x", "kind": "Space", "array_size_px": 64, "chunk_size_px": 64},
        {"name": "y", "kind": "Space", "array_size_px": 48, "chunk_size_px": 48},
        {"name": "t", "kind": "Time", "array_size_px": 3, "chunk_size_px": 1},
        {"name": "z", "kind": "Space", "array_size_px": 0, "chunk_size_px": 1}
    ]);
    let mut whole = document(&[with(stream("out.zarr", 6), DIMENSIONS, dimensions)]);
    let told = rig.runtime.validate(&whole).problems;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!((told[0].code.as_str(), told[0].is_error()), ("not_ome_zarr", false));
    let fix = told[0].fix.clone().expect("a fix");
    assert_eq!(
        (fix.path.as_str(), &fix.value),
        ("video[0].storage.settings.storage_order", &json!(["t", "z", "y", "x"]))
    );
    whole["video"][0]["storage"]["settings"]["storage_order"] = fix.value;
    let left = rig.runtime.validate(&whole);
    assert_eq!(left.problems, []);
    assert!(left.plans[0].as_ref().is_some_and(|plan| plan.ngff));
}

/// Names, lists and numbers beyond all measure: each is answered at once, with few words.
#[test]
fn no_document_takes_long_or_answers_at_length() {
    let rig = Rig::new();
    let base = || stream("out.zarr", 3);
    let dimension = json!({"name": "q", "kind": "Time", "array_size_px": 0, "chunk_size_px": 0});
    let empty: Vec<Value> = vec![json!({}); 60_000];
    let long = "n".repeat(1_000_000);
    let unknown: serde_json::Map<String, Value> =
        (0..60_000).map(|n| (format!("exposure_time_u{n}"), json!(n))).collect();
    let mut misspelt = base();
    misspelt["camera"]["settings"].as_object_mut().unwrap().extend(unknown.clone());
    let mut heavy = base();
    heavy["storage"]["settings"]["acquisition_dimensions"][2]["labels"] = json!(vec!["GFP"; 9_000]);
    heavy["storage"]["settings"].as_object_mut().unwrap().extend(unknown);
    let order: Vec<String> = (0..60_000).map(|n| n.to_string()).collect();
    let cases = [
        ("empty dimensions", with(base(), DIMENSIONS, json!(empty))),
        ("wrong dimensions", with(base(), DIMENSIONS, json!(vec![dimension; 32]))),
        ("labels", with(base(), "/storage/settings/acquisition_dimensions/2/labels", json!(vec!["x"; 60_000]))),
        ("storage order", with(base(), "/storage/settings/storage_order", json!(order))),
        ("unknown fields", misspelt),
        ("unknown fields beside much", heavy),
        ("a long name", with(base(), "/name", json!(long))),
        ("a long device", with(base(), "/camera/identifier/name", json!(long))),
        ("a long uri", with(base(), "/storage/settings/uri", json!(long))),
        ("a deep uri", with(base(), "/storage/settings/uri", json!("a/".repeat(100_000)))),
        ("a long unit", with(base(), "/storage/settings/acquisition_dimensions/2/unit", json!(long))),
        ("a long dimension", with(base(), "/storage/settings/acquisition_dimensions/2/name", json!(long))),
        ("a long kind", with(base(), "/storage/settings/acquisition_dimensions/2/kind", json!(long))),
        ("a long note", with(base(), "/storage/settings/notes", json!({ "text": long }))),
        ("deep metadata", with(base(), "/storage/settings/external_metadata_json", json!("[".repeat(500_000)))),
        ("a huge scale", with(base(), "/storage/settings/pixel_scale_um", json!([1e308, 1e-308]))),
        ("a huge step", with(base(), "/storage/settings/acquisition_dimensions/2/scale", json!(1e308))),
        ("a huge exposure", with(base(), "/camera/settings/exposure_time_us", json!(1e308))),
        ("a huge period", with(base(), "/frame_period_us", json!(1e308))),
        ("a huge shape", with(base(), "/camera/settings/shape", json!([u32::MAX, u32::MAX]))),
    ];
    for (what, video) in cases {
        let whole = document(&[video]);
        let begun = Instant::now();
        let validation = rig.runtime.validate(&whole);
        let took = begun.elapsed();
        assert!(validation.problems.iter().any(Problem::is_error), "{what} is refused");
        assert!(validation.problems.len() <= MAX_PROBLEMS + 1, "{what}: {} problems", validation.problems.len());
        let told = serde_json::to_string(&validation).unwrap();
        // What is read is told once as it was resolved; of 234 kB it was 27.5 MB.
        assert!(told.len() < whole.to_string().len() + 200_000, "{what}: {} bytes", told.len());
        // A machine that does much else besides: it took 18 s.
        assert!(took < Duration::from_secs(5), "{what} took {took:?}");
        assert!(rig.runtime.set_configuration(&whole, None, "test").is_err(), "{what}");
    }
    let streams = vec![base(); 1_000];
    let told = rig.runtime.validate(&document(&streams)).problems;
    assert_eq!((told.len(), told[0].code.as_str(), told[0].path.as_str()), (1, "too_many", "video"));
}

#[test]
fn numbers_at_their_edges_are_what_they_are() {
    let rig = Rig::new();
    for (pointer, value) in [
        ("/camera/settings/exposure_time_us", json!(-0.0)),
        ("/frame_period_us", json!(-0.0)),
        ("/max_frame_count", json!(3.0)),
        ("/max_frame_count", json!(2.0_f64.powi(64))),
        ("/max_frame_count", json!(1e308)),
        ("/storage/write_delay_ms", json!(-0.0)),
        ("/storage/settings/pixel_scale_um", json!([-0.0, 0])),
    ] {
        let told = rig.runtime.validate(&document(&[with(stream("out.zarr", 3), pointer, value.clone())])).problems;
        assert_eq!(told, [], "{pointer} {value}");
    }
}
