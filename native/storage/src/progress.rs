use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::layer::Layer;

/// What is decided, place by place, and which layers are open. Pure bookkeeping; the engine holds it under one lock.
#[derive(Default)]
pub(crate) struct Progress {
    /// The place that must come next.
    pub next_place: u64,
    /// All places below are decided: stored, or fill for good.
    pub prefix: u64,
    /// Decided places beyond the prefix.
    ahead: BTreeSet<u64>,
    /// One past the last place that belongs into the array.
    pub end: u64,
    pub stored: Runs,
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
    pub fn decide(&mut self, place: u64, layer: u64, belongs: bool) {
        if place == self.prefix {
            self.prefix += 1;
            while self.ahead.remove(&self.prefix) {
                self.prefix += 1;
            }
        } else {
            self.ahead.insert(place);
        }
        if belongs {
            self.end = self.end.max(place + 1);
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

/// A set of numbers that come nearly in order: runs of consecutive ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs {
    /// First and one past the last of each run, in order.
    runs: BTreeMap<u64, u64>,
    count: u64,
}

impl Runs {
    pub fn insert(&mut self, value: u64) {
        let before = self.runs.range(..=value).next_back().map(|(start, end)| (*start, *end));
        if before.is_some_and(|(_, end)| value < end) {
            return;
        }
        self.count += 1;
        let end = self.runs.remove(&(value + 1)).unwrap_or(value + 1);
        match before {
            Some((start, before_end)) if before_end == value => self.runs.insert(start, end),
            _ => self.runs.insert(value, end),
        };
    }

    /// False: it was not there.
    pub fn remove(&mut self, value: u64) -> bool {
        let run = self.runs.range(..=value).next_back().map(|(start, end)| (*start, *end));
        let Some((start, end)) = run.filter(|(_, end)| value < *end) else { return false };
        self.runs.remove(&start);
        if start < value {
            self.runs.insert(start, value);
        }
        if value + 1 < end {
            self.runs.insert(value + 1, end);
        }
        self.count -= 1;
        true
    }

    pub fn len(&self) -> u64 {
        self.count
    }

    pub fn contains(&self, value: u64) -> bool {
        self.runs.range(..=value).next_back().is_some_and(|(_, end)| value < *end)
    }

    /// The first value from `value` on.
    pub fn first_from(&self, value: u64) -> Option<u64> {
        let next = || self.runs.range(value..).next().map(|(start, _)| *start);
        if self.contains(value) { Some(value) } else { next() }
    }

    pub fn last(&self) -> Option<u64> {
        self.runs.values().next_back().map(|end| end - 1)
    }

    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.runs.iter().map(|(start, end)| *start..*end)
    }

    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.ranges().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_join() {
        let mut runs = Runs::default();
        for value in [5, 3, 4, 4, 9, 8, 0] {
            runs.insert(value);
        }
        assert_eq!(runs.iter().collect::<Vec<_>>(), [0, 3, 4, 5, 8, 9]);
        assert_eq!((runs.len(), runs.runs.len()), (6, 3));
        assert_eq!(
            [0, 1, 4, 6, 9, 10].map(|value| runs.first_from(value)),
            [0, 3, 4, 8, 9, 10].map(|value| (value < 10).then_some(value))
        );
        assert_eq!(runs.last(), Some(9));
        assert_eq!([4, 0, 9, 1, 4].map(|value| runs.remove(value)), [true, true, true, false, false]);
        assert_eq!(runs.iter().collect::<Vec<_>>(), [3, 5, 8]);
        assert_eq!(runs.len(), 3);
    }

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
