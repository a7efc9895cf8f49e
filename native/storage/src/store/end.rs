//! `end.json`: how a run ended. Its bytes are taken when the run begins, so that a full disk can be told of.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zarrcam_acquisition::{DatasetEnd, EndKind};

use crate::StorageError;
use crate::disk::{self, NamedFile};
use zarrcam_files::read_document;

/// A block of most file systems.
const RESERVED_BYTES: usize = 4096;
/// What is longer is cut; a reason is a few words.
const MAX_REASON_LETTERS: usize = 400;
/// JavaScript counts no further.
const MAX_FRAME_INDEX: u64 = 1 << 53;

const NAME: &str = "end.json";
const PARTIAL: &str = "end.json.partial";

/// How a run ended, as `end.json` keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunEnd {
    /// One past the last frame index that was captured, lost since included.
    pub captured_end: u64,
    /// Complete, stopped, failed or interrupted, and why.
    #[serde(flatten)]
    pub end: DatasetEnd,
}

impl RunEnd {
    /// The end of a run of which nobody said more: complete if all frames that were asked for are there.
    pub fn by_count(captured_end: u64, frame_limit: Option<u64>, gave_up: bool) -> Self {
        let complete = !gave_up && frame_limit.is_none_or(|limit| captured_end >= limit);
        let kind = if complete { EndKind::Complete } else { EndKind::Stopped };
        Self { captured_end, end: DatasetEnd::new(kind) }
    }
}

/// The file `end.json` of a run that goes on: its bytes are there, and what they say is not known yet.
pub(crate) struct EndFile {
    file: NamedFile,
    path: PathBuf,
}

impl EndFile {
    /// Takes the bytes, in `private`, our own folder of a store. What another run said there stays until `write`.
    pub fn reserve(private: &Path) -> Result<Self, StorageError> {
        let file = NamedFile::create(&private.join(PARTIAL))?;
        file.write_all_at(&[b' '; RESERVED_BYTES], 0)?;
        Ok(Self { file, path: private.join(NAME) })
    }

    /// Writes how the run ended, again where it was written before. Takes no more bytes on the disk. With `sync` it is forced to
    /// the disk itself.
    pub fn write(&self, end: &RunEnd, sync: bool) -> Result<(), StorageError> {
        let reason = end.end.reason.as_ref().map(|reason| reason.chars().take(MAX_REASON_LETTERS).collect());
        let end = RunEnd { end: DatasetEnd { reason, ..end.end.clone() }, ..end.clone() };
        let mut text = serde_json::to_vec(&end).unwrap_or_default();
        // Blanks behind a document are part of none.
        text.resize(RESERVED_BYTES.max(text.len()), b' ');
        self.file.write_all_at(&text, 0)?;
        if sync {
            self.file.sync_data()?;
        }
        match std::fs::rename(&self.file.path, &self.path) {
            // In its place since it was written before.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.path.exists() => Ok(()),
            Err(error) => Err(StorageError::io(&self.path, "put the file in its place", 0, error)),
            Ok(()) if sync => disk::sync_folder_of(&self.path),
            Ok(()) => Ok(()),
        }
    }
}

/// Reads how the run ended whose own files lie in `private`; `None`: it was not said, or cannot be read.
pub(crate) fn read(private: &Path) -> Option<RunEnd> {
    let end: RunEnd = serde_json::from_slice(&read_document(&private.join(NAME)).ok()?).ok()?;
    (end.captured_end <= MAX_FRAME_INDEX).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_and_needs_no_more_room() {
        let folder = tempfile::tempdir().unwrap();
        let file = EndFile::reserve(folder.path()).unwrap();
        assert_eq!(read(folder.path()), None);
        let complete = RunEnd::by_count(12, Some(12), false);
        file.write(&complete, true).unwrap();
        assert_eq!(read(folder.path()), Some(complete));
        let failed = RunEnd { captured_end: 15, end: DatasetEnd::failed("disk full") };
        file.write(&failed, false).unwrap();
        assert_eq!(read(folder.path()), Some(failed));
        assert_eq!(std::fs::metadata(folder.path().join(NAME)).unwrap().len(), RESERVED_BYTES as u64);
        assert!(!folder.path().join(PARTIAL).exists());
    }

    #[test]
    fn a_long_reason_is_cut_and_damage_is_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = EndFile::reserve(folder.path()).unwrap();
        file.write(&RunEnd { captured_end: 1, end: DatasetEnd::failed("\u{1F4A5}\n".repeat(5000)) }, false).unwrap();
        let reason = read(folder.path()).unwrap().end.reason.unwrap();
        assert_eq!(reason.chars().count(), MAX_REASON_LETTERS);
        let whole = std::fs::read(folder.path().join(NAME)).unwrap();
        std::fs::write(folder.path().join(NAME), &whole[..100]).unwrap();
        assert_eq!(read(folder.path()), None);
        std::fs::write(folder.path().join(NAME), r#"{"captured_end":1e18,"kind":"complete","reason":null}"#).unwrap();
        assert_eq!(read(folder.path()), None);
    }

    #[test]
    fn a_run_is_complete_where_all_frames_are_there() {
        let kind = |frame_count, limit, gave_up| RunEnd::by_count(frame_count, limit, gave_up).end.kind;
        assert_eq!(kind(5, Some(5), false), EndKind::Complete);
        assert_eq!(kind(4, Some(5), false), EndKind::Stopped);
        assert_eq!(kind(5, Some(5), true), EndKind::Stopped);
        assert_eq!(kind(5, None, false), EndKind::Complete);
    }
}
