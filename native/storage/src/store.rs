//! A Zarr store on disk: its folder, metadata, keys, the writer's lock, and what of it is ours.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zarrcam_config::{Durability, StorageFormat};
use zarrcam_zarr::{ArrayDescription, AxisDescription, Codec, Layout, LevelDescription, ZarrVersion};

use crate::foreign::{self, Foreign};
use crate::lock::{Lock, is_locked};
use crate::replace::{Replaced, beside};
use crate::run_description::RunDescription;
use crate::{StorageError, files};

const PRIVATE: &str = "0/.zarrcam";

/// A store of ours: where it is and how it is laid out.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    version: ZarrVersion,
    layout: Layout,
    codec: Codec,
    run: RunDescription,
    attributes: Map<String, Value>,
}

impl Store {
    /// Checks everything that can be checked without touching the disk.
    pub fn new(root: PathBuf, run: RunDescription) -> Result<Self, StorageError> {
        let storage = &run.storage;
        let version = match storage.format {
            Some(StorageFormat::Zarr2) => ZarrVersion::V2,
            Some(StorageFormat::Zarr3) => ZarrVersion::V3,
            _ => return Err(StorageError::UnknownDevice { name: run.storage.device }),
        };
        let codec = Codec::from(storage.compression);
        let layout = Layout::new(storage)?;
        if layout.is_sharded() && version == ZarrVersion::V2 {
            let name = layout.axes()[0].name.clone();
            let reason = "shard_size_chunks needs Zarr V3; V2 has no shards".to_owned();
            return Err(zarrcam_zarr::LayoutError::Dimension { name, reason }.into());
        }
        let level = &layout.levels()[0];
        zarrcam_zarr::ChunkFormat::new(codec, level.item_bytes, level.tile_bytes, level.slots)?;
        let attributes = external_attributes(storage.external_metadata_json.as_deref())?;
        Ok(Self { root, version, layout, codec, run, attributes })
    }

    /// The store that stands at a path. `NotADataset`: none of ours.
    pub fn open(root: &Path) -> Result<Self, StorageError> {
        let run = RunDescription::read(&root.join(PRIVATE).join("run.json"))?;
        let run = run.ok_or_else(|| StorageError::NotADataset {
            path: root.to_owned(),
            reason: if root.exists() { "it is no Zarr store that zarrcam wrote" } else { "nothing is there" }
                .to_owned(),
        })?;
        Self::new(root.to_owned(), run)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn version(&self) -> ZarrVersion {
        self.version
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    pub fn run(&self) -> &RunDescription {
        &self.run
    }

    /// See [`RunDescription::packed_shards`].
    pub(crate) fn packs_shards(&self) -> bool {
        self.run.packed_shards
    }

    pub fn durability(&self) -> Durability {
        self.run.storage.durability
    }

    /// Our own files' folder.
    pub fn private(&self) -> PathBuf {
        self.root.join(PRIVATE)
    }

    pub fn journal_path(&self) -> PathBuf {
        self.private().join("frames.log")
    }

    /// Where a chunk's or shard's file is.
    pub fn file_path(&self, level: usize, layer: u64, file: u64) -> PathBuf {
        let coordinates = self.layout.levels()[level].file_coordinates(self.layout.append_axis(), layer, file);
        let mut path = self.root.join(level.to_string());
        if self.version == ZarrVersion::V3 {
            path.push("c");
        }
        coordinates.iter().for_each(|index| path.push(index.to_string()));
        path
    }

    /// What the array is when it has so many places.
    pub fn describe(&self, places: u64) -> ArrayDescription {
        let layout = &self.layout;
        let axes = layout.axes().iter().map(|axis| AxisDescription {
            name: axis.name.clone(),
            kind: axis.kind,
            unit: axis.unit.clone(),
            scale: axis.scale,
            labels: axis.labels.clone(),
        });
        let levels = layout.levels().iter().enumerate().map(|(index, level)| LevelDescription {
            shape: layout.shape(index, places),
            chunk: level.chunk.clone(),
            shard: layout
                .is_sharded()
                .then(|| level.chunk.iter().zip(&level.shard_chunks).map(|(chunk, shard)| chunk * shard).collect()),
            factors: level.factors.clone(),
        });
        ArrayDescription {
            name: self.root.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            pixel_type: layout.pixel_type(),
            codec: self.codec,
            axes: axes.collect(),
            levels: levels.collect(),
            method: layout.method(),
            attributes: self.attributes.clone(),
            notes: self.run.storage.notes.clone(),
        }
    }

    /// Says to other programs that the array has so many places.
    pub fn write_shape(&self, places: u64, sync: bool) -> Result<(), StorageError> {
        self.describe(places)
            .shape_documents(self.version)
            .iter()
            .try_for_each(|(key, document)| files::write_atomic(&self.root.join(key), &pretty(document), sync))
    }

    /// Makes the folder with all metadata and the lock, at `root`; what stood there before is put aside. On failure everything
    /// is as it was. `replace_foreign`: also a store that holds what no writer of ours put there.
    pub(crate) fn create(&self, replace_foreign: bool) -> Result<(Lock, Replaced), StorageError> {
        if let Some(parent) = self.root.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            files::create_folders(parent)?;
        }
        let occupied = self.check_free(replace_foreign)?;
        self.remove_stale();
        let fresh = beside(&self.root, "new", &self.run.run_id);
        let result = self.populate(&fresh).and_then(|lock| Ok((lock, self.put_in_place(&fresh, occupied)?)));
        if result.is_err() {
            let _ = std::fs::remove_dir_all(&fresh);
        }
        let (mut lock, replaced) = result?;
        lock.moved_to(self.private().join("lock"));
        Ok((lock, replaced))
    }

    /// Whether there is something to replace; an error where it must stay.
    fn check_free(&self, replace_foreign: bool) -> Result<bool, StorageError> {
        let root = &self.root;
        let found = match std::fs::symlink_metadata(root) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StorageError::io(root, "look at the folder", 0, &error)),
            Ok(found) => found,
        };
        // Nothing can be lost in an empty folder.
        if found.is_dir() && std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none()) {
            return Ok(true);
        }
        if !self.run.storage.overwrite {
            return Err(StorageError::Exists { path: root.clone() });
        }
        check_replaceable(root, if replace_foreign { 0 } else { u64::MAX })?;
        Ok(true)
    }

    fn populate(&self, root: &Path) -> Result<Lock, StorageError> {
        let sync = self.durability() != Durability::None;
        let private = root.join(PRIVATE);
        files::create_folders(&private)?;
        let lock = Lock::take(&private.join("lock"))?;
        let run = serde_json::to_value(&self.run).unwrap_or_default();
        files::write_atomic(&private.join("run.json"), &pretty(&run), sync)?;
        for (key, document) in self.describe(0).documents(self.version) {
            let path = root.join(key);
            if let Some(parent) = path.parent() {
                files::create_folders(parent)?;
            }
            files::write_atomic(&path, &pretty(&document), sync)?;
        }
        Ok(lock)
    }

    fn put_in_place(&self, fresh: &Path, occupied: bool) -> Result<Replaced, StorageError> {
        let root = &self.root;
        let mut replaced = Replaced::default();
        if !occupied {
            files::rename(fresh, root)?;
            replaced.note_new(root);
        } else if files::exchange(fresh, root) {
            replaced.note(root, fresh.to_owned());
        } else {
            replaced.put_aside(root, &self.run.run_id)?;
            if let Err(error) = files::rename(fresh, root) {
                let _ = replaced.put_back();
                return Err(error);
            }
        }
        if self.durability() != Durability::None
            && let Err(error) = files::sync_folder_of(root)
        {
            let _ = replaced.put_back();
            return Err(error);
        }
        Ok(replaced)
    }

    /// What a killed process left beside the store: half made, or just replaced.
    fn remove_stale(&self) {
        let prefix = format!(".{}.zarrcam-new-", self.root.file_name().unwrap_or_default().to_string_lossy());
        let parent = self.root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(entries) = std::fs::read_dir(parent) else { return };
        for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)) {
            // Whoever is just making it holds its lock.
            if lock_of(&entry.path()).is_ok() {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }
}

pub(crate) fn pretty(document: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(document).unwrap_or_default();
    text.push(b'\n');
    text
}

fn external_attributes(text: Option<&str>) -> Result<Map<String, Value>, StorageError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Map::new()) };
    match serde_json::from_str(text) {
        Ok(Value::Object(attributes)) => Ok(attributes),
        Ok(_) => Err(StorageError::ExternalMetadata { reason: "it must be a JSON object".to_owned() }),
        Err(error) => Err(StorageError::ExternalMetadata { reason: error.to_string() }),
    }
}

/// Whether a folder was made by this writer: only such a one is ever removed.
pub fn is_ours(root: &Path) -> bool {
    let private = root.join(PRIVATE);
    root.is_dir() && (private.join("run.json").is_file() || private.join("frames.log").is_file())
}

/// Whether a run that overwrites may replace what stands there. `most`: files that are looked at for being ours.
pub(crate) fn check_replaceable(root: &Path, most: u64) -> Result<(), StorageError> {
    if !is_ours(root) {
        return Err(StorageError::NotOurs { path: root.to_owned() });
    }
    // A store that is being written stays, whoever asks.
    lock_of(root)?;
    match most {
        0 => Ok(()),
        _ if root.is_symlink() => Foreign::link(root).refuse(root),
        most => foreign::in_store(root, most)?.refuse(root),
    }
}

/// The lock of a store that exists. `Locked`: it is being written.
pub(crate) fn lock_of(root: &Path) -> Result<Lock, StorageError> {
    Lock::take(&root.join(PRIVATE).join("lock")).map_err(|error| match error {
        StorageError::Locked { .. } => StorageError::Locked { path: root.to_owned() },
        other => other,
    })
}

/// Whether a writer holds the store now.
pub fn is_being_written(root: &Path) -> bool {
    is_locked(&root.join(PRIVATE).join("lock"))
}
