use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zarrcam_acquisition::Loss;
use zarrcam_config::Durability;

use super::frame_file::{FrameFile, Page};
use super::{description, target};
use crate::json::read_json;
use crate::store::end::RunEnd;
use crate::store::foreign_files::ForeignFiles;
use crate::targets::Replaced;
use crate::targets::files::{self, Lock, NamedFile};
use crate::{SinkSpec, StorageError};

pub(super) const FORMAT: target::OurFormat =
    target::OurFormat { is_ours: |path| description_of(path).is_some(), foreign: |_| Ok(ForeignFiles::default()) };

/// Pixels back to back, little endian; `NAME.json` beside the file says what they are.
pub(super) struct RawFile {
    replaced: Replaced,
    file: NamedFile,
    lock: Lock,
    description_path: PathBuf,
    description: Value,
    /// Frame indices that stay fill, as ranges.
    dropped: Vec<Loss>,
    frame_bytes: u64,
    frame_shape: [u32; 2],
    sync: bool,
}

impl RawFile {
    pub fn create(spec: &SinkSpec) -> Result<Self, StorageError> {
        let path = target::path(spec)?;
        let metadata: Value = serde_json::from_str(description::external_metadata(spec)?).unwrap_or_default();
        let described = beside(&path);
        if path.symlink_metadata().is_err() && described.symlink_metadata().is_ok() {
            // Somebody's file: ours is there only with its data.
            return Err(StorageError::NotOurs { path: described });
        }
        let replaced = target::make_room(spec, &path, &FORMAT, Some(&described))?;
        let file = NamedFile::create(&path)?;
        let mut file = Self {
            replaced,
            lock: Lock::take(&path)?,
            file,
            description_path: described,
            description: json!({
                "zarrcam": {
                    "format": "raw",
                    "run_id": spec.run_id,
                    "started_unix_ms": crate::clock::unix_ms(),
                    // `frame_limit` under the name that it has had on disk from the beginning, in TIFF as well.
                    "planned_frames": spec.storage.frame_limit,
                },
                "dtype": spec.storage.pixel_type.zarr2_name(),
                "pixel_type": spec.storage.pixel_type,
                "axes": ["frame", "y", "x"],
                "pixel_size": description::pixel_size(spec),
                "camera": { "name": spec.camera_name, "settings": spec.camera },
                "metadata": metadata,
                "notes": spec.storage.notes,
                "first_frame_id": spec.storage.first_frame_id,
            }),
            dropped: Vec::new(),
            frame_bytes: u64::from(spec.storage.width)
                * u64::from(spec.storage.height)
                * spec.storage.pixel_type.bytes() as u64,
            frame_shape: [spec.storage.height, spec.storage.width],
            sync: spec.storage.durability != Durability::None,
        };
        file.publish(0)?;
        Ok(file)
    }
}

impl FrameFile for RawFile {
    fn replaced(&mut self) -> &mut Replaced {
        &mut self.replaced
    }

    fn write(&mut self, page: Page<'_>) -> Result<(), StorageError> {
        match page.content {
            Ok(pixels) => self.file.write_all_at(pixels, page.frame_index * self.frame_bytes),
            Err(cause) => {
                let (frame_index, hardware_id) = (page.frame_index, page.stamp.hardware_id);
                match self.dropped.last_mut() {
                    Some(last)
                        if last.cause == cause
                            && last.first_frame_index + last.array_frames == frame_index
                            && last.first_hardware_id + last.count == hardware_id =>
                    {
                        last.count += 1;
                        last.array_frames += 1;
                    }
                    _ => {
                        let (count, array_frames) = (1, 1);
                        self.dropped.push(Loss {
                            first_frame_index: frame_index,
                            first_hardware_id: hardware_id,
                            count,
                            array_frames,
                            cause,
                        });
                    }
                }
                // A hole in the file: the frame reads as zeros and costs no disk.
                self.file.set_len((page.frame_index + 1) * self.frame_bytes)
            }
        }
    }

    fn publish(&mut self, frame_count: u64) -> Result<(), StorageError> {
        if !self.lock.is_in_place() {
            return Err(StorageError::Removed { path: self.file.path.clone() });
        }
        let [height, width] = self.frame_shape;
        self.description["shape"] = json!([frame_count, height, width]);
        self.description["dropped"] = json!(self.dropped);
        let text = format!("{:#}\n", self.description);
        files::write_atomic(&self.description_path, text.as_bytes(), false)
    }

    fn sync(&self) -> Result<(), StorageError> {
        self.file.sync_data()
    }

    fn close(&mut self, frame_count: u64, end: &RunEnd) -> Result<(), StorageError> {
        // What a failed write left of a frame goes, and makes room for the description.
        self.file.set_len(frame_count * self.frame_bytes)?;
        self.description["zarrcam"]["end"] = json!(end);
        if self.sync {
            self.sync()?;
        }
        self.publish(frame_count)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".json");
    path.with_file_name(name)
}

/// What the file beside a raw file of ours says of it; `None`: it is not ours.
pub(crate) fn description_of(path: &Path) -> Option<Value> {
    let description = read_json(&beside(path)).ok()?;
    (path.is_file() && description["zarrcam"]["format"] == "raw").then_some(description)
}
