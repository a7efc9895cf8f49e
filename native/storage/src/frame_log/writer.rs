use std::sync::{Mutex, PoisonError};

use super::record::{HEADER_BYTES, MAGIC, Record, VERSION};
use crate::StorageError;
use crate::store::Store;
use crate::targets::TargetFile;

/// Appends records; used by all threads of a writer.
pub(crate) struct FrameLogWriter {
    file: Box<dyn TargetFile>,
    end: Mutex<End>,
}

struct End {
    offset: u64,
    record: Vec<u8>,
}

impl FrameLogWriter {
    pub fn create(store: &Store) -> Result<Self, StorageError> {
        Self::begin(store.target().create(&store.log_path())?)
    }

    pub(super) fn begin(file: Box<dyn TargetFile>) -> Result<Self, StorageError> {
        let mut header = [0; HEADER_BYTES as usize];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        file.write_all_at(&header, 0)?;
        Ok(Self { file, end: Mutex::new(End { offset: HEADER_BYTES, record: Vec::new() }) })
    }

    /// Goes on after the last good record; what lies behind it is cut off.
    pub fn resume(store: &Store, good_bytes: u64) -> Result<Self, StorageError> {
        Self::go_on(store.target().open_to_write(&store.log_path())?, good_bytes)
    }

    pub(super) fn go_on(file: Box<dyn TargetFile>, good_bytes: u64) -> Result<Self, StorageError> {
        file.set_len(good_bytes)?;
        Ok(Self { file, end: Mutex::new(End { offset: good_bytes, record: Vec::new() }) })
    }

    pub fn append(&self, record: &Record) -> Result<(), StorageError> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let End { offset, record: bytes } = &mut *end;
        record.encode(bytes);
        if let Err(error) = self.file.write_all_at(bytes, *offset) {
            // A part of a record would hide every later one.
            let _ = self.file.set_len(*offset);
            return Err(error);
        }
        *offset += bytes.len() as u64;
        Ok(())
    }

    pub fn sync(&self) -> Result<(), StorageError> {
        self.file.sync_data()
    }
}
