//! Drives one store: frames become tasks of tiles, any worker does any task, the last of a frame writes and records it.

use std::io::IoSlice;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_acquisition::DropCause;
use zarrcam_config::Durability;
use zarrcam_frame::FrameStamp;
use zarrcam_zarr::{
    FRAMES_IN_FLIGHT, MOST_SEALING, PlaneAt, PlaneView, SEAL_THREADS, TileEncoder, TileView, reduce_plane,
};

use crate::files::AlignedBytes;
use crate::in_place::{FileId, InPlace};
use crate::job::{Assignment, LevelTasks, Slot, Source, is_fill, view};
use crate::journal::{Journal, Record, Section, SpillAt};
use crate::layer::{Layer, PlaneEntry, SpillFile};
use crate::progress::{OpenLayer, Progress};
use crate::pyramid::{self, Completed, Pending};
use crate::store::Store;
use crate::workers::{Work, Workers};
use crate::{SinkEvent, SinkEvents, StorageError};

pub(crate) struct Engine {
    pub store: Store,
    pub journal: Journal,
    events: SinkEvents,
    workers: &'static Workers,
    scratch: Vec<Mutex<Scratch>>,
    tasks: Vec<LevelTasks>,
    slots: Vec<Slot>,
    pub pending: Pending,
    /// `Some`: raw layouts.
    pub in_place: Option<InPlace>,
    state: Mutex<State>,
    /// A slot is free, a layer is sealed, or something failed: for the caller's thread.
    changed: Condvar,
    /// A layer is there to be sealed, or none will come any more.
    sealable: Condvar,
    stopped: (Mutex<bool>, Condvar),
    told: Mutex<Told>,
    failure: OnceLock<Arc<StorageError>>,
    failed: AtomicBool,
    given_up: AtomicBool,
    ending: AtomicBool,
    pub bytes_written: AtomicU64,
}

pub(crate) struct State {
    pub progress: Progress,
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
    pub lossy: bool,
}

/// What was last told to other programs.
#[derive(Default)]
pub(crate) struct Told {
    pub prefix: u64,
    pub places: u64,
}

/// A worker's own memory for this store.
struct Scratch {
    encoder: TileEncoder,
    tile: AlignedBytes,
    half: Vec<u8>,
}

impl Engine {
    pub fn new(store: Store, journal: Journal, events: SinkEvents) -> Result<Arc<Self>, StorageError> {
        let layout = store.layout();
        let full = &layout.levels()[0];
        let in_place = store.codec().is_raw().then(|| InPlace::new(&store));
        let direct = in_place.as_ref().is_some_and(InPlace::is_direct);
        let tile_stride = in_place.as_ref().map_or(full.tile_bytes, |files| files.stride(full.tile_bytes));
        let workers = if direct { Workers::writers() } else { Workers::encoders() };
        let tasks = LevelTasks::plan(layout);
        let scratch = (0..workers.count())
            .map(|_| {
                let encoder = TileEncoder::new(store.codec(), full.item_bytes, full.tile_bytes)?;
                Ok(Mutex::new(Scratch { encoder, tile: AlignedBytes::new(tile_stride)?, half: Vec::new() }))
            })
            .collect::<Result<_, StorageError>>()?;
        let slots = (0..FRAMES_IN_FLIGHT).map(|_| Slot::new(layout, &tasks)).collect();
        let state = State {
            progress: Progress::default(),
            free_slots: (0..FRAMES_IN_FLIGHT).collect(),
            free_spills: Vec::new(),
            spills: 0,
            generation: 0,
            to_seal: std::collections::VecDeque::new(),
            stopping: false,
            seal_failed: false,
            lossy: false,
        };
        Ok(Arc::new(Self {
            in_place,
            pending: Pending::default(),
            store,
            journal,
            events,
            workers,
            scratch,
            tasks,
            slots,
            state: Mutex::new(state),
            changed: Condvar::new(),
            sealable: Condvar::new(),
            stopped: Default::default(),
            told: Mutex::default(),
            failure: OnceLock::new(),
            failed: AtomicBool::new(false),
            given_up: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            bytes_written: AtomicU64::new(0),
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

    /// Held while `shape` is written, so that it never goes back.
    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the spill files that no layer needs; all of them at the end.
    pub fn remove_spills(&self, all: bool) -> Result<(), StorageError> {
        let mut state = self.state();
        let free = std::mem::take(&mut state.free_spills);
        debug_assert!(!all || free.len() as u64 == state.spills);
        drop(state);
        free.iter().try_for_each(|spill| crate::files::remove_file(&spill.file.path))
    }

    /// Checks that `place` is the next one, and takes it.
    pub fn admit(&self, place: u64) -> Result<(), StorageError> {
        self.check()?;
        let mut state = self.state();
        let expected = state.progress.next_place;
        if place != expected {
            return Err(StorageError::OutOfOrder { place, expected });
        }
        if let Some(capacity) = self.store.layout().capacity().filter(|capacity| place >= *capacity) {
            return Err(StorageError::BeyondCapacity { place, capacity });
        }
        state.progress.next_place += 1;
        Ok(())
    }

    /// Waits for a free slot; an error where there will be none.
    fn take_slot(&self) -> Result<usize, StorageError> {
        let mut state = self.state();
        loop {
            self.check()?;
            if let Some(slot) = state.free_slots.pop() {
                return Ok(slot);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The layer of a place, opened where it is the first of it. Waits where too many layers are not sealed yet.
    fn enter_layer(&self, index: u64) -> Result<Option<Arc<Layer>>, StorageError> {
        let mut state = self.state();
        if self.in_place.is_some() {
            state.progress.layers.entry(index).or_default().outstanding += 1;
            return Ok(None);
        }
        loop {
            self.check()?;
            if let Some(open) = state.progress.layers.get_mut(&index).filter(|open| open.layer.is_some()) {
                open.outstanding += 1;
                return Ok(open.layer.clone());
            }
            if state.progress.sealing < MOST_SEALING {
                break;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        // Only the caller's thread opens layers, so the lock may be let go for the disk.
        let spill = state.free_spills.pop();
        let number = state.spills;
        state.spills += u64::from(spill.is_none());
        state.generation += 1;
        let generation = state.generation;
        drop(state);
        let spill = match spill {
            Some(spill) => spill,
            None => Arc::new(SpillFile::create(&self.store.private(), number)?),
        };
        self.journal.append(&Record::LayerOpened { layer: index, generation, spill: spill.number })?;
        let layer = Arc::new(Layer::new(self.store.layout(), index, generation, spill));
        let mut state = self.state();
        let open = state.progress.layers.entry(index).or_default();
        open.layer = Some(Arc::clone(&layer));
        open.outstanding += 1;
        Ok(Some(layer))
    }

    fn leave_layer(&self, state: &mut State, index: u64) {
        if let Some(open) = state.progress.layers.get_mut(&index) {
            open.outstanding -= 1;
        }
        self.seal_if_finished(state, index);
    }

    fn seal_if_finished(&self, state: &mut State, index: u64) {
        if let Some(open) = state.progress.take_finished(index, self.store.layout().frames_per_layer()) {
            self.submit_layer(state, index, open);
        }
    }

    fn submit_layer(&self, state: &mut State, index: u64, open: OpenLayer) {
        state.progress.sealing += 1;
        state.to_seal.push_back((index, open));
        self.sealable.notify_one();
    }

    /// Hands all layers that are still open to the sealer: the end of a run.
    pub fn submit_all_layers(&self) {
        self.ending.store(true, Ordering::Relaxed);
        let mut state = self.state();
        while let Some((index, open)) = state.progress.layers.pop_first() {
            self.submit_layer(&mut state, index, open);
        }
    }

    /// The sealer is done with a layer: its spill can be used again.
    pub fn layer_sealed(&self, index: u64, open: OpenLayer) {
        let mut state = self.state();
        state.progress.sealing -= 1;
        state.progress.layer_sealed(index);
        if let Some(layer) = open.layer {
            state.free_spills.push(Arc::clone(&layer.spill));
        }
        drop(state);
        self.changed.notify_all();
    }

    pub fn seal_failed(&self) {
        let mut state = self.state();
        state.progress.sealing -= 1;
        state.seal_failed = true;
        drop(state);
        self.changed.notify_all();
    }

    /// Begins a frame. Waits for a slot: that is the back-pressure.
    pub fn begin(self: &Arc<Self>, place: u64, stamp: FrameStamp, source: Source) -> Result<(), StorageError> {
        let index = self.store.layout().layer_of(place);
        let layer = self.enter_layer(index)?;
        let assignment = Assignment {
            place: Some(place),
            stamp,
            source,
            layer_index: index,
            layer,
            first_level: 0,
            planes: vec![place],
        };
        match self.take_slot() {
            Ok(slot) => {
                self.start(slot, assignment);
                Ok(())
            }
            Err(error) => {
                self.leave_layer(&mut self.state(), index);
                Err(error)
            }
        }
    }

    fn start(self: &Arc<Self>, slot: usize, assignment: Assignment) {
        let level = assignment.first_level;
        *self.slots[slot].assignment() = Some(assignment);
        self.submit_level(slot, level);
    }

    fn submit_level(self: &Arc<Self>, slot: usize, level: usize) {
        let tasks = self.tasks[level].tasks;
        self.slots[slot].remaining.store(tasks, Ordering::Release);
        let first = (slot as u32) << 24 | (level as u32) << 18;
        debug_assert!(tasks < 1 << 18);
        self.workers.submit(self, first..first + tasks);
    }

    /// A place that stays fill.
    pub fn drop_place(self: &Arc<Self>, place: u64, hardware_id: u64, cause: DropCause) -> Result<(), StorageError> {
        self.journal.append(&Record::Dropped { place, hardware_id, cause })?;
        let index = self.store.layout().layer_of(place);
        if let Some(completed) = self.pending.missing(&self.store, 0, place) {
            self.begin_planes(index, completed)?;
        }
        let mut state = self.state();
        state.progress.decide(place, index, true);
        self.seal_if_finished(&mut state, index);
        Ok(())
    }

    /// Begins a plane of a coarser level that no frame will complete.
    pub fn begin_planes(self: &Arc<Self>, index: u64, completed: Completed) -> Result<(), StorageError> {
        let layer = self.enter_layer(index)?;
        let slot = match self.take_slot() {
            Ok(slot) => slot,
            Err(error) => {
                self.leave_layer(&mut self.state(), index);
                return Err(error);
            }
        };
        let Completed { level, plane, pixels } = completed;
        let buffer = &self.slots[slot].planes[level - 1];
        // SAFETY: the slot is ours, and no task of it runs yet.
        unsafe { buffer.write(0, pixels.len()) }.copy_from_slice(&pixels);
        self.start(
            slot,
            Assignment {
                place: None,
                stamp: FrameStamp::default(),
                source: Source::Nothing,
                layer_index: index,
                layer,
                first_level: level,
                planes: vec![plane],
            },
        );
        Ok(())
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

    /// See [`InPlace::shift`]; of a tile of a frame.
    pub fn shift(&self, plane: &PlaneAt, tile: usize) -> usize {
        self.in_place.as_ref().map_or(0, |in_place| {
            let at = self.store.layout().levels()[0].tile(plane, tile);
            in_place.shift(InPlace::offset(&self.store, 0, &at))
        })
    }

    fn run_task(self: &Arc<Self>, slot: usize, level: usize, task: u32, worker: usize) -> Result<(), StorageError> {
        if self.is_ending() {
            return Ok(());
        }
        let this = &self.slots[slot];
        let Some(assignment) = this.assignment().clone() else { return Ok(()) };
        let mut scratch = self.scratch[worker].lock().unwrap_or_else(PoisonError::into_inner);
        let scratch = &mut *scratch;
        let layout = self.store.layout();
        let shape = &layout.levels()[level];
        let tasks = &self.tasks[level];
        let image: Option<&[u8]> = match (&assignment.source, level) {
            (Source::Image(buffer), 0) => Some(buffer),
            (Source::Tiles { .. }, 0) => None,
            // SAFETY: the level's plane was filled before its tasks were submitted.
            _ => Some(unsafe { this.planes[level - 1].read() }),
        };
        let plane = assignment.planes[level - assignment.first_level];
        let at = layout.plane_of_level(level, plane);
        let mut output = this.output(tasks.first_task + task as usize);
        output.clear();
        for tile in tasks.tiles_of(task) {
            let view = match (&assignment.source, image) {
                (Source::Tiles { buffer, stride }, None) => {
                    let start = tile * stride + self.shift(&at, tile);
                    TileView::contiguous(&buffer[start..][..shape.tile_bytes])
                }
                (_, image) => {
                    view(image.unwrap_or_default(), shape.width, shape.item_bytes, shape.rect(tile), shape.tile_width)
                }
            };
            let length = &this.lengths[tasks.first_tile + tile];
            if is_fill(&view) {
                length.store(0, Ordering::Relaxed);
            } else if let Some(in_place) = &self.in_place {
                let tile_at = shape.tile(&at, tile);
                let id = FileId { layer: at.layer, level, file: tile_at.file };
                let offset = InPlace::offset(&self.store, level, &tile_at);
                let file = in_place.file(&self.store, id)?;
                let shift = in_place.shift(offset);
                let bytes = match view.as_contiguous(shape.tile_bytes) {
                    Some(bytes) if shift == 0 || matches!(assignment.source, Source::Tiles { .. }) => bytes,
                    _ => {
                        let out = &mut scratch.tile[shift..][..shape.tile_bytes];
                        view.gather(out);
                        out
                    }
                };
                let write_back = self.store.durability() != Durability::None;
                file.write(bytes, offset, write_back)?;
                length.store(shape.tile_bytes as u32, Ordering::Relaxed);
            } else {
                let before = output.len();
                scratch.encoder.encode_view(view, &mut output)?;
                length.store((output.len() - before) as u32, Ordering::Relaxed);
            }
            if let (true, Some(image)) = (tasks.halves_by_tile, image) {
                self.halve_tile(slot, level, tile, image, &mut scratch.half);
            }
        }
        Ok(())
    }

    /// Halves one tile into the next level's plane, while its pixels are in cache.
    fn halve_tile(&self, slot: usize, level: usize, tile: usize, image: &[u8], half: &mut Vec<u8>) {
        let layout = self.store.layout();
        let (fine, coarse) = (&layout.levels()[level], &layout.levels()[level + 1]);
        let rect = fine.rect(tile);
        let stride = fine.width * fine.item_bytes;
        let source = PlaneView {
            bytes: &image[rect.y * stride + rect.x * fine.item_bytes..],
            width: rect.width,
            height: rect.height,
            stride_bytes: stride,
        };
        let halve = pyramid::halve(&self.store, level);
        let (width, height) = halve.size(rect.width, rect.height);
        let row = width * fine.item_bytes;
        half.resize(row * height, 0);
        reduce_plane(layout.pixel_type(), layout.method(), halve, source, half, row);
        let x = if halve.x { rect.x / 2 } else { rect.x };
        let y = if halve.y { rect.y / 2 } else { rect.y };
        for (index, pixels) in half.chunks_exact(row).enumerate() {
            let start = ((y + index) * coarse.width + x) * fine.item_bytes;
            // SAFETY: tiles are disjoint, and so are their halves; the plane is read after the last task of this level.
            unsafe { self.slots[slot].planes[level].write(start, row) }.copy_from_slice(pixels);
        }
    }

    /// All tasks of a level are done: on to the next level, or to the end.
    fn level_done(self: &Arc<Self>, slot: usize, level: usize) {
        let next = if self.is_ending() { Ok(false) } else { self.fill_next_level(slot, level) };
        match next {
            Ok(true) => self.submit_level(slot, level + 1),
            Ok(false) => self.complete(slot),
            Err(error) => {
                self.fail(error);
                self.complete(slot);
            }
        }
    }

    /// Whether this frame goes on to the next level, whose plane is complete then.
    fn fill_next_level(self: &Arc<Self>, slot: usize, level: usize) -> Result<bool, StorageError> {
        let layout = self.store.layout();
        let (Some(fine), Some(coarse)) = (layout.levels().get(level), layout.levels().get(level + 1)) else {
            return Ok(false);
        };
        let this = &self.slots[slot];
        let (source, plane) = {
            let mut assignment = this.assignment();
            let Some(assignment) = assignment.as_mut() else { return Ok(false) };
            let plane = assignment.planes[level - assignment.first_level];
            (assignment.source.clone(), plane)
        };
        let parent = layout.parent(level, plane);
        let pairs = pyramid::joins_pairs(&self.store, level);
        if pairs || !self.tasks[level].halves_by_tile {
            let image: &[u8] = match (&source, level) {
                (Source::Image(buffer), 0) => buffer,
                (Source::Tiles { .. } | Source::Nothing, 0) => {
                    return Err(StorageError::Internal("a pyramid needs the frame as an image".to_owned()));
                }
                // SAFETY: filled before this level's tasks, and written again only by the slot's next frame.
                _ => unsafe { this.planes[level - 1].read() },
            };
            let source = PlaneView::tight(layout.pixel_type(), image, fine.width, fine.height);
            // SAFETY: the slot's tasks of this level are done, and the next level's are not submitted yet.
            let out = unsafe { this.planes[level].write(0, coarse.plane_bytes()) };
            if pairs {
                if !self.pending.add(&self.store, level, parent, source, out) {
                    return Ok(false);
                }
            } else {
                let halve = pyramid::halve(&self.store, level);
                reduce_plane(
                    layout.pixel_type(),
                    layout.method(),
                    halve,
                    source,
                    out,
                    coarse.width * coarse.item_bytes,
                );
            }
        }
        if let Some(assignment) = this.assignment().as_mut() {
            assignment.planes.push(parent.plane);
        }
        Ok(true)
    }

    /// The frame's last act: its bytes leave the process, then its record, and then it is stored.
    fn complete(&self, slot: usize) {
        let this = &self.slots[slot];
        let Some(assignment) = this.assignment().take() else { return };
        let stored = if self.is_ending() {
            false
        } else {
            match self.record(this, &assignment) {
                Ok(()) => true,
                Err(error) => {
                    self.fail(error);
                    false
                }
            }
        };
        let Assignment { place, layer_index, source, layer, .. } = assignment;
        // The frame's buffer is free before anybody hears of it.
        drop((source, layer));
        let mut state = self.state();
        if let Some(place) = place {
            if stored {
                state.progress.stored.insert(place);
            } else {
                state.lossy = true;
            }
            state.progress.decide(place, layer_index, stored);
        }
        self.leave_layer(&mut state, layer_index);
        drop(state);
        // Told before the slot is free: `finish` returns when all are, and then nothing more may be told.
        if let Some(place) = place {
            self.emit(if stored { SinkEvent::Stored { place } } else { SinkEvent::Lost { place } });
        }
        self.state().free_slots.push(slot);
        self.changed.notify_all();
    }

    fn record(&self, slot: &Slot, assignment: &Assignment) -> Result<(), StorageError> {
        let sections: Vec<Section> = assignment
            .planes
            .iter()
            .enumerate()
            .map(|(index, plane)| {
                let level = assignment.first_level + index;
                let tasks = &self.tasks[level];
                let lengths = match &assignment.layer {
                    Some(_) => slot.lengths[tasks.first_tile..][..tasks.tiles]
                        .iter()
                        .map(|length| length.load(Ordering::Relaxed))
                        .collect(),
                    None => Vec::new(),
                };
                Section { level: level as u32, plane: *plane, lengths }
            })
            .collect();
        let mut at = SpillAt::default();
        if let Some(layer) = &assignment.layer {
            let levels = assignment.first_level..assignment.first_level + assignment.planes.len();
            let outputs: Vec<_> = levels
                .flat_map(|level| (0..self.tasks[level].tasks as usize).map(move |task| (level, task)))
                .map(|(level, task)| slot.output(self.tasks[level].first_task + task))
                .collect();
            let total: u64 = outputs.iter().map(|output| output.len() as u64).sum();
            at = SpillAt { generation: layer.generation, offset: layer.reserve(total) };
            let mut slices: Vec<IoSlice<'_>> = outputs.iter().map(|output| IoSlice::new(output)).collect();
            layer.spill.file.write_all_vectored_at(&mut slices, at.offset)?;
            self.bytes_written.fetch_add(total, Ordering::Relaxed);
        }
        let record = match assignment.place {
            Some(place) => Record::Frame { place, stamp: assignment.stamp, at, sections },
            None => Record::Planes { at, sections },
        };
        self.journal.append(&record)?;
        if let (Some(layer), Record::Frame { sections, .. } | Record::Planes { sections, .. }) =
            (&assignment.layer, &record)
        {
            let mut offset = at.offset;
            for section in sections {
                layer.insert(section.level as usize, section.plane, PlaneEntry::new(offset, &section.lengths));
                offset += section.bytes();
            }
        }
        Ok(())
    }
}

impl Work for Engine {
    fn run(self: Arc<Self>, part: u32, worker: usize) {
        let (slot, level, task) = ((part >> 24) as usize, (part >> 18 & 0x3f) as usize, part & 0x3ffff);
        let work = std::panic::AssertUnwindSafe(|| self.run_task(slot, level, task, worker));
        match std::panic::catch_unwind(work) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fail(error),
            Err(panic) => self.fail(StorageError::Internal(panic_message(&*panic))),
        }
        if self.slots[slot].remaining.fetch_sub(1, Ordering::AcqRel) == 1 {
            let end = std::panic::AssertUnwindSafe(|| self.level_done(slot, level));
            if let Err(panic) = std::panic::catch_unwind(end) {
                self.fail(StorageError::Internal(panic_message(&*panic)));
                self.complete(slot);
            }
        }
    }
}

pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// When something is next due, and how often.
pub(crate) struct Interval {
    last: Option<Instant>,
    period: Duration,
}

impl Interval {
    pub fn new(period: Duration) -> Self {
        Self { last: None, period }
    }

    pub fn is_due(&mut self) -> bool {
        let due = self.last.is_none_or(|last| last.elapsed() >= self.period);
        if due {
            self.last = Some(Instant::now());
        }
        due
    }
}
