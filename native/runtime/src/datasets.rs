//! What was recorded: the data folder's datasets, closed or not.

use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use zarrcam_acquisition::{DatasetInfo, FileDescription, LeftOut, LossPage, Trash};
use zarrcam_checking::{BadName, Places, lexically_normal};
use zarrcam_config::VideoStream;
use zarrcam_storage::{
    Listing, LiveAnswer, LiveRange, Recovery, StorageError, dataset_info, dataset_losses, delete_dataset, empty_trash,
    file_description, list_datasets, recorded_settings, recover, rename_dataset, trash,
};

use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::Runtime;

impl Runtime {
    /// The datasets of the data folder; without one, of the working folder.
    pub fn datasets(&self) -> Result<Vec<DatasetInfo>, RuntimeError> {
        let Listing { datasets, left_out } = list_datasets(&self.inner.names.base)?;
        *self.last_left_out() = Some(left_out);
        Ok(datasets)
    }

    /// What the last list of datasets left out, and why; where none was asked for yet, what one would.
    pub fn datasets_left_out(&self) -> Result<Vec<LeftOut>, RuntimeError> {
        if self.last_left_out().is_none() {
            self.datasets()?;
        }
        Ok(self.last_left_out().clone().unwrap_or_default())
    }

    fn last_left_out(&self) -> MutexGuard<'_, Option<Vec<LeftOut>>> {
        self.inner.left_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `name`: as in `datasets`, or a path where names may lead anywhere.
    pub fn dataset_info(&self, name: &str) -> Result<DatasetInfo, RuntimeError> {
        let path = self.existing(name)?;
        Ok(dataset_info(Some(&self.inner.names.base), &path)?)
    }

    /// Lists the frames of a dataset that were lost, and why.
    pub fn dataset_losses(&self, name: &str, from: u64, count: u64) -> Result<LossPage, RuntimeError> {
        Ok(dataset_losses(&self.existing(name)?, from, count)?)
    }

    /// The stream that a dataset was recorded with; `None`: its format does not keep it.
    pub fn dataset_settings(&self, name: &str) -> Result<Option<VideoStream>, RuntimeError> {
        Ok(recorded_settings(&self.existing(name)?))
    }

    /// What a TIFF or raw file says of the run that wrote it; `None`: it is none of ours.
    pub fn file_description(&self, name: &str) -> Result<Option<FileDescription>, RuntimeError> {
        Ok(file_description(&self.existing(name)?))
    }

    /// Makes a dataset whole that a crash left. A second time changes nothing; one that is being written is `locked`.
    pub fn recover(&self, name: &str) -> Result<Recovery, RuntimeError> {
        Ok(recover(&self.existing(name)?)?)
    }

    /// Gives a dataset another name in the data folder. One that is being written is `locked`.
    pub fn rename_dataset(&self, name: &str, to: &str) -> Result<DatasetInfo, RuntimeError> {
        let from = self.movable(name)?;
        let bad = |bad: BadName| RuntimeError::new(ErrorCode::InvalidParams, bad.0).at("to");
        let target = self.inner.names.resolve(to).map_err(bad)?;
        self.inside(&target, to)?;
        rename_dataset(&self.inner.names.base, &from, &target)?;
        self.dataset_info(&target.to_string_lossy())
    }

    /// Moves a dataset into the trash of the data folder. One that is being written is `locked`.
    pub fn delete_dataset(&self, name: &str) -> Result<Trash, RuntimeError> {
        Ok(delete_dataset(&self.inner.names.base, &self.movable(name)?)?)
    }

    /// What was deleted and still takes room.
    pub fn trash(&self) -> Result<Trash, RuntimeError> {
        Ok(trash(&self.inner.names.base)?)
    }

    /// Deletes for good what lies in the trash.
    pub fn empty_trash(&self) -> Result<Trash, RuntimeError> {
        Ok(empty_trash(&self.inner.names.base)?)
    }

    /// The data folder's own alone are moved and deleted, whatever else names may lead to.
    fn movable(&self, name: &str) -> Result<PathBuf, RuntimeError> {
        let path = self.existing(name)?;
        self.inside(&path, name)?;
        Ok(path)
    }

    fn inside(&self, path: &Path, name: &str) -> Result<(), RuntimeError> {
        let base = lexically_normal(&self.inner.names.base);
        if path != base && path.starts_with(&base) {
            return Ok(());
        }
        Err(RuntimeError::new(ErrorCode::NotFound, format!("\"{name}\" does not lie in the data folder.")))
    }

    /// What stands at a key of the dataset's `@live` group: `zarr.json`, `0/c/7/0/0`. The same below the run's id, where
    /// the bytes of a frame never change. `NotFound` for what is not stored yet, and for every key that never will be.
    pub fn read_live(&self, dataset: &str, key: &str, range: LiveRange) -> Result<LiveAnswer, RuntimeError> {
        let Ok(path) = self.existing(dataset) else { return Ok(LiveAnswer::NotFound) };
        let live = match self.inner.live.open(&path) {
            Ok(live) => live,
            Err(StorageError::NotADataset { .. }) => return Ok(LiveAnswer::NotFound),
            Err(error) => return Err(error.into()),
        };
        let below_run = key.strip_prefix(live.run_id()).and_then(|rest| rest.strip_prefix('/'));
        let mut answer = live.get(below_run.unwrap_or(key), range.into())?;
        if let LiveAnswer::Found { immutable, .. } = &mut answer {
            *immutable &= below_run.is_some();
        }
        Ok(answer)
    }

    fn existing(&self, name: &str) -> Result<PathBuf, RuntimeError> {
        self.inner.names.existing(name).map_err(|bad| RuntimeError::new(ErrorCode::NotFound, bad.0))
    }
}
