//! BigTIFF (the "BigTIFF Design" of the libtiff project), a page a frame.
//!
//! A page's pixels, description and directory leave by one write; then eight bytes link it to the page before.
//! So a file that a crash or a full disk cut short still opens, with all pages that were linked.

use std::io::IoSlice;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zarrcam_config::Durability;
use zarrcam_frame::PixelType;
use zarrcam_tiff::{Directory, tag};

use super::frame_file::{FrameFile, Page};
use super::json_text::for_description;
use super::resolution::pixels_per_centimetre;
use super::tiff_directory::{Container, Description, PageDirectory};
use super::{description, target};
use crate::store::end::RunEnd;
use crate::store::foreign_files::{self, ForeignFiles};
use crate::targets::Replaced;
use crate::targets::files::{self, Lock, NamedFile};
use crate::{SinkSpec, StorageError};

const CONTAINER: Container = Container::Big;
/// Fills the eight bytes of a value exactly, its final NUL included. Also the mark by which our files are known.
const SOFTWARE: &[u8; 8] = b"zarrcam\0";

pub(super) const FORMAT: target::OurFormat = target::OurFormat { is_ours, foreign: |_| Ok(ForeignFiles::default()) };
pub(super) const FOLDER_FORMAT: target::OurFormat =
    target::OurFormat { is_ours: |folder| is_ours(&folder.join(target::PAGES)), foreign: foreign_in_folder };

pub(super) struct TiffFile {
    replaced: Replaced,
    file: NamedFile,
    lock: Lock,
    width: u32,
    height: u32,
    pixel_type: PixelType,
    first_frame_id: u64,
    /// On the first page only: the run and the user's notes, and his metadata, word for word.
    about: Map<String, Value>,
    metadata: Option<String>,
    /// Numerator and denominator of pixels a centimetre, along x and y; `None`: not calibrated.
    resolution: Option<[[u32; 2]; 2]>,
    end: u64,
    /// Where the offset of the next page's directory is to be written, bytes.
    link: u64,
    sync: bool,
}

impl TiffFile {
    pub fn create(spec: &SinkSpec, path: PathBuf) -> Result<Self, StorageError> {
        let metadata = description::external_metadata(spec)?;
        let replaced = target::make_room(spec, &path, &FORMAT, None)?;
        let mut about = about_run(spec);
        if !spec.storage.notes.is_empty() {
            about.insert("notes".into(), serde_json::json!(spec.storage.notes));
        }
        Self::begin(spec, &path, about, Some(metadata.to_owned()), replaced)
    }

    /// `tiff-json`: a folder with the metadata and the pages apart.
    pub fn create_in_folder(spec: &SinkSpec) -> Result<Self, StorageError> {
        let folder = target::path(spec)?;
        let metadata = description::external_metadata(spec)?;
        let replaced = target::make_room(spec, &folder, &FOLDER_FORMAT, None)?;
        files::create_folders(&folder)?;
        files::write_atomic(&folder.join("metadata.json"), format!("{metadata}\n").as_bytes(), false)?;
        Self::begin(spec, &folder.join(target::PAGES), about_run(spec), None, replaced)
    }

    fn begin(
        spec: &SinkSpec,
        path: &Path,
        about: Map<String, Value>,
        metadata: Option<String>,
        replaced: Replaced,
    ) -> Result<Self, StorageError> {
        let file = NamedFile::create(path)?;
        file.write_all_at(CONTAINER.header(), 0)?;
        Ok(Self {
            replaced,
            file,
            lock: Lock::take(path)?,
            width: spec.storage.width,
            height: spec.storage.height,
            pixel_type: spec.storage.pixel_type,
            first_frame_id: spec.storage.first_frame_id,
            about,
            metadata,
            resolution: resolution(spec),
            end: CONTAINER.header().len() as u64,
            link: CONTAINER.header().len() as u64 - 8,
            sync: spec.storage.durability != Durability::None,
        })
    }

    fn describe(&self, page: &Page<'_>) -> Vec<u8> {
        let mut object = description::frame(self.first_frame_id + page.frame_index, page.stamp, page.content.err());
        let mut metadata = None;
        if page.frame_index == 0 {
            object.extend(self.about.clone());
            metadata = self.metadata.as_deref();
        }
        let mut text = Value::Object(object).to_string();
        if let Some(metadata) = metadata {
            // Behind the last entry; there are others.
            text.truncate(text.len() - 1);
            text.push_str(&format!(",\"metadata\":{metadata}}}"));
        }
        let mut bytes = for_description(&text).into_bytes();
        bytes.push(0);
        bytes
    }
}

impl FrameFile for TiffFile {
    fn replaced(&mut self) -> &mut Replaced {
        &mut self.replaced
    }

    fn write(&mut self, page: Page<'_>) -> Result<(), StorageError> {
        let description = self.describe(&page);
        let pixel_bytes = u64::from(self.width) * u64::from(self.height) * self.pixel_type.bytes() as u64;
        let description_at = self.end + pixel_bytes;
        let description_end = description_at + description.len() as u64;
        let directory_at = description_end.next_multiple_of(16);
        let padding = vec![0; usize::try_from(directory_at - description_end).unwrap_or(0)];
        let directory = PageDirectory {
            width: self.width,
            height: self.height,
            pixel_type: self.pixel_type,
            pixels_at: self.end,
            description: Description::At { offset: description_at, bytes: description.len() as u64 },
            software: SOFTWARE,
            resolution: self.resolution,
        };
        let (directory, link) = directory.encode(CONTAINER, directory_at);
        // A lost frame's pixels are a hole: they read as zeros and cost no disk.
        let (pixels, at) = match page.content {
            Ok(pixels) => (pixels, self.end),
            Err(_) => (&[][..], description_at),
        };
        let mut slices = [pixels, &description, &padding, &directory].map(IoSlice::new);
        self.file.write_all_vectored_at(&mut slices, at)?;
        self.file.write_all_at(&directory_at.to_le_bytes(), self.link)?;
        let directory_end = directory_at + directory.len() as u64;
        self.link = directory_at + link as u64;
        self.end = directory_end.next_multiple_of(16);
        Ok(())
    }

    fn publish(&mut self, _frame_count: u64) -> Result<(), StorageError> {
        if self.lock.is_in_place() { Ok(()) } else { Err(StorageError::Removed { path: self.file.path.clone() }) }
    }

    fn sync(&self) -> Result<(), StorageError> {
        self.file.sync_data()
    }

    fn close(&mut self, frame_count: u64, _end: &RunEnd) -> Result<(), StorageError> {
        // What a failed write left behind the last page goes.
        self.file.set_len(self.end)?;
        if self.sync {
            self.sync()?;
        }
        self.publish(frame_count)
    }
}

fn about_run(spec: &SinkSpec) -> Map<String, Value> {
    let mut about = Map::new();
    about.insert("run_id".into(), spec.run_id.as_str().into());
    about.insert("planned_frames".into(), serde_json::json!(spec.storage.frame_limit));
    about.insert("pixel_type".into(), serde_json::json!(spec.storage.pixel_type));
    about
}

fn resolution(spec: &SinkSpec) -> Option<[[u32; 2]; 2]> {
    let [x, y] = spec.storage.pixel_size_um()?.map(pixels_per_centimetre);
    Some([x?, y?])
}

/// Lists what is foreign in the folder that `tiff-json` writes.
fn foreign_in_folder(folder: &Path) -> Result<ForeignFiles, StorageError> {
    foreign_files::in_folder(folder, &[target::PAGES, "metadata.json", "metadata.json.partial"])
}

/// Ours: BigTIFF, and its first directory names zarrcam as the software.
fn is_ours(path: &Path) -> bool {
    let Ok(file) = zarrcam_tiff::TiffFile::open(path) else { return false };
    match Directory::first(&file) {
        Ok(Some(first)) => is_by_us(&file, &first),
        // A run that stored nothing has the header alone.
        Ok(None) => file.is_big() && file.bytes() == CONTAINER.header().len() as u64,
        Err(_) => false,
    }
}

/// Whether a file with such a first directory was written by zarrcam.
pub(crate) fn is_by_us(file: &zarrcam_tiff::TiffFile, first: &Directory) -> bool {
    file.is_big() && first.text(file, tag::SOFTWARE).is_ok_and(|software| software.as_deref() == Some("zarrcam"))
}
