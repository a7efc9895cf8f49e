//! The parser takes its fields from the serde types. This holds the whole chain to it: whatever the types write, in full, is read back.

use serde_json::{Value, json};
use zarrcam_config::{Configuration, ProblemCode, parse};

/// Every field of the document, none at its default (fields at their default may be left out when written).
fn full() -> Value {
    let trigger = json!({"enable": true, "line": 1, "kind": "Output", "edge": "LevelLow"});
    json!({"video": [{
        "name": "left",
        "camera": {
            "identifier": {"id": [1, 2], "kind": "Camera", "name": "replay"},
            "settings": {
                "exposure_time_us": 1.5, "line_interval_us": 2.5, "readout_direction": "Backward", "binning": 2,
                "pixel_type": "U12", "offset": [1, 2], "shape": [3, 4],
                "input_triggers": {"acquisition_start": trigger, "frame_start": trigger, "exposure": trigger},
                "output_triggers": {"exposure": trigger, "frame_start": trigger, "trigger_wait": trigger},
                "replay": {"path": "stack.tif"}
            }
        },
        "storage": {
            "identifier": {"id": [3, 4], "kind": "Storage", "name": "ZarrV3"},
            "settings": {
                "uri": "a.zarr", "external_metadata_json": "{}", "first_frame_id": 7, "pixel_scale_um": [0.5, 0.25],
                "acquisition_dimensions": [{
                    "name": "c", "kind": "Channel", "array_size_px": 2, "chunk_size_px": 3, "shard_size_chunks": 4,
                    "scale": 0.5, "unit": "micrometer", "labels": ["GFP", "DAPI"]
                }],
                "enable_multiscale": true, "s3_access_key_id": "a", "s3_secret_access_key": "b",
                "compression": {"codec": "blosc-zstd", "level": 3, "shuffle": "bit"},
                "multiscale": {"method": "max", "max_levels": 2},
                "storage_order": ["c", "t", "y", "x"], "durability": "second", "overwrite": true,
                "notes": {"sample": "s", "operator": "o", "text": "t"}
            },
            "write_delay_ms": 5.0
        },
        "max_frame_count": 300, "frame_average_count": 2, "frame_period_us": 3.5, "time_point_interval_us": 4.5
    }]})
}

#[test]
fn every_field_is_read_and_written() {
    let configuration = parse(&full()).expect("the full document is good");
    assert_eq!(serde_json::to_value(&configuration).expect("it can be written"), full());
    let by_serde: Configuration = serde_json::from_value(full()).expect("serde agrees");
    assert_eq!(by_serde, configuration);
}

/// A field that is renamed here is one that the parser must refuse, and propose again: so none is read by accident.
#[test]
fn every_field_is_known_by_name_alone() {
    let mut renamed = 0;
    rename_each(&full(), &mut Vec::new(), &mut |document, path| {
        renamed += 1;
        let problems = parse(&document).expect_err(path);
        assert!(problems.iter().any(|problem| problem.code == ProblemCode::UnknownField), "{path}: {problems:?}");
    });
    assert!(renamed >= 90, "the walk reached {renamed} fields");
}

fn rename_each(root: &Value, pointer: &mut Vec<String>, visit: &mut impl FnMut(Value, &str)) {
    let here = pointer.iter().map(|key| format!("/{key}")).collect::<String>();
    match root.pointer(&here).expect("the pointer is valid") {
        Value::Object(object) => {
            for key in object.keys() {
                let mut changed = root.clone();
                let owner = changed.pointer_mut(&here).and_then(Value::as_object_mut).expect("an object");
                let value = owner.remove(key).expect("the key is there");
                owner.insert(format!("{key}_qq"), value);
                visit(changed, &format!("{here}/{key}"));
                pointer.push(key.clone());
                rename_each(root, pointer, visit);
                pointer.pop();
            }
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                pointer.push(index.to_string());
                rename_each(root, pointer, visit);
                pointer.pop();
            }
        }
        _ => {}
    }
}
