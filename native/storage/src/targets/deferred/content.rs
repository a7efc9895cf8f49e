use std::collections::VecDeque;
use std::fmt::Debug;
use std::io;
use std::path::PathBuf;

/// An open file that nobody else has open, read and written at once, as the synchronous access handle of a browser's own file
/// system is.
pub trait SyncHandle: Debug + Send + Sync {
    /// Fills `bytes` from `at` on, as far as the file goes; how many bytes that were.
    fn read(&self, bytes: &mut [u8], at: u64) -> io::Result<usize>;

    /// Writes from `at` on; how many bytes that were.
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<usize>;

    /// Cuts the file, or lets it grow by zeros.
    fn truncate(&self, bytes: u64) -> io::Result<()>;

    /// Forces what was written to the disk.
    fn flush(&self) -> io::Result<()>;

    /// Gives the file free for others.
    fn close(&self);
}

/// What is to be done to a file.
pub(super) enum Change {
    Write {
        offset: u64,
        bytes: Vec<u8>,
    },
    SetLen(u64),
    /// Forces to the disk what was written before.
    Flush,
}

impl Change {
    pub fn apply(&self, handle: &dyn SyncHandle) -> Result<(), (&'static str, u64, io::Error)> {
        match self {
            Self::Write { offset, bytes } => write_all(handle, bytes, *offset),
            Self::SetLen(bytes) => handle.truncate(*bytes).map_err(|error| ("set the length", *bytes, error)),
            Self::Flush => handle.flush().map_err(|error| ("sync", 0, error)),
        }
    }

    /// Of memory, until it is done.
    pub fn held_bytes(&self) -> u64 {
        match self {
            Self::Write { bytes, .. } => bytes.len() as u64,
            Self::SetLen(_) | Self::Flush => 0,
        }
    }
}

/// A write takes so much at a time, for the reason that `targets/files` has.
const WRITE_BYTES: usize = 512 << 10;

pub(super) fn write_all(
    handle: &dyn SyncHandle,
    bytes: &[u8],
    offset: u64,
) -> Result<(), (&'static str, u64, io::Error)> {
    let mut done = 0;
    while done < bytes.len() {
        let end = bytes.len().min(done + WRITE_BYTES);
        match handle.write(&bytes[done..end], offset + done as u64) {
            Ok(0) => return Err(("write", bytes.len() as u64, io::ErrorKind::WriteZero.into())),
            Ok(count) => done += count,
            Err(error) => return Err(("write", bytes.len() as u64, error)),
        }
    }
    Ok(())
}

/// A file: what of it is on the disk, and what waits to be.
#[derive(Default)]
pub(super) struct Content {
    /// Where it stands once the queue is done; `None`: nowhere any more.
    pub path: Option<PathBuf>,
    /// How long it is on the disk.
    disk_bytes: u64,
    /// How long it is once the queue is done.
    pub bytes: u64,
    pub handle: Option<Box<dyn SyncHandle>>,
    /// Whether it has a handle once the queue is done.
    pub stays_open: bool,
    /// Open files that are this one.
    pub users: usize,
    /// Stays open without users, too.
    pub is_wanted: bool,
    /// What the queue holds for it.
    waiting: VecDeque<Change>,
}

impl Content {
    pub fn existing(path: PathBuf, bytes: u64) -> Self {
        Self { path: Some(path), disk_bytes: bytes, bytes, ..Self::default() }
    }

    /// Bytes of the file on the disk that are to be seen through what waits.
    fn seen_bytes(&self) -> u64 {
        let cut = self.waiting.iter().filter_map(|change| match change {
            Change::SetLen(bytes) => Some(*bytes),
            _ => None,
        });
        cut.fold(self.disk_bytes, u64::min)
    }

    /// Whether all of it can be read now.
    pub fn is_readable(&self) -> bool {
        self.handle.is_some() || self.seen_bytes() == 0
    }

    /// `Ok(None)`: it must be opened first.
    pub fn read(&self, out: &mut [u8], offset: u64) -> io::Result<Option<usize>> {
        let count = self.bytes.saturating_sub(offset).min(out.len() as u64) as usize;
        let out = &mut out[..count];
        let seen = self.seen_bytes().saturating_sub(offset).min(count as u64) as usize;
        if seen > 0 {
            let Some(handle) = &self.handle else { return Ok(None) };
            let mut done = 0;
            while done < seen {
                match handle.read(&mut out[done..seen], offset + done as u64)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    read => done += read,
                }
            }
        }
        out[seen..].fill(0);
        for change in &self.waiting {
            match change {
                Change::Write { offset: at, bytes } => {
                    let (from, to) = ((*at).max(offset), (at + bytes.len() as u64).min(offset + count as u64));
                    if from < to {
                        out[(from - offset) as usize..(to - offset) as usize]
                            .copy_from_slice(&bytes[(from - at) as usize..(to - at) as usize]);
                    }
                }
                Change::SetLen(bytes) => out[bytes.saturating_sub(offset).min(count as u64) as usize..].fill(0),
                Change::Flush => {}
            }
        }
        Ok(Some(count))
    }

    /// Counts what was done on the disk.
    pub fn note_done(&mut self, change: &Change) {
        match change {
            Change::Write { offset, bytes } => self.note_written(*offset, bytes.len()),
            Change::SetLen(bytes) => self.disk_bytes = *bytes,
            Change::Flush => {}
        }
    }

    pub fn note_written(&mut self, offset: u64, bytes: usize) {
        self.disk_bytes = self.disk_bytes.max(offset + bytes as u64);
    }

    /// Counts what is to be done.
    pub fn note_ordered(&mut self, change: &Change) {
        match change {
            Change::Write { offset, bytes } => self.bytes = self.bytes.max(offset + bytes.len() as u64),
            Change::SetLen(bytes) => self.bytes = *bytes,
            Change::Flush => {}
        }
    }

    pub fn wait_for(&mut self, change: Change) {
        self.waiting.push_back(change);
    }

    pub fn has_changes(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub fn next_change(&mut self) -> Option<Change> {
        self.waiting.pop_front()
    }
}
