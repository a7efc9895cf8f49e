//! One stream recorded into a store. Work is done within calls, and what it wrote leaves between them; only then is it said to be
//! stored.

use std::mem;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zarrcam_acquisition::{
    DatasetEnd, FrameIndexer, FrameState, Ledger, LedgerBook, LossCause, StopCondition, StreamError, StreamErrorCode,
    TimePoints, Undecided,
};
use zarrcam_config::StorageFormat;
use zarrcam_frame::{FrameStamp, Mean};
use zarrcam_storage::{
    CaptureEnd, FrameSink, ImagePath, SinkEvent, SinkSpec, StorageError, ZarrSink, write_recorded_settings_in,
};

use crate::calls::{stream_of, stream_to_record};
use crate::figures::Tally;
use crate::store::{Broken, Store};
use crate::text::{Failure, answer, borrowed, parameters, short_answer, value};

/// A stream's run: a recording under way, or a preview that records nothing.
pub struct Recording {
    /// `None`: nothing is written.
    store: Option<NonNull<Store>>,
    sink: Sink,
    events: Arc<Mutex<Vec<SinkEvent>>>,
    pub indexer: FrameIndexer,
    pub book: LedgerBook,
    pub condition: StopCondition,
    undecided: Undecided,
    pub time_points: TimePoints,
    /// Frames of the run that the time point takes which goes on.
    ids: Range<u64>,
    /// Of the array, that the last frame went to; `None`: it is not saved.
    pub last_index: Option<u64>,
    /// Of several frames, and room for it; `None`: each is stored as it is.
    mean: Option<(Mean, Vec<u8>)>,
    pub published: Option<Published>,
    /// The first failure.
    pub error: Option<StreamError>,
    warnings: Vec<String>,
    pub tally: Tally,
}

/// Where a run's frames go besides the picture.
enum Sink {
    Zarr(Box<ZarrSink>),
    /// They are counted as stored.
    Trash,
    /// They go nowhere else.
    Preview,
    /// It is finished.
    Finished,
}

#[derive(Clone, Serialize)]
pub struct Published {
    pub frames_published: u64,
    pub shape: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    /// `null`: nothing is written.
    path: Option<PathBuf>,
    configuration: Value,
    stream: usize,
    run_id: String,
    /// The frames are those of a bridge's run: averaged already, and the camera is one that the bridge knows.
    of_bridge: bool,
    /// The cameras run into the picture alone.
    #[serde(default)]
    preview: bool,
    #[serde(default)]
    run_number: u32,
    #[serde(default)]
    started_unix_ms: f64,
    #[serde(default)]
    replace_foreign_files: bool,
}

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
        let video = if open.preview {
            stream_of(&open.configuration, open.stream)?
        } else {
            stream_to_record(&open.configuration, open.stream, open.of_bridge)?
        };
        let meaning = video.resolve();
        // A bridge has averaged its frames, and chosen their time points.
        let of_camera = !open.of_bridge && !open.preview;
        let frames_averaged = if of_camera { meaning.frames_averaged } else { 1 };
        let interval_us = if of_camera { meaning.time_point_interval_us } else { 0.0 };
        let frame_bytes =
            if open.of_bridge { meaning.storage.frame_bytes() } else { meaning.camera_frame_bytes() as u64 };
        let frame_limit = if open.preview { None } else { meaning.storage.frame_limit };
        let pixels = video.camera.settings.shape.iter().map(|side| *side as usize).product();
        let mean = meaning.mean_bytes().filter(|_| frames_averaged > 1);
        let events = Arc::<Mutex<Vec<SinkEvent>>>::default();
        let sink = match (open.preview, store) {
            (true, _) => Sink::Preview,
            _ if meaning.storage.format == Some(StorageFormat::Trash) => Sink::Trash,
            (_, None) => return Err(Failure::invalid("A dataset is made in a store.")),
            (_, Some(mut store)) => {
                // SAFETY: as the caller says.
                let store = unsafe { store.as_mut() };
                store.drained = false;
                let spec = SinkSpec {
                    path: open.path.clone(),
                    storage: meaning.storage.clone(),
                    run_id: open.run_id.clone(),
                    camera_name: video.camera_name().to_owned(),
                    camera: video.camera.settings.clone(),
                    replace_foreign_files: open.replace_foreign_files,
                };
                let target = store.target.as_target();
                let sink = ZarrSink::create_in(&target, &spec, ImagePath::default(), {
                    let events = Arc::clone(&events);
                    Arc::new(move |event| events.lock().unwrap_or_else(PoisonError::into_inner).push(event))
                })?;
                write_recorded_settings_in(&*target, spec.path.as_deref().unwrap_or(Path::new("")), &video)?;
                Sink::Zarr(Box::new(sink))
            }
        };
        let recording = Recording {
            store: store.filter(|_| matches!(sink, Sink::Zarr(_))),
            sink,
            events,
            indexer: FrameIndexer::new(frames_averaged, frame_limit, 0),
            book: LedgerBook::new(frames_averaged, 0),
            condition: StopCondition::new(frame_limit),
            undecided: Undecided::default(),
            time_points: TimePoints::new(interval_us, meaning.frames_per_time_point()),
            ids: 0..u64::MAX,
            last_index: None,
            mean: mean.map(|bytes| (Mean::new(pixels, video.camera.settings.pixel_type), vec![0; bytes])),
            published: None,
            error: None,
            warnings: Vec::new(),
            tally: Tally {
                stream: open.stream as u32,
                name: video.display_name(open.stream),
                frame_limit,
                frames_averaged: frames_averaged.into(),
                resolved: meaning,
                path: open.path.filter(|_| !open.preview).map(|path| path.display().to_string()),
                run_id: (!open.preview).then_some(open.run_id),
                run_number: open.run_number,
                started_unix_ms: open.started_unix_ms,
                shown: 0,
                meter: Default::default(),
            },
        };
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lost {
    count: u64,
    /// Of the first of them.
    hardware_id: u64,
    cause: LossCause,
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
    recording.store = None;
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
    answer(value(Report {
        ledger: recording.book.ledger().clone(),
        published: recording.published.clone(),
        failure: recording.error.as_ref().map(|error| error.message.clone()),
        failure_reason: recording.error.as_ref().map(|error| error.reason.clone()),
        warnings: mem::take(&mut recording.warnings),
    }))
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

#[derive(Serialize)]
struct Report {
    ledger: Ledger,
    /// `null`: nothing yet.
    published: Option<Published>,
    /// Why nothing more is stored, a sentence.
    failure: Option<String>,
    /// The same in a few words.
    failure_reason: Option<String>,
    /// Since the last report.
    warnings: Vec<String>,
}

impl Recording {
    /// The writer; `None`: nothing is written.
    fn work(&mut self) -> Result<Option<&mut ZarrSink>, Failure> {
        if let Some(store) = &mut self.store {
            // SAFETY: the store outlives the recording, and one call is carried out at a time.
            unsafe { store.as_mut() }.drained = false;
        }
        match &mut self.sink {
            Sink::Zarr(sink) => Ok(Some(sink)),
            Sink::Trash | Sink::Preview => Ok(None),
            Sink::Finished => Err(Failure::invalid("The recording is finished.")),
        }
    }

    pub fn records(&self) -> bool {
        self.tally.run_id.is_some()
    }

    pub fn fail(&mut self, code: StreamErrorCode, message: String, reason: String) {
        self.error.get_or_insert(StreamError { code, message, reason });
    }

    fn storage_failed(&mut self, error: &StorageError) {
        self.broken(Broken::from(error));
    }

    fn broken(&mut self, Broken { message, reason }: Broken) {
        self.fail(StreamErrorCode::Storage, message, reason);
    }

    /// How capture ended; asked when it has.
    pub fn end(&self) -> DatasetEnd {
        let failure = self.error.as_ref().map(|error| error.reason.as_str());
        DatasetEnd::of_capture(failure, self.indexer.is_full(), self.condition.gives_up())
    }

    /// Whether capture ends before the next frame.
    pub fn ends(&self) -> bool {
        self.error.is_some() || self.condition.capture_ends(self.indexer.next_frame_index())
    }

    /// A time point begins: when it is due.
    pub fn begin_time_point(&mut self, number: u64) -> f64 {
        self.ids = self.time_points.frames(number);
        self.time_points.due_us(number)
    }

    /// Whether the time point has all its frames, or capture ends.
    fn is_enough(&self) -> bool {
        self.ends() || self.indexer.next_hardware_id() >= self.ids.end
    }

    /// They have passed the indexer.
    fn lose(&mut self, Lost { count, hardware_id, cause }: Lost) -> Result<(), Failure> {
        let before = self.book.ledger().captured;
        self.book.missed(count, cause);
        let averaged = self.tally.frames_averaged;
        for frame_index in self.undecided.lose(before, count, averaged) {
            // Of frames that are stored as they come the camera's own number is known.
            let first = if averaged == 1 { hardware_id + (frame_index - before) } else { frame_index * averaged };
            self.skip(frame_index, first, cause)?;
        }
        Ok(())
    }

    fn skip(&mut self, frame_index: u64, hardware_id: u64, cause: LossCause) -> Result<(), Failure> {
        if let Some((mean, _)) = &mut self.mean {
            // A broken mean is dropped; a whole one has been handed over before.
            mean.clear();
        }
        if let Some(sink) = self.work()? {
            sink.skip(frame_index, hardware_id, cause)?;
        }
        Ok(())
    }

    /// Capture has ended: a mean that still collects stays incomplete.
    fn break_mean(&mut self) -> Result<(), Failure> {
        let Some(broken) = self.book.capture_ended() else { return Ok(()) };
        for frame_index in self.undecided.skip(broken, 1) {
            self.skip(frame_index, frame_index * self.tally.frames_averaged, LossCause::Camera)?;
        }
        Ok(())
    }

    fn take(&mut self, number: u64, mut stamp: FrameStamp, pixels: &[u8]) -> Result<bool, Failure> {
        let id = number.saturating_add(self.ids.start);
        if id >= self.ids.end {
            // The camera ran past the time point. What is missing shows as a gap before the next one.
            return Ok(true);
        }
        stamp.hardware_id = stamp.hardware_id.saturating_add(self.ids.start);
        self.last_index = None;
        if !self.records() {
            self.tally.shown = id + 1;
            return Ok(self.is_enough());
        }
        let arrival = self.indexer.arrive(id, None).map_err(|error| Failure {
            code: "camera",
            message: error.to_string(),
            path: None,
            problems: Vec::new(),
        })?;
        let (count, cause) = (arrival.gap_frames, LossCause::Camera);
        self.lose(Lost { count, hardware_id: stamp.hardware_id.saturating_sub(count), cause })?;
        let Some(part) = arrival.part.filter(|_| self.error.is_none()) else { return Ok(self.is_enough()) };
        if self.book.arrived() != FrameState::InFlight {
            return Ok(self.is_enough());
        }
        self.undecided.take(part.frame_index, part.last);
        self.last_index = Some(part.frame_index);
        let stored = self.store_part(part.frame_index, part.last, stamp, pixels);
        if stored.is_err() {
            self.book.lost(part.frame_index);
        }
        stored?;
        Ok(self.is_enough())
    }

    /// A frame goes to storage, or into the mean that it is a part of. The mean bears the stamps of its last frame, and the id of its
    /// first.
    fn store_part(&mut self, frame_index: u64, last: bool, stamp: FrameStamp, pixels: &[u8]) -> Result<(), Failure> {
        let Some((mut mean, mut room)) = self.mean.take() else { return self.append(frame_index, stamp, pixels) };
        mean.add(pixels);
        let mut stored = Ok(());
        if last {
            let frames = u64::from(mean.frames());
            mean.take(&mut room);
            let stamp = FrameStamp { hardware_id: (stamp.hardware_id + 1).saturating_sub(frames), ..stamp };
            stored = self.append(frame_index, stamp, &room);
        }
        self.mean = Some((mean, room));
        stored
    }

    fn append(&mut self, frame_index: u64, stamp: FrameStamp, pixels: &[u8]) -> Result<(), Failure> {
        match self.work()? {
            Some(sink) => sink.append_copy(frame_index, stamp, pixels)?,
            None => self.book.stored(frame_index),
        }
        Ok(())
    }

    fn close_dataset(&mut self) -> Result<Value, Failure> {
        let closed = self.work()?.map_or(Ok(()), ZarrSink::close);
        match (closed, &self.store) {
            (Err(error @ StorageError::NotOpenYet { .. }), Some(store)) => {
                // SAFETY: the store outlives the recording, and one call is carried out at a time.
                return Err(unsafe { store.as_ref() }.wants(error));
            }
            (Err(error), _) => self.storage_failed(&error),
            (Ok(()), _) => {}
        }
        self.sink = Sink::Finished;
        Ok(Value::Null)
    }

    /// Before all has left nothing is said of it; where it cannot leave, it is lost.
    fn settle(&mut self) {
        let mut left = true;
        if let Some(store) = self.store {
            // SAFETY: the store outlives the recording, and one call is carried out at a time.
            let store = unsafe { store.as_ref() };
            if let Some(failure) = &store.failure {
                self.broken(failure.clone());
                left = false;
            } else if !store.drained {
                return;
            }
        }
        let events = mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        for event in events {
            match event {
                SinkEvent::Stored { frame_index } if left => self.book.stored(frame_index),
                SinkEvent::Stored { frame_index } | SinkEvent::Lost { frame_index } => self.book.lost(frame_index),
                SinkEvent::Published { frames_published, shape } if left => {
                    self.published = Some(Published { frames_published, shape });
                }
                SinkEvent::Published { .. } => {}
                SinkEvent::Failed(error) => self.storage_failed(&error),
                SinkEvent::Warning(text) => self.warnings.push(text),
            }
        }
        if matches!(self.sink, Sink::Finished) {
            // Nothing more will be stored.
            self.book.give_up();
        }
    }
}
