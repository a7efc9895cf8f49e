use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};

use super::content::Change;
use super::deferred::DeferredTarget;
use super::state::FileId;
use crate::StorageError;
use crate::targets::TargetFile;

/// An open file of a [`DeferredTarget`]. Several may be the same file.
#[derive(Debug)]
pub(super) struct DeferredFile {
    target: DeferredTarget,
    id: FileId,
    path: PathBuf,
}

impl DeferredFile {
    pub fn new(target: &DeferredTarget, id: FileId, path: &Path) -> Self {
        target.state().use_file(id);
        Self { target: target.clone(), id, path: path.to_owned() }
    }

    fn removed(&self, action: &'static str) -> StorageError {
        StorageError::io(&self.path, action, 0, io::ErrorKind::NotFound.into())
    }
}

impl Drop for DeferredFile {
    fn drop(&mut self) {
        self.target.state().leave_file(self.id);
    }
}

impl TargetFile for DeferredFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize, StorageError> {
        let state = self.target.state();
        let content = state.file(self.id).filter(|content| content.path.is_some());
        let read = content.ok_or_else(|| self.removed("read"))?.read(bytes, offset);
        let read = read.map_err(|error| StorageError::io(&self.path, "read", 0, error))?;
        read.ok_or_else(|| StorageError::NotOpenYet { path: self.path.clone() })
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<(), StorageError> {
        self.target.state().write(self.id, bytes, offset)
    }

    /// Slices that must wait do so as one.
    fn write_all_vectored_at(&self, slices: &mut [IoSlice<'_>], offset: u64) -> Result<(), StorageError> {
        let mut state = self.target.state();
        if state.writes_at_once(self.id) {
            let mut offset = offset;
            for slice in slices {
                state.write(self.id, slice, offset)?;
                offset += slice.len() as u64;
            }
            return Ok(());
        }
        let bytes = slices.iter().flat_map(|slice| slice.iter().copied());
        let total = slices.iter().map(|slice| slice.len()).sum();
        let mut all = Vec::with_capacity(total);
        all.extend(bytes);
        state.change(self.id, Change::Write { offset, bytes: all })
    }

    fn bytes(&self) -> Result<u64, StorageError> {
        let state = self.target.state();
        let content = state.file(self.id).filter(|content| content.path.is_some());
        content.map(|content| content.bytes).ok_or_else(|| self.removed("look at the file"))
    }

    fn set_len(&self, bytes: u64) -> Result<(), StorageError> {
        self.target.state().change(self.id, Change::SetLen(bytes))
    }

    fn sync_data(&self) -> Result<(), StorageError> {
        self.target.state().change(self.id, Change::Flush)
    }

    fn publish(&mut self, path: &Path, home: &Path) -> Result<(), StorageError> {
        let mut state = self.target.state();
        if !state.is_folder(home) {
            return Err(StorageError::io(path, "put the file in its place", 0, io::ErrorKind::NotFound.into()));
        }
        state.move_file(self.id, path)?;
        drop(state);
        self.path = path.to_owned();
        Ok(())
    }

    fn is_in_place(&self) -> bool {
        self.target.state().names.get(&self.path) == Some(&self.id)
    }
}
