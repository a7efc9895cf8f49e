use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zarrcam_files::open_file;
use zarrcam_zarr::ChunkFormat;

use super::follow::Followed;
use crate::{StorageError, Store};

/// One run's image, held so that another run at the same path is noticed, with what its log says.
pub(super) struct Run {
    pub store: Store,
    /// Open, so that its inode is not given to another file; by it another run at the same path is noticed.
    run_file: File,
    run_path: PathBuf,
    formats: Vec<ChunkFormat>,
    followed: Mutex<Followed>,
}

impl Run {
    /// `NotADataset`: no Zarr store of ours stands there.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        // A store may be replaced by another between any two calls.
        for _ in 0..16 {
            let store = Store::open(path)?;
            let run_path = store.private().join("run.json");
            let Ok(run_file) = open_file(&run_path) else { continue };
            // What was read belongs to the file that is open now only if it is still the same.
            if Store::open(path)?.run() != store.run() || !is_same(&run_file, &run_path) {
                continue;
            }
            let levels = store.layout().levels().iter();
            let formats = levels
                .map(|level| ChunkFormat::new(store.codec(), level.item_bytes, level.tile_bytes, level.slots))
                .collect::<Result<_, _>>()?;
            let followed = Mutex::new(Followed::new(&store));
            return Ok(Self { store, run_file, run_path, formats, followed });
        }
        Err(StorageError::Removed { path: path.to_owned() })
    }

    /// False: the dataset was removed, or another stands at its path.
    pub fn is_current(&self) -> bool {
        is_same(&self.run_file, &self.run_path)
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

fn is_same(file: &File, path: &Path) -> bool {
    let (Ok(held), Ok(there)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}
