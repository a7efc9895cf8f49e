//! What is there to be looked at, and who waits for it.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use zarrcam_frame::{Frame, FrameStamp, PixelType};

use super::rate::PreviewRate;
use super::request::PreviewRequest;
use crate::error::{Callback, ErrorCode, RuntimeError};

/// An encoded preview message.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The message: header, histogram, pixels.
    pub data: Vec<u8>,
    /// The number of its frame among those of the stream that went past, from 1; the next request takes it as `after`.
    pub sequence: u64,
}

/// A whole frame, copied for an observer.
#[derive(Clone, Debug)]
pub struct ObservedFrame {
    /// The pixels: rows tight, little endian.
    pub data: Vec<u8>,
    /// The number of the frame among those of the stream that went past, from 1; the next request takes it as `after`.
    pub sequence: u64,
    /// Frames between the one before and this one that the observer did not get. No loss.
    pub skipped: u64,
    /// Its frame index; `None`: it is not saved.
    pub frame_index: Option<u64>,
    /// The number of its run; 0: a snap.
    pub run: u32,
    /// Width, px.
    pub width: u32,
    /// Height, px.
    pub height: u32,
    /// What one pixel is.
    pub pixel_type: PixelType,
    /// Its id and its clocks.
    pub stamp: FrameStamp,
}

/// What camera threads, the worker and those who look on share.
#[derive(Default)]
pub struct Shared {
    /// What there is, and who waits.
    pub state: Mutex<State>,
    /// Wakes the worker.
    pub wake: Condvar,
}

/// What there is to be looked at, and who waits; guarded by the lock of [`Shared`].
#[derive(Default)]
pub struct State {
    /// The newest frame of each stream, by the stream's index in `video`.
    pub streams: HashMap<u32, Latest>,
    /// Those who wait.
    pub waiting: Vec<Waiting>,
    /// How many pictures a second are rendered.
    pub rate: PreviewRate,
    /// Whether the preview is over.
    pub closed: bool,
}

/// The newest frame of a stream.
#[derive(Clone)]
pub struct Latest {
    /// The frame; `None`: there was no memory to keep it.
    pub frame: Option<Frame>,
    /// Its frame index; `None`: it is not saved.
    pub frame_index: Option<u64>,
    /// The number of its run; 0: a snap.
    pub run: u32,
    /// Its number among the frames of the stream that went past, from 1.
    pub sequence: u64,
    /// Whether it was rendered: whoever wants the same once more costs little.
    pub rendered: bool,
    /// Where it stands in the course of runs.
    pub age: Age,
}

/// Where a frame stands in the course of runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Its camera runs.
    Live,
    /// Its run has ended, or there was none.
    Ended,
    /// Another run has begun since.
    Old,
}

/// Somebody who waits for a frame of a stream.
pub struct Waiting {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// The sequence number of the frame that it had last; `None`: it had none.
    pub after: Option<u64>,
    /// The sequence number that was the newest when the wait began: all that came since is new to it, however short its run was.
    pub since: u64,
    /// What it waits for.
    pub wanted: Wanted,
}

/// What somebody waits for, and who takes it.
pub enum Wanted {
    /// Pictures, one after the other.
    Picture(PreviewRequest, Callback<Picture>),
    /// One picture of the run that goes on.
    Snap(PreviewRequest, Callback<Picture>),
    /// A whole frame.
    Frame {
        /// A number of the caller's, by which it is cancelled.
        subscription: u32,
        /// Takes the frame.
        done: Callback<ObservedFrame>,
    },
}

impl Wanted {
    /// The caller's number, by which it is cancelled.
    pub fn subscription(&self) -> u32 {
        match self {
            Self::Picture(request, _) | Self::Snap(request, _) => request.subscription,
            Self::Frame { subscription, .. } => *subscription,
        }
    }

    /// Whoever asks for one picture, for whole frames or for another size is answered at once; what goes on takes its turn.
    pub fn takes_turns(&self) -> bool {
        matches!(self, Self::Picture(request, _) if !request.full)
    }

    /// May this frame be the first that is seen?
    pub fn begins_with(&self, age: Age) -> bool {
        match self {
            Self::Picture(request, _) | Self::Snap(request, _) => {
                age == Age::Live || request.ended_run && age == Age::Ended
            }
            Self::Frame { .. } => age != Age::Old,
        }
    }

    /// Answers that it does not come.
    pub fn refuse(self, code: ErrorCode, message: &str) {
        let error = RuntimeError::new(code, message);
        match self {
            Self::Picture(_, done) | Self::Snap(_, done) => done(Err(error)),
            Self::Frame { done, .. } => done(Err(error)),
        }
    }
}

impl Shared {
    /// Nothing under the lock can be left half done, so poison says nothing here.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
