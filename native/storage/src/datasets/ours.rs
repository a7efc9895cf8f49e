use std::path::Path;

use zarrcam_acquisition::{
    DatasetAxis, DatasetEnd, DatasetInfo, DatasetKind, DatasetLevel, DatasetState, EndKind, LossPage,
};
use zarrcam_zarr::{Layout, ZarrVersion};

use super::info::nothing_known;
use super::log_summary::LogSummary;
use super::remarks;
use crate::store::end;
use crate::{StorageError, StorageErrorKind, Store};

/// A Zarr store of ours, whatever state it is in. `log`: what its log says now. `bytes`: what it takes.
pub(super) fn info(
    path: &Path,
    store: &Store,
    log: impl FnOnce() -> LogSummary,
    bytes: impl FnOnce() -> u64,
) -> Result<DatasetInfo, StorageError> {
    let (state, log, end) = look(store, log)?;
    let layout = store.layout();
    let run = store.run();
    let full = &layout.levels()[0];
    let kind = match store.version() {
        ZarrVersion::V2 => DatasetKind::Zarr2,
        ZarrVersion::V3 => DatasetKind::Zarr3,
    };
    let shards = full.chunk.iter().zip(&full.shard_chunks).map(|(chunk, shard)| chunk * shard);
    let info = DatasetInfo {
        state,
        shape: layout.shape(0, log.end),
        axes: axes(layout),
        acquisition_order: layout.acquisition_order().map(str::to_owned).collect(),
        levels: levels(layout, log.end),
        dtype: layout.pixel_type().zarr3_name().to_owned(),
        pixel_type: Some(layout.pixel_type()),
        chunks: full.chunk.clone(),
        shards: layout.is_sharded().then(|| shards.collect()),
        codec: Some(run.storage.compression),
        frames_stored: log.frames_stored(),
        losses: Some(log.ledger(state)),
        captured_end: (state != DatasetState::Open).then(|| log.decided_end()),
        frame_limit: run.storage.frame_limit,
        end,
        started_unix_ms: Some(run.started_unix_ms),
        bytes: bytes(),
        run_id: Some(run.run_id.clone()),
        thumbnail_frame_index: thumbnail(layout, &log, state),
        notes: run.storage.notes.clone(),
        ..nothing_known(path, kind)
    };
    Ok(DatasetInfo { remarks: remarks::of(&info, true), ..info })
}

/// Some of the frames that it does not hold.
pub(super) fn losses(
    store: &Store,
    log: impl FnOnce() -> LogSummary,
    from: u64,
    count: u64,
) -> Result<LossPage, StorageError> {
    let (state, log, _) = look(store, log)?;
    let captured_end = (state != DatasetState::Open).then(|| log.decided_end());
    Ok(LossPage { captured_end, ..log.losses(state, from, count) })
}

/// What the store's log says, and how its run ended.
fn look(
    store: &Store,
    log: impl FnOnce() -> LogSummary,
) -> Result<(DatasetState, LogSummary, Option<DatasetEnd>), StorageError> {
    // The state first: what is closed between the two has all its frames in the log.
    let state = store.state()?;
    let mut log = log();
    if state == DatasetState::Open {
        return Ok((state, log, None));
    }
    let said = match end::read(&**store.target(), &store.private()) {
        Err(error) if error.kind() == StorageErrorKind::NotOpenYet => return Err(error),
        said => said.ok().flatten(),
    };
    log.captured_end = said.as_ref().map_or(0, |said| said.captured_end);
    // Before there was such a word: a crash, and a count, still tell.
    let by_count = || match state {
        DatasetState::NeedsRecovery => Some(DatasetEnd::new(EndKind::Interrupted)),
        _ => (store.run().storage.frame_limit == Some(log.end)).then(|| DatasetEnd::new(EndKind::Complete)),
    };
    let end = said.map(|said| said.end).or_else(by_count);
    Ok((state, log, end))
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

fn levels(layout: &Layout, frame_count: u64) -> Vec<DatasetLevel> {
    let levels = layout.levels().iter().enumerate().map(|(number, level)| DatasetLevel {
        path: number.to_string(),
        shape: layout.shape(number, frame_count),
        scale: layout.axes().iter().zip(&level.factors).map(|(axis, factor)| axis.scale * *factor as f64).collect(),
    });
    levels.collect()
}

/// The frame index of a stored frame in the middle of the whole, or of the first step of the append axis while the run goes on, so
/// that its picture stays the same.
fn thumbnail(layout: &Layout, log: &LogSummary, state: DatasetState) -> Option<u64> {
    let frame_count = if state == DatasetState::Open { log.end.min(layout.frames_per_append()) } else { log.end };
    log.stored_near(frame_count / 2)
}
