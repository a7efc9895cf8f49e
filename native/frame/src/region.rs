use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A rectangle of a frame, px; x to the right, y downwards from the frame's first pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Region {
    /// Columns left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Columns of it.
    pub width: u32,
    /// Rows of it.
    pub height: u32,
}

impl Region {
    /// The part of it that lies in a frame of this size, px; one pixel of the frame at least.
    pub fn within(self, frame_width: u32, frame_height: u32) -> Self {
        let x = self.x.min(frame_width.saturating_sub(1));
        let y = self.y.min(frame_height.saturating_sub(1));
        Self { x, y, width: self.width.clamp(1, frame_width - x), height: self.height.clamp(1, frame_height - y) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cut_to_the_frame() {
        let cut = |x, y, width, height| Region { x, y, width, height }.within(100, 50);
        assert_eq!(cut(90, 40, 50, 50), Region { x: 90, y: 40, width: 10, height: 10 });
        assert_eq!(cut(500, 500, 0, 0), Region { x: 99, y: 49, width: 1, height: 1 });
        assert_eq!(cut(1, 2, u32::MAX, u32::MAX), Region { x: 1, y: 2, width: 99, height: 48 });
    }
}
