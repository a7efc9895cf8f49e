//! The end of a run: whatever it came to, what can be stored is stored, and the store says how it ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use zarrcam_acquisition::DatasetEnd;
use zarrcam_config::Durability;

use crate::frame_log::{Record, table};
use crate::layers::in_place;
use crate::recover;
use crate::store::end::RunEnd;
use crate::targets::TargetLock;
use crate::writer::ending::Ending;
use crate::writer::engine::Engine;
use crate::writer::sink::ZarrSink;
use crate::{FrameSink, SinkEvent, StorageError, StorageErrorKind};

/// How long it takes at most until a folder that is being removed is gone.
const REMOVAL_TIME: Duration = Duration::from_secs(2);
const REMOVAL_LOOK_PERIOD: Duration = Duration::from_millis(20);

impl ZarrSink {
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

    /// No frame comes any more: all that was accepted is stored, or given up, and what is open waits to be sealed.
    pub fn end_frames(&mut self, give_up: bool) {
        if self.ending.is_some() {
            return;
        }
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
        self.ending = Some(Ending { gave_up: give_up, flushed, is_closed: false });
    }

    /// Where there are no threads: seals a part of what waits, after [`Self::end_frames`]. False: nothing is left.
    pub fn seal_part(&mut self) -> bool {
        self.inline.as_mut().is_some_and(|inline| inline.sealing.step(&self.engine).is_some())
    }

    /// Ends the run, after [`Self::end_frames`]: all is sealed, published, and said. `NotOpenYet`: to be called again when the file that
    /// it names is open.
    pub fn close(&mut self) -> Result<(), StorageError> {
        let Some(ending) = self.ending.as_ref().filter(|ending| !ending.is_closed) else { return Ok(()) };
        let (gave_up, flushed) = (ending.gave_up, ending.flushed.clone());
        let engine = &Arc::clone(&self.engine);
        while self.seal_part() {}
        engine.wait_for_seals();
        engine.stop();
        for thread in self.threads.drain(..) {
            if let Err(panic) = thread.join() {
                engine.fail(StorageError::of_panic(&*panic));
            }
        }
        let result = flushed.and_then(|()| engine.check());
        if let Err(error) = &result {
            engine.fail(error.clone());
            if is_removed(&*self.lock, !engine.is_inline(), error) {
                lose_all(engine);
                self.set_closed();
                return result;
            }
        }
        // Before the log says that the run is closed: who reads that can read the other.
        let said = self.record_end(result.as_ref().err(), gave_up);
        let closed = finish_store(engine);
        if let Err(error) = &closed {
            if error.kind() == StorageErrorKind::NotOpenYet {
                return closed;
            }
            if is_removed(&*self.lock, !engine.is_inline(), error) {
                lose_all(engine);
            } else {
                let _ = self.record_end(Some(error), gave_up);
            }
        }
        self.set_closed();
        result.and(closed).and(said)
    }

    fn set_closed(&mut self) {
        self.ending.iter_mut().for_each(|ending| ending.is_closed = true);
    }

    /// Writes down how the run ended.
    fn record_end(&mut self, failure: Option<&StorageError>, gave_up: bool) -> Result<(), StorageError> {
        let store = &self.engine.store;
        let accepted = self.engine.state().progress.next_index;
        let mut run_end = match &self.capture_end {
            Some(said) => RunEnd { captured_end: said.captured_end.max(accepted), end: said.end.clone() },
            None => RunEnd::by_count(accepted, store.run().storage.frame_limit, gave_up),
        };
        if let Some(failure) = failure {
            run_end.end = DatasetEnd::failed(failure.reason());
        }
        self.end_file.write(&run_end, store.durability() != Durability::None)
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
    let frame_count = if whole { end } else { end.min(sealed_layers * store.layout().frames_per_layer()) };
    // First what makes room: the disk may be full.
    engine.remove_spills()?;
    if engine.in_place.is_some() && engine.state().has_losses {
        recover::repair_in_place(store, &engine.log)?;
    }
    if engine.in_place.is_some() && whole {
        in_place::cut_to(store, frame_count, sync)?;
    }
    let mut reported = engine.reported();
    store.write_shape(frame_count, sync)?;
    reported.frame_count = frame_count;
    if whole {
        table::write(store, sync)?;
        engine.log.append(&Record::Closed { frame_count })?;
        if sync {
            engine.log.sync()?;
        }
    }
    engine.emit(SinkEvent::Published {
        frames_published: prefix.min(frame_count),
        shape: store.layout().shape(0, frame_count),
    });
    Ok(())
}

/// Whether the store is gone. Where a file of its own is missing somebody may just be removing the rest.
fn is_removed(lock: &dyn TargetLock, takes_threads: bool, error: &StorageError) -> bool {
    if !takes_threads {
        // Nobody removes anything while this thread waits.
        return !lock.is_in_place();
    }
    let until = Instant::now() + if error.is_missing() { REMOVAL_TIME } else { Duration::ZERO };
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
    stored.into_iter().for_each(|frame_index| engine.emit(SinkEvent::Lost { frame_index }));
}
