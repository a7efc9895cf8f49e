use std::ffi::OsString;
use std::fmt::Debug;
use std::io::{self, IoSlice};
use std::path::Path;

use crate::StorageError;

/// A place that keeps stores: a tree of files with paths. Of paths the code above only joins names; where they lead is the
/// target's business, and so is how what is published comes to its path at once.
///
/// A target whose files open later answers reads of files that are not there yet with [`StorageError::NotOpenYet`]; whoever
/// reads then opens the file and begins again. To create, write and publish never needs that answer.
pub trait Target: Debug + Send + Sync {
    /// Whether several threads may use it at a time. Where not, writer and recovery do all their work in their caller's.
    fn takes_threads(&self) -> bool;

    /// Whether a folder with all that is in it gets another name at once. Where not, a store is made at its own path, and what it
    /// replaces is removed before.
    fn moves_folders(&self) -> bool;

    /// An empty file, to be written and read; what stood there is gone.
    fn create(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError>;

    /// A file that exists, to be written. Whether it can be read as well shows when it is.
    fn open_to_write(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError>;

    /// A file that exists, to be read at once. [`StorageError::is_missing`]: there is none.
    fn open(&self, path: &Path) -> Result<Box<dyn TargetFile>, StorageError>;

    /// The whole of a small file; `None`: there is none.
    fn document(&self, path: &Path) -> Result<Option<Vec<u8>>, StorageError>;

    /// Makes or replaces a small file: whoever reads it sees the old content or the new, never a part.
    fn put_document(&self, path: &Path, bytes: &[u8], sync: bool) -> Result<(), StorageError>;

    /// Makes a folder and those above it.
    fn create_folders(&self, folder: &Path) -> Result<(), StorageError>;

    /// Forces a folder's names to the disk.
    fn sync_folder(&self, folder: &Path) -> Result<(), StorageError>;

    /// Removes a file; that there is none is no error. Whoever has it open reads and writes it no more.
    fn remove_file(&self, path: &Path) -> Result<(), StorageError>;

    /// Removes a file, a link, or a folder with all that is in it; what links lead to stays.
    fn remove_all(&self, path: &Path) -> Result<(), StorageError>;

    /// Gives a file, or a folder where [`Self::moves_folders`], another path.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), StorageError>;

    /// Exchanges two paths, so that there is no moment without either. False: the target cannot, and nothing has changed.
    fn exchange(&self, one: &Path, other: &Path) -> bool;

    /// What is in a folder, in any order.
    fn list(&self, folder: &Path) -> Result<Entries<'_>, StorageError>;

    /// What stands at a path itself, where a link is a link; `None`: nothing.
    fn kind(&self, path: &Path) -> Result<Option<EntryKind>, StorageError>;

    /// What a path leads to, links followed; `None`: nothing that can be seen.
    fn leads_to(&self, path: &Path) -> Option<EntryKind>;

    /// Takes the right to write what the file at `path` stands for, and makes the file where there is none. `Locked`, with this
    /// path: somebody else has it.
    fn lock(&self, path: &Path) -> Result<Box<dyn TargetLock>, StorageError>;

    /// Whether somebody has the right to write that the file at `path` stands for.
    fn is_locked(&self, path: &Path) -> bool;

    /// Whether files in this folder can be written past the cache of the system.
    fn can_write_direct(&self, _folder: &Path) -> bool {
        false
    }

    /// A second way to a file that is written: past the cache of the system, where that is worth it.
    fn open_direct(&self, _path: &Path) -> Option<Box<dyn DirectFile>> {
        None
    }

    /// Whether something stands at a path, links followed.
    fn exists(&self, path: &Path) -> bool {
        self.leads_to(path).is_some()
    }

    /// Whether a folder stands at a path, links followed.
    fn is_folder(&self, path: &Path) -> bool {
        self.leads_to(path) == Some(EntryKind::Folder)
    }

    /// Whether a file stands at a path, links followed.
    fn is_file(&self, path: &Path) -> bool {
        self.leads_to(path) == Some(EntryKind::File)
    }
}

/// What is in a folder, one after the other.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<Entry, StorageError>> + 'a>;

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the folder.
    pub name: OsString,
    /// What it is; links are not followed.
    pub kind: EntryKind,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Folder,
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// An open file of a [`Target`]. Any thread may use it where the target takes threads.
pub trait TargetFile: Debug + Send + Sync {
    /// Where it stands.
    fn path(&self) -> &Path;

    /// Fills `bytes` from `offset` on, as far as the file goes; how many bytes that were.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize, StorageError>;

    /// Fills `bytes` from `offset` on; an error where the file ends before.
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), StorageError> {
        let mut done = 0;
        while done < bytes.len() {
            match self.read_at(&mut bytes[done..], offset + done as u64)? {
                0 => return Err(StorageError::io(self.path(), "read", 0, io::ErrorKind::UnexpectedEof.into())),
                count => done += count,
            }
        }
        Ok(())
    }

    /// Writes all bytes from `offset` on; the file grows where it is shorter.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<(), StorageError>;

    /// Writes the slices one behind the other from `offset` on. They may be used up by it.
    fn write_all_vectored_at(&self, slices: &mut [IoSlice<'_>], offset: u64) -> Result<(), StorageError> {
        let mut offset = offset;
        for slice in slices {
            self.write_all_at(slice, offset)?;
            offset += slice.len() as u64;
        }
        Ok(())
    }

    /// Makes zeros of a range within the file. Takes no room.
    fn clear(&self, offset: u64, bytes: u64) -> Result<(), StorageError> {
        let zeros = vec![0; bytes.min(1 << 20) as usize];
        let mut done = 0;
        while done < bytes {
            let step = (bytes - done).min(zeros.len() as u64);
            self.write_all_at(&zeros[..step as usize], offset + done)?;
            done += step;
        }
        Ok(())
    }

    /// How long the file is now, bytes.
    fn bytes(&self) -> Result<u64, StorageError>;

    /// Cuts the file, or lets it grow by zeros.
    fn set_len(&self, bytes: u64) -> Result<(), StorageError>;

    /// Forces to the disk what was written.
    fn sync_data(&self) -> Result<(), StorageError>;

    /// Puts the whole file at its final path, at once: whoever looks there finds nothing, or all of it. What stood there is replaced.
    /// Folders on the way are made where they lack, but `home` never is: who removed it does not want it back. On an error the file
    /// stays where it is.
    fn publish(&mut self, path: &Path, home: &Path) -> Result<(), StorageError>;

    /// False: the file was removed, or another stands at its path.
    fn is_in_place(&self) -> bool;

    /// Gives a range room on the disk before it is written, where that helps.
    fn allocate(&self, _offset: u64, _bytes: u64) -> Result<(), StorageError> {
        Ok(())
    }

    /// Starts to bring to the disk what was written, without waiting for it, where that helps.
    fn start_write_back(&self) {}
}

/// Writes past the cache of the system, at offsets, in lengths and from addresses that are multiples of
/// `DIRECT_ALIGNMENT`. `InvalidInput`: it cannot after all.
pub trait DirectFile: Debug + Send + Sync {
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
}

/// The right to write a store or a file; ends when it is dropped.
pub trait TargetLock: Debug + Send + Sync {
    /// Whoever renames what is locked says where it stands.
    fn moved_to(&mut self, path: &Path);

    /// False: what was locked was removed, or another stands at its path.
    fn is_in_place(&self) -> bool;
}
