use std::ops::Range;

use rangemap::RangeSet;

/// A set of frame indices (or of other numbers that come nearly in order), kept as ranges of consecutive ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrameRanges {
    ranges: RangeSet<u64>,
    count: u64,
}

impl FrameRanges {
    pub fn insert(&mut self, index: u64) {
        if !self.contains(index) {
            self.ranges.insert(index..index + 1);
            self.count += 1;
        }
    }

    /// False: it was not there.
    pub fn remove(&mut self, index: u64) -> bool {
        let was_there = self.contains(index);
        if was_there {
            self.ranges.remove(index..index + 1);
            self.count -= 1;
        }
        was_there
    }

    /// How many indices are in the set.
    pub fn len(&self) -> u64 {
        self.count
    }

    pub fn contains(&self, index: u64) -> bool {
        self.ranges.contains(&index)
    }

    /// The first index of the set from `index` on.
    pub fn first_from(&self, index: u64) -> Option<u64> {
        self.ranges.overlapping(index..u64::MAX).next().map(|range| range.start.max(index))
    }

    pub fn last(&self) -> Option<u64> {
        self.ranges.last().map(|range| range.end - 1)
    }

    /// The ranges, in order; no two of them touch.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.ranges.iter().cloned()
    }

    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.ranges().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_join() {
        let mut frames = FrameRanges::default();
        for index in [5, 3, 4, 4, 9, 8, 0] {
            frames.insert(index);
        }
        assert_eq!(frames.ranges().collect::<Vec<_>>(), [0..1, 3..6, 8..10]);
        assert_eq!(frames.len(), 6);
        assert_eq!(
            [0, 1, 4, 6, 9, 10].map(|index| frames.first_from(index)),
            [0, 3, 4, 8, 9, 10].map(|index| (index < 10).then_some(index))
        );
        assert_eq!(frames.last(), Some(9));
        assert_eq!([4, 0, 9, 1, 4].map(|index| frames.remove(index)), [true, true, true, false, false]);
        assert_eq!(frames.iter().collect::<Vec<_>>(), [3, 5, 8]);
        assert_eq!(frames.len(), 3);
    }
}
