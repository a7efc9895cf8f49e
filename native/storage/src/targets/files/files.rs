use std::fs::{File, FileType};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use zarrcam_files::read_document;

use super::named_file::NamedFile;
use super::{direct, document, folder, lock};
use crate::StorageError;
use crate::targets::{DirectFile, Entries, Entry, EntryKind, Target, TargetFile, TargetLock};

/// The file system of this computer, whose paths are the target's.
#[derive(Debug)]
pub struct Files {
    takes_threads: bool,
}

impl Files {
    /// Written and recovered by one thread, the caller's, as a target is that takes no others.
    pub fn single_threaded() -> Arc<dyn Target> {
        Arc::new(Self { takes_threads: false })
    }
}

/// The file system of this computer.
pub fn files() -> Arc<dyn Target> {
    static FILES: OnceLock<Arc<Files>> = OnceLock::new();
    Arc::clone(FILES.get_or_init(|| Arc::new(Files { takes_threads: true }))) as Arc<dyn Target>
}

impl Target for Files {
    fn takes_threads(&self) -> bool {
        self.takes_threads
    }

    fn moves_folders(&self) -> bool {
        true
    }

    fn create(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        Ok(Box::new(NamedFile::create(path)?))
    }

    fn open_to_write(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        Ok(Box::new(NamedFile::open_to_write(path)?))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError> {
        Ok(Box::new(NamedFile::open(path)?))
    }

    fn document(&self, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
        match read_document(path) {
            Ok(document) => Ok(Some(document)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(StorageError::io(path, "read", 0, error)),
        }
    }

    fn put_document(&self, path: &Path, bytes: &[u8], sync: bool) -> Result<(), StorageError> {
        document::write_atomic(path, bytes, sync)
    }

    fn create_folders(&self, folder: &Path) -> Result<(), StorageError> {
        folder::create_folders(folder)
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), StorageError> {
        folder::sync_folder(folder)
    }

    fn remove_file(&self, path: &Path) -> Result<(), StorageError> {
        folder::remove_file(path)
    }

    fn remove_all(&self, path: &Path) -> Result<(), StorageError> {
        folder::remove_all(path).map_err(|error| StorageError::io(path, "remove all of it", 0, error))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), StorageError> {
        folder::rename(from, to)
    }

    fn exchange(&self, one: &Path, other: &Path) -> bool {
        folder::exchange(one, other)
    }

    fn list(&self, folder: &Path) -> Result<Entries<'_>, StorageError> {
        let path = folder.to_owned();
        let failed = move |error| StorageError::io(&path, "list the folder", 0, error);
        let entries = std::fs::read_dir(folder).map_err(&failed)?;
        Ok(Box::new(entries.map(move |entry| {
            let entry = entry.map_err(&failed)?;
            Ok(Entry { name: entry.file_name(), kind: kind(entry.file_type().map_err(&failed)?) })
        })))
    }

    fn kind(&self, path: &Path) -> Result<Option<EntryKind>, StorageError> {
        match std::fs::symlink_metadata(path) {
            Ok(found) => Ok(Some(kind(found.file_type()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::io(path, "look at the folder", 0, error)),
        }
    }

    fn leads_to(&self, path: &Path) -> Option<EntryKind> {
        std::fs::metadata(path).ok().map(|found| kind(found.file_type()))
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn TargetLock>, StorageError> {
        Ok(Box::new(lock::Lock::take(path)?))
    }

    fn is_locked(&self, path: &Path) -> bool {
        lock::is_locked(path)
    }

    fn can_write_direct(&self, folder: &Path) -> bool {
        direct::can_write_direct(folder)
    }

    fn open_direct(&self, path: &Path) -> Option<Box<dyn DirectFile>> {
        direct::open_direct(path).map(|file| Box::new(file) as Box<dyn DirectFile>)
    }
}

impl DirectFile for File {
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        FileExt::write_all_at(self, bytes, offset)
    }
}

fn kind(of: FileType) -> EntryKind {
    if of.is_file() {
        EntryKind::File
    } else if of.is_dir() {
        EntryKind::Folder
    } else if of.is_symlink() {
        EntryKind::Link
    } else {
        EntryKind::Other
    }
}
