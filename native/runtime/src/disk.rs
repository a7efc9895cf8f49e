//! What the file system says about a place where nothing may stand yet.

use std::path::{Path, PathBuf};

pub use zarrcam_files::free_bytes;

/// The nearest folder above `path`, or `path` itself, that exists.
pub fn existing_ancestor(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|ancestor| ancestor.exists()).map(Path::to_path_buf)
}

/// Two places with the same number share their room.
pub fn volume(path: &Path) -> Option<u64> {
    let stat = rustix::fs::stat(existing_ancestor(path)?).ok()?;
    // The width of the number is the system's.
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "i32 on macOS, u64 on Linux")]
    Some(stat.st_dev as u64)
}

/// Whether entries can be made in the folder where `path` would be made.
pub fn can_write(path: &Path) -> bool {
    existing_ancestor(path).is_some_and(|folder| {
        rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
    })
}
