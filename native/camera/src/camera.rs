use std::sync::Arc;

use zarrcam_config::CameraSettings;
use zarrcam_frame::FrameStamp;

use crate::{CameraControl, CameraError, CameraFeatures};

/// Who waits when frames come faster than they are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pacing {
    /// The camera waits for its host, so it may wait for a free buffer.
    AsFastAsPossible,
    /// Frames come whether or not anybody is ready: a frame that finds no free buffer is discarded, and counted.
    Paced {
        /// Time from frame to frame, us.
        frame_period_us: f64,
    },
    /// One frame a trigger. Triggers queue up, so the camera may wait for a free buffer.
    Triggered,
}

/// What a wait for an exposure brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Captured {
    /// This frame is exposed. Read it or discard it before the next wait. Ids rise; a jump is a number of frames that
    /// the camera lost because its host was late.
    Frame(FrameStamp),
    /// [`CameraControl::stop`] was called.
    Stopped,
}

/// The settings that a camera took. A camera whose steps are coarse took others than it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// Every field as the camera has it now.
    pub settings: CameraSettings,
    /// Time from frame to frame, us; 0: it follows the exposure.
    pub frame_period_us: f64,
}

/// A camera that is open, driven by one thread:
///
/// ```text
/// configure -> start -> ( wait_exposure -> read_into | discard )* -> stop -> configure | start ...
/// ```
///
/// For each frame the caller waits for the exposure, then asks its pool for a buffer. With [`Pacing::Paced`] it does not
/// wait for one: no buffer, `discard`, and the id goes to the ledger. With the others it waits. Either way it stays at
/// its post between frames: a paced camera keeps [`CAMERA_MEMORY_FRAMES`](crate::CAMERA_MEMORY_FRAMES) frames for a host
/// that is late, and loses older ones, which shows as a jump of the hardware id.
///
/// Dropping it stops and closes it.
///
/// What only some cameras can do is a method with a body that does what is done without it, so that the others stay as
/// they are.
pub trait Camera: Send {
    /// What any thread may ask about this camera, while it runs as well: it is never opened a second time for a question.
    fn features(&self) -> Arc<dyn CameraFeatures>;

    /// Makes the settings the camera's own, or changes nothing. Returns what was really applied.
    /// `frame_period_us` is the time from frame to frame; 0: it follows the exposure.
    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError>;

    /// How frames come with the settings that were applied.
    fn pacing(&self) -> Pacing;

    /// Bytes of one frame with the settings that were applied; 0 before the first.
    fn frame_bytes(&self) -> usize;

    /// Begins a run: ids count from 0 again.
    fn start(&mut self) -> Result<(), CameraError>;

    /// Waits until the next frame is exposed (for its trigger first, where there is one), or until `control` says stop.
    /// A frame of the wait before that was neither read nor discarded is discarded.
    fn wait_exposure(&mut self, control: &CameraControl) -> Result<Captured, CameraError>;

    /// Reads the exposed frame's pixels: rows from the top, tight, little endian. Every byte of `buffer` is written; it is
    /// [`frame_bytes`](Self::frame_bytes) long.
    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError>;

    /// Lets the exposed frame go.
    fn discard(&mut self);

    /// Whether ids are counted by the camera itself, and so are to be believed however many are missing. False: they follow from time, and a
    /// jump that time does not explain is a broken counter.
    fn counts_by_itself(&self) -> bool {
        false
    }

    /// What the camera says about the frame that was waited for last, a JSON object as text: temperature, position of a stage,
    /// whatever its owner keeps with a frame. `None`: nothing. Asked after the frame was read, before the next wait.
    fn metadata(&mut self) -> Option<String> {
        None
    }

    /// Ends a run. Does nothing where none is on.
    fn stop(&mut self);
}
