use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::remembered::Remembered;

struct Measured {
    bytes: u64,
    at: Instant,
    took: Duration,
}

/// A folder is measured again only after so many times the time that it took.
const REST: u32 = 30;

static MEASURED: LazyLock<Remembered<Measured>> = LazyLock::new(Remembered::default);

/// Bytes that a file or folder takes on the disk, holes not counted. Of a folder with very many files it may be a little old.
pub(super) fn on_disk(path: &Path) -> u64 {
    let recent = |measured: &Measured| (measured.at.elapsed() < measured.took * REST).then_some(measured.bytes);
    if let Some(bytes) = MEASURED.get(path, recent).flatten() {
        return bytes;
    }
    let at = Instant::now();
    let bytes = measure(path);
    MEASURED.keep(path, Measured { bytes, at, took: at.elapsed() });
    bytes
}

/// As [`on_disk`], measured now.
pub(super) fn measure(path: &Path) -> u64 {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return 0 };
    // POSIX counts blocks of 512 bytes, whatever the file system's are.
    let own = metadata.blocks() * 512;
    if !metadata.is_dir() {
        return own;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return own };
    own + entries.flatten().map(|entry| measure(&entry.path())).sum::<u64>()
}
