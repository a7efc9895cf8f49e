use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use zarrcam_acquisition::{DatasetEnd, DropCause};
use zarrcam_config::Durability;
use zarrcam_frame::{Frame, FramePool, FrameStamp};
use zarrcam_zarr::FRAMES_IN_FLIGHT;

use crate::end::{EndFile, RunEnd};
use crate::engine::{Engine, Interval, Scratch, panic_message};
use crate::in_place;
use crate::job::{Source, view};
use crate::journal::{Journal, Record};
use crate::lock::Lock;
use crate::recover;
use crate::replace::Replaced;
use crate::run_description::RunDescription;
use crate::seal::{self, Pace, Sealer};
use crate::store::Store;
use crate::{CaptureEnd, FrameSink, SinkEvent, SinkEvents, SinkSpec, StorageError};

/// `shape` and `Published` move at most this often.
const PUBLISH_PERIOD: Duration = Duration::from_millis(250);
/// How often the writer looks whether its folder is still there.
const LOOK_PERIOD: Duration = Duration::from_millis(500);
/// In which a folder that is being removed is gone.
const REMOVAL_TIME: Duration = Duration::from_secs(2);
const REMOVAL_LOOK_PERIOD: Duration = Duration::from_millis(20);
/// Durability `second`.
const SYNC_PERIOD: Duration = Duration::from_millis(900);

/// Writes frames to a Zarr store as they come.
pub struct ZarrSink {
    engine: Arc<Engine>,
    lock: Arc<Lock>,
    threads: Vec<JoinHandle<()>>,
    /// For frames that are only lent: buffers of our own, or what encoding them at once takes.
    copies: Option<FramePool>,
    helper: Option<Scratch>,
    end_file: EndFile,
    capture_end: Option<CaptureEnd>,
    replaced: Replaced,
}

impl ZarrSink {
    pub fn create(spec: &SinkSpec, events: SinkEvents) -> Result<Self, StorageError> {
        let Some(path) = spec.path.clone() else {
            return Err(StorageError::MissingPath { name: spec.storage.device.clone() });
        };
        let store = Store::new(path, RunDescription::new(spec))?;
        let (lock, mut replaced) = store.create(spec.replace_foreign_files)?;
        match Self::begin_writing(store, lock, events) {
            Ok(mut sink) => {
                sink.replaced = replaced;
                Ok(sink)
            }
            Err(error) => {
                let _ = replaced.put_back();
                Err(error)
            }
        }
    }

    fn begin_writing(store: Store, lock: Lock, events: SinkEvents) -> Result<Self, StorageError> {
        let lock = Arc::new(lock);
        let journal = Journal::create(&store.journal_path())?;
        let end_file = EndFile::reserve(&store.private())?;
        let sealer = Sealer::new(&store)?;
        let engine = Engine::new(store, journal, events)?;
        let threads = [
            spawn("seal", {
                let engine = Arc::clone(&engine);
                move || seal_layers(&engine, sealer)
            }),
            spawn("keep", {
                let (engine, lock) = (Arc::clone(&engine), Arc::clone(&lock));
                move || keep(&engine, &lock)
            }),
        ];
        let threads = threads.into_iter().collect::<Result<_, _>>()?;
        let (copies, helper, capture_end, replaced) = (None, None, None, Replaced::default());
        Ok(Self { engine, lock, threads, copies, helper, end_file, capture_end, replaced })
    }

    /// A frame that the caller wants back at once. With a fast codec it is encoded where it lies, by the caller's thread as well;
    /// else it is copied, straight into the order of tiles where that serves.
    pub fn append_copy(&mut self, place: u64, stamp: FrameStamp, pixels: &[u8]) -> Result<(), StorageError> {
        self.begin();
        let layout = self.engine.store.layout();
        let expected = layout.frame_bytes();
        if pixels.len() != expected {
            return Err(StorageError::FrameSize { expected, got: pixels.len() });
        }
        if self.engine.lends() {
            let scratch = match &mut self.helper {
                Some(scratch) => scratch,
                None => self.helper.insert(self.engine.new_scratch()?),
            };
            self.engine.admit(place)?;
            return self.engine.lend(place, stamp, pixels, scratch);
        }
        let level = &layout.levels()[0];
        let as_tiles = layout.levels().len() == 1;
        let stride = self.engine.in_place.as_ref().map_or(level.tile_bytes, |files| files.stride(level.tile_bytes));
        let bytes = if as_tiles { level.tiles() * stride } else { expected };
        let pool = match &self.copies {
            Some(pool) => pool,
            None => {
                let pool = FramePool::new(bytes, FRAMES_IN_FLIGHT);
                self.copies.insert(pool.map_err(|_| StorageError::OutOfMemory { bytes: bytes as u64 })?)
            }
        };
        self.engine.admit(place)?;
        let mut buffer = loop {
            match pool.take_timeout(Duration::from_millis(100)) {
                Some(buffer) => break buffer,
                None => self.engine.check()?,
            }
        };
        let source = if as_tiles {
            let plane = layout.plane_of(place);
            for (tile, out) in buffer.chunks_exact_mut(stride).enumerate() {
                let out = &mut out[self.engine.shift(&plane, tile)..][..level.tile_bytes];
                view(pixels, level.width, level.item_bytes, level.rect(tile), level.tile_width).gather(out);
            }
            Source::Tiles { buffer: buffer.freeze(), stride }
        } else {
            buffer.copy_from_slice(pixels);
            Source::Image(buffer.freeze())
        };
        self.engine.begin(place, stamp, source).map(drop)
    }

    fn flush_pyramid(&self) -> Result<(), StorageError> {
        loop {
            self.engine.drain();
            self.engine.check()?;
            if self.engine.pending.is_empty() {
                return Ok(());
            }
            for completed in self.engine.pending.flush() {
                let layer = self.engine.store.layout().plane_of_level(completed.level, completed.plane).layer;
                self.engine.begin_planes(layer, completed)?;
            }
        }
    }

    fn close(&mut self, give_up: bool) -> Result<(), StorageError> {
        self.begin();
        let engine = &self.engine;
        if give_up {
            engine.give_up();
        }
        engine.drain();
        let flushed = if give_up || engine.has_failed() { Ok(()) } else { self.flush_pyramid() };
        if engine.has_failed() {
            // The disk may be full; what no layer needs any more makes room for the last ones.
            let _ = engine.remove_spills();
        }
        engine.submit_all_layers();
        // To give pages back takes time, and the sealer is busy meanwhile. What cannot be removed now is tried again at the end.
        let _ = engine.remove_spills();
        engine.wait_for_seals();
        engine.stop();
        for thread in self.threads.drain(..) {
            if let Err(panic) = thread.join() {
                engine.fail(StorageError::Internal(panic_message(&*panic)));
            }
        }
        let result = flushed.and_then(|()| engine.check());
        if let Err(error) = &result {
            engine.fail(error.clone());
            if is_removed(&self.lock, error) {
                lose_all(engine);
                return result;
            }
        }
        // Before the log says that the run is closed: who reads that can read the other.
        let said = self.say_end(result.as_ref().err(), give_up);
        let closed = finish_store(engine);
        if let Err(error) = &closed {
            if is_removed(&self.lock, error) {
                lose_all(engine);
            } else {
                let _ = self.say_end(Some(error), give_up);
            }
        }
        result.and(closed).and(said)
    }

    fn end_threads(&mut self) {
        if self.threads.is_empty() {
            return;
        }
        self.engine.give_up();
        self.engine.drain();
        self.engine.stop();
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }

    /// Writes down how the run ended.
    fn say_end(&self, failure: Option<&StorageError>, gave_up: bool) -> Result<(), StorageError> {
        let store = &self.engine.store;
        let accepted = self.engine.state().progress.next_place;
        let mut run_end = match &self.capture_end {
            Some(told) => RunEnd { captured_end: told.captured_end.max(accepted), end: told.end.clone() },
            None => RunEnd::by_count(accepted, store.run().storage.frame_limit, gave_up),
        };
        if let Some(failure) = failure {
            run_end.end = DatasetEnd::failed(failure.reason());
        }
        self.end_file.write(&run_end, store.durability() != Durability::None)
    }
}

impl FrameSink for ZarrSink {
    fn begin(&mut self) {
        if !self.replaced.is_empty()
            && let Err(error) = self.replaced.remove()
        {
            self.engine.emit(SinkEvent::Warning(error.to_string()));
        }
    }

    fn cancel(mut self: Box<Self>) {
        self.end_threads();
        let _ = self.replaced.put_back();
    }

    fn append(&mut self, place: u64, frame: Frame) -> Result<(), StorageError> {
        let expected = self.engine.store.layout().frame_bytes();
        if frame.buffer.len() != expected {
            return Err(StorageError::FrameSize { expected, got: frame.buffer.len() });
        }
        self.begin();
        self.engine.admit(place)?;
        self.engine.begin(place, frame.stamp, Source::Image(frame.buffer)).map(drop)
    }

    fn skip(&mut self, place: u64, hardware_id: u64, cause: DropCause) -> Result<(), StorageError> {
        self.engine.admit(place)?;
        self.engine.drop_place(place, hardware_id, cause).inspect_err(|error| self.engine.fail(error.clone()))
    }

    fn capture_ended(&mut self, end: CaptureEnd) {
        self.capture_end = Some(end);
    }

    fn finish(mut self: Box<Self>, give_up: bool) -> Result<(), StorageError> {
        self.close(give_up)
    }
}

impl Drop for ZarrSink {
    /// Without `finish` the store stays as a crash would leave it, but no thread stays behind.
    fn drop(&mut self) {
        self.end_threads();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StorageError> {
    let thread = std::thread::Builder::new().name(format!("zarrcam-{name}"));
    thread.spawn(work).map_err(|error| StorageError::Internal(format!("the system refuses a thread: {error}")))
}

/// The sealer's thread: one layer after the other, in order.
fn seal_layers(engine: &Arc<Engine>, mut sealer: Sealer) {
    loop {
        let mut state = engine.state();
        let (index, open) = loop {
            if let Some(next) = state.to_seal.pop_front() {
                break next;
            }
            if state.stopping {
                return;
            }
            state = engine.wait_for_layer(state);
        };
        drop(state);
        let sealed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            match (&open.layer, &engine.in_place) {
                (Some(layer), _) => {
                    if engine.state().lossy {
                        recover::complete_spilled(&engine.store, layer, &engine.journal)?;
                    }
                    engine.layer_begun(layer.bytes());
                    let pace = Pace { threads: &|| engine.seal_threads(), written: &engine.sealed_bytes };
                    sealer.seal(&engine.store, layer, &pace)?;
                }
                (None, Some(in_place)) => {
                    let made = in_place.take_layer(index);
                    if engine.store.durability() != Durability::None {
                        seal::sync_in_place(&engine.store, &made)?;
                    }
                }
                (None, None) => {}
            }
            if open.layer.is_some() {
                engine.journal.append(&Record::LayerSealed { layer: index })?;
            }
            // Before the spill is used again the log must say that it is free to be: a log older than the spill would
            // make a layer out of another's bytes.
            if engine.store.durability() == Durability::None { Ok(()) } else { engine.journal.sync() }
        }));
        match sealed.unwrap_or_else(|panic| Err(StorageError::Internal(panic_message(&*panic)))) {
            Ok(()) => {
                engine.layer_sealed(index, open);
                publish(engine);
            }
            Err(error) => {
                engine.fail(error);
                engine.seal_failed();
            }
        }
    }
}

/// The keeper's thread: shape and events at their pace, syncs of durability `second`, and whether the folder is there.
fn keep(engine: &Arc<Engine>, lock: &Lock) {
    let mut look = Interval::new(LOOK_PERIOD);
    let mut sync = Interval::new(SYNC_PERIOD);
    while !engine.stopped_within(PUBLISH_PERIOD) {
        if engine.has_failed() {
            continue;
        }
        if look.is_due() && !lock.is_in_place() {
            engine.fail(StorageError::Removed { path: engine.store.root().to_owned() });
            continue;
        }
        if engine.store.durability() == Durability::Second
            && sync.is_due()
            && let Err(error) = sync_open(engine)
        {
            engine.fail(error);
            continue;
        }
        publish(engine);
    }
}

/// Forces what is stored, and not sealed yet, to the disk.
fn sync_open(engine: &Engine) -> Result<(), StorageError> {
    let layers: Vec<_> = engine.state().progress.layers.values().filter_map(|open| open.layer.clone()).collect();
    layers.iter().try_for_each(|layer| layer.spill.file.sync_data())?;
    if let Some(in_place) = &engine.in_place {
        seal::sync_in_place(&engine.store, &in_place.open_files())?;
    }
    engine.journal.sync()
}

/// Tells other programs what they can read: `shape` on disk, and the event.
fn publish(engine: &Engine) {
    let mut told = engine.told();
    let layout = engine.store.layout();
    let (prefix, stored, sealed_layers) = {
        let state = engine.state();
        (state.progress.prefix, state.progress.stored.len(), state.progress.sealed_prefix)
    };
    let per_append = layout.frames_per_append();
    let places = match engine.in_place {
        Some(_) => prefix / per_append * per_append,
        None => (sealed_layers * layout.frames_per_layer()).min(prefix),
    };
    if places > told.places {
        let sync = engine.store.durability() != Durability::None;
        if let Err(error) = engine.store.write_shape(places, sync) {
            drop(told);
            engine.fail(error);
            return;
        }
        told.places = places;
    }
    if prefix > told.prefix && stored > 0 {
        told.prefix = prefix;
        engine.emit(SinkEvent::Published { frames_stored: prefix, shape: layout.shape(0, prefix) });
    }
}

/// The end of a run, whole or not: spills away, shape, table, `Closed`.
fn finish_store(engine: &Engine) -> Result<(), StorageError> {
    let store = &engine.store;
    let sync = store.durability() != Durability::None;
    let (end, prefix, whole, sealed_layers) = {
        let state = engine.state();
        let whole = state.progress.layers.is_empty() && !state.seal_failed;
        (state.progress.end, state.progress.prefix, whole, state.progress.sealed_prefix)
    };
    let places = if whole { end } else { end.min(sealed_layers * store.layout().frames_per_layer()) };
    // First what makes room: the disk may be full.
    engine.remove_spills()?;
    if engine.in_place.is_some() && engine.state().lossy {
        recover::repair_in_place(store, &engine.journal)?;
    }
    if engine.in_place.is_some() && whole {
        in_place::cut_to(store, places, sync)?;
    }
    let mut told = engine.told();
    store.write_shape(places, sync)?;
    told.places = places;
    if whole {
        crate::table::write(store, sync)?;
        engine.journal.append(&Record::Closed { places })?;
        if sync {
            engine.journal.sync()?;
        }
    }
    engine.emit(SinkEvent::Published { frames_stored: prefix.min(places), shape: store.layout().shape(0, places) });
    Ok(())
}

/// Whether the store is gone. Where a file of its own is missing somebody may just be removing the rest.
fn is_removed(lock: &Lock, error: &StorageError) -> bool {
    let is_missing = matches!(error, StorageError::Io { kind: io::ErrorKind::NotFound, .. });
    let until = Instant::now() + if is_missing { REMOVAL_TIME } else { Duration::ZERO };
    loop {
        if !lock.is_in_place() {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        std::thread::sleep(REMOVAL_LOOK_PERIOD);
    }
}

/// The store is gone, and with it everything that was stored.
fn lose_all(engine: &Engine) {
    let stored: Vec<u64> = engine.state().progress.stored.iter().collect();
    stored.into_iter().for_each(|place| engine.emit(SinkEvent::Lost { place }));
}
