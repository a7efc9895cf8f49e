use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use zarrcam_acquisition::{
    DatasetAxis, DatasetEnd, DatasetInfo, DatasetKind, DatasetState, EndKind, Ledger, Loss, LossCause, LossPage,
};
use zarrcam_config::{CodecName, Compression, DimensionKind, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_tiff::TiffError;

use super::disk_usage;
use super::info::nothing_known;
use super::tiff_summary::{self, TiffSummary};
use crate::StorageError;
use crate::frame_files::{PAGES, description_of};
use crate::store::end::RunEnd;
use crate::targets::files::is_locked;

const NOT_COMPRESSED: Compression = Compression { codec: CodecName::None, level: 0, shuffle: Shuffle::None };

/// A raw file of ours, or anybody's TIFF. An error: it is one, and cannot be read.
pub(super) fn file(path: &Path) -> Result<Option<DatasetInfo>, StorageError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    match ending.as_str() {
        "tif" | "tiff" => tiff(path, path).map(Some),
        "json" => Ok(None),
        // A user may name a file as he likes; what is not ours must at least say what it is.
        _ => match description_of(path) {
            Some(description) => Ok(raw(path, &description)),
            None => Ok(tiff_summary::read(path).ok().filter(|tiff| tiff.ours).map(|tiff| tiff_info(path, path, &tiff))),
        },
    }
}

/// What `tiff-json` writes.
pub(super) fn folder(path: &Path) -> Result<Option<DatasetInfo>, StorageError> {
    let pages = path.join(PAGES);
    let is_there = path.join("metadata.json").is_file() && pages.is_file();
    if is_there { tiff(path, &pages).map(Some) } else { Ok(None) }
}

fn tiff(path: &Path, pages: &Path) -> Result<DatasetInfo, StorageError> {
    let damaged = |error: TiffError| StorageError::Damaged { path: pages.to_owned(), reason: error.to_string() };
    Ok(tiff_info(path, pages, &tiff_summary::read(pages).map_err(damaged)?))
}

fn raw(path: &Path, description: &Value) -> Option<DatasetInfo> {
    let pixel_type: PixelType = serde_json::from_value(description["pixel_type"].clone()).ok()?;
    let size = |axis: usize| description["shape"][axis].as_u64();
    let (height, width) = (size(1)?, size(2)?);
    let frame_bytes = height.checked_mul(width)?.checked_mul(pixel_type.bytes() as u64).filter(|bytes| *bytes > 0)?;
    // The description lags while the file is written, and stays behind where its writer was killed.
    let frame_count = std::fs::metadata(path).ok()?.len() / frame_bytes;
    let losses = ledger(frame_count, &dropped(description));
    let state = state(path);
    let (captured_end, end) = end_of(state, &description["zarrcam"], frame_count);
    Some(DatasetInfo {
        state,
        captured_end,
        frame_limit: description["zarrcam"]["planned_frames"].as_u64(),
        end,
        dtype: pixel_type.zarr3_name().to_owned(),
        pixel_type: Some(pixel_type),
        frames_stored: losses.stored,
        losses: Some(losses),
        started_unix_ms: description["zarrcam"]["started_unix_ms"].as_f64(),
        run_id: description["zarrcam"]["run_id"].as_str().map(str::to_owned),
        notes: serde_json::from_value(description["notes"].clone()).unwrap_or_default(),
        ..frames(path, DatasetKind::Raw, [frame_count, height, width], pixel_um(description))
    })
}

/// One past the last frame index that was captured, and how the run ended. Files of before there was such a word say nothing.
fn end_of(state: DatasetState, ours: &Value, frame_count: u64) -> (Option<u64>, Option<DatasetEnd>) {
    if state == DatasetState::Open {
        return (None, None);
    }
    match RunEnd::deserialize(&ours["end"]) {
        Ok(end) => (Some(end.captured_end.max(frame_count)), Some(end.end)),
        Err(_) => {
            let interrupted = ours.get("planned_frames").map(|_| DatasetEnd::new(EndKind::Interrupted));
            (Some(frame_count), interrupted)
        }
    }
}

/// What stays empty in a raw file of ours; of others nothing is known.
pub(super) fn losses(path: &Path, from: u64, count: u64) -> LossPage {
    let dropped = description_of(path).map_or_else(Vec::new, |description| dropped(&description));
    let total = dropped.len() as u64;
    let ranges = dropped.into_iter().skip(from as usize).take(count as usize).collect();
    LossPage { total, from, ranges, captured_end: file(path).ok().flatten().and_then(|info| info.captured_end) }
}

fn dropped(description: &Value) -> Vec<Loss> {
    let mut dropped: Vec<Loss> = serde_json::from_value(description["dropped"].clone()).unwrap_or_default();
    for loss in &mut dropped {
        // An earlier version counted frame indices alone.
        loss.array_frames = loss.array_frames.max(loss.count);
    }
    dropped
}

fn ledger(frame_count: u64, dropped: &[Loss]) -> Ledger {
    let of = |cause: LossCause| dropped.iter().filter(|loss| loss.cause == cause).map(|loss| loss.count).sum::<u64>();
    let (dropped_camera, dropped_queue, dropped_storage) =
        (of(LossCause::Camera), of(LossCause::Queue), of(LossCause::Storage));
    let dropped = (dropped_camera + dropped_queue + dropped_storage).min(frame_count);
    Ledger {
        captured: frame_count,
        stored: frame_count - dropped,
        dropped,
        in_flight: 0,
        dropped_camera,
        dropped_queue,
        dropped_storage,
        array_frames: frame_count,
    }
}

fn tiff_info(path: &Path, pages: &Path, tiff: &TiffSummary) -> DatasetInfo {
    let first: Value = tiff.description.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let first = if tiff.ours { first } else { Value::Null };
    let clocks = &first["timestamps"];
    // Files of before called it so.
    let started_ns = clocks["runtime"].as_u64().or(clocks["acq_thread"].as_u64());
    let state = if tiff.ours { state(pages) } else { DatasetState::Closed };
    let frame_limit = first["planned_frames"].as_u64();
    // Pages are written as frames come: there is no place for a word on how the run ended, but the count tells.
    let is_complete = state == DatasetState::Closed && frame_limit == Some(tiff.planes);
    DatasetInfo {
        state,
        captured_end: (tiff.ours && state == DatasetState::Closed).then_some(tiff.planes),
        frame_limit,
        end: is_complete.then(|| DatasetEnd::new(EndKind::Complete)),
        dtype: tiff.dtype.clone(),
        pixel_type: serde_json::from_value(first["pixel_type"].clone()).ok(),
        codec: (tiff.compression == 1).then_some(NOT_COMPRESSED),
        frames_stored: tiff.planes,
        started_unix_ms: started_ns.map(|ns| ns as f64 / 1e6),
        run_id: first["run_id"].as_str().map(str::to_owned),
        ..frames(path, DatasetKind::Tiff, [tiff.planes, tiff.height, tiff.width], tiff.pixel_um)
    }
}

/// The size of a pixel along x and y, um, as a raw file's description says it; `None`: not calibrated.
fn pixel_um(description: &Value) -> Option<[f64; 2]> {
    let size = &description["pixel_size"];
    (size["unit"] == "micrometer").then_some(())?;
    Some([size["x"].as_f64()?, size["y"].as_f64()?])
}

/// One frame behind the other. `pixel_um`: along x and y; `None`: not calibrated.
fn frames(path: &Path, kind: DatasetKind, shape: [u64; 3], pixel_um: Option<[f64; 2]>) -> DatasetInfo {
    let axis = |name: &str, kind: DimensionKind, um: Option<f64>| DatasetAxis {
        name: name.to_owned(),
        kind,
        unit: um.map_or("", |_| "micrometer").to_owned(),
        scale: um.unwrap_or(1.0),
        labels: Vec::new(),
    };
    let [x, y] = pixel_um.map_or([None; 2], |size| size.map(Some));
    let axes = [
        axis("frame", DimensionKind::Other, None),
        axis("y", DimensionKind::Space, y),
        axis("x", DimensionKind::Space, x),
    ];
    DatasetInfo {
        shape: shape.to_vec(),
        axes: axes.to_vec(),
        chunks: vec![1, shape[1], shape[2]],
        codec: Some(NOT_COMPRESSED),
        bytes: disk_usage::on_disk(path),
        ..nothing_known(path, kind)
    }
}

/// Such a file is readable after a crash as it is.
fn state(path: &Path) -> DatasetState {
    if is_locked(path) { DatasetState::Open } else { DatasetState::Closed }
}
