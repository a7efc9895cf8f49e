//! Readers take paths, so each input becomes a file, in memory where the system has such a folder.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// This process's own folder.
pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = parent.join(format!("zarrcam-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the inputs");
    folder
});

/// A file of this name that holds `data`; the one of before is gone.
#[allow(dead_code, reason = "targets that make stores of their own need the folder alone")]
pub fn holding(name: &str, data: &[u8]) -> PathBuf {
    let path = FOLDER.join(name);
    std::fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("a folder for the input");
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, data).expect("room for an input");
    path
}
