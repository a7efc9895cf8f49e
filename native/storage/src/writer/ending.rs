use crate::StorageError;

/// How far a run has ended.
pub struct Ending {
    pub gave_up: bool,
    /// What became of the coarser levels' last planes.
    pub flushed: Result<(), StorageError>,
    pub is_closed: bool,
}
