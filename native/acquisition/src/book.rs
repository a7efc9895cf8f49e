use std::ops::Range;

use rangemap::RangeMap;

use crate::{Ledger, Loss, LossCause, LossPage};

/// What became of a frame of the array so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameState {
    /// Captured, not stored yet; or an average that still collects its frames.
    InFlight,
    /// Its bytes and its record have left the process.
    Stored,
    /// Lost, and final: nothing that is reported later brings it back.
    Dropped(LossCause),
}

/// Keeps the ledger of one stream's run.
///
/// Frames of the camera are reported in order of their hardware ids, with nothing left out: [`LedgerBook::arrived`] for those
/// that were taken, [`LedgerBook::missed`] for those that were not. What becomes of frames of the array is reported by their
/// frame index, in any order. A frame of the array is `frames_averaged` frames of the camera with consecutive ids. When one
/// of them is missed the whole average is dropped, and all its camera frames are counted under the cause that broke it.
#[derive(Clone, Debug)]
pub struct LedgerBook {
    frames_averaged: u64,
    first_hardware_id: u64,
    /// The state of each frame index, neighbours of equal state as one range.
    states: RangeMap<u64, FrameState>,
    ledger: Ledger,
}

impl LedgerBook {
    /// A ledger of nothing yet. `first_hardware_id` is the id that begins frame index 0.
    pub fn new(frames_averaged: u32, first_hardware_id: u64) -> Self {
        Self {
            frames_averaged: frames_averaged.max(1).into(),
            first_hardware_id,
            states: RangeMap::default(),
            ledger: Ledger::default(),
        }
    }

    /// The camera's next frame was taken. Returns the state of its frame of the array: `InFlight`, or `Dropped` where the
    /// average is broken.
    pub fn arrived(&mut self) -> FrameState {
        let index = self.ledger.captured / self.frames_averaged;
        let state = self.state_of(index).unwrap_or_else(|| {
            self.states.insert(index..index + 1, FrameState::InFlight);
            FrameState::InFlight
        });
        self.ledger.captured += 1;
        self.count(state, 1, true);
        state
    }

    /// The camera's next `count` frames were not taken.
    pub fn missed(&mut self, count: u64, cause: LossCause) {
        if count == 0 {
            return;
        }
        let captured = self.ledger.captured;
        let indices = captured / self.frames_averaged..(captured + count).div_ceil(self.frames_averaged);
        // An average that is broken already keeps the cause that broke it.
        let broken = match self.state_of(indices.start) {
            Some(FrameState::Dropped(_)) => indices.start + 1,
            _ => indices.start,
        };
        self.change(broken..indices.end, FrameState::Dropped(cause));
        self.ledger.captured = captured + count;
        for (range, state) in self.within(indices) {
            let frames = self.frames_of(&range) - self.frames_before(&range, captured);
            self.count(state, frames, true);
        }
    }

    /// The bytes and the record of the frame at this frame index have left the process.
    pub fn stored(&mut self, index: u64) {
        let complete = index < self.ledger.captured / self.frames_averaged;
        if complete && self.state_of(index) == Some(FrameState::InFlight) {
            self.change(index..index + 1, FrameState::Stored);
        }
    }

    /// Storage took the frame at this frame index, perhaps stored it already, and lost it.
    pub fn lost(&mut self, index: u64) {
        if matches!(self.state_of(index), Some(FrameState::InFlight | FrameState::Stored)) {
            self.change(index..index + 1, FrameState::Dropped(LossCause::Storage));
        }
    }

    /// Capture has ended: an average that still collects stays incomplete. The frames that it waits for never came
    /// from the camera, so that is its cause. Returns the frame index that is dropped.
    pub fn capture_ended(&mut self) -> Option<u64> {
        let index = self.ledger.captured / self.frames_averaged;
        let collects = self.state_of(index) == Some(FrameState::InFlight);
        collects.then(|| {
            self.change(index..index + 1, FrameState::Dropped(LossCause::Camera));
            index
        })
    }

    /// Nothing more will be stored: all that is in flight is lost.
    pub fn give_up(&mut self) {
        let waiting = self.states.iter().filter(|(_, state)| **state == FrameState::InFlight);
        let waiting: Vec<_> = waiting.map(|(range, _)| range.clone()).collect();
        for range in waiting {
            self.change(range, FrameState::Dropped(LossCause::Storage));
        }
    }

    /// The counts as they stand; they are true after every call.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What became of the frame at this frame index; `None`: no frame of the camera has reached it yet.
    pub fn state_of(&self, index: u64) -> Option<FrameState> {
        self.states.get(&index).copied()
    }

    /// The hardware id that the camera's next frame has when nothing is lost.
    pub fn next_hardware_id(&self) -> u64 {
        self.first_hardware_id + self.ledger.captured
    }

    /// The highest frame index that is stored.
    pub fn last_stored(&self) -> Option<u64> {
        self.states.iter().rev().find(|(_, state)| **state == FrameState::Stored).map(|(range, _)| range.end - 1)
    }

    /// The `count` losses from the `from`th on, oldest first.
    pub fn losses(&self, from: u64, count: u64) -> LossPage {
        let mut page = LossPage { from, ..LossPage::default() };
        for (range, state) in self.states.iter() {
            let FrameState::Dropped(cause) = *state else { continue };
            if page.total >= from && page.total - from < count {
                page.ranges.push(Loss {
                    first_frame_index: range.start,
                    first_hardware_id: self.first_hardware_id + range.start * self.frames_averaged,
                    count: self.frames_of(range),
                    array_frames: range.end - range.start,
                    cause,
                });
            }
            page.total += 1;
        }
        page
    }

    fn change(&mut self, indices: Range<u64>, state: FrameState) {
        // The map takes no empty range.
        if indices.is_empty() {
            return;
        }
        for (range, before) in self.within(indices.clone()) {
            self.count(before, self.frames_of(&range), false);
            self.decide(before, range.end - range.start, false);
        }
        self.count(state, self.frames_of(&indices), true);
        self.decide(state, indices.end - indices.start, true);
        self.states.insert(indices, state);
    }

    /// The ranges of equal state within `indices`, cut to it.
    fn within(&self, indices: Range<u64>) -> Vec<(Range<u64>, FrameState)> {
        let cut = |range: &Range<u64>| range.start.max(indices.start)..range.end.min(indices.end);
        self.states.overlapping(&indices).map(|(range, state)| (cut(range), *state)).collect()
    }

    /// Frames of the camera that these frame indices hold so far.
    fn frames_of(&self, indices: &Range<u64>) -> u64 {
        self.frames_before(indices, self.ledger.captured)
    }

    fn frames_before(&self, indices: &Range<u64>, captured: u64) -> u64 {
        let end = (indices.end * self.frames_averaged).min(captured);
        end.saturating_sub(indices.start * self.frames_averaged)
    }

    fn decide(&mut self, state: FrameState, array_frames: u64, add: bool) {
        if state != FrameState::InFlight {
            move_by(&mut self.ledger.array_frames, array_frames, add);
        }
    }

    fn count(&mut self, state: FrameState, frames: u64, add: bool) {
        let ledger = &mut self.ledger;
        match state {
            FrameState::InFlight => move_by(&mut ledger.in_flight, frames, add),
            FrameState::Stored => move_by(&mut ledger.stored, frames, add),
            FrameState::Dropped(cause) => {
                move_by(&mut ledger.dropped, frames, add);
                let by_cause = match cause {
                    LossCause::Camera => &mut ledger.dropped_camera,
                    LossCause::Queue => &mut ledger.dropped_queue,
                    LossCause::Storage => &mut ledger.dropped_storage,
                };
                move_by(by_cause, frames, add);
            }
        }
    }
}

fn move_by(count: &mut u64, by: u64, add: bool) {
    *count = if add { *count + by } else { *count - by };
}
