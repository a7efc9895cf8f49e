//! One stream recorded into a store. Work is done within calls, and what it wrote leaves between them; only then is it said to be
//! stored.
//!
//! `open`: how it begins. `calls`: how JavaScript drives it.

mod calls;
mod open;

use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zarrcam_acquisition::{
    DatasetEnd, FrameIndexer, FrameState, Ledger, LedgerBook, LossCause, StopCondition, StreamError, StreamErrorCode,
    TimePoints, Undecided,
};
use zarrcam_frame::{FrameStamp, Mean};
use zarrcam_storage::{FrameSink, SinkEvent, StorageError, ZarrSink};

use crate::figures::Tally;
use crate::store::{Broken, Store};
use crate::text::Failure;

/// A stream's run: a recording under way, or a preview that records nothing.
pub struct Recording {
    /// `None`: nothing is written.
    store: Option<NonNull<Store>>,
    sink: Sink,
    events: Events,
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

/// What the sink said, in order, each with the mark of the target when it did: it is true once all that came before has left.
type Events = Arc<Mutex<VecDeque<(u64, SinkEvent)>>>;

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
struct Lost {
    count: u64,
    /// Of the first of them.
    hardware_id: u64,
    cause: LossCause,
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

    fn report(&mut self) -> Report {
        Report {
            ledger: self.book.ledger().clone(),
            published: self.published.clone(),
            failure: self.error.as_ref().map(|error| error.message.clone()),
            failure_reason: self.error.as_ref().map(|error| error.reason.clone()),
            warnings: mem::take(&mut self.warnings),
        }
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

    fn lock_events(&self) -> MutexGuard<'_, VecDeque<(u64, SinkEvent)>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the sink said, and whether it is true: of what has not left yet nothing; where it cannot leave, it is lost.
    fn said(&mut self) -> Vec<(bool, SinkEvent)> {
        // SAFETY: the store outlives the recording, and one call is carried out at a time.
        let store = self.store.map(|store| unsafe { store.as_ref() });
        let has_left = |mark| store.is_none_or(|store| store.target.is_past(mark));
        let failure = store.and_then(|store| store.failure.clone());
        let mut events = self.lock_events();
        let ready = if failure.is_some() { events.len() } else { events.partition_point(|(mark, _)| has_left(*mark)) };
        let said = events.drain(..ready).map(|(mark, event)| (has_left(mark), event)).collect();
        drop(events);
        if let Some(failure) = failure {
            self.broken(failure);
        }
        said
    }

    fn settle(&mut self) {
        for (left, event) in self.said() {
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
        if matches!(self.sink, Sink::Finished) && self.lock_events().is_empty() {
            // Nothing more will be stored.
            self.book.give_up();
        }
    }
}
