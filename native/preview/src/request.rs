use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::Region;

use crate::{Encoding, Window};

/// Which part of a stream's frames a picture is to show, how large, and in which form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PreviewRequest {
    /// Index of the stream in `video`.
    pub stream: u32,
    /// A number of the caller's, which comes back in the message's header.
    pub subscription: u32,
    /// The picture is no wider than this, px; 0: no limit.
    pub max_width: u32,
    /// The picture is no higher than this, px; 0: no limit.
    pub max_height: u32,
    /// The part of the frame that is shown, cut to the frame where it reaches beyond; `null`: all of it.
    pub region: Option<Region>,
    /// Whether it is shown without reduction, whatever its size.
    pub full: bool,
    /// Whether the first picture may be the last one of the run that has ended, as long as no other has begun.
    pub ended_run: bool,
    /// How many times smaller it is along each side than it would be: for a slow network. 0 and 1: as it would be.
    pub reduce: u32,
    /// How its pixels are encoded.
    pub encoding: Encoding,
    /// The values that 8 bits are to tell apart, where the encoding has no more; `null`: those of the frame.
    pub window: Option<Window>,
}

/// What has to be rendered: requests that agree in it share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct View {
    /// The part of the frame that is shown; it lies within the frame.
    pub region: Region,
    /// Each pixel of the picture is the mean of `scale` x `scale` pixels of the frame.
    pub scale: u32,
}

impl View {
    /// Width and height of the picture, px. The last pixels of a row or column may stand for fewer than `scale` of the frame.
    pub fn size(&self) -> (u32, u32) {
        (self.region.width.div_ceil(self.scale), self.region.height.div_ceil(self.scale))
    }
}

impl PreviewRequest {
    /// What to render of a frame of this size, px: at the smallest scale whose picture fits.
    pub fn view(&self, frame_width: u32, frame_height: u32) -> View {
        let whole = Region { x: 0, y: 0, width: frame_width, height: frame_height };
        let region = self.region.map_or(whole, |region| region.within(frame_width, frame_height));
        let needed = |length: u32, max: u32| if max == 0 || self.full { 1 } else { length.div_ceil(max) };
        let asked = needed(region.width, self.max_width).max(needed(region.height, self.max_height)).max(1);
        // One pixel is left, however much smaller it is to be.
        let scale = asked.saturating_mul(self.reduce.max(1)).min(region.width.max(region.height).max(asked));
        View { region, scale }
    }

    /// Whether it is made smaller, in bytes, than it was asked for: its message says so.
    pub fn is_adapted(&self) -> bool {
        self.reduce > 1 || self.encoding != Encoding::Raw
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
    fn a_slow_network_makes_it_so_many_times_smaller() {
        let scale =
            |reduce| PreviewRequest { max_width: 960, reduce, ..PreviewRequest::default() }.view(1920, 1080).scale;
        assert_eq!([0, 1, 2, 3].map(scale), [2, 2, 4, 6]);
        assert_eq!(scale(u32::MAX), 1920);
    }
}
