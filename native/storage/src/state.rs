//! What state a store of ours is in, by what its writer left.

#[cfg(unix)]
use std::path::Path;

use zarrcam_acquisition::DatasetState;

use crate::StorageError;
use crate::frame_log::ends_closed;
use crate::store::Store;

/// Whether the store's writer went away without closing it. False for what is being written, and for what is not ours.
#[cfg(unix)]
pub fn needs_recovery(path: &Path) -> bool {
    Store::open(path).and_then(|store| store.state()).is_ok_and(|state| state == DatasetState::NeedsRecovery)
}

impl Store {
    /// By what its writer left. `NotOpenYet`: on a target whose files open later, it cannot be said yet.
    pub fn state(&self) -> Result<DatasetState, StorageError> {
        // In this order: a store that is closed between the two questions is whole.
        Ok(if self.target().is_locked(&self.lock_path()) {
            DatasetState::Open
        } else if !ends_closed(self)? || spills_left(self) {
            DatasetState::NeedsRecovery
        } else {
            DatasetState::Closed
        })
    }
}

/// Whether a spill is there. Any of them: whoever removed them may have been killed between two.
pub(crate) fn spills_left(store: &Store) -> bool {
    let folder = store.private();
    let Ok(mut entries) = store.target().list(&folder) else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.name.to_string_lossy().starts_with("spill-")))
}
