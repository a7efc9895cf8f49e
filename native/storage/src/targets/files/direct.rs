//! Writing past the page cache, where the file system can, and room on the disk before it is needed.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file to be written past the page cache; `None` where its file system cannot, or keeps its files in memory anyway.
pub(crate) fn open_direct(path: &Path) -> Option<File> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::DIRECT.bits() as i32;
        let file = OpenOptions::new().write(true).custom_flags(flags).open(path).ok()?;
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
    /// Of linux/magic.h.
    const TMPFS_MAGIC: rustix::fs::FsWord = 0x0102_1994;
    rustix::fs::fstatfs(file).is_ok_and(|answer| answer.f_type == TMPFS_MAGIC)
}

/// Gives a range of a file room on the disk. Direct writes into room that is there do not wait for each other.
pub(crate) fn allocate(file: &File, offset: u64, bytes: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, offset, bytes).map_err(io::Error::from) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::Interrupted) => {
            return Err(error);
        }
        _ => {}
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, bytes);
    Ok(())
}

/// Starts writing a range back without waiting for it, so that a later sync has little left to do.
pub(crate) fn start_write_back(file: &File, offset: u64, bytes: u64) {
    #[cfg(target_os = "linux")]
    {
        let (Ok(offset), Ok(bytes)) = (libc::off64_t::try_from(offset), libc::off64_t::try_from(bytes)) else { return };
        use std::os::fd::AsRawFd;
        // rustix does not have this call.
        // SAFETY: only advice about a range of an open file. What it cannot do now, the sync does later.
        unsafe { libc::sync_file_range(file.as_raw_fd(), offset, bytes, libc::SYNC_FILE_RANGE_WRITE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, bytes);
}
