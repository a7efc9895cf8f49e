use std::path::Path;
use std::sync::Arc;

use super::documents;
use super::follow::Found;
use super::key::Key;
use super::range::ByteRange;
use super::run::Run;
use super::shard::{self, Shard};
use crate::targets::Target;
use crate::{StorageError, Store};

/// What stands at a key of `@live`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveAnswer {
    /// Nothing stands there yet, or nothing ever will.
    NotFound,
    /// Something stands there, with the bytes that were asked for.
    Found {
        /// How many bytes there are in all.
        total_bytes: u64,
        /// A strong entity tag, with its quotes.
        etag: String,
        /// These bytes never change while the run's id is the same.
        immutable: bool,
        /// Where in the whole `body` begins.
        start: u64,
        /// What was asked for, cut at the end.
        body: Vec<u8>,
    },
    /// The range begins behind the last byte, or asks for none.
    OutOfRange { total_bytes: u64, etag: String },
}

/// One image of ours, read while it is written, after it was closed, or as a crash left it. Any thread may ask.
pub struct LiveDataset {
    run: Run,
    /// The part of its `ETag`s that names the run: the run's id, in letters that may stand there.
    tag: String,
}

impl LiveDataset {
    /// The image whose folder a path is, or the first of the store whose root it is. `NotADataset`: neither is ours.
    #[cfg(unix)]
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        Self::open_in(&crate::targets::files(), path)
    }

    /// As `open`, on another target than the file system. `NotOpenYet`, here and from [`Self::get`]: the file that it names is to be
    /// opened first.
    pub fn open_in(target: &Arc<dyn Target>, path: &Path) -> Result<Self, StorageError> {
        let run = Run::open(target, path)?;
        let letters = run.store.run().run_id.chars();
        let tag = letters.map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        Ok(Self { run, tag })
    }

    /// The run that wrote it.
    pub fn run_id(&self) -> &str {
        &self.run.store.run().run_id
    }

    /// Where it is and how it is laid out.
    pub fn store(&self) -> &Store {
        &self.run.store
    }

    /// How many frames can be read now.
    pub fn frames_stored(&self) -> u64 {
        self.run.follow().frames_stored()
    }

    /// The shape of the full level now, px and frames, slowest axis first. It rounds up: an unfinished step of the append axis
    /// counts.
    pub fn shape(&self) -> Vec<u64> {
        let frame_count = self.run.follow().end();
        self.run.store.layout().shape(0, frame_count)
    }

    /// Whether the run has ended properly, or was recovered: no more frames will come.
    pub fn is_closed(&self) -> bool {
        self.run.follow().is_closed()
    }

    /// Whether the dataset is still there; false where it was removed, or another stands at its path.
    pub fn is_current(&self) -> bool {
        self.run.is_current()
    }

    /// Reads bytes of what stands at a key below `@live/`: `zarr.json`, `0/zarr.json`, `0/c/7/0/4/0/0`.
    pub fn get(&self, key: &str, range: ByteRange) -> Result<LiveAnswer, StorageError> {
        match Key::parse(key, self.run.store.layout()) {
            None => Ok(LiveAnswer::NotFound),
            Some(Key::Group) => Ok(self.document(None, range)),
            Some(Key::Array { level }) => Ok(self.document(Some(level), range)),
            Some(Key::Shard { level, coordinates }) => self.frame(level, &coordinates, range),
        }
    }

    fn document(&self, level: Option<usize>, range: ByteRange) -> LiveAnswer {
        let (frame_count, closed) = {
            let followed = self.run.follow();
            (followed.end(), followed.is_closed())
        };
        let bytes = documents::document(&self.run.store, level, frame_count, closed);
        let etag = format!("\"{}-{:08x}-{}\"", self.tag, crc32c::crc32c(&bytes), bytes.len());
        let total_bytes = bytes.len() as u64;
        match range.resolve(total_bytes) {
            Some((start, end)) => {
                let body = bytes[start as usize..end as usize].to_vec();
                LiveAnswer::Found { total_bytes, etag, immutable: false, start, body }
            }
            None => LiveAnswer::OutOfRange { total_bytes, etag },
        }
    }

    fn frame(&self, level: usize, coordinates: &[u64], range: ByteRange) -> Result<LiveAnswer, StorageError> {
        let layout = self.run.store.layout();
        let plane = layout.plane_at(level, coordinates);
        loop {
            let (found, lengths) = {
                let followed = self.run.follow();
                let shape = layout.shape(level, followed.end());
                if coordinates.iter().zip(&shape).any(|(index, size)| index >= size) {
                    return Ok(LiveAnswer::NotFound);
                }
                let found = followed.find(layout, level, coordinates);
                let lengths = match found {
                    Found::NotYet => return Ok(LiveAnswer::NotFound),
                    Found::Fill => Vec::new(),
                    Found::InPlace => Vec::new(),
                    Found::Spilled { .. } | Found::Sealed => followed.lengths(level, plane).to_vec(),
                };
                (found, lengths)
            };
            let shard = Shard::new(&layout.levels()[level], found, lengths);
            let fill = if found == Found::Fill { "f" } else { "" };
            let etag = format!("\"{}-{level}-{plane}{fill}\"", self.tag);
            let total_bytes = shard.total_bytes();
            let Some((start, end)) = range.resolve(total_bytes) else {
                return Ok(LiveAnswer::OutOfRange { total_bytes, etag });
            };
            let body = shard::read(&self.run, &shard, level, plane, start..end);
            if let Found::Spilled { spill, .. } = found {
                let layer = layout.plane_of_level(level, plane).layer;
                if self.run.follow().spill_of(layer) != Some(spill) {
                    // Sealed meanwhile: what was read may be another layer's.
                    continue;
                }
            }
            return match body {
                Ok(body) => Ok(LiveAnswer::Found { total_bytes, etag, immutable: true, start, body }),
                Err(_) if !self.run.is_current() => Ok(LiveAnswer::NotFound),
                Err(error) => Err(error),
            };
        }
    }
}
