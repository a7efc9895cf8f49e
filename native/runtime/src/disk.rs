//! What the file system says about a path where nothing may stand yet.

use std::path::Path;

use zarrcam_files::existing_ancestor;

/// The number of the disk that holds a path. Paths with the same number share its free bytes.
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
