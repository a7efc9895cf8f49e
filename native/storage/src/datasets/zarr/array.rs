use serde_json::Value;
use zarrcam_config::Compression;

use super::codec::{NOT_COMPRESSED, codec_v2, codec_v3};

/// What an array's own document says.
pub(super) struct Array {
    pub shape: Vec<u64>,
    pub chunk: Vec<u64>,
    pub shard: Option<Vec<u64>>,
    /// What an element is, by Zarr V3's name.
    pub dtype: String,
    pub codec: Option<Compression>,
    pub names: Vec<String>,
}

impl Array {
    pub fn v2(document: &Value) -> Result<Self, String> {
        let compressor = &document["compressor"];
        let plain = document["filters"].as_array().is_none_or(Vec::is_empty);
        Ok(Self {
            shape: numbers(document, "shape")?,
            chunk: numbers(document, "chunks")?,
            shard: None,
            dtype: match &document["dtype"] {
                Value::String(typestr) => v3_dtype(typestr),
                // A structure: its fields, as they are written.
                Value::Array(fields) => Value::Array(fields.clone()).to_string(),
                _ => return Err("names no dtype".to_owned()),
            },
            codec: plain
                .then(|| if compressor.is_null() { Some(NOT_COMPRESSED) } else { codec_v2(compressor) })
                .flatten(),
            names: Vec::new(),
        })
    }

    pub fn v3(document: &Value) -> Result<Self, String> {
        if document["node_type"] != "array" {
            return Err("is no array".to_owned());
        }
        let grid = &document["chunk_grid"];
        if grid["name"] != "regular" {
            return Err(format!("has a chunk grid {}, which is not known here", grid["name"]));
        }
        let grid = numbers(&grid["configuration"], "chunk_shape")?;
        let codecs = document["codecs"].as_array().ok_or("names no codecs")?;
        let sharding = codecs.iter().find(|codec| codec["name"] == "sharding_indexed");
        let data_type = &document["data_type"];
        let names = document["dimension_names"].as_array().map(Vec::as_slice).unwrap_or_default();
        let inner = match sharding {
            Some(sharding) => sharding["configuration"]["codecs"].as_array().ok_or("has shards without codecs")?,
            None => codecs,
        };
        // What turns axes around before sharding turns its chunks as well; that is none of ours.
        let is_first = sharding.is_none() || codecs[0]["name"] == "sharding_indexed";
        Ok(Self {
            shape: numbers(document, "shape")?,
            dtype: data_type.as_str().or(data_type["name"].as_str()).ok_or("names no data_type")?.to_owned(),
            codec: codec_v3(inner).filter(|_| is_first),
            names: names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect(),
            chunk: match sharding {
                Some(sharding) => numbers(&sharding["configuration"], "chunk_shape")?,
                None => grid.clone(),
            },
            shard: sharding.map(|_| grid),
        })
    }
}

fn numbers(document: &Value, key: &str) -> Result<Vec<u64>, String> {
    let list = document[key].as_array().ok_or_else(|| format!("names no {key}"))?;
    // Some programs write whole numbers as 512.0.
    let whole = |value: &Value| {
        value
            .as_u64()
            .or_else(|| value.as_f64().filter(|v| v.fract() == 0.0 && (0.0..9e15).contains(v)).map(|v| v as u64))
    };
    list.iter().map(whole).collect::<Option<_>>().ok_or_else(|| format!("has a {key} that is no list of whole numbers"))
}

/// NumPy's typestr in V3's words; one that V3 has none for stays.
fn v3_dtype(typestr: &str) -> String {
    let (kind, bytes) = (typestr.get(1..2).unwrap_or_default(), typestr.get(2..).unwrap_or_default());
    let kind = match kind {
        "b" => return "bool".to_owned(),
        "i" => "int",
        "u" => "uint",
        "f" => "float",
        "c" => "complex",
        _ => return typestr.to_owned(),
    };
    bytes.parse::<u32>().map_or_else(|_| typestr.to_owned(), |bytes| format!("{kind}{}", bytes * 8))
}
