//! What is there to be looked at, and who waits for it.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use zarrcam_frame::{Frame, FrameStamp, PixelType};

use super::rate::PreviewRate;
use super::request::PreviewRequest;
use crate::error::{Done, ErrorCode, RuntimeError};

/// An encoded preview message.
#[derive(Clone, Debug)]
pub struct Picture {
    pub data: Vec<u8>,
    /// Counts the frames of the stream that went past; what the next request takes as `after`.
    pub sequence: u64,
}

/// A whole frame, copied for an observer.
#[derive(Clone, Debug)]
pub struct ObservedFrame {
    pub data: Vec<u8>,
    pub sequence: u64,
    pub skipped: u64,
    pub frame_index: Option<u64>,
    pub run: u32,
    pub width: u32,
    pub height: u32,
    pub pixel_type: PixelType,
    pub stamp: FrameStamp,
}

/// What camera threads, the worker and those who look on share.
#[derive(Default)]
pub struct Shared {
    pub state: Mutex<State>,
    pub wake: Condvar,
}

/// Guarded by the lock of [`Shared`].
#[derive(Default)]
pub struct State {
    pub streams: HashMap<u32, Latest>,
    pub waiting: Vec<Waiting>,
    pub rate: PreviewRate,
    pub closed: bool,
}

/// The newest frame of a stream.
#[derive(Clone)]
pub struct Latest {
    pub frame: Option<Frame>,
    pub frame_index: Option<u64>,
    pub run: u32,
    pub sequence: u64,
    /// Who wants the same once more costs little.
    pub rendered: bool,
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
    pub stream: u32,
    pub after: Option<u64>,
    /// What was the newest when the wait began: all that came since is new to it, however short its run was.
    pub since: u64,
    pub wanted: Wanted,
}

/// What somebody waits for, and who takes it.
pub enum Wanted {
    Picture(PreviewRequest, Done<Picture>),
    /// One picture of the run that goes on.
    Snap(PreviewRequest, Done<Picture>),
    Frame {
        subscription: u32,
        done: Done<ObservedFrame>,
    },
}

impl Wanted {
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
