use std::path::Path;

use serde_json::Value;
use zarrcam_acquisition::DatasetKind;
use zarrcam_files::why;

use super::array::Array;
use super::no_image::{NoImage, damaged};
use crate::json::read_json;

const MAX_LEVELS: usize = 64;
const MAX_AXES: usize = 64;

/// The documents of a hierarchy, from its files, or from the root's consolidated metadata where those lack.
pub(super) struct Documents<'a> {
    path: &'a Path,
    pub kind: DatasetKind,
    /// The attributes of the group; `None`: it is an array.
    pub attributes: Option<Value>,
    consolidated: Value,
}

impl<'a> Documents<'a> {
    /// `Ok(None)`: no Zarr.
    pub fn read(path: &'a Path) -> Result<Option<Self>, NoImage> {
        let found = |kind, attributes, consolidated| Ok(Some(Self { path, kind, attributes, consolidated }));
        // What is kept is taken out of it: a document may be as large as it likes.
        let taken = |document: &mut Value, key: &str| document.get_mut(key).map_or(Value::Null, Value::take);
        if let Some(mut document) = read(&path.join("zarr.json"))? {
            return match document["node_type"].as_str() {
                Some("array") => found(DatasetKind::Zarr3, None, Value::Null),
                Some("group") => {
                    let mut consolidated = taken(&mut document, "consolidated_metadata");
                    let attributes = taken(&mut document, "attributes");
                    found(DatasetKind::Zarr3, Some(attributes), taken(&mut consolidated, "metadata"))
                }
                _ => Err(damaged("its zarr.json names no node_type, array or group")),
            };
        }
        if path.join(".zarray").is_file() {
            return found(DatasetKind::Zarr2, None, Value::Null);
        }
        let all = read(&path.join(".zmetadata"))?.map_or(Value::Null, |mut document| taken(&mut document, "metadata"));
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

    pub fn levels(&self, image: &Value) -> Result<Vec<(String, Array)>, NoImage> {
        let datasets = image["datasets"].as_array().map(Vec::as_slice).unwrap_or_default();
        let paths = datasets.iter().take(MAX_LEVELS).map(|dataset| dataset["path"].as_str().unwrap_or_default());
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
    pub fn array(&self, name: &str) -> Result<Array, NoImage> {
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
            () if count > MAX_AXES => Err(damaged(format!("{what} has {count} axes"))),
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
            Err(damaged(format!("its {name} cannot be read: {}", why(&error))))
        }
    }
}

/// A path in a document is a stranger's word.
fn stays_inside(path: &str) -> bool {
    use std::path::Component;
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
