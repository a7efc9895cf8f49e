use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::dataset::LiveDataset;
use crate::StorageError;

/// Datasets whose logs are kept in memory; the least recently used goes first.
const MAX_OPEN: usize = 8;

/// The datasets that are in use, so that a log is not read anew for every request.
#[derive(Default)]
pub struct LiveDatasets {
    /// The most recently used last.
    open: Mutex<Vec<(PathBuf, Arc<LiveDataset>)>>,
}

impl LiveDatasets {
    pub fn new() -> Self {
        Self::default()
    }

    /// The dataset that stands at a path now. `NotADataset`: none of ours.
    pub fn open(&self, path: &Path) -> Result<Arc<LiveDataset>, StorageError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // What was deleted or replaced lets go of its files, whichever is asked for.
        open.retain(|(_, dataset)| dataset.is_current());
        let dataset = match open.iter().position(|(other, _)| other == path) {
            Some(at) => open.remove(at).1,
            None => Arc::new(LiveDataset::open(path)?),
        };
        if open.len() >= MAX_OPEN {
            open.remove(0);
        }
        open.push((path.to_owned(), Arc::clone(&dataset)));
        Ok(dataset)
    }
}
