use zarrcam_config::ResolvedDimension;

use crate::Coordinate;

/// A gap of more frames than this is a broken counter, not a loss.
const MAX_GAP_FRAMES: u64 = 1_000_000;

/// Maps hardware ids to places: place 0 begins at the first id, gaps keep their places, nothing shifts.
#[derive(Clone, Debug)]
pub struct Places {
    frames_per_place: u64,
    /// Frames that the run takes; `None`: until stopped.
    frame_limit: Option<u64>,
    first_hardware_id: u64,
    /// Frames that have passed, delivered or not.
    passed: u64,
}

/// What one delivered frame means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Frames before it that were never delivered; those behind the end of the run do not count.
    pub gap_frames: u64,
    /// Where it belongs; `None`: behind the end of the run.
    pub slot: Option<Slot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub place: u64,
    /// Which of the place's frames it is, from 0.
    pub index: u32,
    /// It completes its place.
    pub last: bool,
}

/// A hardware id that cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HardwareIdError {
    #[error("the camera counted back: frame {got} came where {expected} or a later one was due")]
    Backwards { expected: u64, got: u64 },
    #[error(
        "the camera's count jumped from {expected} to {got}: {possible} frames at most can have been exposed meanwhile"
    )]
    Jump { expected: u64, got: u64, possible: u64 },
}

impl Places {
    /// `place_limit` is what the camera's frames make, or the room of an append dimension of fixed size.
    pub fn new(frames_per_place: u32, place_limit: Option<u64>, first_hardware_id: u64) -> Self {
        let frames_per_place = u64::from(frames_per_place.max(1));
        let frame_limit = place_limit.map(|limit| limit.saturating_mul(frames_per_place));
        Self { frames_per_place, frame_limit, first_hardware_id, passed: 0 }
    }

    /// A frame came. `exposable` is how many frames can have been exposed since the last one, this one included,
    /// by a clock and the frame period; `None` where nobody can tell.
    pub fn arrive(&mut self, hardware_id: u64, exposable: Option<u64>) -> Result<Arrival, HardwareIdError> {
        let expected = self.next_hardware_id();
        let got = hardware_id;
        let Some(gap) = got.checked_sub(expected) else {
            return Err(HardwareIdError::Backwards { expected, got });
        };
        let possible = exposable.map_or(MAX_GAP_FRAMES, |frames| frames.min(MAX_GAP_FRAMES)).max(1);
        if gap >= possible && gap > 0 {
            return Err(HardwareIdError::Jump { expected, got, possible });
        }
        let room = self.frames_left().unwrap_or(u64::MAX);
        let gap_frames = gap.min(room);
        self.passed += gap_frames;
        let slot = (gap < room).then(|| {
            let index = self.passed % self.frames_per_place;
            Slot {
                place: self.passed / self.frames_per_place,
                index: index as u32,
                last: index + 1 == self.frames_per_place,
            }
        });
        self.passed += u64::from(slot.is_some());
        Ok(Arrival { gap_frames, slot })
    }

    /// The id that is due.
    pub fn next_hardware_id(&self) -> u64 {
        self.first_hardware_id + self.passed
    }

    /// The place of the next frame.
    pub fn next_place(&self) -> u64 {
        self.passed / self.frames_per_place
    }

    /// Frames until the run is full; `None`: until stopped.
    pub fn frames_left(&self) -> Option<u64> {
        self.frame_limit.map(|limit| limit.saturating_sub(self.passed))
    }

    pub fn is_full(&self) -> bool {
        self.frames_left() == Some(0)
    }
}

/// Where a place lies along each dimension behind the image's two; fastest first.
pub fn coordinates(dimensions: &[ResolvedDimension], place: u64) -> Vec<Coordinate> {
    let mut rest = place;
    let beyond = dimensions.get(2..).unwrap_or_default();
    beyond
        .iter()
        .enumerate()
        .map(|(nth, dimension)| {
            let size = u64::from(dimension.size).max(1);
            let index = if nth + 1 == beyond.len() { rest } else { rest % size };
            rest /= size;
            Coordinate { name: dimension.name.clone(), index }
        })
        .collect()
}
