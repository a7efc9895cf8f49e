use super::frame_file::{FrameFile, Page};
use crate::StorageError;
use crate::store::end::RunEnd;
use crate::targets::{Replaced, files};

/// Writes nothing; the ledger counts.
pub(super) struct Trash(Replaced);

impl Trash {
    pub fn new() -> Self {
        Self(Replaced::new(files()))
    }
}

impl FrameFile for Trash {
    fn replaced(&mut self) -> &mut Replaced {
        &mut self.0
    }

    fn write(&mut self, _page: Page<'_>) -> Result<(), StorageError> {
        Ok(())
    }

    fn publish(&mut self, _frame_count: u64) -> Result<(), StorageError> {
        Ok(())
    }

    fn sync(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn close(&mut self, _frame_count: u64, _end: &RunEnd) -> Result<(), StorageError> {
        Ok(())
    }
}
