use std::collections::HashMap;
use std::sync::Arc;

use zarrcam_frame::{Frame, Histogram, Rect, mean_of};

use super::request::View;

/// What a picture shows, without its caption.
pub struct Painting {
    pub histogram: Arc<Histogram>,
    pub pixels: Arc<Vec<u8>>,
}

/// Paints the newest frame of one stream; what was painted of it already is not painted again.
#[derive(Default)]
pub struct Painter {
    sequence: u64,
    histogram: Option<Arc<Histogram>>,
    pictures: HashMap<View, Arc<Vec<u8>>>,
}

impl Painter {
    /// `sequence` tells frames apart.
    pub fn paint(&mut self, frame: &Frame, sequence: u64, view: View) -> Painting {
        if self.sequence != sequence {
            *self = Self { sequence, ..Self::default() };
        }
        let histogram = self.histogram.get_or_insert_with(|| Arc::new(Histogram::of(&frame.buffer, frame.pixel_type)));
        let histogram = Arc::clone(histogram);
        let pixels = self.pictures.entry(view).or_insert_with(|| {
            let region = view.region;
            let rect = Rect { x: region.x, y: region.y, width: region.width, height: region.height };
            Arc::new(mean_of(&frame.buffer, frame.pixel_type, frame.width, rect, view.scale))
        });
        Painting { histogram, pixels: Arc::clone(pixels) }
    }
}
