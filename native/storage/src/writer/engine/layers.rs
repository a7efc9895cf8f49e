//! Layers: opened by their first frame, handed to the sealer when nothing more can come, and how far ahead of it frames may run.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use zarrcam_zarr::{LAYERS_AHEAD, layers_at_once};

use super::{Engine, State};
use crate::StorageError;
use crate::frame_log::Record;
use crate::layers::{Layer, SpillFile};
use crate::writer::progress::OpenLayer;

/// How often a frame that is ahead of the sealer looks again.
const PACE: Duration = Duration::from_millis(1);

impl Engine {
    /// The layer that a frame belongs to, opened by its first frame; `filled` is the part of it that comes before. Waits where frames
    /// are too far ahead of the sealer: a little at each frame, for a wait of a whole layer at its end would be a burst that the
    /// caller feels.
    pub(super) fn enter_layer(&self, index: u64, filled: f64) -> Result<Option<Arc<Layer>>, StorageError> {
        let mut state = self.state();
        if self.in_place.is_some() {
            state.progress.layers.entry(index).or_default().outstanding += 1;
            return Ok(None);
        }
        // Who works alone has made room before he came here, as far as that goes.
        while !self.is_inline() && self.is_too_early(&state, index, filled) {
            self.check()?;
            state = self.changed.wait_timeout(state, PACE).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.check()?;
        if let Some(open) = state.progress.layers.get_mut(&index).filter(|open| open.layer.is_some()) {
            open.outstanding += 1;
            return Ok(open.layer.clone());
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
            None => Arc::new(SpillFile::create(&**self.store.target(), &self.store.private(), number)?),
        };
        self.log.append(&Record::LayerOpened { layer: index, generation, spill: spill.number })?;
        let layer = Arc::new(Layer::new(self.store.layout(), index, generation, spill));
        let mut state = self.state();
        let open = state.progress.layers.entry(index).or_default();
        open.layer = Some(Arc::clone(&layer));
        open.outstanding += 1;
        Ok(Some(layer))
    }

    /// Whether a frame must wait for the sealer.
    pub fn must_wait(&self, frame_index: u64) -> bool {
        let (index, filled) = self.layer_and_part(frame_index);
        self.in_place.is_none() && self.is_too_early(&self.state(), index, filled)
    }

    /// The layer that a frame belongs to, and how much of it comes before the frame.
    pub(super) fn layer_and_part(&self, frame_index: u64) -> (u64, f64) {
        let layout = self.store.layout();
        let per_layer = layout.frames_per_layer();
        (layout.layer_of(frame_index), (frame_index % per_layer) as f64 / per_layer as f64)
    }

    fn is_too_early(&self, state: &State, index: u64, filled: f64) -> bool {
        // A frame may be late while frames of several later layers are done; the plan has promised room for so many only.
        let is_open = || state.progress.layers.get(&index).is_some_and(|open| open.layer.is_some());
        let is_full = || state.spills - state.free_spills.len() as u64 >= layers_at_once(self.store.layout());
        self.is_ahead(state, filled) || is_full() && !is_open()
    }

    fn is_ahead(&self, state: &State, filled: f64) -> bool {
        let sealed_bytes = self.sealed_bytes.load(Ordering::Relaxed);
        layers_ahead(state.progress.sealing, sealed_bytes, state.oldest_bytes, filled) > LAYERS_AHEAD as f64
    }

    /// The sealer begins with a layer of so many bytes.
    pub fn layer_begun(&self, bytes: u64) {
        self.state().oldest_bytes = bytes;
        self.sealed_bytes.store(0, Ordering::Relaxed);
    }

    pub(super) fn leave_layer(&self, state: &mut State, index: u64) {
        if let Some(open) = state.progress.layers.get_mut(&index) {
            open.outstanding -= 1;
        }
        self.seal_if_finished(state, index);
    }

    pub(super) fn seal_if_finished(&self, state: &mut State, index: u64) {
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
        state.oldest_bytes = 0;
        self.sealed_bytes.store(0, Ordering::Relaxed);
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
}

/// Layers that are accepted and not sealed, in fractions: `sealing` whole ones, less what of the oldest is written, and the filled
/// part of the newest. 0 where nothing is there to be sealed: then only more frames help.
fn layers_ahead(sealing: usize, sealed_bytes: u64, oldest_bytes: u64, filled: f64) -> f64 {
    if sealing == 0 {
        return 0.0;
    }
    // Written is not sealed: the sync and the renames come after.
    let sealed = (sealed_bytes as f64 / oldest_bytes.max(1) as f64).min(0.99);
    sealing as f64 - sealed + filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_go_on_as_far_as_the_sealer_has_come() {
        let ahead = |sealing, sealed, filled| layers_ahead(sealing, sealed, 100, filled) > LAYERS_AHEAD as f64;
        assert!(!ahead(0, 0, 0.9) && !ahead(1, 0, 0.9));
        assert!(!ahead(2, 0, 0.0) && ahead(2, 0, 0.1));
        assert!(ahead(2, 49, 0.5) && !ahead(2, 50, 0.5));
        assert!(ahead(3, 100, 0.0), "written is not sealed");
    }

    #[test]
    fn a_layer_of_nothing_but_fill_holds_nobody() {
        assert!(layers_ahead(2, 0, 0, 0.0) <= LAYERS_AHEAD as f64);
    }
}
