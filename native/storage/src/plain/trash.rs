use super::{Page, PlainFile};
use crate::StorageError;
use crate::end::RunEnd;
use crate::replace::Replaced;

/// Writes nothing; the ledger counts.
#[derive(Default)]
pub(super) struct Trash(Replaced);

impl PlainFile for Trash {
    fn replaced(&mut self) -> &mut Replaced {
        &mut self.0
    }

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
