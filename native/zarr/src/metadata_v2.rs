use serde_json::{Value, json};
use zarrcam_config::Shuffle;

use crate::array_description::{ArrayDescription, ZarrVersion, fill_value};
use crate::codec::{BloscInner, Codec};

pub(crate) fn group() -> Value {
    json!({ "zarr_format": 2 })
}

pub(crate) fn group_attributes(description: &ArrayDescription) -> Value {
    Value::Object(description.group_attributes(ZarrVersion::V2))
}

pub(crate) fn array(description: &ArrayDescription, level: usize) -> Value {
    let level = &description.levels[level];
    json!({
        "zarr_format": 2,
        "shape": level.shape,
        "chunks": level.chunk,
        "dtype": description.pixel_type.zarr2_name(),
        "compressor": compressor(description.codec),
        "fill_value": fill_value(description.pixel_type),
        "order": "C",
        "filters": null,
        "dimension_separator": "/",
    })
}

fn compressor(codec: Codec) -> Value {
    match codec {
        Codec::Raw => Value::Null,
        Codec::Blosc { inner, level, shuffle } => json!({
            "id": "blosc",
            "cname": inner.name(),
            "clevel": level,
            "shuffle": match shuffle {
                Shuffle::None => 0,
                Shuffle::Byte => 1,
                Shuffle::Bit => 2,
            },
            "blocksize": 0,
        }),
        Codec::Zstd { level } => json!({ "id": "zstd", "level": level }),
    }
}

impl BloscInner {
    /// Blosc's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}
