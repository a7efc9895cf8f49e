//! One stream recorded into a store. Work is done within calls, and what it wrote leaves between them; only then is it said to be
//! stored.

use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zarrcam_acquisition::{DatasetEnd, FrameIndexer, FrameState, Ledger, LedgerBook, LossCause};
use zarrcam_frame::FrameStamp;
use zarrcam_storage::{
    CaptureEnd, FrameSink, ImagePath, SinkEvent, SinkSpec, StorageError, ZarrSink, write_recorded_settings_in,
};

use crate::calls::stream_to_record;
use crate::store::{Broken, Store};
use crate::text::{Failure, answer, borrowed, parameters, short_answer, value};

/// A recording under way.
pub struct Recording {
    store: *mut Store,
    /// `None`: it is finished.
    sink: Option<Box<ZarrSink>>,
    events: Arc<Mutex<Vec<SinkEvent>>>,
    indexer: FrameIndexer,
    book: LedgerBook,
    published: Option<Published>,
    failure: Option<Broken>,
    warnings: Vec<String>,
}

#[derive(Clone, Serialize)]
struct Published {
    frames_published: u64,
    shape: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    path: PathBuf,
    configuration: Value,
    stream: usize,
    run_id: String,
    /// The frames are those of a bridge's run: averaged already, and the camera is one that the bridge knows.
    of_bridge: bool,
}

/// `{path, configuration, stream, run_id, of_bridge}` -> `{recording, frame_bytes}`. The dataset is made at `path`; a document that validation
/// refuses is refused.
///
/// # Safety
/// The parameters lie where they are said to; the store stays as long as the recording.
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_open(store: *mut Store, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let (params, target) = unsafe {
        (*store).drained = false;
        (parameters::<Open>(params, params_bytes), (*store).target.as_target())
    };
    answer(params.and_then(|Open { path, configuration, stream, run_id, of_bridge }| {
        let video = stream_to_record(&configuration, stream, of_bridge)?;
        let meaning = video.resolve();
        if !of_bridge && (meaning.frames_averaged > 1 || meaning.time_point_interval_us > 0.0) {
            return Err(Failure::invalid(
                "A camera in the page records neither means of frames nor time points at an interval; set both to 0.",
            ));
        }
        let frame_bytes = meaning.storage.frame_bytes();
        let indexer = FrameIndexer::new(1, meaning.storage.frame_limit, 0);
        let spec = SinkSpec {
            path: Some(path),
            storage: meaning.storage,
            run_id,
            camera_name: video.camera_name().to_owned(),
            camera: video.camera.settings.clone(),
            replace_foreign_files: false,
        };
        let events = Arc::<Mutex<Vec<SinkEvent>>>::default();
        let sink = ZarrSink::create_in(&target, &spec, ImagePath::default(), {
            let events = Arc::clone(&events);
            Arc::new(move |event| events.lock().unwrap_or_else(PoisonError::into_inner).push(event))
        })?;
        write_recorded_settings_in(&*target, spec.path.as_deref().unwrap_or(Path::new("")), &video)?;
        let recording = Recording {
            store,
            sink: Some(Box::new(sink)),
            events,
            indexer,
            book: LedgerBook::new(1, 0),
            published: None,
            failure: None,
            warnings: Vec::new(),
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

/// A frame came: its pixels, rows tight. Frame indices that it leaves out were lost by the camera. Whether the run has all its frames.
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

/// The next frames will not come: `{count, hardware_id, cause}` -> `{full}`.
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
        Ok(json!({ "full": recording.indexer.is_full() }))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {
    end: DatasetEnd,
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
        let captured_end = recording.indexer.next_frame_index();
        let sink = recording.work()?;
        sink.capture_ended(CaptureEnd { captured_end, end });
        sink.end_frames(give_up);
        Ok(Value::Null)
    }))
}

/// Seals a part of what was taken; whether there is more.
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_seal_part(recording: &mut Recording) -> u64 {
    answer(recording.work().map(|sink| Value::from(sink.seal_part())))
}

/// Closes the dataset. `not_open_yet`: to be called again when all steps of the store are done.
///
/// # Safety
/// See [`recording_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn recording_close_dataset(recording: &mut Recording) -> u64 {
    answer(recording.close_dataset())
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
        failure: recording.failure.as_ref().map(|failure| failure.message.clone()),
        failure_reason: recording.failure.as_ref().map(|failure| failure.reason.clone()),
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
    fn work(&mut self) -> Result<&mut ZarrSink, Failure> {
        // SAFETY: the store outlives the recording, and one call is carried out at a time.
        unsafe { (*self.store).drained = false };
        self.sink.as_deref_mut().ok_or_else(|| Failure::invalid("The recording is finished."))
    }

    /// They have passed the indexer.
    fn lose(&mut self, Lost { count, hardware_id, cause }: Lost) -> Result<(), Failure> {
        let first = self.book.ledger().captured;
        self.book.missed(count, cause);
        for lost in 0..count {
            self.work()?.skip(first + lost, hardware_id + lost, cause)?;
        }
        Ok(())
    }

    fn take(&mut self, frame_index: u64, stamp: FrameStamp, pixels: &[u8]) -> Result<bool, Failure> {
        let arrival = self.indexer.arrive(frame_index, None).map_err(|error| Failure {
            code: "camera",
            message: error.to_string(),
            path: None,
            problems: Vec::new(),
        })?;
        let (count, cause) = (arrival.gap_frames, LossCause::Camera);
        self.lose(Lost { count, hardware_id: stamp.hardware_id.saturating_sub(count), cause })?;
        if let Some(part) = arrival.part
            && self.book.arrived() == FrameState::InFlight
            && let Err(error) = self.work()?.append_copy(part.frame_index, stamp, pixels)
        {
            self.book.lost(part.frame_index);
            return Err(error.into());
        }
        Ok(self.indexer.is_full())
    }

    fn close_dataset(&mut self) -> Result<Value, Failure> {
        let closed = self.work()?.close();
        // SAFETY: the store outlives the recording, and one call is carried out at a time.
        let store = unsafe { &*self.store };
        match closed {
            Err(error @ StorageError::NotOpenYet { .. }) => return Err(store.wants(error)),
            Err(error) => {
                self.failure.get_or_insert_with(|| Broken::from(&error));
            }
            Ok(()) => {}
        }
        self.sink = None;
        Ok(Value::Null)
    }

    /// Before all has left nothing is said of it; where it cannot leave, it is lost.
    fn settle(&mut self) {
        // SAFETY: the store outlives the recording, and one call is carried out at a time.
        let store = unsafe { &*self.store };
        if let Some(failure) = &store.failure {
            self.failure.get_or_insert_with(|| failure.clone());
        } else if !store.drained {
            return;
        }
        let left = store.failure.is_none();
        for event in mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner)) {
            match event {
                SinkEvent::Stored { frame_index } if left => self.book.stored(frame_index),
                SinkEvent::Stored { frame_index } | SinkEvent::Lost { frame_index } => self.book.lost(frame_index),
                SinkEvent::Published { frames_published, shape } if left => {
                    self.published = Some(Published { frames_published, shape });
                }
                SinkEvent::Published { .. } => {}
                SinkEvent::Failed(error) => {
                    self.failure.get_or_insert_with(|| Broken::from(&*error));
                }
                SinkEvent::Warning(text) => self.warnings.push(text),
            }
        }
        if self.sink.is_none() {
            // Nothing more will be stored.
            self.book.give_up();
        }
    }
}
