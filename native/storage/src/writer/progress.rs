use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::frame_ranges::FrameRanges;
use crate::layers::Layer;

/// What is decided, frame by frame, and which layers are open. Pure bookkeeping; the engine holds it under one lock.
#[derive(Default)]
pub(crate) struct Progress {
    /// The frame index that must come next.
    pub next_index: u64,
    /// All frames below are decided: stored, or fill for good.
    pub prefix: u64,
    /// Decided frame indices beyond the prefix.
    ahead: BTreeSet<u64>,
    /// One past the last frame index that belongs into the array.
    pub end: u64,
    pub stored: FrameRanges,
    pub layers: BTreeMap<u64, OpenLayer>,
    /// Layers handed to the sealer that are not sealed yet.
    pub sealing: usize,
    /// All layers below are sealed.
    pub sealed_prefix: u64,
    sealed_ahead: BTreeSet<u64>,
}

#[derive(Default)]
pub(crate) struct OpenLayer {
    pub layer: Option<Arc<Layer>>,
    pub decided: u64,
    /// Jobs that may still add planes.
    pub outstanding: u32,
}

impl Progress {
    pub fn decide(&mut self, frame_index: u64, layer: u64, belongs: bool) {
        if frame_index == self.prefix {
            self.prefix += 1;
            while self.ahead.remove(&self.prefix) {
                self.prefix += 1;
            }
        } else {
            self.ahead.insert(frame_index);
        }
        if belongs {
            self.end = self.end.max(frame_index + 1);
        }
        self.layers.entry(layer).or_default().decided += 1;
    }

    /// Takes the layer out where nothing more can come for it.
    pub fn take_finished(&mut self, layer: u64, frames_per_layer: u64) -> Option<OpenLayer> {
        let open = self.layers.get(&layer)?;
        let finished = open.decided == frames_per_layer && open.outstanding == 0;
        if finished { self.layers.remove(&layer) } else { None }
    }

    pub fn layer_sealed(&mut self, layer: u64) {
        self.sealed_ahead.insert(layer);
        while self.sealed_ahead.remove(&self.sealed_prefix) {
            self.sealed_prefix += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_waits_for_what_is_missing() {
        let mut progress = Progress::default();
        progress.decide(1, 0, true);
        assert_eq!(progress.prefix, 0);
        progress.decide(0, 0, true);
        progress.decide(2, 0, false);
        assert_eq!((progress.prefix, progress.end), (3, 2));
        assert!(progress.take_finished(0, 4).is_none());
        progress.decide(3, 0, true);
        progress.layers.get_mut(&0).unwrap().outstanding = 1;
        assert!(progress.take_finished(0, 4).is_none());
        progress.layers.get_mut(&0).unwrap().outstanding = 0;
        assert!(progress.take_finished(0, 4).is_some());
    }
}
