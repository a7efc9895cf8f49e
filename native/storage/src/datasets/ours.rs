use std::path::Path;

use zarrcam_acquisition::{DatasetAxis, DatasetInfo, DatasetKind, DatasetLevel, DatasetState, LossPage};
use zarrcam_zarr::{Layout, ZarrVersion};

use super::log::{self, Summary};
use super::{nothing_known, room};
use crate::{StorageError, Store, is_being_written, needs_recovery};

/// A Zarr store of ours, whatever state it is in.
pub(super) fn info(path: &Path) -> Result<DatasetInfo, StorageError> {
    let store = Store::open(path)?;
    // The state first: what is closed between the two has all its frames in the log.
    let state = state_of(path);
    let log = log::summary(&store.journal_path());
    let layout = store.layout();
    let run = store.run();
    let full = &layout.levels()[0];
    let kind = match store.version() {
        ZarrVersion::V2 => DatasetKind::Zarr2,
        ZarrVersion::V3 => DatasetKind::Zarr3,
    };
    let shards = full.chunk.iter().zip(&full.shard_chunks).map(|(chunk, shard)| chunk * shard);
    Ok(DatasetInfo {
        state,
        shape: layout.shape(0, log.end),
        axes: axes(layout),
        acquisition_order: layout.acquisition_order().map(str::to_owned).collect(),
        levels: levels(layout, log.end),
        dtype: layout.pixel_type().zarr3_name().to_owned(),
        pixel_type: Some(layout.pixel_type()),
        chunks: full.chunk.clone(),
        shards: layout.is_sharded().then(|| shards.collect()),
        codec: Some(run.settings.effective_compression(&run.device)),
        frames_stored: log.frames_stored(),
        losses: Some(log.ledger(state)),
        started_unix_ms: Some(run.started_unix_ms),
        bytes: room::on_disk(path),
        run_id: Some(run.run_id.clone()),
        thumbnail_place: thumbnail(layout, &log, state),
        ..nothing_known(path, kind)
    })
}

pub(super) fn losses(path: &Path, from: u64, count: u64) -> Result<LossPage, StorageError> {
    let store = Store::open(path)?;
    let state = state_of(path);
    Ok(log::summary(&store.journal_path()).losses(state, from, count))
}

fn state_of(path: &Path) -> DatasetState {
    if is_being_written(path) {
        DatasetState::Open
    } else if needs_recovery(path) {
        DatasetState::NeedsRecovery
    } else {
        DatasetState::Closed
    }
}

fn axes(layout: &Layout) -> Vec<DatasetAxis> {
    let axes = layout.axes().iter().map(|axis| DatasetAxis {
        name: axis.name.clone(),
        kind: axis.kind,
        unit: axis.unit.clone(),
        scale: axis.scale,
        labels: axis.labels.clone(),
    });
    axes.collect()
}

fn levels(layout: &Layout, places: u64) -> Vec<DatasetLevel> {
    let levels = layout.levels().iter().enumerate().map(|(number, level)| DatasetLevel {
        path: number.to_string(),
        shape: layout.shape(number, places),
        scale: layout.axes().iter().zip(&level.factors).map(|(axis, factor)| axis.scale * *factor as f64).collect(),
    });
    levels.collect()
}

/// In the middle of the whole, or of the first step of the append axis: a picture of a run that goes on stays the same.
fn thumbnail(layout: &Layout, log: &Summary, state: DatasetState) -> Option<u64> {
    let places = if state == DatasetState::Open { log.end.min(layout.frames_per_append()) } else { log.end };
    log.stored_near(places / 2)
}
