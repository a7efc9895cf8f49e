use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use zarrcam_files::open_file;

use super::direct;
use super::folder::rename;
use crate::StorageError;
use crate::targets::TargetFile;

/// A file with its path, for messages.
#[derive(Debug)]
pub(crate) struct NamedFile {
    pub file: File,
    pub path: PathBuf,
}

impl NamedFile {
    pub fn create(path: &Path) -> Result<Self, StorageError> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
        let file = file.map_err(|error| StorageError::io(path, "create the file", 0, error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn open_to_write(path: &Path) -> Result<Self, StorageError> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|error| StorageError::io(path, "open the file", 0, error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let file = open_file(path).map_err(|error| StorageError::io(path, "open the file", 0, error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<(), StorageError> {
        self.file.write_all_at(bytes, offset).map_err(|error| self.error("write", bytes.len() as u64, error))
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize, StorageError> {
        loop {
            match self.file.read_at(bytes, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(|error| self.error("read", 0, error)),
            }
        }
    }

    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), StorageError> {
        self.file.read_exact_at(bytes, offset).map_err(|error| self.error("read", 0, error))
    }

    /// Writes the slices one behind the other, some at a time: for one call of megabytes the page cache takes pages of 2 MiB, and
    /// in a virtual machine those are such that its host has to make first, at a tenth of the speed.
    pub fn write_all_vectored_at(&self, slices: &mut [IoSlice<'_>], offset: u64) -> Result<(), StorageError> {
        /// Linux's IOV_MAX.
        const MAX: usize = 1024;
        const MAX_BYTES: usize = 512 << 10;
        let (mut rest, mut offset) = (slices, offset);
        IoSlice::advance_slices(&mut rest, 0);
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = |slice: &&IoSlice<'_>| {
                bytes += slice.len();
                bytes <= MAX_BYTES
            };
            let written = match rest.iter().take(MAX).take_while(fits).count() {
                0 => rustix::io::pwritev(&self.file, &[IoSlice::new(&rest[0][..MAX_BYTES])], offset),
                count => rustix::io::pwritev(&self.file, &rest[..count], offset),
            };
            match written.map_err(io::Error::from) {
                Ok(0) => return Err(self.error("write", 0, io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    IoSlice::advance_slices(&mut rest, written);
                    offset += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let needed = rest.iter().map(|slice| slice.len() as u64).sum();
                    return Err(self.error("write", needed, error));
                }
            }
        }
        Ok(())
    }

    /// Makes zeros of a range. Gives its room back where the file system can, so it works on a full disk.
    pub fn clear(&self, offset: u64, bytes: u64) -> Result<(), StorageError> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{FallocateFlags, fallocate};
            if fallocate(&self.file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, offset, bytes).is_ok() {
                return Ok(());
            }
        }
        let zeros = vec![0; (bytes as usize).min(1 << 20)];
        let mut done = 0;
        while done < bytes {
            let step = (bytes - done).min(zeros.len() as u64);
            self.write_all_at(&zeros[..step as usize], offset + done)?;
            done += step;
        }
        Ok(())
    }

    /// How long the file is now, bytes.
    pub fn bytes(&self) -> Result<u64, StorageError> {
        let metadata = self.file.metadata().map_err(|error| self.error("look at the file", 0, error))?;
        Ok(metadata.len())
    }

    pub fn set_len(&self, bytes: u64) -> Result<(), StorageError> {
        self.file.set_len(bytes).map_err(|error| self.error("set the length", bytes, error))
    }

    pub fn sync_data(&self) -> Result<(), StorageError> {
        self.file.sync_data().map_err(|error| self.error("sync", 0, error))
    }

    pub fn error(&self, action: &'static str, needed_bytes: u64, error: io::Error) -> StorageError {
        StorageError::io(&self.path, action, needed_bytes, error)
    }
}

impl TargetFile for NamedFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize, StorageError> {
        self.read_at(bytes, offset)
    }

    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), StorageError> {
        self.read_exact_at(bytes, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<(), StorageError> {
        self.write_all_at(bytes, offset)
    }

    fn write_all_vectored_at(&self, slices: &mut [IoSlice<'_>], offset: u64) -> Result<(), StorageError> {
        self.write_all_vectored_at(slices, offset)
    }

    fn clear(&self, offset: u64, bytes: u64) -> Result<(), StorageError> {
        self.clear(offset, bytes)
    }

    fn bytes(&self) -> Result<u64, StorageError> {
        self.bytes()
    }

    fn set_len(&self, bytes: u64) -> Result<(), StorageError> {
        self.set_len(bytes)
    }

    fn sync_data(&self) -> Result<(), StorageError> {
        self.sync_data()
    }

    /// By renaming it. A folder is only made where that fails: it mostly exists.
    fn publish(&mut self, path: &Path, home: &Path) -> Result<(), StorageError> {
        match std::fs::rename(&self.path, path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folders: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| *folder != home).collect();
                for folder in folders.iter().rev() {
                    match std::fs::create_dir(folder) {
                        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                            return Err(StorageError::io(folder, "create the folder", 0, error));
                        }
                        _ => {}
                    }
                }
                rename(&self.path, path)?;
            }
            Err(error) => return Err(StorageError::io(path, "put the file in its place", 0, error)),
        }
        self.path = path.to_owned();
        Ok(())
    }

    fn is_in_place(&self) -> bool {
        let (Ok(held), Ok(there)) = (self.file.metadata(), std::fs::metadata(&self.path)) else { return false };
        (held.dev(), held.ino()) == (there.dev(), there.ino())
    }

    fn allocate(&self, offset: u64, bytes: u64) -> Result<(), StorageError> {
        direct::allocate(&self.file, offset, bytes).map_err(|error| self.error("allocate room", bytes, error))
    }

    fn start_write_back(&self) {
        direct::start_write_back(&self.file, 0, 0);
    }
}
