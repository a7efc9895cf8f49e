use std::sync::Arc;

use crate::{FrameBuffer, FrameStamp, PixelType};

/// One camera frame: pixels in C order (height, width), little endian, in a pooled buffer that returns to its pool with the
/// last clone.
#[derive(Clone)]
pub struct Frame {
    /// The pixels, `width * height * pixel_type.bytes()` bytes, rows tight.
    pub buffer: Arc<FrameBuffer>,
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What one pixel is.
    pub pixel_type: PixelType,
    /// When it was taken, and which frame of the camera it is.
    pub stamp: FrameStamp,
    /// What the camera said about it, a JSON object as text; `None`: nothing.
    pub metadata: Option<Arc<str>>,
}
