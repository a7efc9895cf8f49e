use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// A file as it was when something was found out about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileState {
    device: u64,
    inode: u64,
    bytes: u64,
    modified_ns: i128,
    /// A file that is written anew within the clock's step, or whose date is set back, changes this all the same.
    changed_ns: i128,
}

impl FileState {
    /// The state that the system told.
    pub fn of(metadata: &Metadata) -> Self {
        let ns = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether it is the same file, however it changed.
    pub fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// How long the file was, bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}
