use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use zarrcam_config::{Durability, StorageFormat};
use zarrcam_zarr::{
    ArrayDescription, AxisDescription, Codec, Document, Layout, LevelDescription, ZarrVersion, group_documents,
};

use super::image_path::ImagePath;
use super::location::{FIRST_IMAGE, first_image, is_image, private_folder_in};
use super::run_description::RunDescription;
use crate::StorageError;
use crate::targets::Target;

/// An image in a store of ours: where it is, and how it is laid out.
#[derive(Clone, Debug)]
pub struct Store {
    target: Arc<dyn Target>,
    root: PathBuf,
    image: ImagePath,
    image_folder: PathBuf,
    version: ZarrVersion,
    layout: Layout,
    codec: Codec,
    run: RunDescription,
    attributes: Map<String, Value>,
}

impl Store {
    /// An image that a run writes in a store at `root`. Checks everything that can be checked without touching the disk.
    pub fn new(target: Arc<dyn Target>, root: PathBuf, run: RunDescription) -> Result<Self, StorageError> {
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
        let image = run.image.clone();
        let image_folder = image.folder(&root);
        Ok(Self { target, root, image, image_folder, version, layout, codec, run, attributes })
    }

    /// The image whose folder a path is, or the first image of the store whose root it is. `NotADataset`: neither is ours.
    #[cfg(unix)]
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        Self::open_in(&crate::targets::files(), path)
    }

    /// As `open`, on another target than the file system.
    pub fn open_in(target: &Arc<dyn Target>, path: &Path) -> Result<Self, StorageError> {
        let run = RunDescription::read(&**target, &private_folder_in(&**target, path).join("run.json"))?;
        let mut run = run.ok_or_else(|| StorageError::NotADataset {
            path: path.to_owned(),
            reason: if target.exists(path) { "it is no Zarr store that zarrcam wrote" } else { "nothing is there" }
                .to_owned(),
        })?;
        let new = |root, run| Self::new(Arc::clone(target), root, run);
        if !is_image(&**target, path) {
            run.image = first_image(&**target, path).unwrap_or_default();
            return new(path.to_owned(), run);
        }
        if let Some(root) = run.image.root_of(path) {
            return new(root, run);
        }
        // An image that was copied out of its store is a store of its own.
        run.image = ImagePath::default();
        new(path.to_owned(), run)
    }

    /// What it is kept in.
    pub fn target(&self) -> &Arc<dyn Target> {
        &self.target
    }

    /// The folder of the whole store.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Which image of the store this is.
    pub fn image(&self) -> &ImagePath {
        &self.image
    }

    /// The folder of the image, in which its zoom levels lie.
    pub fn image_folder(&self) -> &Path {
        &self.image_folder
    }

    /// Zarr V2 or V3.
    pub fn version(&self) -> ZarrVersion {
        self.version
    }

    /// How frames become tiles, chunks, shards and zoom levels.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How tiles are compressed.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// What the run wrote it with, as `run.json` says.
    pub fn run(&self) -> &RunDescription {
        &self.run
    }

    /// See [`RunDescription::packed_shards`].
    pub(crate) fn packs_shards(&self) -> bool {
        self.run.packed_shards
    }

    /// What of it survives a power cut.
    pub fn durability(&self) -> Durability {
        self.run.storage.durability
    }

    /// The folder of our own files: log, lock, spills.
    pub fn private(&self) -> PathBuf {
        self.image.private_folder(&self.root)
    }

    /// The path of the file whose lock is the right to write.
    pub(crate) fn lock_path(&self) -> PathBuf {
        self.private().join("lock")
    }

    /// The path of `frames.log`.
    pub fn log_path(&self) -> PathBuf {
        self.private().join("frames.log")
    }

    /// The folder of one of its zoom levels.
    pub(crate) fn level_folder(&self, level: usize) -> PathBuf {
        self.image.level_folder(&self.root, level)
    }

    /// The path of a chunk's or shard's file: the `file`th of a layer's in a zoom level, C order.
    pub fn file_path(&self, level: usize, layer: u64, file: u64) -> PathBuf {
        let coordinates = self.layout.levels()[level].file_coordinates(self.layout.append_axis(), layer, file);
        let mut path = self.image_folder.join(level.to_string());
        if self.version == ZarrVersion::V3 {
            path.push("c");
        }
        coordinates.iter().for_each(|index| path.push(index.to_string()));
        path
    }

    /// What the array is when it has so many frames.
    pub fn describe(&self, frame_count: u64) -> ArrayDescription {
        let layout = &self.layout;
        let axes = layout.axes().iter().map(|axis| AxisDescription {
            name: axis.name.clone(),
            kind: axis.kind,
            unit: axis.unit.clone(),
            scale: axis.scale,
            labels: axis.labels.clone(),
            colors: axis.colors.clone(),
        });
        let levels = layout.levels().iter().enumerate().map(|(index, level)| LevelDescription {
            shape: layout.shape(index, frame_count),
            chunk: level.chunk.clone(),
            shard: layout
                .is_sharded()
                .then(|| level.chunk.iter().zip(&level.shard_chunks).map(|(chunk, shard)| chunk * shard).collect()),
            factors: level.factors.clone(),
        });
        ArrayDescription {
            name: self.name(),
            pixel_type: layout.pixel_type(),
            codec: self.codec,
            axes: axes.collect(),
            levels: levels.collect(),
            method: layout.method(),
            attributes: self.attributes.clone(),
            notes: self.run.storage.notes.clone(),
        }
    }

    /// The name of the image, for people.
    fn name(&self) -> String {
        let store = self.root.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if self.image.is_root() { store } else { format!("{store}/{}", self.image) }
    }

    /// All metadata documents of the store, with their keys from its root on.
    pub(crate) fn documents(&self) -> Vec<Document> {
        let mut documents = Vec::new();
        for group in self.image.groups_above() {
            let mut attributes = Map::new();
            if group.is_root() {
                attributes.insert("zarrcam".into(), json!({ (FIRST_IMAGE): self.image }));
            }
            let of_group = group_documents(attributes, self.version);
            documents.extend(of_group.into_iter().map(|(key, document)| (group.key(&key), document)));
        }
        let of_image = self.describe(0).documents(self.version);
        documents.extend(of_image.into_iter().map(|(key, document)| (self.image.key(&key), document)));
        documents
    }

    /// Metadata that lack: where a store is made at its own path, its making may have been cut short.
    pub(crate) fn write_missing_documents(&self, sync: bool) -> Result<(), StorageError> {
        let documents = self.documents().into_iter().map(|(key, document)| (self.root.join(key), document));
        for (path, document) in documents.filter(|(path, _)| !self.target.exists(path)) {
            self.target.put_document(&path, &pretty(&document), sync)?;
        }
        Ok(())
    }

    /// Says to other programs that the array has so many frames.
    pub fn write_shape(&self, frame_count: u64, sync: bool) -> Result<(), StorageError> {
        self.describe(frame_count).shape_documents(self.version).iter().try_for_each(|(key, document)| {
            self.target.put_document(&self.image_folder.join(key), &pretty(document), sync)
        })
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
