use serde_json::{Value, json};
use zarrcam_zarr::{ArrayDescription, ZarrVersion};

use crate::Store;
use crate::store::pretty;

/// The `zarr.json` of the group (`None`) or of a level, when so many frames are known.
pub(super) fn document(store: &Store, level: Option<usize>, frame_count: u64, closed: bool) -> Vec<u8> {
    let key = level.map_or_else(|| "zarr.json".to_owned(), |level| format!("{level}/zarr.json"));
    let documents = by_frame(store, frame_count).documents(ZarrVersion::V3);
    let mut document = documents.into_iter().find(|(other, _)| *other == key).map_or(Value::Null, |(_, value)| value);
    if level.is_none() {
        // Which run this is, and whether more may come: `@live/{run_id}/` is the same for good.
        let ours = &mut document["attributes"]["zarrcam"];
        ours["run_id"] = json!(store.run().run_id);
        ours["closed"] = json!(closed);
    }
    pretty(&document)
}

/// The dataset's levels, each sharded by frame.
fn by_frame(store: &Store, frame_count: u64) -> ArrayDescription {
    let mut description = store.describe(frame_count);
    for (described, level) in description.levels.iter_mut().zip(store.layout().levels()) {
        let outer = described.chunk.len() - 2;
        described.chunk[..outer].fill(1);
        let mut shard = described.chunk.clone();
        shard[outer] *= level.tiles_y as u64;
        shard[outer + 1] *= level.tiles_x as u64;
        described.shard = Some(shard);
    }
    description
}
