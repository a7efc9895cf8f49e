//! The preview message: a header, the histogram, the pixels. Little endian; the protocol's README is its specification.
//! The header of a picture that was made smaller for the network goes on behind the 128 bytes that all have
//! (`adapted_header`), which is version 2.

use zarrcam_frame::{Histogram, pixel_code, wire_header};

use crate::adapted_header::{self, ADAPTED_HEADER_BYTES, Adaptation};
use crate::{FrameView, PreviewRequest, View};

/// What a message begins with: "ZCPV".
pub const MAGIC: u32 = 0x5650_435A;
/// The version of the message's layout.
pub const VERSION: u16 = 1;
/// That of a picture that was made smaller, in bytes, than it was asked for.
pub const ADAPTED_VERSION: u16 = 2;
const NOT_SAVED: u64 = u64::MAX;
/// Bytes of the header that all pictures have.
pub const HEADER_BYTES: usize = 128;

wire_header! {
    HEADER_BYTES;
    magic: u32,
    version: u16,
    header_bytes: u16,
    subscription: u32,
    stream: u32,
    pixel_type: u8,
    reduction: u8,
    scale: u16,
    run: u32,
    width: u32,
    height: u32,
    frame_width: u32,
    frame_height: u32,
    region_x: u32,
    region_y: u32,
    region_width: u32,
    region_height: u32,
    hardware_frame_id: u64,
    frame_index: u64,
    hardware_clock_ns: u64,
    unix_ms: f64,
    histogram_origin: f64,
    histogram_bin_width: f64,
    histogram_bins: u32,
    saturated_pixels: u32,
    skipped: u64,
    minimum: f32,
    maximum: f32,
}

/// What is known of a picture besides its frame and its request.
#[derive(Clone, Copy, Debug)]
pub struct Caption {
    /// The frame index; `None`: the frame is not saved.
    pub frame_index: Option<u64>,
    /// The number of its run; 0: a snap.
    pub run: u32,
    /// Frames of the stream between the last one sent to this subscription and this one.
    pub skipped: u64,
}

/// Writes a preview message, in the place of what `out` held, but for its pixels, which follow: rows tight, little endian, in the
/// pixel type of the frame; or as many bytes as `adaptation` says, as it says. `histogram` is of all pixels of the frame.
pub fn write_head(
    frame: &FrameView<'_>,
    request: &PreviewRequest,
    caption: &Caption,
    view: &View,
    histogram: &Histogram,
    adaptation: Option<&Adaptation>,
    out: &mut Vec<u8>,
) {
    let (width, height) = view.size();
    let plain = width as usize * height as usize * frame.pixel_type.bytes();
    let header_bytes = HEADER_BYTES + adaptation.map_or(0, |_| ADAPTED_HEADER_BYTES);
    out.clear();
    out.reserve_exact(header_bytes + 4 * histogram.counts.len() + adaptation.map_or(plain, |one| one.payload_bytes));
    let header = Header {
        magic: MAGIC,
        version: if adaptation.is_some() { ADAPTED_VERSION } else { VERSION },
        header_bytes: header_bytes as u16,
        subscription: request.subscription,
        stream: request.stream,
        pixel_type: pixel_code(frame.pixel_type),
        reduction: u8::from(view.scale > 1),
        scale: view.scale.min(u32::from(u16::MAX)) as u16,
        run: caption.run,
        width,
        height,
        frame_width: frame.width,
        frame_height: frame.height,
        region_x: view.region.x,
        region_y: view.region.y,
        region_width: view.region.width,
        region_height: view.region.height,
        hardware_frame_id: frame.stamp.hardware_id,
        frame_index: caption.frame_index.unwrap_or(NOT_SAVED),
        hardware_clock_ns: frame.stamp.hardware_clock_ns,
        unix_ms: frame.stamp.unix_ns as f64 / 1e6,
        histogram_origin: histogram.origin,
        histogram_bin_width: histogram.bin_width,
        histogram_bins: histogram.counts.len() as u32,
        saturated_pixels: histogram.saturated,
        skipped: caption.skipped,
        minimum: histogram.minimum,
        maximum: histogram.maximum,
    };
    header.write_to(out);
    if let Some(adaptation) = adaptation {
        adapted_header::write(adaptation, out);
    }
    for count in &histogram.counts {
        out.extend_from_slice(&count.to_le_bytes());
    }
}
