use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::MOST_REMEMBERED;

struct Measured {
    bytes: u64,
    at: Instant,
    took: Duration,
}

/// A folder is measured again only after so many times the time that it took.
const REST: u32 = 30;

static MEASURED: LazyLock<Mutex<HashMap<PathBuf, Measured>>> = LazyLock::new(Mutex::default);

/// Room that a file or folder takes on the disk, holes not counted. Of a folder with very many files it may be a little old.
pub(super) fn on_disk(path: &Path) -> u64 {
    let known = |measured: &Measured| measured.at.elapsed() < measured.took * REST;
    let lock = || MEASURED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(measured) = lock().get(path).filter(|measured| known(measured)) {
        return measured.bytes;
    }
    let at = Instant::now();
    let bytes = measure(path);
    let mut all = lock();
    if all.len() >= MOST_REMEMBERED {
        all.clear();
    }
    all.insert(path.to_owned(), Measured { bytes, at, took: at.elapsed() });
    bytes
}

fn measure(path: &Path) -> u64 {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return 0 };
    // POSIX counts blocks of 512 bytes, whatever the file system's are.
    let own = metadata.blocks() * 512;
    if !metadata.is_dir() {
        return own;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return own };
    own + entries.flatten().map(|entry| measure(&entry.path())).sum::<u64>()
}
