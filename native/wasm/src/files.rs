//! Files that JavaScript has open, known by number.

use std::io::{self, ErrorKind};

use zarrcam_storage::targets::SyncHandle;

#[link(wasm_import_module = "zarrcam")]
unsafe extern "C" {
    /// Bytes read, or a [`FAILED`] or [`QUOTA`].
    fn file_read(file: u32, start: *mut u8, bytes: usize, at: f64) -> f64;
    /// Bytes written, or as above.
    fn file_write(file: u32, start: *const u8, bytes: usize, at: f64) -> f64;
    /// 0, or as above.
    safe fn file_truncate(file: u32, bytes: f64) -> f64;
    safe fn file_flush(file: u32) -> f64;
    safe fn file_close(file: u32);
    /// Writes why the last of these calls failed; how many bytes that are.
    fn failure(start: *mut u8, bytes: usize) -> usize;
}

const FAILED: f64 = -1.0;
const QUOTA: f64 = -2.0;
/// A reason is a sentence.
const LONGEST_REASON_BYTES: usize = 400;

/// A `FileSystemSyncAccessHandle`. Closed when it is dropped.
#[derive(Debug)]
pub struct File(pub u32);

fn done(answer: f64) -> io::Result<u64> {
    if answer >= 0.0 {
        return Ok(answer as u64);
    }
    debug_assert!(answer == FAILED || answer == QUOTA);
    let mut reason = vec![0; LONGEST_REASON_BYTES];
    // SAFETY: so many bytes are there.
    let bytes = unsafe { failure(reason.as_mut_ptr(), reason.len()) };
    let reason = String::from_utf8_lossy(&reason[..bytes.min(LONGEST_REASON_BYTES)]).into_owned();
    let kind = if answer == QUOTA { ErrorKind::QuotaExceeded } else { ErrorKind::Other };
    Err(io::Error::new(kind, reason))
}

impl SyncHandle for File {
    fn read(&self, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        // SAFETY: the slice lives until the call returns, and JavaScript keeps no address of it.
        done(unsafe { file_read(self.0, bytes.as_mut_ptr(), bytes.len(), at as f64) }).map(|count| count as usize)
    }

    fn write(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        // SAFETY: as above.
        done(unsafe { file_write(self.0, bytes.as_ptr(), bytes.len(), at as f64) }).map(|count| count as usize)
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        done(file_truncate(self.0, bytes as f64)).map(drop)
    }

    fn flush(&self) -> io::Result<()> {
        done(file_flush(self.0)).map(drop)
    }

    fn close(&self) {
        file_close(self.0);
    }
}
