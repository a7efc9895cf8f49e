//! A stream's run in figures: statistics, losses, and how it ended. And what is asked of it while it goes on.

use serde::Deserialize;
use serde_json::{Value, json};
use zarrcam_acquisition::{
    Meter, Queue, Sample, StopRequest, StreamErrorCode, StreamState, StreamStats, StreamSummary, coordinates,
    remaining_s,
};
use zarrcam_config::ResolvedStream;

use crate::recording::Recording;
use crate::text::{answer, parameters, short_answer, value};

/// What is told of a run besides its frames.
pub struct Tally {
    pub stream: u32,
    pub name: String,
    pub resolved: ResolvedStream,
    pub frame_limit: Option<u64>,
    pub frames_averaged: u64,
    pub path: Option<String>,
    /// `None`: a preview.
    pub run_id: Option<String>,
    pub run_number: u32,
    pub started_unix_ms: f64,
    /// Frames that the camera showed, in a preview that keeps no ledger.
    pub shown: u64,
    pub meter: Meter,
}

/// How the run stands that its caller drives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standing {
    /// Since the run began, s.
    elapsed_s: f64,
    /// Capture has ended.
    camera_ended: bool,
    /// All that was captured is stored or lost.
    ended: bool,
    /// The camera waits for a trigger.
    waits: bool,
    /// Of the last time point, ms; `null`: no interval is set.
    lateness_ms: Option<f64>,
    /// Pictures a second that previews are held to; `null`: to none.
    preview_limit_fps: Option<f64>,
    disk_free_bytes: Option<u64>,
}

/// Statistics hold so many ranges of lost frames; `recording_losses` has the rest.
const LOSSES_IN_STATS: u64 = 1000;

impl Recording {
    fn bytes_stored(&self) -> u64 {
        self.book.ledger().stored / self.tally.frames_averaged * self.tally.resolved.storage.frame_bytes()
    }

    fn frames_published(&self) -> u64 {
        self.published.as_ref().map_or(0, |published| published.frames_published)
    }

    fn measure(&mut self, at_s: f64, disk_free_bytes: Option<u64>) {
        let ledger = self.book.ledger();
        let captured = if self.records() { ledger.captured } else { self.tally.shown };
        let (stored, stored_bytes) = (ledger.stored, self.bytes_stored());
        self.tally.meter.push(Sample { at_s, captured, stored, stored_bytes, disk_free_bytes, ..Sample::default() });
    }

    fn stats(&self, now: &Standing) -> StreamStats {
        let Tally { resolved, meter, frame_limit, .. } = &self.tally;
        let ledger = self.book.ledger().clone();
        let rates = meter.rates();
        let remaining_s =
            if now.ended { Some(0.0) } else { remaining_s(resolved, *frame_limit, &self.indexer, &ledger, &rates) };
        let warnings = if now.ended { Vec::new() } else { meter.warnings(remaining_s) };
        let dimensions = &resolved.storage.dimensions;
        StreamStats {
            stream: self.tally.stream,
            name: self.tally.name.clone(),
            state_of_stream: StreamState::of(self.error.is_some(), now.ended, now.camera_ended, now.waits),
            losses: self.book.losses(0, LOSSES_IN_STATS),
            frame_limit: *frame_limit,
            rates: if now.ended { Default::default() } else { rates },
            // Nothing waits between camera and storage.
            queue: Queue::default(),
            coordinates: self.book.last_stored().map_or_else(Vec::new, |last| coordinates(dimensions, last)),
            started_unix_ms: Some(self.tally.started_unix_ms),
            elapsed_s: now.elapsed_s,
            remaining_s,
            lateness_ms: now.lateness_ms,
            preview_limit_fps: now.preview_limit_fps.filter(|_| !now.camera_ended),
            path: self.tally.path.clone(),
            run_id: self.tally.run_id.clone(),
            run_number: self.tally.run_number,
            frames_published: self.frames_published(),
            bytes_stored: self.bytes_stored(),
            disk_free_bytes: now.disk_free_bytes,
            frame_clients: Vec::new(),
            transport: None,
            warnings,
            error: self.error.clone(),
            ledger,
        }
    }

    fn summary(&self, elapsed_s: f64) -> StreamSummary {
        let ledger = self.book.ledger().clone();
        StreamSummary {
            stream: self.tally.stream,
            name: self.tally.name.clone(),
            path: self.tally.path.clone(),
            frame_limit: self.tally.frame_limit,
            frames_stored: ledger.stored / self.tally.frames_averaged,
            end: self.end(),
            frames_published: self.frames_published(),
            bytes_stored: self.bytes_stored(),
            elapsed_s,
            transport: None,
            error: self.error.clone(),
            ledger,
        }
    }
}

/// Takes the sample that rates are made of: `{elapsed_s, …}`, as [`recording_stats`].
///
/// # Safety
/// The recording was given by `recording_open`, as for all that follow; the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_measure(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let now = unsafe { parameters::<Standing>(params, params_bytes) };
    answer(now.map(|now| {
        recording.measure(now.elapsed_s, now.disk_free_bytes);
        Value::Null
    }))
}

/// How it stands: `{elapsed_s, camera_ended, ended, waits, lateness_ms, preview_limit_fps, disk_free_bytes}` -> `StreamStats`.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_stats(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let now = unsafe { parameters::<Standing>(params, params_bytes) };
    answer(now.and_then(|now| value(recording.stats(&now))))
}

/// How it ended, after so many seconds: `StreamSummary`.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_summary(recording: &mut Recording, elapsed_s: f64) -> u64 {
    answer(value(recording.summary(elapsed_s)))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Finish,
    Now,
    GiveUp,
}

/// Asks it to end: `"finish"`, `"now"`, `"give_up"`. `{ends, gives_up}`: whether capture ends before the next frame.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_ask(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let asked = unsafe { parameters::<Option<Asked>>(params, params_bytes) };
    answer(asked.map(|asked| {
        recording.condition.ask(match asked {
            None => StopRequest::None,
            Some(Asked::Finish) => StopRequest::Finish,
            Some(Asked::Now) => StopRequest::Now,
            Some(Asked::GiveUp) => StopRequest::GiveUp,
        });
        json!({ "ends": recording.ends(), "gives_up": recording.condition.gives_up() })
    }))
}

/// Whether capture ends before the next frame: what `recording_ask` says too, for who asks with every frame.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_ends(recording: &mut Recording) -> u64 {
    short_answer(Ok(recording.ends()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failed {
    code: StreamErrorCode,
    message: String,
}

/// Something failed that the core does not see: `{code, message}`.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_fail(recording: &mut Recording, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let failed = unsafe { parameters::<Failed>(params, params_bytes) };
    answer(failed.map(|Failed { code, message }| {
        recording.fail(code, message.clone(), message);
        Value::Null
    }))
}

/// A time point begins, counted from 0; the camera is started for it when it is due: `{due_us, many}`, since the run began. The frames
/// that come then count from 0 again.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_time_point(recording: &mut Recording, number: u32) -> u64 {
    let due_us = recording.begin_time_point(number.into());
    answer(Ok(json!({ "due_us": due_us, "many": recording.time_points.are_many() })))
}

/// The frame index of the array that the last frame went to; -1: it is not saved.
///
/// # Safety
/// See [`recording_measure`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_frame_index(recording: &mut Recording) -> f64 {
    recording.last_index.map_or(-1.0, |index| index as f64)
}
