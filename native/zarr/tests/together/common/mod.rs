//! Data and stores for the tests of this crate, and for readers that we did not write.
#![allow(dead_code, reason = "each test file uses a part of this")]

use std::fs;
use std::path::Path;

use serde_json::json;
use zarrcam_config::{DimensionKind, DownsampleMethod, Notes, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_zarr::{
    ArrayDescription, AxisDescription, BloscInner, ChunkFormat, Codec, EncodedTile, LevelDescription, TileEncoder,
    ZarrVersion, shard_index,
};

/// What a tile looks like to a compressor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texture {
    Fill,
    Flat,
    Noise,
    /// A signal of few bits over a slope, as a camera gives.
    Photons,
    /// Short matches at offsets that come again: what zstd has repeat codes for.
    Repeats,
}

pub const TEXTURES: [Texture; 5] = [Texture::Fill, Texture::Flat, Texture::Noise, Texture::Photons, Texture::Repeats];

/// lowbias32, a hash of a counter.
pub fn hash(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

pub fn texture(kind: Texture, item_bytes: usize, tile_bytes: usize, seed: u32) -> Vec<u8> {
    let noise = |i: usize| hash(i as u32 ^ hash(seed));
    match kind {
        Texture::Fill => vec![0; tile_bytes],
        Texture::Flat => vec![7u8.wrapping_add(seed as u8); tile_bytes],
        Texture::Noise => (0..tile_bytes).map(|i| noise(i) as u8).collect(),
        Texture::Photons => (0..tile_bytes)
            .map(|i| {
                let (item, byte) = (i / item_bytes, i % item_bytes);
                let value = 100 + (item / 300) as u32 + noise(item) % 50;
                value.checked_shr(8 * byte as u32).unwrap_or(0) as u8
            })
            .collect(),
        Texture::Repeats => {
            let mut out: Vec<u8> = (0..tile_bytes.min(40)).map(|i| noise(i) as u8).collect();
            let mut turn = 0;
            while out.len() < tile_bytes {
                turn += 1;
                let back = [23usize, 31, 37][noise(turn) as usize % 3].min(out.len());
                for _ in 0..5 + noise(turn * 7) % 9 {
                    out.push(out[out.len() - back]);
                }
                out.push(noise(turn * 13) as u8);
            }
            out.truncate(tile_bytes);
            out
        }
    }
}

pub fn all_codecs() -> Vec<Codec> {
    let mut codecs = vec![Codec::Raw];
    for inner in [BloscInner::Lz4, BloscInner::Zstd] {
        for shuffle in [Shuffle::None, Shuffle::Byte, Shuffle::Bit] {
            for level in [0, 1, 5, 9] {
                codecs.push(Codec::Blosc { inner, level, shuffle });
            }
        }
    }
    codecs.extend([-5, 0, 1, 3, 9, 15, 19, 22].map(|level| Codec::Zstd { level }));
    codecs
}

/// A chunk of these tiles, `None` missing: the encoded tiles, and the composed chunk.
pub fn compose(
    codec: Codec,
    item_bytes: usize,
    tile_bytes: usize,
    tiles: &[Option<Vec<u8>>],
) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut encoder = TileEncoder::new(codec, item_bytes, tile_bytes).unwrap();
    let encoded: Vec<Vec<u8>> = tiles
        .iter()
        .map(|tile| {
            let mut out = Vec::new();
            if let Some(tile) = tile {
                encoder.encode(tile, &mut out).unwrap();
            }
            out
        })
        .collect();
    let format = ChunkFormat::new(codec, item_bytes, tile_bytes, tiles.len()).unwrap();
    let views: Vec<_> = encoded
        .iter()
        .map(|tile| {
            (!tile.is_empty()).then(|| EncodedTile { length: tile.len() as u32, head: &tile[..format.head_bytes()] })
        })
        .collect();
    let composition = format.compose(&views).unwrap();
    let chunk = composition.assemble(&encoded.iter().map(Vec::as_slice).collect::<Vec<_>>());
    assert_eq!(chunk.len() as u64, composition.total_bytes);
    assert!(composition.total_bytes <= format.max_bytes(), "the stated bound holds");
    (encoded, chunk)
}

/// A store of one array t, y, x with chunks of (t, whole y, whole x), all sharded in V3: what the writer will do, in ten lines.
pub struct Sample {
    pub codec: Codec,
    pub pixel_type: PixelType,
    pub version: ZarrVersion,
    pub height: usize,
    pub width: usize,
    pub chunk_t: usize,
    /// One entry a plane.
    pub planes: Vec<Option<Vec<u8>>>,
}

impl Sample {
    pub fn description(&self) -> ArrayDescription {
        let axis = |name: &str, kind, unit: &str, scale| AxisDescription {
            name: name.into(),
            kind,
            unit: unit.into(),
            scale,
            labels: Vec::new(),
            colors: Vec::new(),
        };
        let chunk = vec![self.chunk_t as u64, self.height as u64, self.width as u64];
        let chunks = self.planes.len().div_ceil(self.chunk_t) as u64;
        let shard = vec![chunks * chunk[0], chunk[1], chunk[2]];
        ArrayDescription {
            name: "sample".into(),
            pixel_type: self.pixel_type,
            codec: self.codec,
            axes: vec![
                axis("t", DimensionKind::Time, "second", 0.5),
                axis("y", DimensionKind::Space, "micrometer", 0.25),
                axis("x", DimensionKind::Space, "micrometer", 0.25),
            ],
            levels: vec![LevelDescription {
                shape: vec![self.planes.len() as u64, self.height as u64, self.width as u64],
                chunk,
                shard: (self.version == ZarrVersion::V3).then_some(shard),
                factors: vec![1, 1, 1],
            }],
            method: DownsampleMethod::Mean,
            attributes: json!({ "made by": "a test" }).as_object().unwrap().clone(),
            notes: Notes { sample: "HeLa".into(), ..Notes::default() },
        }
    }

    pub fn write(&self, folder: &Path) {
        for (key, value) in self.description().documents(self.version) {
            write(&folder.join(key), value.to_string().as_bytes());
        }
        let tile_bytes = self.height * self.width * self.pixel_type.bytes();
        let mut shard = Vec::new();
        let mut entries = Vec::new();
        for (index, tiles) in self.planes.chunks(self.chunk_t).enumerate() {
            let mut tiles = tiles.to_vec();
            tiles.resize(self.chunk_t, None);
            if tiles.iter().all(Option::is_none) {
                entries.push(None);
                continue;
            }
            let (_, chunk) = compose(self.codec, self.pixel_type.bytes(), tile_bytes, &tiles);
            match self.version {
                ZarrVersion::V2 => write(&folder.join(format!("0/{index}/0/0")), &chunk),
                ZarrVersion::V3 => {
                    entries.push(Some((shard.len() as u64, chunk.len() as u64)));
                    shard.extend_from_slice(&chunk);
                }
            }
        }
        if self.version == ZarrVersion::V3 {
            shard.extend_from_slice(&shard_index(&entries));
            write(&folder.join("0/c/0/0/0"), &shard);
        }
    }

    /// All planes in C order, fill where one is missing.
    pub fn expected(&self) -> Vec<u8> {
        let fill = vec![0; self.height * self.width * self.pixel_type.bytes()];
        self.planes.iter().flat_map(|plane| plane.as_ref().unwrap_or(&fill)).copied().collect()
    }
}

pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
