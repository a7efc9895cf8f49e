//! Drives one store: frames become tasks of tiles, any worker does any task, the last of a frame writes and records it.
//!
//! - [`layers`]: opening, pacing and handing over layers
//! - [`frames`]: from a frame's first act to its record
//! - [`tasks`]: what a worker does

mod frames;
mod layers;
mod tasks;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use zarrcam_zarr::{FRAMES_IN_FLIGHT, SEAL_THREADS, TileEncoder};

use crate::frame_log::FrameLogWriter;
use crate::layers::in_place::InPlace;
use crate::layers::{SpillFile, joins_pairs};
use crate::store::Store;
use crate::targets::AlignedBytes;
use crate::writer::job::{LevelTasks, Slot};
use crate::writer::progress::{OpenLayer, Progress};
use crate::writer::pyramid::Pending;
use crate::writer::workers::Workers;
use crate::{SinkEvent, SinkEvents, StorageError};

/// A borrowed frame ends with its last task. Of fewer tasks, threads wait for that longer than the copy takes that borrowing saves.
const MIN_TASKS_TO_BORROW: u32 = 8;

pub(crate) struct Engine {
    pub store: Store,
    pub log: FrameLogWriter,
    events: SinkEvents,
    workers: Workers,
    scratch: Vec<Mutex<Scratch>>,
    tasks: Vec<LevelTasks>,
    slots: Vec<Slot>,
    pub pending: Pending,
    /// `Some`: raw layouts.
    pub in_place: Option<InPlace>,
    state: Mutex<State>,
    encoded: Mutex<Encoded>,
    /// A slot is free, a layer is sealed, or something failed: for the caller's thread.
    changed: Condvar,
    /// A layer is there to be sealed, or none will come any more.
    sealable: Condvar,
    stopped: (Mutex<bool>, Condvar),
    reported: Mutex<Reported>,
    failure: OnceLock<Arc<StorageError>>,
    failed: AtomicBool,
    given_up: AtomicBool,
    ending: AtomicBool,
    /// Bytes of the oldest layer in work that the sealer has written.
    pub sealed_bytes: AtomicU64,
}

pub(crate) struct State {
    pub progress: Progress,
    /// Bytes of the layer that the sealer works on; 0: none.
    oldest_bytes: u64,
    free_slots: Vec<usize>,
    free_spills: Vec<Arc<SpillFile>>,
    spills: u64,
    generation: u32,
    /// Layers for the sealer, oldest first.
    pub to_seal: std::collections::VecDeque<(u64, OpenLayer)>,
    pub stopping: bool,
    /// A layer could not be sealed; its spill is kept for `recover`.
    pub seal_failed: bool,
    /// Frames were accepted and not stored; they may be in part in the files.
    pub has_losses: bool,
}

/// Frames that wait to be written.
#[derive(Default)]
struct Encoded {
    slots: std::collections::VecDeque<usize>,
    /// A thread is at it, and will find what is added.
    is_written: bool,
}

/// What was last reported to other programs.
#[derive(Default)]
pub(crate) struct Reported {
    pub prefix: u64,
    pub frame_count: u64,
}

/// A thread's own memory for this store.
pub(crate) struct Scratch {
    encoder: TileEncoder,
    tile: AlignedBytes,
    half: Vec<u8>,
}

impl Scratch {
    fn new(store: &Store, in_place: Option<&InPlace>) -> Result<Self, StorageError> {
        let full = &store.layout().levels()[0];
        let stride = in_place.map_or(full.tile_bytes, |files| files.stride(full.tile_bytes));
        let encoder = TileEncoder::new(store.codec(), full.item_bytes, full.tile_bytes)?;
        Ok(Self { encoder, tile: AlignedBytes::new(stride)?, half: Vec::new() })
    }
}

impl Engine {
    pub fn new(store: Store, log: FrameLogWriter, events: SinkEvents) -> Result<Arc<Self>, StorageError> {
        let layout = store.layout();
        let in_place = store.codec().is_raw().then(|| InPlace::new(&store));
        let direct = in_place.as_ref().is_some_and(InPlace::is_direct);
        let workers = match direct {
            _ if !store.target().takes_threads() => Workers::Caller,
            true => Workers::writers(),
            false => Workers::encoders(),
        };
        // Whoever does everything himself has done with a frame when he begins the next.
        let slots = if workers.is_caller() { 1 } else { FRAMES_IN_FLIGHT };
        let tasks = LevelTasks::plan(layout);
        let scratch = (0..workers.count())
            .map(|_| Scratch::new(&store, in_place.as_ref()).map(Mutex::new))
            .collect::<Result<_, StorageError>>()?;
        let slots: Vec<Slot> = (0..slots).map(|_| Slot::new(layout, &tasks)).collect();
        let state = State {
            progress: Progress::default(),
            oldest_bytes: 0,
            free_slots: (0..slots.len()).collect(),
            free_spills: Vec::new(),
            spills: 0,
            generation: 0,
            to_seal: std::collections::VecDeque::new(),
            stopping: false,
            seal_failed: false,
            has_losses: false,
        };
        Ok(Arc::new(Self {
            in_place,
            pending: Pending::default(),
            store,
            log,
            events,
            workers,
            scratch,
            tasks,
            slots,
            state: Mutex::new(state),
            encoded: Mutex::default(),
            changed: Condvar::new(),
            sealable: Condvar::new(),
            stopped: Default::default(),
            reported: Mutex::default(),
            failure: OnceLock::new(),
            failed: AtomicBool::new(false),
            given_up: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            sealed_bytes: AtomicU64::new(0),
        }))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn emit(&self, event: SinkEvent) {
        (self.events)(event);
    }

    /// The first failure ends the run: nothing more is stored, and everybody who waits is woken.
    pub fn fail(&self, error: StorageError) {
        let error = Arc::new(error);
        if self.failure.set(Arc::clone(&error)).is_ok() {
            self.failed.store(true, Ordering::Release);
            self.emit(SinkEvent::Failed(error));
        }
        drop(self.state());
        self.changed.notify_all();
    }

    pub fn check(&self) -> Result<(), StorageError> {
        self.failure.get().map_or(Ok(()), |error| Err(StorageError::clone(error)))
    }

    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Release);
    }

    fn is_ending(&self) -> bool {
        self.has_failed() || self.given_up.load(Ordering::Acquire)
    }

    pub fn wait_for_layer<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.sealable.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the threads of the store end.
    pub fn stop(&self) {
        self.state().stopping = true;
        self.sealable.notify_all();
        *self.stopped.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stopped.1.notify_all();
    }

    /// Waits; true where the store's threads are to end.
    pub fn stopped_within(&self, period: Duration) -> bool {
        let stopped = self.stopped.0.lock().unwrap_or_else(PoisonError::into_inner);
        *self
            .stopped
            .1
            .wait_timeout_while(stopped, period, |stopped| !*stopped)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// While frames come they have the cores; at the end the sealer has.
    pub fn seal_threads(&self) -> usize {
        if self.ending.load(Ordering::Relaxed) { SEAL_THREADS } else { 1 }
    }

    /// Whether a frame that is only borrowed is encoded out of its owner's memory, with the owner's thread helping. Where encoding takes
    /// not much longer than a copy, the copy is waste.
    pub fn borrows(&self) -> bool {
        let layout = self.store.layout();
        // Halving that waits for the whole frame would hold the owner up.
        let by_tiles = layout.levels().len() == 1 || (self.tasks[0].halves_by_tile && !joins_pairs(&self.store, 0));
        by_tiles && self.tasks[0].tasks >= MIN_TASKS_TO_BORROW && self.store.codec().is_fast()
    }

    /// Whether everything is done by whoever brings the frames, before he gets an answer.
    pub fn is_inline(&self) -> bool {
        self.workers.is_caller()
    }

    /// Buffers for a thread that helps.
    pub fn new_scratch(&self) -> Result<Scratch, StorageError> {
        Scratch::new(&self.store, self.in_place.as_ref())
    }

    /// Held while `shape` is written, so that it never goes back.
    pub fn reported(&self) -> MutexGuard<'_, Reported> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the spill files that no layer needs. What cannot be removed stays in the list.
    pub fn remove_spills(&self) -> Result<(), StorageError> {
        let free = std::mem::take(&mut self.state().free_spills);
        let mut result = Ok(());
        for spill in free {
            if let Err(error) = self.store.target().remove_file(spill.file.path()) {
                self.state().free_spills.push(spill);
                result = Err(error);
            }
        }
        result
    }

    /// Waits until no frame is in flight.
    pub fn drain(&self) {
        let mut state = self.state();
        while state.free_slots.len() < self.slots.len() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until the sealer has nothing left.
    pub fn wait_for_seals(&self) {
        let mut state = self.state();
        while state.progress.sealing > 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
