use std::path::{Path, PathBuf};

/// Bytes that this user may still write to the disk that holds `path`, or to that of the nearest folder above it that exists.
/// `None`: the system does not say.
pub fn free_bytes(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::statvfs(existing_ancestor(path)?).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// `path` itself where something stands there, or else the nearest folder above it.
pub fn existing_ancestor(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|ancestor| ancestor.exists()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_that_exists_says_it() {
        let folder = tempfile::tempdir().unwrap();
        let made_later = folder.path().join("tonight/run.zarr");
        assert_eq!(existing_ancestor(&made_later), Some(folder.path().to_owned()));
        assert!(free_bytes(&made_later).is_some());
    }
}
