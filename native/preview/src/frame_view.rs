use zarrcam_frame::{Frame, FrameStamp, PixelType, Region};

/// A frame as it lies in somebody's memory.
#[derive(Clone, Copy, Debug)]
pub struct FrameView<'a> {
    /// The pixels: rows tight, little endian.
    pub pixels: &'a [u8],
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What one pixel is.
    pub pixel_type: PixelType,
    /// When it was taken, and which frame of the camera it is.
    pub stamp: FrameStamp,
}

impl<'a> FrameView<'a> {
    /// The rows of a part of it, which lies within it.
    pub fn rows(self, Region { x, y, width, height }: Region) -> impl Iterator<Item = &'a [u8]> {
        let bytes = self.pixel_type.bytes();
        let start = move |row: u32| (row as usize * self.width as usize + x as usize) * bytes;
        (y..y + height).map(move |row| &self.pixels[start(row)..start(row) + width as usize * bytes])
    }
}

impl<'a> From<&'a Frame> for FrameView<'a> {
    fn from(frame: &'a Frame) -> Self {
        let Frame { buffer, width, height, pixel_type, stamp, metadata: _ } = frame;
        Self { pixels: buffer, width: *width, height: *height, pixel_type: *pixel_type, stamp: *stamp }
    }
}
