//! What state a store of ours is in, by what its writer left.

use std::path::Path;

use zarrcam_acquisition::DatasetState;

use crate::disk::is_locked;
use crate::frame_log::ends_closed;
use crate::store::Store;

/// Whether the store's writer went away without closing it. False for what is being written, and for what is not ours.
pub fn needs_recovery(path: &Path) -> bool {
    Store::open(path).is_ok_and(|store| state_of(&store) == DatasetState::NeedsRecovery)
}

/// The state of a store of ours.
pub(crate) fn state_of(store: &Store) -> DatasetState {
    // In this order: a store that is closed between the two questions is whole.
    if is_locked(&store.private().join("lock")) {
        DatasetState::Open
    } else if !ends_closed(&store.log_path()) || spills_left(store) {
        DatasetState::NeedsRecovery
    } else {
        DatasetState::Closed
    }
}

/// Whether a spill is there. Any of them: whoever removed them may have been killed between two.
pub(crate) fn spills_left(store: &Store) -> bool {
    let Ok(mut entries) = std::fs::read_dir(store.private()) else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("spill-")))
}
