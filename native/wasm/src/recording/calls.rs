//! A recording as JavaScript drives it.

use std::ptr::NonNull;

use serde::Deserialize;
use serde_json::{Value, json};
use zarrcam_acquisition::DatasetEnd;
use zarrcam_frame::FrameStamp;
use zarrcam_storage::{CaptureEnd, FrameSink, ZarrSink};

use super::open::Open;
use super::{Lost, Recording, Sink};
use crate::store::Store;
use crate::text::{answer, borrowed, parameters, short_answer, value};

/// `{path, configuration, stream, run_id, of_bridge, preview, run_number, started_unix_ms, replace_foreign_files}` -> `{recording,
/// frame_bytes}`. The dataset is made at `path`; a document that validation refuses is refused.
///
/// # Safety
/// The parameters lie where they are said to; the store stays as long as the recording, and is null where nothing is written.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_open(store: *mut Store, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let (params, store) = unsafe { (parameters::<Open>(params, params_bytes), NonNull::new(store)) };
    answer(params.and_then(|open| {
        let (recording, frame_bytes) = Recording::open(open, store)?;
        let recording = Box::into_raw(Box::new(recording)) as usize;
        Ok(json!({ "recording": recording, "frame_bytes": frame_bytes }))
    }))
}

/// Lets it go. One that is not finished stays as a crash would leave it.
///
/// # Safety
/// The recording was given by [`recording_open`], as for all that follow.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_close(recording: *mut Recording) {
    // SAFETY: made by `Box::into_raw`, and given back once.
    drop(unsafe { Box::from_raw(recording) });
}

/// A frame came: its pixels, rows tight. Those of the time point that it leaves out were lost by the camera; its number counts from
/// the beginning of the time point. Whether the time point has all its frames, or capture ends.
///
/// # Safety
/// See [`recording_close`]; the pixels lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_take(
    recording: &mut Recording,
    frame_index: u64,
    hardware_id: u64,
    hardware_clock_ns: u64,
    unix_ns: u64,
    pixels: *const u8,
    bytes: usize,
) -> u64 {
    // SAFETY: as the caller says.
    let pixels = unsafe { borrowed(pixels, bytes) };
    let stamp = FrameStamp { hardware_id, hardware_clock_ns, unix_ns };
    short_answer(recording.take(frame_index, stamp, pixels))
}

/// The next frames will not come: `{count, hardware_id, cause}` -> `{full}`: the time point has all its frames, or capture ends.
///
/// # Safety
/// See [`recording_close`]; the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_lose(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let lost = unsafe { parameters::<Lost>(params, params_bytes) };
    answer(lost.and_then(|lost| {
        let count = recording.indexer.miss(lost.count);
        recording.lose(Lost { count, ..lost })?;
        Ok(json!({ "full": recording.is_enough() }))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {
    /// `null`: as it stands, complete, stopped or failed.
    #[serde(default)]
    end: Option<DatasetEnd>,
    /// What is not stored yet is lost.
    give_up: bool,
}

/// Ends capture: `{end: {kind, reason}, give_up}`. `recording_seal_part` until it says false, then `recording_close_dataset`; all
/// steps of the store are done after each.
///
/// # Safety
/// See [`recording_close`]; the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_end(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let finish = unsafe { parameters::<Finish>(params, params_bytes) };
    answer(finish.and_then(|Finish { end, give_up }| {
        recording.break_mean()?;
        let captured = recording.book.ledger().captured;
        let captured_end = captured.div_ceil(recording.tally.frames_averaged);
        let end = end.unwrap_or_else(|| recording.end());
        if let Some(sink) = recording.work()? {
            sink.capture_ended(CaptureEnd { captured_end, end });
            sink.end_frames(give_up);
        }
        Ok(Value::Null)
    }))
}

/// Seals a part of what was taken; whether there is more.
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_seal_part(recording: &mut Recording) -> u64 {
    answer(recording.work().map(|sink| Value::from(sink.is_some_and(ZarrSink::seal_part))))
}

/// Closes the dataset. `not_open_yet`: to be called again when all steps of the store are done.
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_close_dataset(recording: &mut Recording) -> u64 {
    answer(recording.close_dataset())
}

/// The run has ended, however it did: its files are closed, and its store may go. What is not stored yet is lost. Its figures stay.
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_let_go(recording: &mut Recording) {
    recording.settle();
    recording.sink = Sink::Finished;
    recording.settle();
    recording.lock_events().clear();
    recording.store = None;
    recording.settle();
}

/// All steps of the store are done: what left with them is stored.
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_settle(recording: &mut Recording) {
    recording.settle();
}

/// What is true by now, after [`recording_settle`]: [`Report`].
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_report(recording: &mut Recording) -> u64 {
    answer(value(recording.report()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LossRange {
    from: u64,
    count: u64,
}

/// Which frames were lost: `{from, count}` -> `LossPage`.
///
/// # Safety
/// See [`recording_close`]; the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_losses(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let range = unsafe { parameters::<LossRange>(params, params_bytes) };
    answer(range.and_then(|LossRange { from, count }| value(recording.book.losses(from, count))))
}
