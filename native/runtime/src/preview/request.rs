use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which part of a stream's frames, and how large.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PreviewRequest {
    /// Index in `video`.
    pub stream: u32,
    /// Comes back in the message's header.
    pub subscription: u32,
    /// The picture fits into so many px; 0: no limit.
    pub max_width: u32,
    pub max_height: u32,
    /// Of the frame; `null`: all of it. Cut to the frame where it reaches beyond.
    pub region: Option<Region>,
    /// Without reduction, whatever the size.
    pub full: bool,
    /// The first picture may be the last one of the run that has ended, as long as no other has begun.
    pub ended_run: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Region {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// What has to be painted: requests that agree in it share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct View {
    pub region: Region,
    /// Each pixel of the picture is the mean of `scale` x `scale` pixels of the frame.
    pub scale: u32,
}

impl View {
    /// Pixels of the picture. The last ones of a row or column may stand for fewer than `scale` pixels of the frame.
    pub fn size(&self) -> (u32, u32) {
        (self.region.width.div_ceil(self.scale), self.region.height.div_ceil(self.scale))
    }
}

impl PreviewRequest {
    /// The smallest scale whose picture fits.
    pub fn view(&self, frame_width: u32, frame_height: u32) -> View {
        let whole = Region { x: 0, y: 0, width: frame_width, height: frame_height };
        let region = self.region.map_or(whole, |region| region.within(frame_width, frame_height));
        let needed = |length: u32, max: u32| if max == 0 || self.full { 1 } else { length.div_ceil(max) };
        let scale = needed(region.width, self.max_width).max(needed(region.height, self.max_height)).max(1);
        View { region, scale }
    }
}

impl Region {
    /// At least one pixel of the frame remains.
    fn within(self, frame_width: u32, frame_height: u32) -> Self {
        let x = self.x.min(frame_width.saturating_sub(1));
        let y = self.y.min(frame_height.saturating_sub(1));
        Self { x, y, width: self.width.clamp(1, frame_width - x), height: self.height.clamp(1, frame_height - y) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_the_smallest_that_fits() {
        let request = |max_width, max_height| PreviewRequest { max_width, max_height, ..PreviewRequest::default() };
        let scale = |max_width, max_height| request(max_width, max_height).view(1920, 1080).scale;
        assert_eq!((scale(1920, 1080), scale(0, 0), scale(1919, 2000), scale(744, 468)), (1, 1, 2, 3));
        assert_eq!(request(100, 100).view(1920, 1080).size(), (96, 54));
        assert_eq!(request(20, 20).view(47, 33).size(), (16, 11), "ragged edges get a pixel of their own");
        assert_eq!(PreviewRequest { full: true, ..request(10, 10) }.view(47, 33).scale, 1);
    }

    #[test]
    fn a_region_is_cut_to_the_frame() {
        let region = |x, y, width, height| {
            let region = Some(Region { x, y, width, height });
            PreviewRequest { region, ..PreviewRequest::default() }.view(100, 50).region
        };
        assert_eq!(region(90, 40, 50, 50), Region { x: 90, y: 40, width: 10, height: 10 });
        assert_eq!(region(500, 500, 0, 0), Region { x: 99, y: 49, width: 1, height: 1 });
        assert_eq!(region(1, 2, u32::MAX, u32::MAX), Region { x: 1, y: 2, width: 99, height: 48 });
    }
}
