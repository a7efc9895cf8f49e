use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::content::{Change, SyncHandle};
use super::file::DeferredFile;
use super::state::{State, Step};
use crate::StorageError;
use crate::targets::{Entries, Entry, EntryKind, Target, TargetFile, TargetLock};

/// Files that are opened by somebody else, its driver, while nobody calls the target.
///
/// What is written waits in memory in its order until the driver calls [`Self::next_step`] and does each step that it answers.
/// Nothing has left before that answers `None`. Reads see what waits. A file that exists and is not open can be written, but a read
/// says [`StorageError::NotOpenYet`]: the driver calls [`Self::want`], does the steps, and has the work done again from its start.
///
/// Only the names that the target is told of at its start, and those that it makes, are there. A clone is the same target.
#[derive(Clone, Default)]
pub struct DeferredTarget {
    state: Arc<Mutex<State>>,
}

impl DeferredTarget {
    /// With the files that exist, by path and length in bytes.
    pub fn new(files: impl IntoIterator<Item = (PathBuf, u64)>) -> Self {
        let target = Self::default();
        {
            let mut state = target.state();
            for (path, bytes) in files {
                state.add(&path, bytes);
            }
        }
        target
    }

    /// For those who write and read stores.
    pub fn as_target(&self) -> Arc<dyn Target> {
        Arc::new(self.clone())
    }

    /// Does all that waits up to the next step that the driver must do; `None`: nothing waits any more. An error: a file refused
    /// something. Then nothing is written any more, what waits is lost, and every call that would write says the same.
    pub fn next_step(&self) -> Result<Option<Step>, StorageError> {
        self.state().next_step()
    }

    /// [`Step::Open`] is done.
    pub fn opened(&self, handle: Box<dyn SyncHandle>) {
        self.state().opened(handle);
    }

    /// [`Step::Move`] or [`Step::Remove`] is done.
    pub fn done(&self) {
        self.state().done();
    }

    /// Stands for all that was written so far.
    pub fn mark(&self) -> u64 {
        self.state().mark()
    }

    /// Whether all has left that was written before the mark was taken.
    pub fn is_past(&self, mark: u64) -> bool {
        self.state().is_past(mark)
    }

    /// Bytes that wait in memory until the steps before them are done.
    pub fn waiting_bytes(&self) -> u64 {
        self.state().waiting_bytes
    }

    /// The step cannot be done. `action`: what could not be, "open the file". A file that was only to be read is given up, and does
    /// no harm to what is written.
    pub fn refused(&self, path: &Path, action: &'static str, error: io::Error) {
        let mut state = self.state();
        if !state.give_up_reading() {
            state.fail(StorageError::io(path, action, 0, error));
        }
    }

    /// A file that is to be read is opened with the next steps, and stays open until [`Self::let_go`].
    pub fn want(&self, path: &Path) {
        let mut state = self.state();
        if let Some(id) = state.names.get(path).copied() {
            state.set_wanted(id, true);
        }
    }

    /// With the next steps all files are closed that stayed open only because they were wanted.
    pub fn let_go(&self) {
        let mut state = self.state();
        state.wanted().into_iter().for_each(|id| state.set_wanted(id, false));
    }

    /// Closes every handle at once; what waits is lost.
    pub fn close(&self) {
        self.state().close_all();
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for DeferredTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DeferredTarget").finish_non_exhaustive()
    }
}

impl Target for DeferredTarget {
    fn takes_threads(&self) -> bool {
        false
    }

    fn moves_folders(&self) -> bool {
        false
    }

    fn create(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        let id = self.state().create(path)?;
        Ok(Box::new(DeferredFile::new(self, id, path)))
    }

    fn open_to_write(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        let id = self.state().names.get(path).copied();
        let id = id.ok_or_else(|| StorageError::io(path, "open the file", 0, io::ErrorKind::NotFound.into()))?;
        Ok(Box::new(DeferredFile::new(self, id, path)))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        let file = self.open_to_write(path)?;
        let state = self.state();
        let id = state.names.get(path);
        let is_readable = id.and_then(|id| state.file(*id)).is_some_and(|content| content.is_readable());
        drop(state);
        if is_readable { Ok(file) } else { Err(StorageError::NotOpenYet { path: path.to_owned() }) }
    }

    fn document(&self, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
        if !self.state().names.contains_key(path) {
            return Ok(None);
        }
        let file = self.open(path)?;
        let mut bytes = vec![0; file.bytes()? as usize];
        file.read_exact_at(&mut bytes, 0)?;
        Ok(Some(bytes))
    }

    fn put_document(&self, path: &Path, bytes: &[u8], sync: bool) -> Result<(), StorageError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let mut state = self.state();
        let id = state.create(&path.with_file_name(name))?;
        state.write(id, bytes, 0)?;
        if sync {
            state.change(id, Change::Flush)?;
        }
        state.move_file(id, path)
    }

    fn create_folders(&self, _folder: &Path) -> Result<(), StorageError> {
        Ok(())
    }

    fn sync_folder(&self, _folder: &Path) -> Result<(), StorageError> {
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> Result<(), StorageError> {
        let mut state = self.state();
        if state.names.contains_key(path) {
            state.remove(path);
        }
        Ok(())
    }

    fn remove_all(&self, path: &Path) -> Result<(), StorageError> {
        self.state().remove(path);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), StorageError> {
        let mut state = self.state();
        match state.names.get(from).copied() {
            Some(id) => state.move_file(id, to),
            None => Err(StorageError::io(from, "give it another name", 0, io::ErrorKind::Unsupported.into())),
        }
    }

    fn exchange(&self, _one: &Path, _other: &Path) -> bool {
        false
    }

    fn list(&self, folder: &Path) -> Result<Entries<'_>, StorageError> {
        let state = self.state();
        let names = state.names.range(folder.to_owned()..).map(|(name, _)| name);
        let below = names.map_while(|name| name.strip_prefix(folder).ok());
        let mut entries: Vec<Entry> = Vec::new();
        for rest in below {
            let mut parts = rest.components();
            let Some(first) = parts.next() else { continue };
            let kind = if parts.next().is_some() { EntryKind::Folder } else { EntryKind::File };
            let name = first.as_os_str().to_owned();
            // Names below one folder follow each other.
            if entries.last().is_none_or(|last| last.name != name) {
                entries.push(Entry { name, kind });
            }
        }
        Ok(Box::new(entries.into_iter().map(Ok)))
    }

    fn kind(&self, path: &Path) -> Result<Option<EntryKind>, StorageError> {
        Ok(self.leads_to(path))
    }

    fn leads_to(&self, path: &Path) -> Option<EntryKind> {
        let state = self.state();
        if state.names.contains_key(path) {
            Some(EntryKind::File)
        } else {
            state.is_folder(path).then_some(EntryKind::Folder)
        }
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn TargetLock>, StorageError> {
        if !self.state().locks.insert(path.to_owned()) {
            return Err(StorageError::Locked { path: path.to_owned() });
        }
        Ok(Box::new(DeferredLock { target: self.clone(), path: path.to_owned() }))
    }

    fn is_locked(&self, path: &Path) -> bool {
        self.state().locks.contains(path)
    }
}

/// Among those that use the target; others are kept away by whoever drives it.
#[derive(Debug)]
struct DeferredLock {
    target: DeferredTarget,
    path: PathBuf,
}

impl TargetLock for DeferredLock {
    fn moved_to(&mut self, path: &Path) {
        let mut state = self.target.state();
        state.locks.remove(&self.path);
        state.locks.insert(path.to_owned());
        drop(state);
        self.path = path.to_owned();
    }

    fn is_in_place(&self) -> bool {
        self.path.parent().is_some_and(|folder| self.target.state().is_folder(folder))
    }
}

impl Drop for DeferredLock {
    fn drop(&mut self) {
        self.target.state().locks.remove(&self.path);
    }
}
