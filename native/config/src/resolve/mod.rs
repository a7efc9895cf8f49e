//! What a document means: all that it may leave open, filled in once. Whatever comes after (validation, plan, writer, recovery,
//! the page) takes the resolved form and knows no defaults.

mod dimensions;
mod format_1;
mod levels;
mod storage;
mod time;

pub use dimensions::ResolvedDimension;
pub use format_1::{Format1, resolve_format_1};
pub use storage::{PixelSize, ResolvedStorage};
pub use time::frame_period_us;

pub(crate) use dimensions::even_chunk;

use serde::Serialize;
use ts_rs::TS;
use zarrcam_frame::PixelType;

use crate::VideoStream;

/// What a stream's document means. Made by [`VideoStream::resolve`] alone.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[non_exhaustive]
pub struct ResolvedStream {
    /// What one pixel of a camera frame is.
    pub camera_pixel_type: PixelType,
    /// Time from camera frame to camera frame, us; 0: as fast as the camera can.
    pub frame_period_us: f64,
    /// Time from camera frame to camera frame where it is known before the run, us: not of a camera that is as fast as it can, or waits for triggers.
    pub known_period_us: Option<f64>,
    /// Camera frames that are averaged to make one stored frame; 1: none are.
    pub frames_averaged: u32,
    /// Time from time point to time point, us; 0: continuous.
    pub time_point_interval_us: f64,
    /// What its storage is to write.
    pub storage: ResolvedStorage,
}

impl VideoStream {
    /// Never fails: of what is wrong in the document validation tells, and [`ResolvedStorage`] has it as it is given.
    pub fn resolve(&self) -> ResolvedStream {
        let camera = &self.camera.settings;
        let frame_period_us = frame_period_us(camera.exposure_time_us, self.frame_period_us);
        let known = frame_period_us > 0.0 && frame_period_us.is_finite() && !camera.input_triggers.frame_start.enable;
        let known_period_us = known.then_some(frame_period_us);
        let frames_averaged = self.frame_average_count.max(1);
        let time_point_interval_us = self.time_point_interval_us.max(0.0);
        let storage = storage::resolve(self, known_period_us, time_point_interval_us);
        let camera_pixel_type = camera.pixel_type;
        ResolvedStream {
            camera_pixel_type,
            frame_period_us,
            known_period_us,
            frames_averaged,
            time_point_interval_us,
            storage,
        }
    }
}

impl ResolvedStream {
    /// Camera frames that a run takes; `None`: until stopped.
    pub fn camera_frames(&self) -> Option<u64> {
        self.storage.frame_limit.map(|frames| frames.saturating_mul(self.frames_averaged.into()))
    }

    /// Camera frames of one time point: of one index of the dimension that grows.
    pub fn frames_per_time_point(&self) -> u64 {
        self.storage.frames_per_append().unwrap_or(u64::MAX).max(1).saturating_mul(self.frames_averaged.into())
    }

    /// Bytes of one camera frame.
    pub fn camera_frame_bytes(&self) -> usize {
        (self.storage.width as usize)
            .saturating_mul(self.storage.height as usize)
            .saturating_mul(self.camera_pixel_type.bytes())
    }

    /// Bytes of one stored mean; `None`: frames are stored as they come.
    pub fn mean_bytes(&self) -> Option<usize> {
        (self.frames_averaged > 1).then(|| self.storage.frame_bytes() as usize)
    }
}
