//! Reads `@live` as any Zarr reader would: by its documents, key by key.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;

use serde_json::Value;
use zarrcam_storage::{ByteRange, LiveAnswer, LiveDataset};
use zarrcam_zarr::{Codec, decode, parse_shard_index, shard_index_bytes};

pub fn whole(live: &LiveDataset, key: &str) -> Option<Vec<u8>> {
    match live.get(key, ByteRange::Whole).unwrap_or_else(|error| panic!("{key}: {error}")) {
        LiveAnswer::NotFound => None,
        LiveAnswer::Found { total_bytes, start, body, .. } => {
            assert_eq!((start, total_bytes), (0, body.len() as u64), "{key}");
            Some(body)
        }
        LiveAnswer::OutOfRange { .. } => panic!("{key}: the whole is out of range"),
    }
}

pub fn json(live: &LiveDataset, key: &str) -> Value {
    serde_json::from_slice(&whole(live, key).unwrap_or_else(|| panic!("{key} is not there"))).unwrap()
}

pub fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|value| value.as_u64().unwrap()).collect()
}

/// One level, as its document says.
pub struct Level {
    pub number: usize,
    pub shape: Vec<u64>,
    pub shard: Vec<u64>,
    pub chunk: Vec<u64>,
}

impl Level {
    pub fn read(live: &LiveDataset, number: usize) -> Option<Self> {
        let document: Value = serde_json::from_slice(&whole(live, &format!("{number}/zarr.json"))?).unwrap();
        let sharding = &document["codecs"][0];
        assert_eq!(sharding["name"], "sharding_indexed");
        assert_eq!(sharding["configuration"]["index_location"], "end");
        Some(Self {
            number,
            shape: numbers(&document["shape"]),
            shard: numbers(&document["chunk_grid"]["configuration"]["chunk_shape"]),
            chunk: numbers(&sharding["configuration"]["chunk_shape"]),
        })
    }

    fn outer(&self) -> usize {
        self.shape.len() - 2
    }

    /// Indices along the outer axes of every plane, C order.
    pub fn planes(&self) -> Vec<Vec<u64>> {
        let outer = &self.shape[..self.outer()];
        (0..outer.iter().product::<u64>())
            .map(|mut rest| {
                let mut at = vec![0; outer.len()];
                for axis in (0..outer.len()).rev() {
                    at[axis] = rest % outer[axis];
                    rest /= outer[axis];
                }
                at
            })
            .collect()
    }

    pub fn key(&self, plane: &[u64]) -> String {
        let indices: String = plane.iter().map(|index| format!("{index}/")).collect();
        format!("{}/c/{indices}0/0", self.number)
    }

    /// The pixels of a shard; missing inner chunks are zeros.
    pub fn decode(&self, codec: Codec, item: usize, shard: &[u8]) -> Vec<u8> {
        let outer = self.outer();
        assert!(self.shard[..outer].iter().all(|size| *size == 1));
        let (down, across) = (
            (self.shard[outer] / self.chunk[outer]) as usize,
            (self.shard[outer + 1] / self.chunk[outer + 1]) as usize,
        );
        let (height, width) = (self.shape[outer] as usize, self.shape[outer + 1] as usize);
        let (tile_height, tile_width) = (self.chunk[outer] as usize, self.chunk[outer + 1] as usize);
        let index = &shard[shard.len() - shard_index_bytes(down * across)..];
        let mut pixels = vec![0; height * width * item];
        let mut end = 0;
        for (tile, entry) in parse_shard_index(index).unwrap().into_iter().enumerate() {
            let Some((offset, length)) = entry else { continue };
            assert_eq!(offset, end, "tiles follow each other");
            end = offset + length;
            let mut decoded = vec![0; tile_height * tile_width * item];
            decode(codec, item, &shard[offset as usize..end as usize], &mut decoded).unwrap();
            let (y0, x0) = (tile / across * tile_height, tile % across * tile_width);
            for y in 0..tile_height.min(height - y0) {
                let row = tile_width.min(width - x0) * item;
                pixels[((y0 + y) * width + x0) * item..][..row]
                    .copy_from_slice(&decoded[y * tile_width * item..][..row]);
            }
        }
        assert_eq!(end as usize + index.len(), shard.len(), "nothing but tiles and index");
        pixels
    }
}

/// Every shard of every level that is there now.
pub fn all_shards(live: &LiveDataset) -> BTreeMap<String, Vec<u8>> {
    let levels = (0..).map_while(|number| Level::read(live, number));
    let keys: Vec<String> =
        levels.flat_map(|level| level.planes().iter().map(|plane| level.key(plane)).collect::<Vec<_>>()).collect();
    keys.into_iter().filter_map(|key| Some((key.clone(), whole(live, &key)?))).collect()
}
