use serde_json::{Map, Value, json};
use zarrcam_config::Shuffle;
use zarrcam_frame::PixelType;

use crate::array_description::{ArrayDescription, ZarrVersion, fill_value};
use crate::codec::Codec;

pub(crate) fn group(description: &ArrayDescription) -> Value {
    group_document(description.group_attributes(ZarrVersion::V3))
}

pub(crate) fn group_document(attributes: Map<String, Value>) -> Value {
    json!({ "zarr_format": 3, "node_type": "group", "attributes": attributes })
}

pub(crate) fn array(description: &ArrayDescription, level: usize) -> Value {
    let attributes = if level == 0 { description.array_attributes() } else { Map::new() };
    let level = &description.levels[level];
    let inner = codecs(description.codec, description.pixel_type);
    let (grid, codecs) = match &level.shard {
        None => (&level.chunk, inner),
        Some(shard) => (shard, sharded(&level.chunk, inner)),
    };
    let names: Vec<_> = description.axes.iter().map(|axis| axis.name.as_str()).collect();
    json!({
        "zarr_format": 3,
        "node_type": "array",
        "shape": level.shape,
        "data_type": description.pixel_type.zarr3_name(),
        "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": grid } },
        "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
        "fill_value": fill_value(description.pixel_type),
        "codecs": codecs,
        "dimension_names": names,
        "attributes": attributes,
    })
}

/// A shard of such chunks: its index stands at the end, because every web reader looks there.
fn sharded(chunk: &[u64], inner: Value) -> Value {
    json!([{
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": chunk,
            "codecs": inner,
            "index_codecs": [{ "name": "bytes", "configuration": { "endian": "little" } }, { "name": "crc32c" }],
            "index_location": "end",
        },
    }])
}

fn codecs(codec: Codec, pixel_type: PixelType) -> Value {
    let bytes = json!({ "name": "bytes", "configuration": { "endian": "little" } });
    match codec {
        Codec::Raw => json!([bytes]),
        Codec::Blosc { inner, level, shuffle } => {
            let shuffle = match shuffle {
                Shuffle::None => "noshuffle",
                Shuffle::Byte => "shuffle",
                Shuffle::Bit => "bitshuffle",
            };
            let configuration = json!({
                "cname": inner.name(),
                "clevel": level,
                "shuffle": shuffle,
                "typesize": pixel_type.bytes(),
                "blocksize": 0,
            });
            json!([bytes, { "name": "blosc", "configuration": configuration }])
        }
        Codec::Zstd { level } => {
            json!([bytes, { "name": "zstd", "configuration": { "level": level, "checksum": false } }])
        }
    }
}
