use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zarrcam_config::Durability;

use super::{Page, PlainFile, description, target};
use crate::files::{self, NamedFile};
use crate::{SinkSpec, StorageError};

/// Pixels back to back, little endian; `NAME.json` beside the file says what they are.
pub(super) struct RawFile {
    file: NamedFile,
    description_path: PathBuf,
    description: Value,
    frame_bytes: u64,
    frame_shape: [u32; 2],
    sync: bool,
}

impl RawFile {
    pub fn create(spec: &SinkSpec) -> Result<Self, StorageError> {
        let path = target::path(spec)?;
        let metadata = description::external_metadata(spec)?;
        target::make_room(spec, &path, is_ours, |path| {
            std::fs::remove_file(path)?;
            std::fs::remove_file(beside(path))
        })?;
        let mut file = Self {
            file: NamedFile::create(&path)?,
            description_path: beside(&path),
            description: json!({
                "zarrcam": { "format": "raw", "run_id": spec.run_id },
                "dtype": spec.pixel_type.zarr2_name(),
                "pixel_type": spec.pixel_type,
                "axes": ["frame", "y", "x"],
                "camera": { "name": spec.camera_name, "settings": spec.camera },
                "metadata": metadata,
                "notes": spec.settings.notes,
                "first_frame_id": spec.settings.first_frame_id,
                "dropped": [],
            }),
            frame_bytes: u64::from(spec.width) * u64::from(spec.height) * spec.pixel_type.bytes() as u64,
            frame_shape: [spec.height, spec.width],
            sync: spec.settings.durability != Durability::None,
        };
        file.publish(0)?;
        Ok(file)
    }
}

impl PlainFile for RawFile {
    fn write(&mut self, page: Page<'_>) -> Result<(), StorageError> {
        match page.content {
            Ok(pixels) => self.file.write_all_at(pixels, page.place * self.frame_bytes),
            Err(cause) => {
                let dropped = json!({ "place": page.place, "hardware_frame_id": page.stamp.hardware_id, "cause": cause });
                if let Some(list) = self.description["dropped"].as_array_mut() {
                    list.push(dropped);
                }
                // A hole in the file: the place reads as zeros and costs no disk.
                self.file.set_len((page.place + 1) * self.frame_bytes)
            }
        }
    }

    fn publish(&mut self, places: u64) -> Result<(), StorageError> {
        let [height, width] = self.frame_shape;
        self.description["shape"] = json!([places, height, width]);
        let text = format!("{:#}\n", self.description);
        files::write_atomic(&self.description_path, text.as_bytes(), false)
    }

    fn close(&mut self, places: u64) -> Result<(), StorageError> {
        // What a failed write left of a frame goes.
        self.file.set_len(places * self.frame_bytes)?;
        if self.sync {
            self.file.sync_data()?;
        }
        self.publish(places)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".json");
    path.with_file_name(name)
}

fn is_ours(path: &Path) -> bool {
    let text = std::fs::read(beside(path)).unwrap_or_default();
    path.is_file() && serde_json::from_slice::<Value>(&text).is_ok_and(|value| value["zarrcam"]["format"] == "raw")
}
