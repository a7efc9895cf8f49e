//! What stood at a dataset's path: put aside when another is made there, deleted when its run begins, back where it does not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Target;
use crate::StorageError;

/// Where a dataset is made, and what stood there: put aside on the same disk until the run begins. Dropped before, it is back.
pub(crate) struct Replaced {
    target: Arc<dyn Target>,
    /// Paths that were made, each with where that was put which stood there; `None`: nothing did.
    paths: Vec<(PathBuf, Option<PathBuf>)>,
}

impl Replaced {
    pub fn new(target: Arc<dyn Target>) -> Self {
        Self { target, paths: Vec::new() }
    }

    /// Nothing stood there.
    pub fn note_new(&mut self, home: &Path) {
        self.paths.push((home.to_owned(), None));
    }

    /// Somebody has put it aside already.
    pub fn note(&mut self, home: &Path, aside: PathBuf) {
        self.paths.push((home.to_owned(), Some(aside)));
    }

    pub fn put_aside(&mut self, home: &Path, run_id: &str) -> Result<(), StorageError> {
        let aside = beside(home, "old", run_id);
        self.target.rename(home, &aside)?;
        self.note(home, aside);
        Ok(())
    }

    /// The run has begun: what was put aside is deleted, as far as that goes.
    pub fn remove(&mut self) -> Result<(), StorageError> {
        let mut result = Ok(());
        for aside in std::mem::take(&mut self.paths).into_iter().filter_map(|(_, aside)| aside) {
            let removed = self.target.remove_all(&aside);
            result = result.and(removed.map_err(|error| error.when("remove all of the dataset that was replaced")));
        }
        result
    }

    /// The run does not come: what was made is deleted, and what stood there is back.
    pub fn put_back(&mut self) -> Result<(), StorageError> {
        let mut result = Ok(());
        for (home, aside) in std::mem::take(&mut self.paths) {
            let target = &self.target;
            let failed = |error: StorageError| error.when("remove what was made");
            let back = match aside {
                None => target.remove_all(&home).map_err(failed),
                Some(aside) if target.exchange(&aside, &home) => target.remove_all(&aside).map_err(failed),
                Some(aside) => {
                    let _ = target.remove_all(&home);
                    target.rename(&aside, &home)
                }
            };
            result = result.and(back);
        }
        result
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}

impl Drop for Replaced {
    /// What was made stays, as a crash would leave it, but not where something else stood.
    fn drop(&mut self) {
        self.paths.retain(|(_, aside)| aside.is_some());
        let _ = self.put_back();
    }
}

/// A hidden name next to a path's, on the same disk, that nobody else uses.
pub(crate) fn beside(path: &Path, what: &str, run_id: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let run = run_id.replace(['/', '\\'], "_");
    path.with_file_name(format!(".{name}.zarrcam-{what}-{}-{run}", std::process::id()))
}
