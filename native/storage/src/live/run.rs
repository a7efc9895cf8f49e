use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_zarr::ChunkFormat;

use super::follow::Followed;
use crate::targets::{Target, TargetFile};
use crate::{StorageError, StorageErrorKind, Store};

/// One run's image, held so that another run at the same path is noticed, with what its log says.
pub(super) struct Run {
    pub store: Store,
    /// Open, so that its inode is not given to another file; by it another run at the same path is noticed.
    run_file: Box<dyn TargetFile>,
    formats: Vec<ChunkFormat>,
    followed: Mutex<Followed>,
}

impl Run {
    /// `NotADataset`: no Zarr store of ours stands there.
    pub fn open(target: &Arc<dyn Target>, path: &Path) -> Result<Self, StorageError> {
        // A store may be replaced by another between any two calls.
        for _ in 0..16 {
            let store = Store::open_in(target, path)?;
            let run_file = match target.open(&store.private().join("run.json")) {
                Ok(file) => file,
                Err(error) if error.kind() == StorageErrorKind::NotOpenYet => return Err(error),
                Err(_) => continue,
            };
            // What was read belongs to the file that is open now only if it is still the same.
            if Store::open_in(target, path)?.run() != store.run() || !run_file.is_in_place() {
                continue;
            }
            let levels = store.layout().levels().iter();
            let formats = levels
                .map(|level| ChunkFormat::new(store.codec(), level.item_bytes, level.tile_bytes, level.slots))
                .collect::<Result<_, _>>()?;
            let followed = Mutex::new(Followed::new(&store)?);
            return Ok(Self { store, run_file, formats, followed });
        }
        Err(StorageError::Removed { path: path.to_owned() })
    }

    /// False: the dataset was removed, or another stands at its path.
    pub fn is_current(&self) -> bool {
        self.run_file.is_in_place()
    }

    /// What was known when the log was last looked at.
    pub fn known(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known now.
    pub fn follow(&self) -> MutexGuard<'_, Followed> {
        let mut followed = self.known();
        followed.poll(&self.store, || self.is_current());
        followed
    }

    pub fn format(&self, level: usize) -> &ChunkFormat {
        &self.formats[level]
    }
}
