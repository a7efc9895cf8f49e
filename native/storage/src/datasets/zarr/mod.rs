//! Any Zarr, V2 or V3, an NGFF image or a plain array, by its metadata alone.
//!
//! - `documents`: of a hierarchy, from its files or consolidated. `array`: one array's. `codec`: how its chunks are compressed.
//! - `axes`: names, kinds and sizes as NGFF says them. `no_image`: why nothing is shown.

mod array;
mod axes;
mod codec;
mod documents;
mod no_image;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use zarrcam_acquisition::{DatasetInfo, DatasetLevel};

use super::info::nothing_known;
use super::{disk_usage, remarks};
use axes::{axes, scale};
use documents::Documents;
pub(super) use no_image::NoImage;

/// `Ok(None)`: no Zarr at all.
pub(super) fn info(path: &Path) -> Result<Option<DatasetInfo>, NoImage> {
    let _turn = turn_of_large(path);
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
        bytes: disk_usage::on_disk(path),
        ..nothing_known(path, kind)
    };
    Ok(Some(DatasetInfo { remarks: remarks::of(&info, image.is_object()), ..info }))
}

/// A document of more bytes is read while no other of them is: as values it takes many times as much memory.
const LARGE_DOCUMENT_BYTES: u64 = 1 << 20;

fn turn_of_large(path: &Path) -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::new(());
    let large = |name: &str| std::fs::metadata(path.join(name)).is_ok_and(|file| file.len() > LARGE_DOCUMENT_BYTES);
    let is_large = ["zarr.json", ".zmetadata", ".zattrs"].into_iter().any(large);
    is_large.then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner))
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
