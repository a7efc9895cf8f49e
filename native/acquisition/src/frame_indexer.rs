use zarrcam_config::ResolvedDimension;

use crate::Coordinate;

/// A gap of more frames than this is a broken counter, not a loss.
const MAX_GAP_FRAMES: u64 = 1_000_000;

/// Maps the camera's hardware ids to frame indices of the array: index 0 begins at the first id, a gap keeps the indices of
/// what is missing, nothing shifts.
#[derive(Clone, Debug)]
pub struct FrameIndexer {
    frames_averaged: u64,
    /// Frames of the camera that the run takes; `None`: until stopped.
    camera_frame_limit: Option<u64>,
    first_hardware_id: u64,
    /// Frames of the camera that have passed, delivered or not.
    passed: u64,
}

/// What one delivered frame means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Frames of the camera before it that were never delivered; those behind the end of the run do not count.
    pub gap_frames: u64,
    /// Where it belongs; `None`: behind the end of the run.
    pub part: Option<FramePart>,
}

/// Which part of a frame of the array one frame of the camera is: with averaging one of several, else all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FramePart {
    /// The position of the array's frame in order of acquisition, from 0.
    pub frame_index: u64,
    /// Which of the frames that are averaged it is, from 0.
    pub number: u32,
    /// It completes its frame of the array.
    pub last: bool,
}

/// A hardware id that cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HardwareIdError {
    /// The camera gave an id that it has passed already.
    #[error("the camera counted back: frame {got} came where {expected} or a later one was due")]
    Backwards {
        /// The id that was due.
        expected: u64,
        /// The id that came.
        got: u64,
    },
    /// The camera left out more ids than time has passed for.
    #[error(
        "the camera's count jumped from {expected} to {got}: {possible} frames at most can have been exposed meanwhile"
    )]
    Jump {
        /// The id that was due.
        expected: u64,
        /// The id that came.
        got: u64,
        /// How many frames can have been exposed since the last one.
        possible: u64,
    },
}

impl FrameIndexer {
    /// `frames_averaged`: frames of the camera that make one of the array. `array_frame_limit`: frames of the array that the
    /// run fills, by its frame count or by an append dimension of fixed size; `None`: until stopped.
    pub fn new(frames_averaged: u32, array_frame_limit: Option<u64>, first_hardware_id: u64) -> Self {
        let frames_averaged = u64::from(frames_averaged.max(1));
        let camera_frame_limit = array_frame_limit.map(|limit| limit.saturating_mul(frames_averaged));
        Self { frames_averaged, camera_frame_limit, first_hardware_id, passed: 0 }
    }

    /// A frame came. `exposable` is how many frames can have been exposed since the last one, this one included,
    /// by a clock and the frame period; `None` where nobody can tell. An id that cannot be true changes nothing.
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
        let left = self.frames_left().unwrap_or(u64::MAX);
        let gap_frames = gap.min(left);
        self.passed += gap_frames;
        let part = (gap < left).then(|| {
            let number = self.passed % self.frames_averaged;
            FramePart {
                frame_index: self.passed / self.frames_averaged,
                number: number as u32,
                last: number + 1 == self.frames_averaged,
            }
        });
        self.passed += u64::from(part.is_some());
        Ok(Arrival { gap_frames, part })
    }

    /// The next `count` frames of the camera will not come, as somebody knows. Says how many of them the run would have taken.
    pub fn miss(&mut self, count: u64) -> u64 {
        let missed = count.min(self.frames_left().unwrap_or(u64::MAX));
        self.passed += missed;
        missed
    }

    /// The hardware id that is due.
    pub fn next_hardware_id(&self) -> u64 {
        self.first_hardware_id + self.passed
    }

    /// The frame index that the next frame belongs to.
    pub fn next_frame_index(&self) -> u64 {
        self.passed / self.frames_averaged
    }

    /// Frames of the camera until the run is full; `None`: until stopped.
    pub fn frames_left(&self) -> Option<u64> {
        self.camera_frame_limit.map(|limit| limit.saturating_sub(self.passed))
    }

    /// Whether the run has all frames that it takes.
    pub fn is_full(&self) -> bool {
        self.frames_left() == Some(0)
    }
}

/// Where a frame of the array lies along each dimension behind the image's two; fastest first.
pub fn coordinates(dimensions: &[ResolvedDimension], frame_index: u64) -> Vec<Coordinate> {
    let mut rest = frame_index;
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
