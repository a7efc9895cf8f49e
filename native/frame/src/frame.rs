use std::sync::Arc;

use crate::{FrameBuffer, PixelType};

/// The stamps of one camera frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameStamp {
    /// The camera's own count, from 0 at its start. A jump is a gap.
    pub hardware_id: u64,
    /// The camera's clock, ns since its start.
    pub hardware_clock_ns: u64,
    /// This machine's wall clock when the frame was complete, ns since 1970-01-01 UTC.
    pub host_clock_ns: u64,
}

/// Pixels in C order (height, width), little endian, in a pooled buffer that returns to its pool with the last clone.
#[derive(Clone)]
pub struct Frame {
    pub buffer: Arc<FrameBuffer>,
    pub width: u32,
    pub height: u32,
    pub pixel_type: PixelType,
    pub stamp: FrameStamp,
}
