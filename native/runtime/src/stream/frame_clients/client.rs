//! One client: the frames that wait for it, and what became of the others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_acquisition::{DatasetEnd, FrameClientStats};
use zarrcam_frame::{Frame, FrameBufferMut, FramePool};

use super::record::{Lost, Opening, UndeliveredCause};
use crate::error::{Callback, ErrorCode, RuntimeError};

/// What the frames that wait for a client take together, bytes, where a frame is neither huge nor tiny: half of what lies
/// between camera and storage.
const CLIENT_BYTES: usize = 128 << 20;
/// A client has room for so many frames, however large one is.
const FEWEST_FRAMES: usize = 4;
/// It has room for no more, however small one is.
const MOST_FRAMES: usize = 2048;
/// Losses told one by one that may wait; from there on a loss joins the one before it, whatever its cause.
const MOST_RECORDS: usize = 2 * MOST_FRAMES;
/// A run waits no longer for a client that takes nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// One client of a stream's frames. It waits for a run, reads it to its end, or leaves.
pub struct FrameClient {
    /// The run should wait for it, where nothing is written on the bridge.
    wants_back_pressure: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    phase: Phase,
    /// Set with the first record.
    opened: Option<Opened>,
    /// Where its frames wait; gone when no frame can come any more.
    pool: Option<FramePool>,
    records: VecDeque<Record>,
    /// The record of which a part was read, and how much.
    begun: Option<(Record, usize)>,
    reader: Option<Callback<()>>,
    failed: Option<RuntimeError>,
    taken: u64,
    lost: u64,
    lost_to_client: u64,
    waiting: u64,
    /// When it last took something, or had nothing to take.
    moved_at: Option<Instant>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// For its run.
    #[default]
    Waiting,
    Open,
    /// Its last record is there to be read.
    Ended,
    /// It reads no more.
    Left,
}

#[derive(Clone)]
struct Opened {
    opening: Arc<Opening>,
    room: u32,
    number: u32,
    first_frame_index: u64,
    back_pressure: bool,
}

enum Record {
    Whole(Vec<u8>),
    Frame { header: Vec<u8>, pixels: FrameBufferMut },
    Lost(Lost),
}

impl Record {
    /// The bytes from `at` on that lie together.
    fn piece(&self, at: usize) -> &[u8] {
        match self {
            Self::Whole(bytes) => &bytes[at..],
            Self::Frame { header, pixels } => {
                header.get(at..).filter(|rest| !rest.is_empty()).unwrap_or_else(|| &pixels[at - header.len()..])
            }
            Self::Lost(_) => &[],
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Frame { header, pixels } => header.len() + pixels.len(),
            Self::Lost(_) => 0,
        }
    }
}

impl FrameClient {
    pub fn new(wants_back_pressure: bool) -> Self {
        Self { wants_back_pressure, state: Mutex::default() }
    }

    /// Counts and records change together, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Memory for the frames that may wait. Who reads in time uses the same few buffers again and again, and takes no more
    /// than those.
    pub fn memory(opening: &Opening) -> Result<FramePool, RuntimeError> {
        let frames = (CLIENT_BYTES / opening.frame_bytes.max(1)).clamp(FEWEST_FRAMES, MOST_FRAMES);
        FramePool::untouched(opening.frame_bytes, frames).map_err(RuntimeError::no_memory)
    }

    /// Its run is there; every frame from `first_frame_index` on follows, or the word that it is lost.
    pub fn open(&self, opening: &Arc<Opening>, pool: FramePool, number: u32, first_frame_index: u64) {
        let back_pressure = self.wants_back_pressure && opening.may_wait;
        let mut state = self.lock();
        if state.phase != Phase::Waiting {
            return;
        }
        state.phase = Phase::Open;
        state.records.push_back(Record::Whole(opening.begin(first_frame_index, back_pressure)));
        let room = pool.capacity() as u32;
        state.opened = Some(Opened { opening: Arc::clone(opening), room, number, first_frame_index, back_pressure });
        state.pool = Some(pool);
        wake(state);
    }

    /// From the storage thread. `busy`: the bridge's own recording needs the computer.
    pub fn offer(&self, frame_index: u64, frame: &Frame, busy: bool) {
        let Some((Opened { opening, back_pressure, .. }, pool)) = self.opened() else { return };
        let room = if busy { None } else { pool.try_take() };
        let room = if room.is_none() && !busy && back_pressure { self.wait_for_room(&pool) } else { room };
        let Some(mut pixels) = room else {
            let cause = if busy { UndeliveredCause::Busy } else { UndeliveredCause::Client };
            let hardware_frame_id = frame.stamp.hardware_id;
            return self.lose(Lost { first_frame_index: frame_index, count: 1, hardware_frame_id, cause });
        };
        pixels.copy_from_slice(&frame.buffer);
        let record = Record::Frame { header: opening.frame(frame_index, frame), pixels };
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return;
        }
        if state.waiting == 0 {
            state.moved_at = Some(Instant::now());
        }
        state.waiting += 1;
        state.records.push_back(record);
        wake(state);
    }

    /// Until the client has taken a frame, unless it takes nothing for [`PATIENCE`], leaves, or the run is given up.
    fn wait_for_room(&self, pool: &FramePool) -> Option<FrameBufferMut> {
        loop {
            let still = self.lock().moved_at.map_or(Duration::ZERO, |at| at.elapsed());
            let left = PATIENCE.checked_sub(still)?;
            if let Some(room) = pool.take_timeout(left) {
                return Some(room);
            }
            if pool.is_closed() {
                return None;
            }
        }
    }

    pub fn lose(&self, lost: Lost) {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return;
        }
        state.lost += lost.count;
        if matches!(lost.cause, UndeliveredCause::Client | UndeliveredCause::Busy) {
            state.lost_to_client += lost.count;
        }
        let many = state.records.len() >= MOST_RECORDS;
        match state.records.back_mut() {
            Some(Record::Lost(last)) if many || last.cause == lost.cause => last.count += lost.count,
            _ => state.records.push_back(Record::Lost(lost)),
        }
        wake(state);
    }

    /// Capture has ended, and all that was captured has been offered.
    pub fn end(&self, captured_end: u64, end: &DatasetEnd) {
        let mut state = self.lock();
        let (Phase::Open, Some(opened)) = (state.phase, state.opened.clone()) else { return };
        state.phase = Phase::Ended;
        // Its buffers stay until they are read.
        state.pool = None;
        let record = opened.opening.end(captured_end, state.lost, end);
        state.records.push_back(Record::Whole(record));
        wake(state);
    }

    /// There will be no run for it.
    pub fn fail(&self, error: RuntimeError) {
        let mut state = self.lock();
        if state.phase == Phase::Waiting {
            state.phase = Phase::Left;
            state.failed = Some(error);
            wake(state);
        }
    }

    /// Nobody waits for it any more: what it has no room for is lost at once.
    pub fn give_up(&self) {
        if let Some((_, pool)) = self.opened() {
            pool.close();
        }
    }

    /// Calls back when there is something to read, at once where there is. An error: there will be no run for it.
    pub fn when_ready(&self, done: Callback<()>) {
        let mut state = self.lock();
        if state.is_ready() {
            let outcome = state.failed.clone().map_or(Ok(()), Err);
            drop(state);
            return done(outcome);
        }
        let other = state.reader.replace(done);
        drop(state);
        if let Some(other) = other {
            other(Err(RuntimeError::new(ErrorCode::Cancelled, "The frames are read elsewhere.")));
        }
    }

    /// Copies what is there, as much as fits; 0: nothing is, and where it was ready nothing will be. By one reader at a time.
    pub fn read(&self, into: &mut [u8]) -> usize {
        let mut at = 0;
        while at < into.len() {
            let Some((record, from)) = self.take_out() else { break };
            // Without the lock: the storage thread goes on meanwhile.
            let piece = record.piece(from);
            let count = piece.len().min(into.len() - at);
            into[at..at + count].copy_from_slice(&piece[..count]);
            at += count;
            self.put_back(record, from + count);
        }
        at
    }

    fn take_out(&self) -> Option<(Record, usize)> {
        let mut state = self.lock();
        if let Some(begun) = state.begun.take() {
            return Some(begun);
        }
        let record = match state.records.pop_front()? {
            Record::Lost(lost) => Record::Whole(state.opened.as_ref()?.opening.lost(&lost)),
            record => record,
        };
        Some((record, 0))
    }

    fn put_back(&self, record: Record, read: usize) {
        let mut state = self.lock();
        state.moved_at = Some(Instant::now());
        if read < record.len() {
            if state.phase != Phase::Left {
                state.begun = Some((record, read));
            }
            return;
        }
        if state.phase != Phase::Left && matches!(record, Record::Frame { .. }) {
            state.waiting -= 1;
            state.taken += 1;
        }
        drop(state);
        // Its buffer goes back to the pool, where the storage thread may wait for it.
        drop(record);
    }

    /// It reads no more: its memory is free, and what waited for it is lost to it. Returns how many frames that are.
    pub fn leave(&self) -> u64 {
        let mut state = self.lock();
        state.phase = Phase::Left;
        let waiting = std::mem::take(&mut state.waiting);
        state.lost += waiting;
        state.lost_to_client += waiting;
        let given_back = (std::mem::take(&mut state.records), state.begun.take());
        let reader = state.reader.take();
        let pool = state.pool.take();
        drop(state);
        if let Some(pool) = pool {
            pool.close();
        }
        drop(given_back);
        if let Some(reader) = reader {
            reader(Ok(()));
        }
        waiting
    }

    fn opened(&self) -> Option<(Opened, FramePool)> {
        let state = self.lock();
        state.opened.clone().zip(state.pool.clone())
    }

    /// It waits for a run.
    pub fn is_waiting(&self) -> bool {
        self.lock().phase == Phase::Waiting
    }

    /// It takes the frames of its run, which goes on.
    pub fn is_open(&self) -> bool {
        self.lock().phase == Phase::Open
    }

    /// It has left, or read all there was.
    pub fn is_done(&self) -> bool {
        let state = self.lock();
        state.phase == Phase::Left || state.phase == Phase::Ended && !state.is_there()
    }

    /// `None`: it has had no run yet.
    pub fn stats(&self) -> Option<FrameClientStats> {
        let state = self.lock();
        let opened = state.opened.as_ref()?;
        Some(FrameClientStats {
            client: opened.number,
            connected: state.phase != Phase::Left,
            first_frame_index: opened.first_frame_index,
            taken: state.taken,
            waiting: state.waiting,
            lost: state.lost,
            lost_to_client: state.lost_to_client,
            room: opened.room,
            back_pressure: opened.back_pressure,
        })
    }
}

impl State {
    fn is_there(&self) -> bool {
        self.begun.is_some() || !self.records.is_empty()
    }

    fn is_ready(&self) -> bool {
        self.is_there() || matches!(self.phase, Phase::Ended | Phase::Left)
    }
}

/// Calls the reader who waits, without the lock.
fn wake(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    let outcome = state.failed.clone().map_or(Ok(()), Err);
    drop(state);
    if let Some(reader) = reader {
        reader(outcome);
    }
}
