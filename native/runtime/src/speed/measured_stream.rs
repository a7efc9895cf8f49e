//! A stream while it is measured.

use std::path::PathBuf;

use zarrcam_config::VideoStream;

use crate::error::{ErrorCode, RuntimeError};

/// A stream while it is measured.
pub struct MeasuredStream {
    /// Its index in `video`.
    pub index: u32,
    /// Its settings, without an end and with an append dimension that grows: the frames of two seconds may be more than the
    /// run's.
    pub video: VideoStream,
    /// Where its dataset would be; `None`: nothing is written.
    pub target: Option<PathBuf>,
}

impl MeasuredStream {
    /// The stream at `index` of `video`, which writes to `target`.
    pub fn new(index: u32, video: &VideoStream, target: Option<PathBuf>) -> Self {
        Self { index, video: without_end(video), target }
    }
}

fn without_end(video: &VideoStream) -> VideoStream {
    let mut video = video.clone();
    video.max_frame_count = u64::MAX;
    let settings = &mut video.storage.settings;
    settings.overwrite = false;
    if let Some(append) = settings.acquisition_dimensions.get_mut(2..).and_then(<[_]>::last_mut) {
        append.array_size_px = 0;
    }
    video
}

/// The error of a measurement that somebody ended.
pub fn cancelled() -> RuntimeError {
    RuntimeError::new(ErrorCode::Cancelled, "Measuring was ended before it was done.")
}
