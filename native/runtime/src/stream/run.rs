//! What camera thread, storage thread and onlookers share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_acquisition::{
    DatasetEnd, FrameIndexer, LedgerBook, LossPage, Meter, Queue, StopCondition, StopRequest, StreamError,
    StreamErrorCode,
};
use zarrcam_camera::{CameraControl, CameraFeatures};
use zarrcam_frame::FramePool;
use zarrcam_storage::{CaptureEnd, SinkEvent, StorageError};

use super::frame_clients::{FrameTee, Lost, Opening, UndeliveredCause};
use super::sizing::SPARE_FRAMES;
use super::spec::StreamSpec;
use crate::signal::Signal;

/// Where the camera thread's frames go besides the preview.
pub enum Destination {
    /// They go nowhere else.
    Preview,
    /// They go to storage.
    Storage {
        /// Buffers for the means, where several frames make one; `None`: each frame is stored as it is.
        means: Option<FramePool>,
    },
}

/// What camera thread, storage thread and onlookers share.
pub struct StreamRun {
    /// What the stream is.
    pub spec: StreamSpec,
    /// Triggers and stops the camera.
    pub control: CameraControl,
    /// The buffers between camera and storage.
    pub pool: FramePool,
    /// Buffers for the picture alone, when storage has all of the pool.
    pub spare: FramePool,
    /// Where the frames go besides the preview.
    pub destination: Destination,
    /// Who takes every frame besides storage.
    pub frame_tee: FrameTee,
    progress: Mutex<Progress>,
    /// How fast frames come and are stored.
    pub meter: Mutex<Meter>,
    /// Wakes whoever waits for the run to change.
    signal: Arc<Signal>,
    /// Whether `Progress::condition` gives up; here it can be waited for.
    gave_up: (Mutex<bool>, Condvar),
    /// Whether the camera waits for a trigger now.
    pub waits_for_trigger: AtomicBool,
    /// What the camera answers about itself while its thread has it.
    pub camera_features: OnceLock<Arc<dyn CameraFeatures>>,
}

/// How far a stream's run has come; guarded by the lock of [`StreamRun`].
pub struct Progress {
    /// What became of each frame.
    pub book: LedgerBook,
    /// Hardware ids to frame indices.
    pub indexer: FrameIndexer,
    /// When capture ends.
    pub condition: StopCondition,
    /// Whether capture has ended.
    pub camera_ended: bool,
    storage_ended: bool,
    /// The first failure; `None`: nothing failed.
    pub error: Option<StreamError>,
    storage_failed: bool,
    /// Frames of the array that other programs can read.
    pub frames_published: u64,
    /// How late the last time point began, ms; `None`: no interval is set.
    pub lateness_ms: Option<f64>,
    /// When the run began, by the monotonic clock.
    pub started: Instant,
    /// When camera and storage had ended, by the monotonic clock; `None`: the run goes on.
    pub ended: Option<Instant>,
    /// Frames that the camera showed, in a preview that keeps no ledger.
    pub shown: u64,
}

impl StreamRun {
    /// The run of a stream that begins now. Fails where there is no memory for the spare buffers.
    pub fn new(
        spec: StreamSpec,
        pool: FramePool,
        destination: Destination,
        signal: Arc<Signal>,
    ) -> Result<Self, zarrcam_frame::FrameError> {
        let records = matches!(destination, Destination::Storage { .. });
        let frames_averaged = if records { spec.resolved.frames_averaged } else { 1 };
        let frame_limit = if records { spec.resolved.storage.frame_limit } else { None };
        let progress = Progress {
            book: LedgerBook::new(frames_averaged, 0),
            indexer: FrameIndexer::new(frames_averaged, frame_limit, 0),
            condition: StopCondition::new(frame_limit),
            camera_ended: false,
            storage_ended: !records,
            error: None,
            storage_failed: false,
            frames_published: 0,
            lateness_ms: None,
            started: Instant::now(),
            ended: None,
            shown: 0,
        };
        Ok(Self {
            control: CameraControl::new(),
            spare: FramePool::new(spec.resolved.camera_frame_bytes(), SPARE_FRAMES)?,
            pool,
            destination,
            frame_tee: FrameTee::default(),
            progress: Mutex::new(progress),
            meter: Mutex::default(),
            signal,
            gave_up: (Mutex::new(false), Condvar::new()),
            waits_for_trigger: AtomicBool::new(false),
            camera_features: OnceLock::new(),
            spec,
        })
    }

    /// Locks how far the run has come. Counters stay consistent between calls of the book, so poison says nothing here.
    pub fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether frames go to storage; if not, it is a preview.
    pub fn records(&self) -> bool {
        matches!(self.destination, Destination::Storage { .. })
    }

    /// Frames of the camera that make one of the array.
    pub fn frames_averaged(&self) -> u64 {
        if self.records() { self.spec.resolved.frames_averaged.into() } else { 1 }
    }

    /// Asks the run to end. A preview has no limit, so any request ends it.
    pub fn ask(&self, request: StopRequest) {
        let mut progress = self.progress();
        progress.condition.ask(request);
        let ends = progress.condition.capture_ends(progress.indexer.next_frame_index());
        let gives_up = progress.condition.gives_up();
        drop(progress);
        if gives_up {
            *self.gave_up.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.gave_up.1.notify_all();
            self.frame_tee.give_up();
        }
        if ends {
            self.end_capture();
        }
    }

    /// Ends the wait for the camera, and the wait for a buffer.
    fn end_capture(&self) {
        self.control.stop();
        self.pool.close();
    }

    /// Whether capture ends before the next frame.
    pub fn capture_ends(&self) -> bool {
        let progress = self.progress();
        progress.condition.capture_ends(progress.indexer.next_frame_index())
    }

    /// Whether what is not stored yet is given up.
    pub fn gives_up(&self) -> bool {
        self.progress().condition.gives_up()
    }

    /// Sleeps, unless what is not stored is given up meanwhile.
    pub fn delay(&self, duration: Duration) {
        let deadline = Instant::now() + duration;
        let mut gave_up = self.gave_up.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*gave_up {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            gave_up = self.gave_up.1.wait_timeout(gave_up, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Notes that the camera waits for a trigger, or no longer does.
    pub fn set_waits_for_trigger(&self, waits: bool) {
        self.waits_for_trigger.store(waits, Ordering::Relaxed);
    }

    /// Ends the stream before its time; the first reason is kept. `message` is a whole sentence.
    pub fn fail(&self, code: StreamErrorCode, message: String) {
        let reason = message.clone();
        self.fail_with(StreamError { code, message, reason });
    }

    /// Ends the stream because storage failed.
    pub fn storage_failed(&self, error: &StorageError) {
        let (message, reason) = (error.to_string(), error.reason());
        self.fail_with(StreamError { code: StreamErrorCode::Storage, message, reason });
    }

    /// Ends the stream: those who stored it have gone.
    pub fn clients_have_left(&self) {
        let message =
            "Whoever stored the frames has gone, and nothing is stored on this computer: the rest would be lost."
                .to_owned();
        let reason = "whoever stored it has gone".to_owned();
        self.fail_with(StreamError { code: StreamErrorCode::Storage, message, reason });
    }

    fn fail_with(&self, error: StreamError) {
        let mut progress = self.progress();
        progress.storage_failed |= error.code == StreamErrorCode::Storage;
        progress.error.get_or_insert(error);
        drop(progress);
        self.end_capture();
        self.signal.notify();
    }

    /// How capture ended; asked when it has.
    pub fn capture_end(&self) -> CaptureEnd {
        let progress = self.progress();
        let captured_end = progress.book.ledger().captured.div_ceil(self.frames_averaged());
        CaptureEnd { captured_end, end: progress.end() }
    }

    /// What a client of its frames must know of them before they come.
    pub fn opening(&self) -> Opening {
        let StreamSpec { run_id, run_number, started_unix_ms, path, resolved, .. } = &self.spec;
        let storage = &resolved.storage;
        Opening {
            run_id: run_id.clone(),
            run_number: *run_number,
            started_ns: (started_unix_ms * 1e6) as u64,
            width: storage.width,
            height: storage.height,
            pixel_type: storage.pixel_type,
            frames_averaged: resolved.frames_averaged,
            frame_limit: storage.frame_limit,
            frame_bytes: storage.frame_bytes() as usize,
            may_wait: path.is_none(),
        }
    }

    /// Copies for clients would cost the run's own recording frames: more than half of its buffers wait, and the camera does
    /// not. A camera that waits for buffers keeps them full by itself.
    pub fn is_short_of_buffers(&self) -> bool {
        let paced = self.spec.resolved.known_period_us.is_some();
        let Queue { frames, capacity } = self.queue();
        paced && self.spec.path.is_some() && 2 * frames > capacity
    }

    /// Clients of its frames hear how capture ended; what storage never handed on is lost to them, too.
    pub fn end_frame_clients(&self) {
        let CaptureEnd { captured_end, end } = self.capture_end();
        self.frame_tee.end(captured_end, &end, |first_frame_index, count| Lost {
            first_frame_index,
            count,
            hardware_frame_id: first_frame_index * self.frames_averaged(),
            cause: UndeliveredCause::Storage,
        });
    }

    /// Whether storage failed, first or later.
    pub fn has_storage_failed(&self) -> bool {
        self.progress().storage_failed
    }

    /// Why the stream ended before its time; `None`: it did not.
    pub fn error(&self) -> Option<StreamError> {
        self.progress().error.clone()
    }

    /// Notes that capture has ended, and wakes who waits for it.
    pub fn camera_has_ended(&self) {
        let mut progress = self.progress();
        progress.camera_ended = true;
        progress.note_end();
        drop(progress);
        self.signal.notify();
    }

    /// Notes that storage has ended: what it has not stored is lost.
    pub fn storage_has_ended(&self) {
        self.end_frame_clients();
        let mut progress = self.progress();
        progress.storage_ended = true;
        progress.book.give_up();
        progress.note_end();
        drop(progress);
        self.signal.notify();
    }

    /// Ends the stream: the system gave the camera no thread.
    pub fn camera_did_not_start(&self, error: &std::io::Error) {
        self.fail(StreamErrorCode::Internal, format!("The system gave no thread for the camera: {error}."));
        self.camera_has_ended();
    }

    /// Ends the stream: the system gave storage no thread.
    pub fn storage_did_not_start(&self, error: &std::io::Error) {
        self.fail(StreamErrorCode::Internal, format!("The system gave no thread for storage: {error}."));
        self.storage_has_ended();
    }

    /// Whether capture goes on.
    pub fn is_capturing(&self) -> bool {
        !self.progress().camera_ended
    }

    /// Whether camera and storage have ended.
    pub fn has_ended(&self) -> bool {
        self.progress().ended.is_some()
    }

    /// Counts what the sink tells, from any of its threads.
    pub fn count(&self, event: &SinkEvent) {
        match event {
            SinkEvent::Stored { frame_index } => self.progress().book.stored(*frame_index),
            SinkEvent::Lost { frame_index } => self.progress().book.lost(*frame_index),
            SinkEvent::Published { frames_published, .. } => self.progress().frames_published = *frames_published,
            SinkEvent::Failed(error) => self.storage_failed(error),
            SinkEvent::Warning(_) => {}
        }
    }

    /// The `count` losses from the `from`th on, oldest first.
    pub fn losses(&self, from: u64, count: u64) -> LossPage {
        self.progress().book.losses(from, count)
    }
}

impl Progress {
    /// How capture ended; asked when it has.
    pub fn end(&self) -> DatasetEnd {
        let failure = self.error.as_ref().map(|error| error.reason.as_str());
        DatasetEnd::of_capture(failure, self.indexer.is_full(), self.condition.gives_up())
    }

    fn note_end(&mut self) {
        if self.camera_ended && self.storage_ended {
            self.ended.get_or_insert_with(Instant::now);
        }
    }

    /// Time since the run began, or from its beginning to its end, s.
    pub fn elapsed_s(&self) -> f64 {
        self.ended.unwrap_or_else(Instant::now).duration_since(self.started).as_secs_f64()
    }
}
