//! A stream while it is measured.

use std::path::PathBuf;

use zarrcam_config::VideoStream;

use crate::error::{ErrorCode, RuntimeError};

/// Its index in `video`, its settings, and where it writes.
pub struct MeasuredStream {
    pub index: u32,
    /// With an append dimension that grows: the frames of two seconds may be more than the run's.
    pub video: VideoStream,
    /// `None`: nothing is written.
    pub target: Option<PathBuf>,
}

impl MeasuredStream {
    /// `target`: where the stream writes.
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

/// Somebody ended the measurement.
pub fn cancelled() -> RuntimeError {
    RuntimeError::new(ErrorCode::Cancelled, "Measuring was ended before it was done.")
}
