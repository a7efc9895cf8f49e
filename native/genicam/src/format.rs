//! How pixels come over the cable, and how they lie in a frame: unpacked, little endian, the low bits of 16.

use zarrcam_frame::PixelType;

/// A pixel format of the camera that frames can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Its name in the feature `PixelFormat`.
    pub name: &'static str,
    /// Its number, by which a frame says what it holds.
    pub code: u32,
    /// What a pixel is in a frame.
    pub pixel_type: PixelType,
    /// How its bits lie.
    pub packing: Packing,
    /// The colours of the first two pixels of the first row where each pixel has one colour, `RG` say; empty: it is gray.
    pub bayer: &'static str,
}

/// How the bits of a pixel lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As in a frame.
    None,
    /// One after the other, the low bits first (names with `p`).
    LowBitsFirst,
    /// GigE Vision's own: two pixels in three bytes, the high bits in the outer ones (names with `Packed`).
    TwoInThree,
}

macro_rules! formats {
    ($($name:literal $code:literal $type:ident $packing:ident $bayer:literal;)*) => {
        /// Those that are known, the better one first where several give the same pixels: unpacked needs no work.
        pub const FORMATS: &[Format] = &[$(Format {
            name: $name, code: $code, pixel_type: PixelType::$type, packing: Packing::$packing, bayer: $bayer,
        }),*];
    };
}

// Names and codes: the pixel format naming convention of EMVA's GenICam; the names with `Packed` as in Aravis' `arvenums.h`.
formats! {
    "Mono8" 0x0108_0001 U8 None "";
    "Mono8s" 0x0108_0002 I8 None "";
    "Mono10" 0x0110_0003 U10 None "";
    "Mono10p" 0x010a_0046 U10 LowBitsFirst "";
    "Mono10Packed" 0x010c_0004 U10 TwoInThree "";
    "Mono12" 0x0110_0005 U12 None "";
    "Mono12p" 0x010c_0047 U12 LowBitsFirst "";
    "Mono12Packed" 0x010c_0006 U12 TwoInThree "";
    "Mono14" 0x0110_0025 U14 None "";
    "Mono14p" 0x010e_0104 U14 LowBitsFirst "";
    "Mono16" 0x0110_0007 U16 None "";
    "BayerGR8" 0x0108_0008 U8 None "GR";
    "BayerRG8" 0x0108_0009 U8 None "RG";
    "BayerGB8" 0x0108_000a U8 None "GB";
    "BayerBG8" 0x0108_000b U8 None "BG";
    "BayerGR10" 0x0110_000c U10 None "GR";
    "BayerRG10" 0x0110_000d U10 None "RG";
    "BayerGB10" 0x0110_000e U10 None "GB";
    "BayerBG10" 0x0110_000f U10 None "BG";
    "BayerGR10p" 0x010a_0056 U10 LowBitsFirst "GR";
    "BayerRG10p" 0x010a_0058 U10 LowBitsFirst "RG";
    "BayerGB10p" 0x010a_0054 U10 LowBitsFirst "GB";
    "BayerBG10p" 0x010a_0052 U10 LowBitsFirst "BG";
    "BayerGR12" 0x0110_0010 U12 None "GR";
    "BayerRG12" 0x0110_0011 U12 None "RG";
    "BayerGB12" 0x0110_0012 U12 None "GB";
    "BayerBG12" 0x0110_0013 U12 None "BG";
    "BayerGR12p" 0x010c_0057 U12 LowBitsFirst "GR";
    "BayerRG12p" 0x010c_0059 U12 LowBitsFirst "RG";
    "BayerGB12p" 0x010c_0055 U12 LowBitsFirst "GB";
    "BayerBG12p" 0x010c_0053 U12 LowBitsFirst "BG";
    "BayerGR12Packed" 0x010c_002a U12 TwoInThree "GR";
    "BayerRG12Packed" 0x010c_002b U12 TwoInThree "RG";
    "BayerGB12Packed" 0x010c_002c U12 TwoInThree "GB";
    "BayerBG12Packed" 0x010c_002d U12 TwoInThree "BG";
    "BayerGR16" 0x0110_002e U16 None "GR";
    "BayerRG16" 0x0110_002f U16 None "RG";
    "BayerGB16" 0x0110_0030 U16 None "GB";
    "BayerBG16" 0x0110_0031 U16 None "BG";
}

impl Format {
    /// The format of this name; `None`: frames cannot be made of it (colours side by side, compressed).
    pub fn named(name: &str) -> Option<Self> {
        FORMATS.iter().find(|format| format.name == name).copied()
    }

    /// Bits of a pixel on the cable.
    pub fn cable_bits(self) -> usize {
        (self.code as usize >> 16) & 0xff
    }

    /// Bytes of so many pixels on the cable.
    pub fn cable_bytes(self, pixels: usize) -> usize {
        (pixels * self.cable_bits()).div_ceil(8)
    }

    /// Pixels as they lie in a frame. `cable` holds at least as many as fit into `frame`.
    pub fn unpack(self, cable: &[u8], frame: &mut [u8]) {
        match self.packing {
            Packing::None => frame.copy_from_slice(&cable[..frame.len()]),
            Packing::LowBitsFirst => low_bits_first(self.cable_bits(), cable, frame),
            Packing::TwoInThree if self.pixel_type == PixelType::U10 => two_in_three::<2>(cable, frame),
            Packing::TwoInThree => two_in_three::<4>(cable, frame),
        }
    }
}

fn low_bits_first(bits: usize, cable: &[u8], frame: &mut [u8]) {
    let mask = (1_u64 << bits) - 1;
    // As many bytes as hold whole pixels: 10 bits 5, 12 bits 3, 14 bits 7.
    let (group, pixels) = match bits {
        10 => (5, 4),
        12 => (3, 2),
        _ => (7, 4),
    };
    for (bytes, pixels) in cable.chunks(group).zip(frame.chunks_mut(2 * pixels)) {
        let stream = bytes.iter().rev().fold(0_u64, |stream, byte| stream << 8 | u64::from(*byte));
        for (number, pixel) in pixels.chunks_exact_mut(2).enumerate() {
            pixel.copy_from_slice(&((stream >> (number * bits) & mask) as u16).to_le_bytes());
        }
    }
}

/// `LOW`: bits of a pixel that lie in the middle byte.
fn two_in_three<const LOW: u32>(cable: &[u8], frame: &mut [u8]) {
    let mask = (1_u16 << LOW) - 1;
    for (bytes, pixels) in cable.chunks(3).zip(frame.chunks_mut(4)) {
        let middle = u16::from(bytes.get(1).copied().unwrap_or(0));
        let first = u16::from(bytes[0]) << LOW | (middle & mask);
        pixels[..2].copy_from_slice(&first.to_le_bytes());
        if let (Some(last), Some(pixel)) = (bytes.get(2), pixels.get_mut(2..4)) {
            pixel.copy_from_slice(&(u16::from(*last) << LOW | (middle >> 4 & mask)).to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pixels(name: &str, cable: &[u8], count: usize) -> Vec<u16> {
        let mut frame = vec![0; 2 * count];
        Format::named(name).unwrap().unpack(cable, &mut frame);
        frame.chunks_exact(2).map(|pixel| u16::from_le_bytes([pixel[0], pixel[1]])).collect()
    }

    #[test]
    fn packed_pixels_of_fixed_bytes() {
        assert_eq!(pixels("Mono12p", &[0xbc, 0x3a, 0x12], 2), [0xabc, 0x123]);
        assert_eq!(pixels("Mono12Packed", &[0xab, 0x3c, 0x12], 2), [0xabc, 0x123]);
        assert_eq!(pixels("Mono10Packed", &[0xff, 0x12, 0x80], 2), [0x3fe, 0x201]);
        // 0x3ff, 0, 0x155, 0x2aa.
        assert_eq!(pixels("Mono10p", &[0xff, 0x03, 0x50, 0x95, 0xaa], 4), [0x3ff, 0, 0x155, 0x2aa]);
        assert_eq!(pixels("Mono14p", &[0xff, 0x3f, 0x00, 0x50, 0x55, 0x01, 0x00], 4), [0x3fff, 0, 0x1555, 0]);
        assert_eq!(pixels("Mono16", &[0x34, 0x12, 0xff, 0xff], 2), [0x1234, 0xffff]);
    }

    #[test]
    fn an_odd_pixel_at_the_end_is_whole() {
        assert_eq!(pixels("Mono12p", &[0xbc, 0x3a, 0x12, 0xef, 0x0d], 3), [0xabc, 0x123, 0xdef]);
        assert_eq!(pixels("Mono12Packed", &[0xab, 0x3c, 0x12, 0xde, 0x0f], 3), [0xabc, 0x123, 0xdef]);
        assert_eq!(Format::named("Mono12p").unwrap().cable_bytes(3), 5);
    }

    #[test]
    fn names_codes_and_sizes_agree() {
        for format in FORMATS {
            assert_eq!(Format::named(format.name), Some(*format));
            let unpacked = format.pixel_type.bytes() * 8 == format.cable_bits();
            assert_eq!(unpacked, format.packing == Packing::None, "{}", format.name);
            assert_eq!(format.name.starts_with("Bayer"), !format.bayer.is_empty());
        }
        assert_eq!(Format::named("RGB8"), None);
    }

    proptest! {
        #[test]
        fn what_was_packed_low_bits_first_comes_back(values in prop::collection::vec(0_u16..1 << 10, 1..50)) {
            let mut cable = vec![0_u8; (values.len() * 10).div_ceil(8)];
            for (number, value) in values.iter().enumerate() {
                for bit in (0..10).filter(|bit| value >> bit & 1 == 1) {
                    let at = number * 10 + bit;
                    cable[at / 8] |= 1 << (at % 8);
                }
            }
            prop_assert_eq!(pixels("Mono10p", &cable, values.len()), values);
        }
    }
}
