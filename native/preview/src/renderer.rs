use std::collections::HashMap;

use zarrcam_frame::{Histogram, mean_of};

use crate::adapted_header::Adaptation;
use crate::encoding::{Pixels, encode};
use crate::message::{Caption, write_head};
use crate::{Encoding, FrameView, PreviewRequest, View, Window};

/// Makes pictures of the newest frame of one stream; what was made of it already is not made again.
#[derive(Default)]
pub struct Renderer {
    sequence: u64,
    histogram: Option<Histogram>,
    pictures: HashMap<View, Vec<u8>>,
    encoded: HashMap<Form, Option<Vec<u8>>>,
}

/// What has to be encoded: requests that agree in it share the work.
#[derive(PartialEq, Eq, Hash)]
struct Form {
    view: View,
    encoding: Encoding,
    /// As bits; of no account where nothing is cut off.
    window: [u64; 2],
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
        if request.is_adapted() {
            return self.write_adapted(frame, request, caption, view, out);
        }
        let histogram = self.histogram.get_or_insert_with(|| Histogram::of(frame.pixels, frame.pixel_type));
        write_head(frame, request, caption, &view, histogram, None, out);
        if view.scale == 1 {
            // As the frame has them: to keep them for others would be a copy more.
            return frame.rows(view.region).for_each(|row| out.extend_from_slice(row));
        }
        out.extend_from_slice(means(&mut self.pictures, frame, view));
    }

    fn write_adapted(
        &mut self,
        frame: &FrameView<'_>,
        request: &PreviewRequest,
        caption: &Caption,
        view: View,
        out: &mut Vec<u8>,
    ) {
        let histogram = self.histogram.get_or_insert_with(|| Histogram::of(frame.pixels, frame.pixel_type));
        let window = request.window.map_or_else(|| Window::of(histogram), Window::sound);
        // For others, too: encoding reads them more than once.
        let bytes = means(&mut self.pictures, frame, view);
        let (width, height) = view.size();
        let pixels = Pixels { bytes, pixel_type: frame.pixel_type, width, height };
        let cut_off = request.encoding == Encoding::Jpeg;
        let bits = if cut_off { [window.minimum.to_bits(), window.maximum.to_bits()] } else { [0; 2] };
        let form = Form { view, encoding: request.encoding, window: bits };
        let encoded = self.encoded.entry(form).or_insert_with(|| encode(request.encoding, pixels, window));
        let (encoding, payload) = match encoded {
            Some(encoded) => (request.encoding, encoded.as_slice()),
            None => (Encoding::Raw, bytes),
        };
        let reduced = request.reduce.max(1);
        let adaptation = Adaptation { encoding, reduced, payload_bytes: payload.len(), window };
        write_head(frame, request, caption, &view, histogram, Some(&adaptation), out);
        out.extend_from_slice(payload);
    }
}

/// The pixels of a picture; at the scale of the frame its own.
fn means<'a>(pictures: &'a mut HashMap<View, Vec<u8>>, frame: &FrameView<'_>, view: View) -> &'a [u8] {
    let FrameView { pixels, pixel_type, width, .. } = *frame;
    pictures.entry(view).or_insert_with(|| match view.scale {
        1 => frame.rows(view.region).flatten().copied().collect(),
        scale => mean_of(pixels, pixel_type, width, view.region, scale),
    })
}

#[cfg(test)]
mod tests {
    use zarrcam_frame::{FrameStamp, PixelType, Region};

    use super::*;
    use crate::HEADER_BYTES;

    #[test]
    fn what_is_not_reduced_is_the_frame_and_equal_requests_get_equal_pictures() {
        let pixels: Vec<u8> = (0..2 * 7 * 5).collect();
        let stamp = FrameStamp::default();
        let frame = FrameView { pixels: &pixels, width: 7, height: 5, pixel_type: PixelType::U16, stamp };
        let mut renderer = Renderer::default();
        let mut picture = |sequence, max_width, region: Option<Region>| {
            let request = PreviewRequest { max_width, region, ..PreviewRequest::default() };
            let mut out = vec![1, 2, 3];
            let caption = Caption { frame_index: None, run: 1, skipped: 0 };
            renderer.write_message(&frame, sequence, &request, &caption, &mut out);
            let bins = u32::from_le_bytes(out[104..108].try_into().unwrap()) as usize;
            out.split_off(HEADER_BYTES + 4 * bins)
        };
        assert_eq!(picture(1, 0, None), pixels);
        let part = Region { x: 2, y: 1, width: 3, height: 2 };
        let expected: Vec<u8> =
            [1, 2].iter().flat_map(|y| &pixels[2 * (7 * y + 2)..2 * (7 * y + 5)]).copied().collect();
        assert_eq!(picture(1, 0, Some(part)), expected);
        for sequence in [1, 1, 2] {
            assert_eq!(picture(sequence, 3, None), mean_of(&pixels, PixelType::U16, 7, whole(&frame), 3));
        }
    }

    fn whole(frame: &FrameView<'_>) -> Region {
        Region { x: 0, y: 0, width: frame.width, height: frame.height }
    }
}
