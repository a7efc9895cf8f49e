//! The preview message: 128 bytes of header, the histogram, the pixels. Little endian; the protocol's README is its specification.

use zarrcam_frame::{Frame, PixelType};

use super::renderer::Rendering;
use super::request::View;

pub const HEADER_BYTES: usize = 128;
/// "ZCPV"
const MAGIC: u32 = 0x5650_435A;
const VERSION: u16 = 1;
const NOT_SAVED: u64 = u64::MAX;

/// What is known of a picture besides its pixels.
pub struct Caption<'a> {
    pub frame: &'a Frame,
    pub place: Option<u64>,
    pub run: u32,
    pub stream: u32,
    pub subscription: u32,
    /// Frames of the stream since the last one sent to this subscription.
    pub skipped: u64,
}

pub fn encode(caption: &Caption<'_>, view: &View, rendering: &Rendering) -> Vec<u8> {
    let Caption { frame, .. } = caption;
    let (width, height) = view.size();
    let histogram = &rendering.histogram;
    let mut out = Vec::with_capacity(HEADER_BYTES + 4 * histogram.counts.len() + rendering.pixels.len());
    let mut put = |bytes: &[u8]| out.extend_from_slice(bytes);
    put(&MAGIC.to_le_bytes());
    put(&VERSION.to_le_bytes());
    put(&(HEADER_BYTES as u16).to_le_bytes());
    put(&caption.subscription.to_le_bytes());
    put(&caption.stream.to_le_bytes());
    put(&[pixel_code(frame.pixel_type), u8::from(view.scale > 1)]);
    put(&(view.scale.min(u32::from(u16::MAX)) as u16).to_le_bytes());
    for value in [caption.run, width, height, frame.width, frame.height] {
        put(&value.to_le_bytes());
    }
    for value in [view.region.x, view.region.y, view.region.width, view.region.height] {
        put(&value.to_le_bytes());
    }
    put(&frame.stamp.hardware_id.to_le_bytes());
    put(&caption.place.unwrap_or(NOT_SAVED).to_le_bytes());
    put(&frame.stamp.hardware_clock_ns.to_le_bytes());
    put(&(frame.stamp.host_clock_ns as f64 / 1e6).to_le_bytes());
    put(&histogram.origin.to_le_bytes());
    put(&histogram.bin_width.to_le_bytes());
    put(&(histogram.counts.len() as u32).to_le_bytes());
    put(&histogram.saturated.to_le_bytes());
    put(&caption.skipped.to_le_bytes());
    put(&histogram.minimum.to_le_bytes());
    put(&histogram.maximum.to_le_bytes());
    for count in &histogram.counts {
        put(&count.to_le_bytes());
    }
    put(&rendering.pixels);
    out
}

fn pixel_code(pixel_type: PixelType) -> u8 {
    PixelType::ALL.iter().position(|one| *one == pixel_type).unwrap_or(0) as u8
}
