//! `end.json`: how a run ended. Its bytes are taken when the run begins, so that a full disk can be told of.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zarrcam_acquisition::{DatasetEnd, EndKind};

use crate::StorageError;
use crate::targets::{Target, TargetFile};

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
    target: Arc<dyn Target>,
    folder: PathBuf,
    file: Box<dyn TargetFile>,
    is_said: bool,
}

impl EndFile {
    /// Takes the bytes, in `private`, our own folder of a store. What another run said there stays until `write`.
    pub fn reserve(target: &Arc<dyn Target>, private: &Path) -> Result<Self, StorageError> {
        let file = target.create(&private.join(PARTIAL))?;
        file.write_all_at(&[b' '; RESERVED_BYTES], 0)?;
        Ok(Self { target: Arc::clone(target), folder: private.to_owned(), file, is_said: false })
    }

    /// Writes how the run ended, again where it was written before. Takes no more bytes on the disk. With `sync` it is forced to
    /// the disk itself.
    pub fn write(&mut self, end: &RunEnd, sync: bool) -> Result<(), StorageError> {
        let reason = end.end.reason.as_ref().map(|reason| reason.chars().take(MAX_REASON_LETTERS).collect());
        let end = RunEnd { end: DatasetEnd { reason, ..end.end.clone() }, ..end.clone() };
        let mut text = serde_json::to_vec(&end).unwrap_or_default();
        // Blanks behind a document are part of none.
        text.resize(RESERVED_BYTES.max(text.len()), b' ');
        self.file.write_all_at(&text, 0)?;
        if sync {
            self.file.sync_data()?;
        }
        if self.is_said {
            return Ok(());
        }
        self.file.publish(&self.folder.join(NAME), &self.folder)?;
        self.is_said = true;
        if sync { self.target.sync_folder(&self.folder) } else { Ok(()) }
    }
}

/// Reads how the run ended whose own files lie in `private`; `None`: it was not said, or makes no sense.
pub(crate) fn read(target: &dyn Target, private: &Path) -> Result<Option<RunEnd>, StorageError> {
    let Some(text) = target.document(&private.join(NAME))? else { return Ok(None) };
    let end: Option<RunEnd> = serde_json::from_slice(&text).ok();
    Ok(end.filter(|end| end.captured_end <= MAX_FRAME_INDEX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::files;

    fn read_end(folder: &Path) -> Option<RunEnd> {
        read(&*files(), folder).unwrap()
    }

    #[test]
    fn the_last_word_counts_and_needs_no_more_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EndFile::reserve(&files(), folder.path()).unwrap();
        assert_eq!(read_end(folder.path()), None);
        let complete = RunEnd::by_count(12, Some(12), false);
        file.write(&complete, true).unwrap();
        assert_eq!(read_end(folder.path()), Some(complete));
        let failed = RunEnd { captured_end: 15, end: DatasetEnd::failed("disk full") };
        file.write(&failed, false).unwrap();
        assert_eq!(read_end(folder.path()), Some(failed));
        assert_eq!(std::fs::metadata(folder.path().join(NAME)).unwrap().len(), RESERVED_BYTES as u64);
        assert!(!folder.path().join(PARTIAL).exists());
    }

    #[test]
    fn a_long_reason_is_cut_and_damage_is_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EndFile::reserve(&files(), folder.path()).unwrap();
        file.write(&RunEnd { captured_end: 1, end: DatasetEnd::failed("\u{1F4A5}\n".repeat(5000)) }, false).unwrap();
        let reason = read_end(folder.path()).unwrap().end.reason.unwrap();
        assert_eq!(reason.chars().count(), MAX_REASON_LETTERS);
        let whole = std::fs::read(folder.path().join(NAME)).unwrap();
        std::fs::write(folder.path().join(NAME), &whole[..100]).unwrap();
        assert_eq!(read_end(folder.path()), None);
        std::fs::write(folder.path().join(NAME), r#"{"captured_end":1e18,"kind":"complete","reason":null}"#).unwrap();
        assert_eq!(read_end(folder.path()), None);
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
