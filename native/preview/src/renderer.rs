use std::collections::HashMap;

use zarrcam_frame::{Histogram, mean_of};

use crate::message::{Caption, Rendering, encode};
use crate::{FrameView, PreviewRequest, View};

/// Makes pictures of the newest frame of one stream; what was made of it already is not made again.
#[derive(Default)]
pub struct Renderer {
    sequence: u64,
    histogram: Option<Histogram>,
    pictures: HashMap<View, Vec<u8>>,
}

impl Renderer {
    /// Writes the preview message of a request into `out`, in the place of what was there. `sequence` tells frames apart.
    pub fn write_message(
        &mut self,
        frame: &FrameView<'_>,
        sequence: u64,
        request: &PreviewRequest,
        caption: &Caption,
        out: &mut Vec<u8>,
    ) {
        if self.sequence != sequence {
            *self = Self { sequence, ..Self::default() };
        }
        let view = request.view(frame.width, frame.height);
        let histogram = self.histogram.get_or_insert_with(|| Histogram::of(frame.pixels, frame.pixel_type));
        let pixels = self
            .pictures
            .entry(view)
            .or_insert_with(|| mean_of(frame.pixels, frame.pixel_type, frame.width, view.region, view.scale));
        encode(frame, request, caption, &Rendering { view, histogram, pixels }, out);
    }
}
