//! Documents that Acquire 0.3.0 saved, recorded as they are.

use std::path::Path;

use crate::common::Rig;
use serde_json::{Value, json};
use zarrcam_acquisition::DatasetKind;

fn saved(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/tests/fixtures/saved-by-acquire-0.3.0");
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn each_of_them_records_ten_frames() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/tests/fixtures/saved-by-acquire-0.3.0");
    let mut count = 0;
    for file in std::fs::read_dir(folder).expect("the fixtures are there") {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        let rig = Rig::new();
        let summary = rig.record(&saved(&name));
        assert!(summary.complete && summary.streams[0].ledger.stored == 10, "{name}: {summary:#?}");
        let info = rig.runtime.dataset_info(summary.streams[0].path.as_deref().expect("it was written")).expect(&name);
        assert_eq!(info.frames_stored, 10, "{name}");
        count += 1;
    }
    assert_eq!(count, 13);
}

#[test]
fn shards_for_zarr_v2_are_not_written() {
    for (device, shards) in [("Zarr", 1), ("Zarr", 2), ("ZarrBlosc1Lz4ByteShuffle", 2)] {
        let mut document = saved(&format!("Zarr_{shards}_False_True.json"));
        document["video"][0]["storage"]["identifier"]["name"] = json!(device);
        document["video"][0]["storage"]["settings"]["enable_multiscale"] = json!(true);
        let rig = Rig::new();
        let planned = rig.runtime.validate(&document).plans.remove(0).expect("a plan");
        // Full size: 2 along each of t, c, y, x. Half of it fits into one chunk of y and x.
        assert_eq!((planned.shard, planned.files), (None, Some(16 + 4)), "{device}");
        let summary = rig.record(&document);
        let info = rig.runtime.dataset_info(summary.streams[0].path.as_deref().expect("it was written")).expect("ours");
        assert_eq!((info.kind, info.shards), (DatasetKind::Zarr2, None));
        assert_eq!(info.shape, [5, 2, 48, 64]);
        assert_eq!(info.chunks, [4, 1, 24, 32]);
        let chunk = rig.folder.join("d_Zarr/0/1/1/1/1");
        assert!(chunk.is_file(), "{} is a chunk of Zarr V2", chunk.display());
    }
}
