use super::{Page, PlainFile};
use crate::StorageError;
use crate::end::RunEnd;

/// Writes nothing; the ledger counts.
pub(super) struct Trash;

impl PlainFile for Trash {
    fn write(&mut self, _page: Page<'_>) -> Result<(), StorageError> {
        Ok(())
    }

    fn publish(&mut self, _places: u64) -> Result<(), StorageError> {
        Ok(())
    }

    fn sync(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn close(&mut self, _places: u64, _end: &RunEnd) -> Result<(), StorageError> {
        Ok(())
    }
}
