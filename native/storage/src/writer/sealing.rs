use std::sync::Arc;

use zarrcam_config::Durability;

use crate::StorageError;
use crate::frame_log::Record;
use crate::layers::SealControl;
use crate::layers::seal::{self, Sealer};
use crate::recover;
use crate::writer::engine::Engine;
use crate::writer::housekeeping::publish;

/// The sealer's thread: one layer after the other, in order.
pub(super) fn seal_layers(engine: &Arc<Engine>, mut sealer: Sealer) {
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
                    if engine.state().has_losses {
                        recover::complete_spilled(&engine.store, layer, &engine.log)?;
                    }
                    engine.layer_begun(layer.bytes());
                    let control = SealControl { threads: &|| engine.seal_threads(), written: &engine.sealed_bytes };
                    sealer.seal(&engine.store, layer, &control)?;
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
                engine.log.append(&Record::LayerSealed { layer: index })?;
            }
            // Before the spill is used again the log must say that it is free to be: a log older than the spill would
            // make a layer out of another's bytes.
            if engine.store.durability() == Durability::None { Ok(()) } else { engine.log.sync() }
        }));
        match sealed.unwrap_or_else(|panic| Err(StorageError::of_panic(&*panic))) {
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
