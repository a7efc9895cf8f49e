use std::collections::HashMap;
use std::sync::Arc;

use zarrcam_frame::{Frame, Histogram, mean_of};

use super::request::View;

/// What a picture shows, without its caption.
pub struct Rendering {
    /// The histogram of all pixels of the frame.
    pub histogram: Arc<Histogram>,
    /// The pixels of the picture: rows tight, little endian, in the pixel type of the frame.
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
    /// Renders a view of the frame. `sequence` tells frames apart.
    pub fn render(&mut self, frame: &Frame, sequence: u64, view: View) -> Rendering {
        if self.sequence != sequence {
            *self = Self { sequence, ..Self::default() };
        }
        let histogram = self.histogram.get_or_insert_with(|| Arc::new(Histogram::of(&frame.buffer, frame.pixel_type)));
        let histogram = Arc::clone(histogram);
        let pixels = self.pictures.entry(view).or_insert_with(|| {
            Arc::new(mean_of(&frame.buffer, frame.pixel_type, frame.width, view.region, view.scale))
        });
        Rendering { histogram, pixels: Arc::clone(pixels) }
    }
}
