use std::ops::Range;

/// Sees to it that storage hears of every frame index once, in order: of those that are complete by their frame, of the others
/// that they stay fill.
#[derive(Clone, Debug, Default)]
pub struct Undecided {
    /// Frame indices below are decided for storage.
    from: u64,
}

impl Undecided {
    /// A frame of the camera goes to storage. `last`: it completes its frame of the array.
    pub fn take(&mut self, frame_index: u64, last: bool) {
        self.from = self.from.max(frame_index + u64::from(last));
    }

    /// `count` frames of the camera, from the `before`th on, were lost: the frame indices that stay fill and of which storage has not
    /// heard yet.
    pub fn lose(&mut self, before: u64, count: u64, frames_averaged: u64) -> Range<u64> {
        if count == 0 {
            return self.from..self.from;
        }
        let first = before / frames_averaged;
        self.skip(first, (before + count).div_ceil(frames_averaged) - first)
    }

    /// `count` frame indices stay fill: those of which storage has not heard yet.
    pub fn skip(&mut self, first_frame_index: u64, count: u64) -> Range<u64> {
        let first = first_frame_index.max(self.from);
        let end = (first_frame_index + count).max(first);
        self.from = end;
        first..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_indices_are_decided_once_and_in_order() {
        let mut undecided = Undecided::default();
        // Means of 4: frames 2..6 are lost, then frame 7 of the broken mean 1, then frame 8.
        assert_eq!(undecided.lose(2, 4, 4), 0..2);
        assert!(undecided.lose(7, 1, 4).is_empty());
        assert_eq!(undecided.lose(8, 1, 4), 2..3);
        assert!(undecided.lose(12, 0, 4).is_empty());
        undecided.take(3, false);
        assert_eq!(undecided.skip(3, 1), 3..4);
        undecided.take(4, true);
        assert!(undecided.skip(4, 1).is_empty());
    }
}
