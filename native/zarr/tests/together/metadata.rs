//! The documents, word for word, and which arrays OME-NGFF can express.

use serde_json::{Map, json};
use zarrcam_config::{DimensionKind, DownsampleMethod, Notes, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_zarr::{ArrayDescription, AxisDescription, BloscInner, Codec, LevelDescription, ZarrVersion, why_not_ngff};

fn axis(name: &str, kind: DimensionKind, unit: &str, scale: f64) -> AxisDescription {
    AxisDescription { name: name.into(), kind, unit: unit.into(), scale, labels: Vec::new(), colors: Vec::new() }
}

/// t, c, y, x in two levels.
fn description() -> ArrayDescription {
    let level = |size: u64, factor| LevelDescription {
        shape: vec![5, 2, size, size],
        chunk: vec![5, 1, 64, 64],
        shard: Some(vec![10, 2, 128, 128]),
        factors: vec![1, 1, factor, factor],
    };
    let mut channel = axis("c", DimensionKind::Channel, "", 0.0);
    channel.labels = vec!["DAPI".into(), "GFP".into()];
    ArrayDescription {
        name: "embryo".into(),
        pixel_type: PixelType::U12,
        codec: Codec::Blosc { inner: BloscInner::Zstd, level: 1, shuffle: Shuffle::Bit },
        axes: vec![
            axis("t", DimensionKind::Time, "second", 2.0),
            channel,
            axis("y", DimensionKind::Space, "micrometer", 0.5),
            axis("x", DimensionKind::Space, "micrometer", 0.5),
        ],
        levels: vec![level(101, 1), level(51, 2)],
        method: DownsampleMethod::Mean,
        attributes: json!({ "objective": "20x" }).as_object().unwrap().clone(),
        notes: Notes::default(),
    }
}

#[test]
fn v3_documents() {
    let documents: Map<_, _> = description().documents(ZarrVersion::V3).into_iter().collect();
    assert_eq!(documents.keys().collect::<Vec<_>>(), ["0/zarr.json", "1/zarr.json", "zarr.json"]);
    assert_eq!(
        documents["0/zarr.json"],
        json!({
            "zarr_format": 3,
            "node_type": "array",
            "shape": [5, 2, 101, 101],
            "data_type": "uint16",
            "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": [10, 2, 128, 128] } },
            "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
            "fill_value": 0,
            "codecs": [{
                "name": "sharding_indexed",
                "configuration": {
                    "chunk_shape": [5, 1, 64, 64],
                    "codecs": [
                        { "name": "bytes", "configuration": { "endian": "little" } },
                        { "name": "blosc", "configuration": {
                            "cname": "zstd", "clevel": 1, "shuffle": "bitshuffle", "typesize": 2, "blocksize": 0
                        } },
                    ],
                    "index_codecs": [{ "name": "bytes", "configuration": { "endian": "little" } }, { "name": "crc32c" }],
                    "index_location": "end",
                },
            }],
            "dimension_names": ["t", "c", "y", "x"],
            "attributes": {
                "objective": "20x",
                "zarrcam": { "labels": { "c": ["DAPI", "GFP"] }, "significant_bits": 12 },
            },
        })
    );
    assert_eq!(documents["1/zarr.json"]["attributes"], json!({}));
    let group = &documents["zarr.json"];
    assert_eq!((&group["zarr_format"], &group["node_type"]), (&json!(3), &json!("group")));
    let ome = &group["attributes"]["ome"];
    assert_eq!(ome["version"], "0.5");
    let multiscale = &ome["multiscales"][0];
    assert_eq!(multiscale.get("version"), None);
    assert_eq!(
        multiscale["axes"],
        json!([
            { "name": "t", "type": "time", "unit": "second" },
            { "name": "c", "type": "channel" },
            { "name": "y", "type": "space", "unit": "micrometer" },
            { "name": "x", "type": "space", "unit": "micrometer" },
        ])
    );
    assert_eq!(
        multiscale["datasets"],
        json!([
            { "path": "0", "coordinateTransformations": [{ "type": "scale", "scale": [2.0, 1.0, 0.5, 0.5] }] },
            { "path": "1", "coordinateTransformations": [
                { "type": "scale", "scale": [2.0, 1.0, 1.0, 1.0] },
                { "type": "translation", "translation": [0.0, 0.0, 0.25, 0.25] },
            ] },
        ])
    );
    assert_eq!(multiscale["type"], "mean");
    let channels = ome["omero"]["channels"].as_array().unwrap();
    assert_eq!(channels.iter().map(|channel| &channel["label"]).collect::<Vec<_>>(), ["DAPI", "GFP"]);
    assert_eq!(channels[0]["window"], json!({ "min": 0, "max": 4095, "start": 0, "end": 4095 }));
}

#[test]
fn v2_documents() {
    let mut description = description();
    description.method = DownsampleMethod::Decimate;
    for level in &mut description.levels {
        level.shard = None;
    }
    let documents: Map<_, _> = description.documents(ZarrVersion::V2).into_iter().collect();
    let mut keys: Vec<_> = documents.keys().collect();
    keys.sort();
    assert_eq!(keys, [".zattrs", ".zgroup", "0/.zarray", "0/.zattrs", "1/.zarray"]);
    assert_eq!(documents[".zgroup"], json!({ "zarr_format": 2 }));
    assert_eq!(
        documents["1/.zarray"],
        json!({
            "zarr_format": 2,
            "shape": [5, 2, 51, 51],
            "chunks": [5, 1, 64, 64],
            "dtype": "<u2",
            "compressor": { "id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 2, "blocksize": 0 },
            "fill_value": 0,
            "order": "C",
            "filters": null,
            "dimension_separator": "/",
        })
    );
    let multiscale = &documents[".zattrs"]["multiscales"][0];
    assert_eq!(multiscale["version"], "0.4");
    assert_eq!(
        multiscale["datasets"][1]["coordinateTransformations"],
        json!([{ "type": "scale", "scale": [2.0, 1.0, 1.0, 1.0] }]),
        "decimation keeps the first pixel, which lies where it lay"
    );
}

#[test]
fn a_users_own_metadata_may_be_absent() {
    let mut description = description();
    description.attributes.clear();
    description.axes[1].labels.clear();
    description.pixel_type = PixelType::U16;
    let keys: Vec<_> = description.documents(ZarrVersion::V2).into_iter().map(|document| document.0).collect();
    assert!(!keys.contains(&"0/.zattrs".to_owned()), "{keys:?}");
}

#[test]
fn what_ngff_cannot_express_says_why_and_is_plain_zarr() {
    use DimensionKind::{Channel, Other, Space, Time};
    let axes = |kinds: &[DimensionKind]| -> Vec<_> {
        kinds.iter().enumerate().map(|(index, kind)| axis(&format!("a{index}"), *kind, "", 1.0)).collect()
    };
    for kinds in [
        &[Space, Space][..],
        &[Time, Space, Space],
        &[Time, Channel, Space, Space, Space],
        &[Other, Space, Space],
        &[Time, Other, Space, Space],
    ] {
        assert_eq!(why_not_ngff(&axes(kinds)), None, "{kinds:?}");
    }
    for (kinds, word) in [
        (&[Time, Channel, Other, Space, Space, Space][..], "five"),
        (&[Time, Space, Channel, Space, Space], "a1 comes before a2"),
        (&[Channel, Time, Space, Space], "a0 comes before a1"),
        (&[Time, Time, Space, Space], "one axis of time"),
        (&[Other, Channel, Space, Space], "neither time nor space"),
        (&[Time, Channel, Space], "two or three"),
        (&[Time, Space, Space, Space, Space], "two or three"),
    ] {
        let reason = why_not_ngff(&axes(kinds)).expect("a reason");
        assert!(reason.contains(word), "{kinds:?}: {reason}");
    }
    let mut description = description();
    description.axes.swap(0, 1);
    let documents: Map<_, _> = description.documents(ZarrVersion::V3).into_iter().collect();
    let attributes = &documents["zarr.json"]["attributes"];
    assert_eq!(attributes.get("ome"), None);
    assert!(attributes["zarrcam"]["plain_zarr_because"].as_str().unwrap().contains("time first"));
}
