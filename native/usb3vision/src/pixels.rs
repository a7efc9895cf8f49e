//! A camera's pixel formats as our pixel types.

use viva_pfnc::PixelFormat;
use zarrcam_frame::PixelType;

/// What cannot be made of a frame.
#[derive(Debug, thiserror::Error)]
#[error("the pixels of a frame cannot be unpacked ({0})")]
pub struct PixelError(String);

/// A pixel format of a camera whose frames can be stored: one value a pixel, colour mosaics as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageFormat {
    /// In the camera's own words.
    pub format: PixelFormat,
    /// What a pixel becomes.
    pub pixel_type: PixelType,
    /// Bits that a pixel takes on the way; packed, where they are not those of the pixel type.
    pub bits: u32,
}

/// Bits of a pixel on the way are bits 16 to 23 of a format's code: EMVA's Pixel Format Naming Convention.
const fn bits_of(format: PixelFormat) -> u32 {
    (format.code() >> 16) & 0xff
}

impl ImageFormat {
    /// By the name of the camera's enumeration entry; none: such frames cannot be stored.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::of(PixelFormat::from_name(name))
    }

    /// By the code that stands in a leader.
    pub fn of(format: PixelFormat) -> Option<Self> {
        let name = format.name()?;
        let depth = name.strip_prefix("Mono").or_else(|| {
            let mosaic = name.strip_prefix("Bayer")?;
            ["GR", "RG", "GB", "BG"].iter().find_map(|pattern| mosaic.strip_prefix(pattern))
        })?;
        let pixel_type = match depth.trim_end_matches("Packed").trim_end_matches('p') {
            "8" => PixelType::U8,
            "10" => PixelType::U10,
            "12" => PixelType::U12,
            "14" => PixelType::U14,
            "16" => PixelType::U16,
            _ => return None,
        };
        Some(Self { format, pixel_type, bits: bits_of(format) })
    }

    /// Whether pixels come as they are stored.
    pub fn is_plain(&self) -> bool {
        self.bits as usize == 8 * self.pixel_type.bytes()
    }

    /// Whether it is taken rather than `other` for the same pixel type: without unpacking, and gray before a mosaic.
    pub fn is_better_than(&self, other: &Self) -> bool {
        let order = |format: &Self| (format.is_mono(), format.is_plain());
        order(self) > order(other)
    }

    fn is_mono(&self) -> bool {
        self.format.name().is_some_and(|name| name.starts_with("Mono"))
    }

    /// Bytes of a frame on the way, each row ending with `padding` bytes. Rows of packed pixels follow each other without a gap.
    pub fn payload_bytes(&self, width: u32, height: u32, padding: u16) -> u64 {
        let tight = if padding == 0 { self.format.image_bytes(width, height) } else { None };
        let rows = || (self.format.line_bytes(width)? + usize::from(padding)).checked_mul(height as usize);
        // What does not fit in memory is longer than anything that comes.
        tight.or_else(rows).map_or(u64::MAX, |bytes| bytes as u64)
    }

    /// Bytes of a frame as it is stored.
    pub fn frame_bytes(&self, width: u32, height: u32) -> usize {
        width as usize * height as usize * self.pixel_type.bytes()
    }

    /// Pixels as they are stored: rows tight, little endian. `into` is of [`Self::frame_bytes`].
    pub fn unpack(
        &self,
        width: u32,
        height: u32,
        padding: u16,
        from: &[u8],
        into: &mut [u8],
    ) -> Result<(), PixelError> {
        let short = || PixelError(format!("{} bytes came", from.len()));
        if self.is_plain() {
            let row = width as usize * self.pixel_type.bytes();
            if padding == 0 {
                into.copy_from_slice(from.get(..row * height as usize).ok_or_else(short)?);
                return Ok(());
            }
            let rows = from.chunks(row + usize::from(padding)).zip(into.chunks_exact_mut(row));
            for (from, into) in rows {
                into.copy_from_slice(from.get(..row).ok_or_else(short)?);
            }
            return Ok(());
        }
        let line = self.format.line_bytes(width).ok_or_else(|| PixelError("a row is too long".to_owned()))?;
        let stride = (padding > 0).then_some(line + usize::from(padding));
        let values = viva_pfnc::convert::unpack_u16(self.format, width, height, stride, from)
            .map_err(|error| PixelError(error.to_string()))?;
        for (value, into) in values.iter().zip(into.as_chunks_mut::<2>().0) {
            *into = value.to_le_bytes();
        }
        Ok(())
    }
}
