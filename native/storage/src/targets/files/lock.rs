//! The right to write: an exclusive flock, which ends with the process at the latest. Readers ask by a shared one.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use zarrcam_files::open_file;

use super::named_file::NamedFile;
use crate::StorageError;
use crate::targets::TargetLock;

/// Whoever asks whether somebody writes holds the lock for a moment.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(10);

/// The right to write a store or a file, across processes.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Makes the file where there is none. `Locked`, with this path: somebody else writes.
    pub fn take(path: &Path) -> Result<Self, StorageError> {
        let file = match NamedFile::open_to_write(path) {
            Ok(file) => file.file,
            Err(_) => NamedFile::create(path)?.file,
        };
        for attempt in 0.. {
            match flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from) {
                Ok(()) => break,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                    return Err(StorageError::io(path, "lock", 0, error));
                }
                Err(_) if attempt == ATTEMPTS => return Err(StorageError::Locked { path: path.to_owned() }),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
        Ok(Self { file, path: path.to_owned() })
    }

    /// False: what was locked was removed, or another stands at its path.
    pub fn is_in_place(&self) -> bool {
        let (Ok(held), Ok(there)) = (self.file.metadata(), std::fs::metadata(&self.path)) else { return false };
        (held.dev(), held.ino()) == (there.dev(), there.ino())
    }
}

impl TargetLock for Lock {
    fn moved_to(&mut self, path: &Path) {
        self.path = path.to_owned();
    }

    fn is_in_place(&self) -> bool {
        self.is_in_place()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        unlock(&self.file);
    }
}

/// Whether somebody holds the lock of this file now.
pub fn is_locked(path: &Path) -> bool {
    let Ok(file) = open_file(path) else { return false };
    let refused = flock(&file, FlockOperation::NonBlockingLockShared).is_err();
    unlock(&file);
    refused
}

/// Closing the file would not do: a program that is just being started holds all handles of its parent for a moment, and
/// with them their locks.
fn unlock(file: &File) {
    let _ = flock(file, FlockOperation::Unlock);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writes_and_all_see_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert!(!is_locked(&path) && !is_locked(folder.path()));
        let mut lock = Lock::take(&path).unwrap();
        assert!(is_locked(&path) && lock.is_in_place());
        assert!(matches!(Lock::take(&path), Err(StorageError::Locked { path: named }) if named == path));
        std::fs::rename(&path, folder.path().join("elsewhere")).unwrap();
        assert!(!lock.is_in_place());
        lock.moved_to(&folder.path().join("elsewhere"));
        assert!(lock.is_in_place());
    }

    #[test]
    fn a_program_that_starts_with_the_handles_of_its_parent_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::take(&path).unwrap();
        let inherited = lock.file.try_clone().unwrap();
        drop(lock);
        assert!(!is_locked(&path));
        Lock::take(&path).unwrap();
        drop(inherited);
    }
}
