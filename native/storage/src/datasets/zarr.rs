//! Any Zarr, V2 or V3, an NGFF image or a plain array, by its metadata alone.

use std::path::Path;

use serde_json::Value;
use zarrcam_acquisition::{DatasetAxis, DatasetInfo, DatasetKind, DatasetLevel};
use zarrcam_config::{CodecName, Compression, DimensionKind, Shuffle};

use super::{nothing_known, remarks, room};
use crate::json::read_json;

const MOST_LEVELS: usize = 64;
const MOST_AXES: usize = 64;

/// Why a Zarr hierarchy is not shown as a dataset.
pub(super) struct NoImage {
    /// A phrase.
    pub reason: String,
    /// It holds others, which may be datasets; else it is damaged.
    pub is_container: bool,
}

fn damaged(reason: impl Into<String>) -> NoImage {
    NoImage { reason: reason.into(), is_container: false }
}

/// `Ok(None)`: no Zarr at all.
pub(super) fn info(path: &Path) -> Result<Option<DatasetInfo>, NoImage> {
    let Some(documents) = Documents::read(path)? else { return Ok(None) };
    let kind = documents.kind;
    let (image, arrays) = match &documents.attributes {
        None => (&Value::Null, vec![(String::new(), documents.array("")?)]),
        Some(attributes) => {
            let image = [&attributes["ome"]["multiscales"][0], &attributes["multiscales"][0]];
            let Some(image) = image.into_iter().find(|image| image.is_object()) else {
                return Err(NoImage { reason: container(path, attributes), is_container: true });
            };
            (image, documents.levels(image)?)
        }
    };
    let (_, full) = &arrays[0];
    let axes = axes(image, full, documents.attributes.as_ref().unwrap_or(&Value::Null));
    let count = full.shape.len();
    let same = arrays.iter().take_while(|(_, array)| array.shape.len() == count).enumerate();
    let levels = same.map(|(level, (name, array))| DatasetLevel {
        path: name.clone(),
        shape: array.shape.clone(),
        scale: scale(image, level, count),
    });
    let outer = &full.shape[..count.saturating_sub(2)];
    let info = DatasetInfo {
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
    };
    Ok(Some(DatasetInfo { remarks: remarks::of(&info, image.is_object()), ..info }))
}

/// What a group without an image is, by its attributes.
fn container(path: &Path, attributes: &Value) -> String {
    let of = |key: &str| [&attributes["ome"][key], &attributes[key]].into_iter().find(|value| !value.is_null());
    let first = |list: &Value, key: &str| list[0][key].as_str().or(list[0].as_str()).map(str::to_owned);
    let named = |name: Option<String>| name.map_or_else(String::new, |name| format!(", {name} say"));
    if let Some(plate) = of("plate") {
        let well = first(&plate["wells"], "path");
        return format!(
            "it is an NGFF plate; open an image of one of its wells{}",
            named(well.map(|well| well + "/0"))
        );
    }
    if let Some(well) = of("well") {
        return format!(
            "it is a well of an NGFF plate; open one of its images{}",
            named(first(&well["images"], "path"))
        );
    }
    if attributes.get("bioformats2raw.layout").is_some() || of("bioformats2raw.layout").is_some() {
        let image = path.join("0").is_dir().then(|| "0".to_owned());
        return format!("it is a collection of images, as bioformats2raw writes it; open one of them{}", named(image));
    }
    if let Some(labels) = of("labels") {
        return format!("it is a group of label images; open one of them{}", named(first(labels, "path")));
    }
    "it is a Zarr group without an image; open an array or an image in it".to_owned()
}

/// The documents of a hierarchy, from its files, or from the root's consolidated metadata where those lack.
struct Documents<'a> {
    path: &'a Path,
    kind: DatasetKind,
    /// Of the group; `None`: it is an array.
    attributes: Option<Value>,
    consolidated: Value,
}

impl<'a> Documents<'a> {
    /// `Ok(None)`: no Zarr.
    fn read(path: &'a Path) -> Result<Option<Self>, NoImage> {
        let found = |kind, attributes, consolidated| Ok(Some(Self { path, kind, attributes, consolidated }));
        if let Some(document) = read(&path.join("zarr.json"))? {
            return match document["node_type"].as_str() {
                Some("array") => found(DatasetKind::Zarr3, None, Value::Null),
                Some("group") => {
                    let consolidated = document["consolidated_metadata"]["metadata"].clone();
                    found(DatasetKind::Zarr3, Some(document["attributes"].clone()), consolidated)
                }
                _ => Err(damaged("its zarr.json names no node_type, array or group")),
            };
        }
        if path.join(".zarray").is_file() {
            return found(DatasetKind::Zarr2, None, Value::Null);
        }
        let all = read(&path.join(".zmetadata"))?.map_or(Value::Null, |document| document["metadata"].clone());
        if all.get(".zarray").is_some() {
            return found(DatasetKind::Zarr2, None, all);
        }
        let attributes = read(&path.join(".zattrs"))?;
        if attributes.is_some() || path.join(".zgroup").is_file() || all.is_object() {
            let attributes = attributes.unwrap_or_else(|| all[".zattrs"].clone());
            return found(DatasetKind::Zarr2, Some(attributes), all);
        }
        Ok(None)
    }

    fn levels(&self, image: &Value) -> Result<Vec<(String, Array)>, NoImage> {
        let datasets = image["datasets"].as_array().map(Vec::as_slice).unwrap_or_default();
        let paths = datasets.iter().take(MOST_LEVELS).map(|dataset| dataset["path"].as_str().unwrap_or_default());
        let mut arrays = Vec::new();
        for name in paths {
            let array = match stays_inside(name) {
                true => self.array(name),
                false => Err(damaged(format!("its zoom level {name:?} leads out of it"))),
            };
            match array {
                Ok(array) => arrays.push((name.to_owned(), array)),
                // Without the first there is no image; without a coarser one it is only slower to look at.
                Err(error) if arrays.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        if arrays.is_empty() { Err(damaged("its multiscales name no zoom level")) } else { Ok(arrays) }
    }

    /// `name`: of a level; empty: the root itself.
    fn array(&self, name: &str) -> Result<Array, NoImage> {
        let what = if name.is_empty() { "it".to_owned() } else { format!("its zoom level {name:?}") };
        let file = if self.kind == DatasetKind::Zarr3 { "zarr.json" } else { ".zarray" };
        let document = match read(&self.path.join(name).join(file))? {
            Some(document) => document,
            None => {
                let key = match (self.kind, name) {
                    (DatasetKind::Zarr3, name) => name.to_owned(),
                    (_, "") => file.to_owned(),
                    (_, name) => format!("{name}/{file}"),
                };
                let known = self.consolidated.get(&key).cloned();
                known.ok_or_else(|| damaged(format!("{what} has no {file}")))?
            }
        };
        let array = if self.kind == DatasetKind::Zarr3 { Array::v3(&document) } else { Array::v2(&document) };
        let array = array.map_err(|reason| damaged(format!("{what} {reason}")))?;
        let count = array.shape.len();
        let lists = [Some(&array.chunk), array.shard.as_ref()];
        let fits = lists.into_iter().flatten().all(|list| list.len() == count && !list.contains(&0));
        match () {
            () if !fits => Err(damaged(format!("{what} has chunks that do not fit its {count} axes"))),
            () if count > MOST_AXES => Err(damaged(format!("{what} has {count} axes"))),
            () => Ok(array),
        }
    }
}

/// `Ok(None)`: there is no such file.
fn read(path: &Path) -> Result<Option<Value>, NoImage> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    match read_json(path) {
        Ok(document) => Ok(Some(document)),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(None),
        Err(error) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Err(damaged(format!("its {name} cannot be read: {error}")))
        }
    }
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
    fn v2(document: &Value) -> Result<Self, String> {
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
            codec: plain.then(|| if compressor.is_null() { Some(NONE) } else { codec_v2(compressor) }).flatten(),
            names: Vec::new(),
        })
    }

    fn v3(document: &Value) -> Result<Self, String> {
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

const NONE: Compression = Compression { codec: CodecName::None, level: 0, shuffle: Shuffle::None };

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

fn axes<'a>(image: &'a Value, full: &Array, attributes: &Value) -> Vec<DatasetAxis> {
    // Drafts of NGFF 0.6 have axes in their coordinate systems.
    let systems = image["coordinateSystems"].as_array().and_then(|systems| systems.first());
    let axes_of = |value: &'a Value| value["axes"].as_array().map(Vec::as_slice);
    let described = axes_of(image).or_else(|| systems.and_then(axes_of)).unwrap_or_default();
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
fn scale<'a>(image: &'a Value, level: usize, count: usize) -> Vec<f64> {
    let factors = |transformations: &'a Value| -> Vec<f64> {
        let all = transformations.as_array().map(Vec::as_slice).unwrap_or_default();
        // Drafts of NGFF 0.6 may wrap them in a sequence.
        let parts = |one: &'a Value| {
            let inner = (one["type"] == "sequence").then(|| one["transformations"].as_array()).flatten();
            inner.map_or(std::slice::from_ref(one), Vec::as_slice)
        };
        let scale = all.iter().flat_map(parts).find(|one| one["type"] == "scale");
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
