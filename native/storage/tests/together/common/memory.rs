//! Files in memory with the rules of a browser's own file system: opened, moved and removed one step after the other, and read
//! and written at once; one handle a file; none may be open that is moved or removed; a file that grows takes its room.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use zarrcam_storage::targets::{DeferredTarget, Step, SyncHandle, Target};
use zarrcam_storage::{StorageError, StorageErrorKind};

/// What survives the end of whoever uses it.
#[derive(Clone, Debug, Default)]
pub struct Drive {
    disk: Arc<Mutex<Disk>>,
}

#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<PathBuf, Vec<u8>>,
    open: BTreeSet<PathBuf>,
    /// Changes that were made.
    changes: u64,
    /// So many more are made; then its user is gone.
    left: Option<u64>,
    quota_bytes: Option<u64>,
}

#[derive(Debug)]
struct Handle {
    drive: Drive,
    path: PathBuf,
}

impl Drive {
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.disk.lock().unwrap().files.clone()
    }

    pub fn changes(&self) -> u64 {
        self.disk.lock().unwrap().changes
    }

    pub fn set_quota(&self, bytes: Option<u64>) {
        self.disk.lock().unwrap().quota_bytes = bytes;
    }

    /// After so many more changes nothing comes to the disk, and the last one does in half.
    pub fn kill_after(&self, changes: u64) {
        self.disk.lock().unwrap().left = Some(changes);
    }

    /// Somebody else begins: what was open is so no more.
    pub fn restart(&self) -> DeferredTarget {
        let mut disk = self.disk.lock().unwrap();
        (disk.left, disk.open) = (None, BTreeSet::new());
        DeferredTarget::new(disk.files.iter().map(|(path, bytes)| (path.clone(), bytes.len() as u64)))
    }

    /// Does all that waits, as the page does between two calls.
    pub fn drain(&self, target: &DeferredTarget) -> Result<(), StorageError> {
        while let Some(step) = target.next_step()? {
            let (path, done) = match &step {
                Step::Open { path, create } => (path, self.open(path, *create).map(Some)),
                Step::Move { from, to } => (from, self.change(|disk| disk.move_file(from, to)).map(|()| None)),
                Step::Remove { path } => (path, self.change(|disk| disk.remove(path)).map(|()| None)),
            };
            match done {
                Ok(Some(handle)) => target.opened(handle),
                Ok(None) => target.done(),
                Err(error) => target.refused(path, "do it", error),
            }
        }
        Ok(())
    }

    /// What may have to wait for files that are not open, until it has not.
    pub fn retry<T>(
        &self,
        target: &DeferredTarget,
        mut work: impl FnMut(&Arc<dyn Target>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        loop {
            let result = work(&target.as_target());
            if let Err(StorageError::NotOpenYet { path }) = &result {
                target.want(path);
            }
            self.drain(target)?;
            match result {
                Err(error) if error.kind() == StorageErrorKind::NotOpenYet => {}
                result => return result,
            }
        }
    }

    fn open(&self, path: &Path, create: bool) -> io::Result<Box<dyn SyncHandle>> {
        let mut disk = self.disk.lock().unwrap();
        assert!(disk.open.insert(path.to_owned()), "{} is open already", path.display());
        let exists = disk.files.contains_key(path);
        assert!(exists || create, "{} does not exist", path.display());
        drop(disk);
        if !exists {
            self.change(|disk| {
                disk.files.insert(path.to_owned(), Vec::new());
                Ok(())
            })?;
        }
        Ok(Box::new(Handle { drive: self.clone(), path: path.to_owned() }))
    }

    fn change(&self, change: impl FnOnce(&mut Disk) -> io::Result<()>) -> io::Result<()> {
        let mut disk = self.disk.lock().unwrap();
        disk.count()?;
        change(&mut disk)
    }

    /// As files, for readers of files.
    pub fn export(&self, from: &Path, to: &Path) {
        for (path, bytes) in self.files() {
            let Ok(rest) = path.strip_prefix(from) else { continue };
            std::fs::create_dir_all(to.join(rest).parent().unwrap()).unwrap();
            std::fs::write(to.join(rest), bytes).unwrap();
        }
    }
}

impl Disk {
    fn count(&mut self) -> io::Result<()> {
        match &mut self.left {
            Some(0) => return Err(io::Error::other("killed")),
            Some(left) => *left -= 1,
            None => {}
        }
        self.changes += 1;
        Ok(())
    }

    fn move_file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        assert!(!self.open.contains(from), "{} is moved while it is open", from.display());
        assert!(!self.open.contains(to), "{} is replaced while it is open", to.display());
        let bytes = self.files.remove(from).unwrap_or_else(|| panic!("{} is moved and does not exist", from.display()));
        self.files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        let open = self.open.iter().find(|open| open.starts_with(path));
        assert!(open.is_none(), "{} is removed while it is open", path.display());
        self.files.retain(|name, _| !name.starts_with(path));
        Ok(())
    }

    fn resize(&mut self, path: &Path, bytes: usize) -> io::Result<()> {
        let others: usize = self.files.iter().filter(|(name, _)| *name != path).map(|(_, file)| file.len()).sum();
        if self.quota_bytes.is_some_and(|quota| (others + bytes) as u64 > quota) {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        self.files.get_mut(path).unwrap().resize(bytes, 0);
        Ok(())
    }
}

impl SyncHandle for Handle {
    fn read(&self, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        let disk = self.drive.disk.lock().unwrap();
        let rest = disk.files[&self.path].get(at as usize..).unwrap_or_default();
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let mut disk = self.drive.disk.lock().unwrap();
        disk.count()?;
        // The last one that comes to the disk does not come whole.
        let bytes = if disk.left == Some(0) { &bytes[..bytes.len() / 2] } else { bytes };
        let end = at as usize + bytes.len();
        if disk.files[&self.path].len() < end {
            disk.resize(&self.path, end)?;
        }
        disk.files.get_mut(&self.path).unwrap()[at as usize..end].copy_from_slice(bytes);
        match disk.left {
            Some(0) => Err(io::Error::other("killed")),
            _ => Ok(bytes.len()),
        }
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        self.drive.change(|disk| disk.resize(&self.path, bytes as usize))
    }

    fn flush(&self) -> io::Result<()> {
        self.drive.change(|_| Ok(()))
    }

    fn close(&self) {
        assert!(self.drive.disk.lock().unwrap().open.remove(&self.path), "{} was not open", self.path.display());
    }
}
