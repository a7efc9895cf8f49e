//! What the header of a picture says in addition where it was made smaller, in bytes, than it was asked for: how, and what is lost.

use zarrcam_frame::wire_header;

use crate::{Encoding, Window};

/// Bytes that it takes behind the header that all pictures have.
pub const ADAPTED_HEADER_BYTES: usize = 24;
/// Of a value, in an encoding that has no more.
const JPEG_BITS: u8 = 8;

wire_header! {
    ADAPTED_HEADER_BYTES;
    encoding: u8,
    bits: u8,
    reduced: u16,
    payload_bytes: u32,
    window_minimum: f64,
    window_maximum: f64,
}

/// How a picture was made smaller.
#[derive(Clone, Copy, Debug)]
pub struct Adaptation {
    /// How its pixels are encoded.
    pub encoding: Encoding,
    /// How many times smaller it is along each side than it was asked for; 1: it is not.
    pub reduced: u32,
    /// Bytes of its pixels, as they are encoded.
    pub payload_bytes: usize,
    /// What 8 bits tell apart, where the encoding has no more.
    pub window: Window,
}

/// Writes it behind the header that all pictures have.
pub fn write(adaptation: &Adaptation, out: &mut Vec<u8>) {
    let Adaptation { encoding, reduced, payload_bytes, window } = *adaptation;
    let approximate = encoding == Encoding::Jpeg;
    let header = Header {
        encoding: encoding.code(),
        bits: if approximate { JPEG_BITS } else { 0 },
        reduced: reduced.min(u32::from(u16::MAX)) as u16,
        payload_bytes: payload_bytes as u32,
        window_minimum: if approximate { window.minimum } else { 0.0 },
        window_maximum: if approximate { window.maximum } else { 0.0 },
    };
    header.write_to(out);
}
