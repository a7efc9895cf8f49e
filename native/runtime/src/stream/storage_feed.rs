//! What the camera thread hands to storage: every frame index once, in order.

use std::ops::Range;
use std::sync::mpsc::SyncSender;

use zarrcam_acquisition::{LossCause, Undecided};
use zarrcam_frame::Frame;

use super::item::{Item, Skips};

/// Sees to it that storage hears of every frame index once, in order.
#[derive(Default)]
pub struct StorageFeed {
    /// `None`: a preview. Storage that is gone takes nothing more, and has said why.
    to_storage: Option<SyncSender<Item>>,
    undecided: Undecided,
    /// Lost frames that are to be told before the next frame. Neighbours of one cause are one entry, so that a stalled storage costs
    /// no memory.
    pending: Vec<Skips>,
}

impl StorageFeed {
    /// What goes to a storage thread; `None`: it is a preview.
    pub fn new(to_storage: Option<SyncSender<Item>>) -> Self {
        Self { to_storage, ..Self::default() }
    }

    fn send(&self, item: Item) {
        if let Some(to_storage) = &self.to_storage {
            let _ = to_storage.send(item);
        }
    }

    /// Hands on a frame, after what was lost before it. `last`: it completes its frame of the array.
    pub fn send_frame(&mut self, frame_index: u64, last: bool, frame: Frame) {
        self.send_skips();
        self.undecided.take(frame_index, last);
        self.send(Item::Frame { frame_index, last, frame });
    }

    /// Hands on what was lost and is not told yet.
    pub fn send_skips(&mut self) {
        if !self.pending.is_empty() {
            let skips = std::mem::take(&mut self.pending);
            self.send(Item::Skips(skips));
        }
    }

    /// `count` frames, from the `before`th on, were lost: their frame indices stay fill.
    pub fn skip_frames(&mut self, before: u64, count: u64, frames_averaged: u64, cause: LossCause) {
        let skipped = self.undecided.lose(before, count, frames_averaged);
        self.note(skipped, cause);
    }

    /// Notes `count` frame indices that stay fill.
    pub fn skip(&mut self, first_frame_index: u64, count: u64, cause: LossCause) {
        let skipped = self.undecided.skip(first_frame_index, count);
        self.note(skipped, cause);
    }

    fn note(&mut self, Range { start: first_frame_index, end }: Range<u64>, cause: LossCause) {
        if first_frame_index >= end {
            return;
        }
        let count = end - first_frame_index;
        match self.pending.last_mut() {
            Some(last) if last.cause == cause && last.first_frame_index + last.count == first_frame_index => {
                last.count += count
            }
            _ => self.pending.push(Skips { first_frame_index, count, cause }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_indices_are_skipped_once_and_in_order() {
        let mut feed = StorageFeed::default();
        // Means of 4: frames 2..6 are lost, then frame 7 of the broken mean 1, then frame 8.
        feed.skip_frames(2, 4, 4, LossCause::Camera);
        feed.skip_frames(7, 1, 4, LossCause::Queue);
        feed.skip_frames(8, 1, 4, LossCause::Queue);
        feed.skip_frames(12, 1, 4, LossCause::Queue);
        let skips = |first_frame_index, count, cause| Skips { first_frame_index, count, cause };
        assert_eq!(feed.pending, [skips(0, 2, LossCause::Camera), skips(2, 2, LossCause::Queue)]);
    }
}
