use std::collections::HashMap;
use std::sync::Arc;

use zarrcam_frame::{Frame, Histogram, Rect, mean_of};

use super::request::View;

/// What a picture shows, without its caption.
pub struct Rendering {
    pub histogram: Arc<Histogram>,
    pub pixels: Arc<Vec<u8>>,
}

/// Renders the newest frame of one stream; what was rendered of it already is not rendered again.
#[derive(Default)]
pub struct Renderer {
    sequence: u64,
    histogram: Option<Arc<Histogram>>,
    pictures: HashMap<View, Arc<Vec<u8>>>,
}

impl Renderer {
    /// `sequence` tells frames apart.
    pub fn render(&mut self, frame: &Frame, sequence: u64, view: View) -> Rendering {
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
        Rendering { histogram, pixels: Arc::clone(pixels) }
    }
}
