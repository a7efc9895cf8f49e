use serde_json::Value;
use zarrcam_config::{CodecName, Compression, Shuffle};

pub(super) const NOT_COMPRESSED: Compression = Compression { codec: CodecName::None, level: 0, shuffle: Shuffle::None };

/// `None`: a codec that we do not write.
pub(super) fn codec_v2(compressor: &Value) -> Option<Compression> {
    let shuffle = match compressor["shuffle"].as_i64() {
        Some(1) => Shuffle::Byte,
        Some(2) => Shuffle::Bit,
        _ => Shuffle::None,
    };
    codec(
        compressor["id"].as_str()?,
        compressor["cname"].as_str(),
        &compressor["clevel"],
        &compressor["level"],
        shuffle,
    )
}

/// The codecs of a chunk: `bytes`, and then none, or one that compresses.
pub(super) fn codec_v3(codecs: &[Value]) -> Option<Compression> {
    let (first, rest) = codecs.split_first()?;
    match rest {
        _ if first["name"] != "bytes" => None,
        [] => Some(NOT_COMPRESSED),
        [compressor] => {
            let configuration = &compressor["configuration"];
            let shuffle = match configuration["shuffle"].as_str() {
                Some("shuffle") => Shuffle::Byte,
                Some("bitshuffle") => Shuffle::Bit,
                _ => Shuffle::None,
            };
            let name = compressor["name"].as_str()?;
            let (clevel, level) = (&configuration["clevel"], &configuration["level"]);
            codec(name, configuration["cname"].as_str(), clevel, level, shuffle)
        }
        _ => None,
    }
}

fn codec(name: &str, inner: Option<&str>, clevel: &Value, level: &Value, shuffle: Shuffle) -> Option<Compression> {
    let number = |value: &Value| i32::try_from(value.as_i64()?).ok();
    match (name, inner) {
        ("blosc", Some("lz4")) => Some(Compression { codec: CodecName::BloscLz4, level: number(clevel)?, shuffle }),
        ("blosc", Some("zstd")) => Some(Compression { codec: CodecName::BloscZstd, level: number(clevel)?, shuffle }),
        ("zstd", _) => Some(Compression { codec: CodecName::Zstd, level: number(level)?, shuffle: Shuffle::None }),
        _ => None,
    }
}
