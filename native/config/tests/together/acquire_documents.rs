//! What Acquire 0.3.0 saved is loaded, whatever it saved for a device that does not use it.

use std::path::Path;

use crate::common::{Machine, set};
use serde_json::{Value, json};
use zarrcam_config::{Problem, ProblemCode, STORAGE_DEVICES, StorageFormat, check};

const SETTINGS: &str = "video[0].storage.settings";

fn saved() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/saved-by-acquire-0.3.0");
    let files = std::fs::read_dir(folder).expect("the fixtures are there");
    let documents = files.map(|file| {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        (path.display().to_string(), serde_json::from_str(&text).expect("it is JSON"))
    });
    documents.collect()
}

/// The paths of the warnings; an error is none.
fn warned(document: &Value, what: &str) -> Vec<String> {
    let checked = check(document, &Machine);
    let left: Vec<&Problem> = checked.problems.iter().filter(|problem| problem.code != ProblemCode::Unused).collect();
    assert!(!checked.has_errors() && left.is_empty(), "{what}: {:#?}", checked.problems);
    checked.problems.into_iter().map(|problem| problem.path).collect()
}

#[test]
fn all_thirteen_load() {
    let documents = saved();
    assert_eq!(documents.len(), 13);
    for (name, document) in documents {
        let parsed = zarrcam_config::parse(&document).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
        assert_eq!(parsed.video.len(), 2, "{name}");
        assert_eq!(parsed.video[0].resolve().storage.frame_limit, Some(10), "{name}");
        assert!(!parsed.video[1].is_active(), "{name}: NONE is no stream");
        warned(&document, &name);
    }
}

/// Every device with shards of 0, 1 and 2 chunks, with zoom levels and without, with dimensions and without.
#[test]
fn what_a_device_does_not_write_is_a_warning() {
    let (_, base) =
        saved().into_iter().find(|(name, _)| name.ends_with("Zarr_0_False_True.json")).expect("it is there");
    for device in &STORAGE_DEVICES {
        for shards in 0..3 {
            for (multiscale, dimensions) in [(false, false), (false, true), (true, false), (true, true)] {
                let what = format!("{} shards {shards}, multiscale {multiscale}, dimensions {dimensions}", device.name);
                let mut document = base.clone();
                set(&mut document, "video[0].storage.identifier.name", json!(device.name));
                set(&mut document, &format!("{SETTINGS}.filename"), json!("out"));
                set(&mut document, &format!("{SETTINGS}.enable_multiscale"), json!(multiscale));
                for index in 0..4 {
                    let path = format!("{SETTINGS}.acquisition_dimensions[{index}].shard_size_chunks");
                    set(&mut document, &path, json!(shards));
                }
                if !dimensions {
                    set(&mut document, &format!("{SETTINGS}.acquisition_dimensions"), json!([]));
                }
                let at = |field: &str| format!("{SETTINGS}.{field}");
                let mut expected = Vec::new();
                match device.format {
                    StorageFormat::Zarr3 | StorageFormat::Trash => {}
                    StorageFormat::Zarr2 => {
                        if dimensions && shards > 0 {
                            expected.push(at("acquisition_dimensions[0].shard_size_chunks"));
                        }
                    }
                    StorageFormat::Raw | StorageFormat::Tiff | StorageFormat::TiffJson => {
                        if dimensions {
                            expected.push(at("acquisition_dimensions"));
                        }
                        if multiscale {
                            expected.push(at("enable_multiscale"));
                        }
                    }
                }
                assert_eq!(warned(&document, &what), expected, "{what}");
            }
        }
    }
}
