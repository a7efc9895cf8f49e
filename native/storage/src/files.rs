//! File operations that say what failed where, and the few that the standard library lacks.

use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice};
use std::ops::{Deref, DerefMut};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use zarrcam_frame::{FrameBufferMut, FramePool};

use crate::StorageError;
use zarrcam_files::open_file;

/// O_DIRECT wants addresses, offsets and lengths at multiples of this.
pub(crate) const DIRECT_ALIGNMENT: usize = 4096;

/// Memory that O_DIRECT takes, on huge pages where there are.
pub(crate) struct AlignedBytes(FrameBufferMut);

impl AlignedBytes {
    pub fn new(bytes: usize) -> Result<Self, StorageError> {
        let buffer = FramePool::new(bytes, 1).ok().and_then(|pool| pool.try_take());
        buffer.map(Self).ok_or(StorageError::OutOfMemory { bytes: bytes as u64 })
    }
}

impl Deref for AlignedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for AlignedBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// Opens a file to be written past the page cache; `None` where its file system cannot, or keeps its files in memory anyway.
pub(crate) fn open_direct(path: &Path) -> Option<File> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let file = OpenOptions::new().write(true).custom_flags(libc::O_DIRECT).open(path).ok()?;
        (!is_in_memory(&file)).then_some(file)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        None
    }
}

/// Whether files in a folder can be written past the page cache.
pub(crate) fn can_write_direct(folder: &Path) -> bool {
    let probe = folder.join("direct.partial");
    let can = File::create(&probe).is_ok() && open_direct(&probe).is_some();
    let _ = std::fs::remove_file(&probe);
    can
}

#[cfg(target_os = "linux")]
fn is_in_memory(file: &File) -> bool {
    let mut answer = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the system fills the struct, which is read only where it says so.
    let kind = unsafe {
        if libc::fstatfs(file.as_raw_fd(), answer.as_mut_ptr()) != 0 {
            return false;
        }
        answer.assume_init().f_type
    };
    kind == libc::TMPFS_MAGIC
}

/// Gives a range of a file room on the disk. Direct writes into room that is there do not wait for each other.
pub(crate) fn allocate(file: &File, offset: u64, bytes: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let (Ok(offset), Ok(bytes)) = (libc::off64_t::try_from(offset), libc::off64_t::try_from(bytes)) else {
            return Ok(());
        };
        // SAFETY: only the range of an open file is touched.
        if unsafe { libc::fallocate64(file.as_raw_fd(), libc::FALLOC_FL_KEEP_SIZE, offset, bytes) } != 0 {
            let error = io::Error::last_os_error();
            if !matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::Interrupted) {
                return Err(error);
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, bytes);
    Ok(())
}

/// A file with its path, for messages.
#[derive(Debug)]
pub(crate) struct NamedFile {
    pub file: File,
    pub path: PathBuf,
}

impl NamedFile {
    pub fn create(path: &Path) -> Result<Self, StorageError> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
        let file = file.map_err(|error| StorageError::io(path, "create the file", 0, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn open_to_write(path: &Path) -> Result<Self, StorageError> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|error| StorageError::io(path, "open the file", 0, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let file = open_file(path).map_err(|error| StorageError::io(path, "open the file", 0, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<(), StorageError> {
        self.file.write_all_at(bytes, offset).map_err(|error| self.error("write", bytes.len() as u64, &error))
    }

    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), StorageError> {
        self.file.read_exact_at(bytes, offset).map_err(|error| self.error("read", 0, &error))
    }

    /// Writes the slices one behind the other, some at a time: for one call of megabytes the page cache takes pages of 2 MiB, and
    /// in a virtual machine those are such that its host has to make first, at a tenth of the speed.
    pub fn write_all_vectored_at(&self, slices: &mut [IoSlice<'_>], offset: u64) -> Result<(), StorageError> {
        /// Linux's IOV_MAX.
        const MOST: usize = 1024;
        const MOST_BYTES: usize = 512 << 10;
        let (mut rest, mut offset) = (slices, offset);
        IoSlice::advance_slices(&mut rest, 0);
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = |slice: &&IoSlice<'_>| {
                bytes += slice.len();
                bytes <= MOST_BYTES
            };
            let written = match rest.iter().take(MOST).take_while(fits).count() {
                0 => write_vectored_at(&self.file, &[IoSlice::new(&rest[0][..MOST_BYTES])], offset),
                count => write_vectored_at(&self.file, &rest[..count], offset),
            };
            match written {
                Ok(0) => return Err(self.error("write", 0, &io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    IoSlice::advance_slices(&mut rest, written);
                    offset += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let needed = rest.iter().map(|slice| slice.len() as u64).sum();
                    return Err(self.error("write", needed, &error));
                }
            }
        }
        Ok(())
    }

    /// Makes zeros of a range. Gives its room back where the file system can, so it works on a full disk.
    pub fn clear(&self, offset: u64, bytes: u64) -> Result<(), StorageError> {
        #[cfg(target_os = "linux")]
        {
            let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
            if let (Ok(offset), Ok(bytes)) = (libc::off64_t::try_from(offset), libc::off64_t::try_from(bytes)) {
                // SAFETY: only the range of an open file is touched.
                if unsafe { libc::fallocate64(self.file.as_raw_fd(), mode, offset, bytes) } == 0 {
                    return Ok(());
                }
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

    pub fn set_len(&self, bytes: u64) -> Result<(), StorageError> {
        self.file.set_len(bytes).map_err(|error| self.error("set the length", bytes, &error))
    }

    pub fn sync_data(&self) -> Result<(), StorageError> {
        self.file.sync_data().map_err(|error| self.error("sync", 0, &error))
    }

    pub fn error(&self, action: &'static str, needed_bytes: u64, error: &io::Error) -> StorageError {
        StorageError::io(&self.path, action, needed_bytes, error)
    }
}

fn write_vectored_at(file: &File, slices: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
    let count = libc::c_int::try_from(slices.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let offset = libc::off_t::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: an IoSlice is laid out as the system's iovec, and the slices outlive the call.
    let written = unsafe { libc::pwritev(file.as_raw_fd(), slices.as_ptr().cast(), count, offset) };
    usize::try_from(written).map_err(|_| io::Error::last_os_error())
}

/// Starts writing a range back without waiting for it, so that a later sync has little left to do.
pub(crate) fn start_write_back(file: &File, offset: u64, bytes: u64) {
    #[cfg(target_os = "linux")]
    {
        let (Ok(offset), Ok(bytes)) = (libc::off64_t::try_from(offset), libc::off64_t::try_from(bytes)) else { return };
        // SAFETY: only advice about a range of an open file. What it cannot do now, the sync does later.
        unsafe { libc::sync_file_range(file.as_raw_fd(), offset, bytes, libc::SYNC_FILE_RANGE_WRITE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, bytes);
}

/// Free for us on the file system of a path, or of the nearest folder above it that exists.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    let existing = path.ancestors().find(|path| path.exists())?;
    let name = std::ffi::CString::new(existing.as_os_str().as_bytes()).ok()?;
    let mut answer = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: the name is a C string, and the system fills the struct that is read only where it says so.
    let answer = unsafe {
        if libc::statvfs(name.as_ptr(), answer.as_mut_ptr()) != 0 {
            return None;
        }
        answer.assume_init()
    };
    #[allow(clippy::unnecessary_cast, reason = "the fields' types differ between systems")]
    Some((answer.f_bavail as u64).saturating_mul(answer.f_frsize as u64))
}

/// Replaces a file: whoever reads it sees the old content or the new, never a part.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8], sync: bool) -> Result<(), StorageError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let file = NamedFile::create(&partial)?;
    file.write_all_at(bytes, 0)?;
    if sync {
        file.sync_data()?;
    }
    rename(&partial, path)?;
    if sync {
        sync_folder_of(path)?;
    }
    Ok(())
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StorageError> {
    std::fs::rename(from, to).map_err(|error| StorageError::io(to, "put the file in its place", 0, &error))
}

/// Lets two names change places, so that there is no moment without either. False: the system cannot.
pub(crate) fn exchange(one: &Path, other: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = |path: &Path| std::ffi::CString::new(path.as_os_str().as_bytes()).ok();
        let (Some(one), Some(other)) = (name(one), name(other)) else { return false };
        let (here, flags) = (libc::AT_FDCWD, libc::RENAME_EXCHANGE);
        // SAFETY: both names are C strings that outlive the call.
        unsafe { libc::renameat2(here, one.as_ptr(), here, other.as_ptr(), flags) == 0 }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (one, other);
        false
    }
}

pub(crate) fn sync_folder_of(path: &Path) -> Result<(), StorageError> {
    path.parent().map_or(Ok(()), sync_folder)
}

pub(crate) fn sync_folder(folder: &Path) -> Result<(), StorageError> {
    let result = File::open(folder).and_then(|folder| folder.sync_all());
    result.map_err(|error| StorageError::io(folder, "sync the folder", 0, &error))
}

pub(crate) fn create_folders(folder: &Path) -> Result<(), StorageError> {
    std::fs::create_dir_all(folder).map_err(|error| StorageError::io(folder, "create the folder", 0, &error))
}

pub(crate) fn remove_file(path: &Path) -> Result<(), StorageError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::io(path, "remove the file", 0, &error))
        }
        _ => Ok(()),
    }
}
