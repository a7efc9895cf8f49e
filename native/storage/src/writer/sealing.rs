use std::sync::Arc;

use zarrcam_config::Durability;

use crate::StorageError;
use crate::frame_log::Record;
use crate::layers::SealControl;
use crate::layers::seal::{self, SealProgress, Sealer};
use crate::recover;
use crate::writer::engine::Engine;
use crate::writer::housekeeping::publish;
use crate::writer::progress::OpenLayer;

/// Seals one layer after the other, in order, a file at a time.
pub(super) struct Sealing {
    sealer: Sealer,
    in_work: Option<InWork>,
}

/// A layer that is not sealed yet.
struct InWork {
    index: u64,
    open: OpenLayer,
    progress: SealProgress,
    is_begun: bool,
}

/// The sealer's thread.
pub(super) fn seal_layers(engine: &Arc<Engine>, mut sealing: Sealing) {
    loop {
        while sealing.step(engine).is_some() {}
        let mut state = engine.state();
        while state.to_seal.is_empty() {
            if state.stopping {
                return;
            }
            state = engine.wait_for_layer(state);
        }
    }
}

impl Sealing {
    pub fn new(sealer: Sealer) -> Self {
        Self { sealer, in_work: None }
    }

    /// Makes the next file of the layers that wait, or calls a layer sealed that has all. How many bytes that were; `None`: no layer
    /// waits.
    pub fn step(&mut self, engine: &Engine) -> Option<u64> {
        let next = || {
            let (index, open) = engine.state().to_seal.pop_front()?;
            Some(InWork { index, open, progress: SealProgress::default(), is_begun: false })
        };
        let mut layer = self.in_work.take().or_else(next)?;
        let step = std::panic::AssertUnwindSafe(|| make_next(engine, &mut self.sealer, &mut layer));
        match std::panic::catch_unwind(step).unwrap_or_else(|panic| Err(StorageError::of_panic(&*panic))) {
            Ok(Some(bytes)) => {
                self.in_work = Some(layer);
                Some(bytes)
            }
            Ok(None) => {
                engine.layer_sealed(layer.index, layer.open);
                publish(engine);
                Some(0)
            }
            Err(error) => {
                engine.fail(error);
                engine.seal_failed();
                Some(0)
            }
        }
    }
}

/// `None`: the layer is sealed.
fn make_next(engine: &Engine, sealer: &mut Sealer, layer: &mut InWork) -> Result<Option<u64>, StorageError> {
    match (&layer.open.layer, &engine.in_place) {
        (Some(spilled), _) => {
            if !layer.is_begun {
                layer.is_begun = true;
                if engine.state().has_losses {
                    recover::complete_spilled(&engine.store, spilled, &engine.log)?;
                }
                engine.layer_begun(spilled.bytes());
            }
            let control = SealControl { threads: &|| engine.seal_threads(), written: &engine.sealed_bytes };
            let made = sealer.seal_next(&engine.store, spilled, &mut layer.progress, &control)?;
            if made.is_some() {
                return Ok(made);
            }
            engine.log.append(&Record::LayerSealed { layer: layer.index })?;
        }
        (None, Some(in_place)) => {
            // Some may still be open, and opening may take its time.
            if engine.store.durability() != Durability::None {
                seal::sync_in_place(&engine.store, &in_place.files_of(layer.index))?;
            }
            in_place.forget_layer(layer.index);
        }
        (None, None) => {}
    }
    // Before a spill is used again the log must say that it is free to be: a log older than the spill would make a layer out of
    // another's bytes.
    if engine.store.durability() != Durability::None {
        engine.log.sync()?;
    }
    Ok(None)
}
