//! Makes a store whole again whose writer was killed: cuts the log at the first record that is not whole, completes the
//! coarser levels, seals what is open, sets `shape`. A second time changes nothing, and a kill in the middle does no harm.

mod levels;
mod logged;
mod raw;
mod spilled;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_acquisition::{DatasetEnd, EndKind};
use zarrcam_config::Durability;
use zarrcam_zarr::SEAL_THREADS;

use crate::StorageError;
use crate::frame_log::{FrameLogWriter, Record, table};
use crate::layers::seal::Sealer;
use crate::layers::{SealControl, in_place};
use crate::store::end::{self, EndFile, RunEnd};
use crate::store::{Store, lock_of};
use crate::targets::Target;
use logged::Logged;
use raw::recover_in_place;
pub(crate) use raw::repair_in_place;
pub(crate) use spilled::complete_spilled;
use spilled::{disown, rebuild_layer};

/// What a recovery found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Recovery {
    /// Whether anything was mended; if not, the dataset was whole and nothing was changed.
    pub was_needed: bool,
    /// Frames of the array that are stored.
    #[ts(type = "number")]
    pub frames_stored: u64,
    /// Frame indices that are fill: dropped in the run, or accepted and never stored.
    #[ts(type = "number")]
    pub frames_missing: u64,
    /// Frames that the log calls stored and whose bytes are damaged; a power cut can do that.
    #[ts(type = "number")]
    pub frames_damaged: u64,
    /// Layers whose chunk or shard files were made now.
    #[ts(type = "number")]
    pub layers_sealed: u64,
    /// Elements of the full-resolution array along each axis, slowest first.
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
}

/// Takes the writer's lock and makes the store whole. `Locked`: it is being written.
///
/// TIFF and raw files that zarrcam wrote are readable as they are: there is nothing to recover. `NotADataset`: it is
/// neither, and what it is.
#[cfg(unix)]
pub fn recover(root: &Path) -> Result<Recovery, StorageError> {
    let target = crate::targets::files();
    if crate::store::is_ours_in(&*target, root) { recover_in(&target, root) } else { nothing_to_recover(root) }
}

/// As [`recover`], of a Zarr store of ours on any target.
///
/// `NotOpenYet`: the file that it names is to be opened, and all to be done again from the start; what was done until then does no
/// harm, as if somebody had killed it.
pub fn recover_in(target: &Arc<dyn Target>, root: &Path) -> Result<Recovery, StorageError> {
    let store = Store::open_in(target, root)?;
    let _lock = lock_of(&**target, root)?;
    let mut logged = Logged::read(&store)?;
    let mut recovery = Recovery {
        was_needed: !logged.is_clean(),
        frames_stored: logged.stored.len(),
        frames_missing: logged.end - logged.stored.len(),
        shape: store.layout().shape(0, logged.end),
        ..Recovery::default()
    };
    if !recovery.was_needed {
        return Ok(recovery);
    }
    let sync = store.durability() != Durability::None;
    let log = match logged.good_bytes {
        // Killed before the first record: an empty store is what is left.
        0 => FrameLogWriter::create(&store)?,
        good_bytes => FrameLogWriter::resume(&store, good_bytes)?,
    };
    if store.codec().is_raw() {
        recover_in_place(&store, &logged, &log, sync)?;
        in_place::cut_to(&store, logged.end, sync)?;
    } else {
        let mut sealer = Sealer::new(&store)?;
        for (&index, opened) in &logged.open {
            let (layer, damaged) = rebuild_layer(&store, index, opened)?;
            complete_spilled(&store, &layer, &log)?;
            recovery.frames_damaged += disown(&store, &layer, &damaged, &mut logged.stored, &log)?;
            sealer.seal(&store, &layer, &SealControl { threads: &|| SEAL_THREADS, written: &AtomicU64::new(0) })?;
            log.append(&Record::LayerSealed { layer: index })?;
            recovery.layers_sealed += 1;
        }
    }
    recovery.frames_stored -= recovery.frames_damaged;
    recovery.frames_missing += recovery.frames_damaged;
    store.write_missing_documents(sync)?;
    store.write_shape(logged.end, sync)?;
    table::write(&store, sync)?;
    // A run that failed said so itself.
    if end::read(&**target, &store.private())?.is_none() {
        let end = RunEnd { captured_end: logged.end, end: DatasetEnd::new(EndKind::Interrupted) };
        EndFile::reserve(target, &store.private())?.write(&end, sync)?;
    }
    log.append(&Record::Closed { frame_count: logged.end })?;
    if sync {
        log.sync()?;
    }
    remove_leftovers(&store)?;
    Ok(recovery)
}

#[cfg(unix)]
fn nothing_to_recover(path: &Path) -> Result<Recovery, StorageError> {
    let info = crate::dataset_info(None, path)?;
    if info.pixel_type.is_none() {
        let reason = "zarrcam did not write it, so there is nothing to recover".to_owned();
        return Err(StorageError::NotADataset { path: path.to_owned(), reason });
    }
    if info.state == zarrcam_acquisition::DatasetState::Open {
        return Err(StorageError::Locked { path: path.to_owned() });
    }
    let frames_missing = info.losses.map_or(0, |losses| losses.dropped);
    Ok(Recovery { frames_stored: info.frames_stored, frames_missing, shape: info.shape, ..Recovery::default() })
}

/// Spills and files that were never put in their place.
fn remove_leftovers(store: &Store) -> Result<(), StorageError> {
    let folder = store.private();
    let entries: Vec<_> = store.target().list(&folder)?.flatten().collect();
    for entry in entries {
        let name = entry.name.to_string_lossy();
        if name.starts_with("spill-") || name.ends_with(".partial") {
            store.target().remove_file(&folder.join(&*name))?;
        }
    }
    Ok(())
}
