//! What is there to be looked at, and who waits for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_frame::{Frame, FrameStamp, PixelType};
use zarrcam_preview::{Age, PreviewRequest, Turns, Wanted};

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
pub struct Shared {
    /// What there is, and who waits.
    pub state: Mutex<State>,
    /// Wakes the worker.
    pub wake: Condvar,
    began: Instant,
}

/// What there is to be looked at, and who waits; guarded by the lock of [`Shared`].
#[derive(Default)]
pub struct State {
    /// The newest frames, and who waits for them.
    pub turns: Turns<Frame, Look>,
    /// Whether the preview is over.
    pub closed: bool,
}

/// What somebody waits for, and who takes it.
pub enum Look {
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

impl Wanted for Look {
    fn takes_turns(&self) -> bool {
        matches!(self, Self::Picture(request, _) if request.takes_turns())
    }

    fn begins_with(&self, age: Age) -> bool {
        match self {
            Self::Picture(request, _) | Self::Snap(request, _) => request.begins_with(age),
            Self::Frame { .. } => age != Age::Old,
        }
    }

    fn is_picture(&self) -> bool {
        !matches!(self, Self::Frame { .. })
    }
}

impl Look {
    /// The caller's number, by which it is cancelled.
    pub fn subscription(&self) -> u32 {
        match self {
            Self::Picture(request, _) | Self::Snap(request, _) => request.subscription,
            Self::Frame { subscription, .. } => *subscription,
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

impl Default for Shared {
    fn default() -> Self {
        Self { state: Mutex::default(), wake: Condvar::new(), began: Instant::now() }
    }
}

impl Shared {
    /// Nothing under the lock can be left half done, so poison says nothing here.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since the preview is there.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }
}
