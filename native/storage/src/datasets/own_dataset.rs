use std::path::{Path, PathBuf};
use std::sync::Arc;

use zarrcam_acquisition::{DatasetInfo, LossPage};
use zarrcam_config::VideoStream;

use super::info::name;
use super::log_summary::FollowedLog;
use super::ours;
use crate::store::recorded_settings;
use crate::targets::{Target, TargetLock};
use crate::{StorageError, Store};

/// A Zarr dataset of ours on any target, in whatever state it is, of which more is read as it grows.
pub struct OwnDataset {
    store: Store,
    path: PathBuf,
    log: FollowedLog,
    _written_by_others: Option<Box<dyn TargetLock>>,
}

impl OwnDataset {
    /// `is_written`: somebody who does not use this target has the right to write it. `NotADataset`: no store of ours stands there.
    ///
    /// `NotOpenYet`, here and of all that is asked: the file that it names is to be opened, and it is to be asked again.
    pub fn open_in(target: &Arc<dyn Target>, path: &Path, is_written: bool) -> Result<Self, StorageError> {
        let store = Store::open_in(target, path)?;
        let log = FollowedLog::of(&store)?;
        let written_by_others = if is_written { Some(target.lock(&store.lock_path())?) } else { None };
        Ok(Self { path: store.image_folder().to_owned(), store, log, _written_by_others: written_by_others })
    }

    /// What is to be said of it now. `data_dir`: what its name is relative to. `bytes`: what it takes, as whoever keeps the files
    /// knows.
    pub fn info(&mut self, data_dir: &Path, bytes: u64) -> Result<DatasetInfo, StorageError> {
        let info = ours::info(&self.path, &self.store, || self.log.poll().clone(), || bytes)?;
        Ok(DatasetInfo { name: name(Some(data_dir), &self.path), ..info })
    }

    /// Some of the frames that it does not hold, with their frame indices and causes.
    pub fn losses(&mut self, from: u64, count: u64) -> Result<LossPage, StorageError> {
        ours::losses(&self.store, || self.log.poll().clone(), from, count)
    }

    /// The stream that it was recorded with.
    pub fn settings(&self) -> Result<VideoStream, StorageError> {
        recorded_settings::of_store(&self.store)
    }
}
