//! Any Zarr, V2 or V3, an NGFF image or a plain array, by its metadata alone.

use std::path::Path;

use serde_json::Value;
use zarrcam_acquisition::{DatasetAxis, DatasetInfo, DatasetKind, DatasetLevel};
use zarrcam_config::{CodecName, Compression, DimensionKind, Shuffle};

use super::{nothing_known, room};
use zarrcam_files::read_document;

const MOST_LEVELS: usize = 64;
const MOST_AXES: usize = 64;

/// `None`: no image and no array, or its documents are damaged.
pub(super) fn info(path: &Path) -> Option<DatasetInfo> {
    let (kind, attributes) = attributes(path)?;
    let (image, arrays) = match &attributes {
        None => (&Value::Null, vec![(String::new(), Array::read(path, kind)?)]),
        Some(attributes) => {
            let image = [&attributes["ome"]["multiscales"][0], &attributes["multiscales"][0]];
            let image = *image.iter().find(|image| image.is_object())?;
            let datasets = image["datasets"].as_array()?.iter().take(MOST_LEVELS);
            let paths = datasets.filter_map(|dataset| dataset["path"].as_str().filter(|path| stays_inside(path)));
            let arrays = paths.map_while(|name| Some((name.to_owned(), Array::read(&path.join(name), kind)?)));
            (image, arrays.collect())
        }
    };
    let (_, full) = arrays.first()?;
    let axes = axes(image, full, attributes.as_ref().unwrap_or(&Value::Null));
    let count = full.shape.len();
    let same = arrays.iter().take_while(|(_, array)| array.shape.len() == count).enumerate();
    let levels = same.map(|(level, (name, array))| DatasetLevel {
        path: name.clone(),
        shape: array.shape.clone(),
        scale: scale(image, level, count),
    });
    let outer = &full.shape[..count.saturating_sub(2)];
    Some(DatasetInfo {
        shape: full.shape.clone(),
        levels: levels.collect(),
        axes,
        dtype: full.dtype.clone(),
        chunks: full.chunk.clone(),
        shards: full.shard.clone(),
        codec: full.codec,
        frames_stored: outer.iter().fold(1, |all: u64, size| all.saturating_mul(*size)),
        bytes: room::on_disk(path),
        ..nothing_known(path, kind)
    })
}

/// The attributes of a group; `None` in it: an array.
fn attributes(path: &Path) -> Option<(DatasetKind, Option<Value>)> {
    if let Some(document) = read(&path.join("zarr.json")) {
        return match document["node_type"].as_str()? {
            "array" => Some((DatasetKind::Zarr3, None)),
            "group" => Some((DatasetKind::Zarr3, Some(document["attributes"].clone()))),
            _ => None,
        };
    }
    if path.join(".zarray").is_file() {
        return Some((DatasetKind::Zarr2, None));
    }
    path.join(".zgroup").is_file().then(|| (DatasetKind::Zarr2, read(&path.join(".zattrs"))))
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&read_document(path).ok()?).ok()
}

/// A path in a document is a stranger's word.
fn stays_inside(path: &str) -> bool {
    use std::path::Component;
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

struct Array {
    shape: Vec<u64>,
    chunk: Vec<u64>,
    shard: Option<Vec<u64>>,
    /// In V3's words.
    dtype: String,
    codec: Option<Compression>,
    names: Vec<String>,
}

impl Array {
    fn read(path: &Path, kind: DatasetKind) -> Option<Self> {
        let array = match kind {
            DatasetKind::Zarr3 => Self::v3(&read(&path.join("zarr.json"))?)?,
            _ => Self::v2(&read(&path.join(".zarray"))?)?,
        };
        let count = array.shape.len();
        let lists = [Some(&array.chunk), array.shard.as_ref()];
        let fits = lists.into_iter().flatten().all(|list| list.len() == count && !list.contains(&0));
        (fits && count <= MOST_AXES).then_some(array)
    }

    fn v2(document: &Value) -> Option<Self> {
        let compressor = &document["compressor"];
        let plain = document["filters"].as_array().is_none_or(Vec::is_empty);
        Some(Self {
            shape: numbers(&document["shape"])?,
            chunk: numbers(&document["chunks"])?,
            shard: None,
            dtype: document["dtype"].as_str().map(v3_dtype)?,
            codec: plain.then(|| if compressor.is_null() { Some(NONE) } else { codec_v2(compressor) }).flatten(),
            names: Vec::new(),
        })
    }

    fn v3(document: &Value) -> Option<Self> {
        if document["node_type"] != "array" {
            return None;
        }
        let grid = numbers(&document["chunk_grid"]["configuration"]["chunk_shape"])?;
        let codecs = document["codecs"].as_array()?;
        let sharding = codecs.first().filter(|codec| codec["name"] == "sharding_indexed");
        let data_type = &document["data_type"];
        let names = document["dimension_names"].as_array().map(Vec::as_slice).unwrap_or_default();
        let inner = match sharding {
            Some(sharding) => sharding["configuration"]["codecs"].as_array()?,
            None => codecs,
        };
        let codec = codec_v3(inner);
        Some(Self {
            shape: numbers(&document["shape"])?,
            dtype: data_type.as_str().or(data_type["name"].as_str())?.to_owned(),
            codec,
            names: names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect(),
            chunk: match sharding {
                Some(sharding) => numbers(&sharding["configuration"]["chunk_shape"])?,
                None => grid.clone(),
            },
            shard: sharding.map(|_| grid),
        })
    }
}

const NONE: Compression = Compression { codec: CodecName::None, level: 0, shuffle: Shuffle::None };

fn numbers(value: &Value) -> Option<Vec<u64>> {
    value.as_array()?.iter().map(Value::as_u64).collect()
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

/// `None`: a codec that we do not write.
fn codec_v2(compressor: &Value) -> Option<Compression> {
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
fn codec_v3(codecs: &[Value]) -> Option<Compression> {
    let (first, rest) = codecs.split_first()?;
    match rest {
        _ if first["name"] != "bytes" => None,
        [] => Some(NONE),
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

fn axes(image: &Value, full: &Array, attributes: &Value) -> Vec<DatasetAxis> {
    let described = image["axes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let scale = scale(image, 0, full.shape.len());
    let axes = (0..full.shape.len()).map(|index| {
        // NGFF before 0.4 had names alone.
        let axis = described.get(index).unwrap_or(&Value::Null);
        let name = axis["name"].as_str().or(axis.as_str()).or(full.names.get(index).map(String::as_str));
        let name = name.filter(|name| !name.is_empty()).map_or_else(|| format!("dim_{index}"), str::to_owned);
        let kind = match axis["type"].as_str() {
            Some(kind) => named_kind(kind),
            None => kind_of_name(&name),
        };
        let labels = if kind == DimensionKind::Channel { labels(attributes, full.shape[index]) } else { Vec::new() };
        DatasetAxis {
            unit: axis["unit"].as_str().unwrap_or_default().to_owned(),
            scale: scale[index],
            name,
            kind,
            labels,
        }
    });
    axes.collect()
}

fn named_kind(kind: &str) -> DimensionKind {
    match kind {
        "space" => DimensionKind::Space,
        "channel" => DimensionKind::Channel,
        "time" => DimensionKind::Time,
        _ => DimensionKind::Other,
    }
}

/// What a name without a type usually means.
fn kind_of_name(name: &str) -> DimensionKind {
    match name.to_lowercase().as_str() {
        "x" | "y" | "z" => DimensionKind::Space,
        "c" | "channel" => DimensionKind::Channel,
        "t" | "time" => DimensionKind::Time,
        _ => DimensionKind::Other,
    }
}

/// Names of the channels, where viewers look for them.
fn labels(attributes: &Value, count: u64) -> Vec<String> {
    let omero = [&attributes["ome"]["omero"]["channels"], &attributes["omero"]["channels"]];
    let channels = omero.iter().find_map(|channels| channels.as_array()).map(Vec::as_slice).unwrap_or_default();
    let labels: Option<Vec<String>> =
        channels.iter().map(|channel| channel["label"].as_str().map(str::to_owned)).collect();
    labels.filter(|labels| labels.len() as u64 == count).unwrap_or_default()
}

/// Physical size of an element of a level: its own scale, times what holds for the whole image.
fn scale(image: &Value, level: usize, count: usize) -> Vec<f64> {
    let factors = |transformations: &Value| -> Vec<f64> {
        let scale = transformations.as_array().and_then(|all| all.iter().find(|one| one["type"] == "scale"));
        let numbers: Vec<f64> = scale
            .and_then(|scale| scale["scale"].as_array())
            .map(|factors| factors.iter().filter_map(Value::as_f64).collect())
            .unwrap_or_default();
        if numbers.len() == count { numbers } else { vec![1.0; count] }
    };
    let own = factors(&image["datasets"][level]["coordinateTransformations"]);
    let all = factors(&image["coordinateTransformations"]);
    own.iter().zip(all).map(|(own, all)| own * all).collect()
}
