//! A TIFF's directory of one gray page in one strip, classic or BigTIFF, little endian: the one place that writes any.

use zarrcam_frame::PixelType;
use zarrcam_tiff::field_type::{ASCII, LONG, LONG8, RATIONAL, SHORT};
use zarrcam_tiff::tag;

/// What `ResolutionUnit` calls a centimetre.
const CENTIMETRE: u16 = 3;

/// How wide a file's offsets are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// TIFF 6.0: 32 bits.
    Classic,
    /// The "BigTIFF Design" of the libtiff project: 64 bits.
    Big,
}

impl Container {
    /// What a file begins with; the last bytes are the offset of the first directory, 0 until it is known.
    pub fn header(self) -> &'static [u8] {
        match self {
            // "II", version 42.
            Self::Classic => b"II\x2a\0\0\0\0\0",
            // "II", version 43, offsets of 8 bytes, 0.
            Self::Big => b"II\x2b\0\x08\0\0\0\0\0\0\0\0\0\0\0",
        }
    }

    /// Bytes of an offset, and of the value that an entry holds itself.
    fn offset_bytes(self) -> usize {
        match self {
            Self::Classic => 4,
            Self::Big => 8,
        }
    }

    fn offset(self, value: u64) -> Vec<u8> {
        value.to_le_bytes()[..self.offset_bytes()].to_vec()
    }
}

/// What a page's directory says.
pub(super) struct PageDirectory<'a> {
    pub width: u32,
    pub height: u32,
    pub pixel_type: PixelType,
    /// Where the pixels lie in the file.
    pub pixels_at: u64,
    pub description: Description<'a>,
    /// Which program wrote it, with its final NUL; empty: it is not said.
    pub software: &'a [u8],
    /// Numerator and denominator of pixels a centimetre, along x and y; `None`: not calibrated.
    pub resolution: Option<[[u32; 2]; 2]>,
}

/// Text for `ImageDescription`, with its final NUL.
pub(super) enum Description<'a> {
    /// It lies in the file already.
    At { offset: u64, bytes: u64 },
    /// It is to be written with the directory.
    Text(&'a [u8]),
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    value: Value,
}

enum Value {
    /// The offset of bytes that are in the file already.
    At(u64),
    Bytes(Vec<u8>),
}

impl PageDirectory<'_> {
    pub fn pixel_bytes(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.pixel_type.bytes() as u64
    }

    /// The directory as it lies at `at`: its entries, the offset of the next one (0: none), and values that an entry has no
    /// room for. Second: where in it the offset of the next directory stands.
    pub fn encode(&self, container: Container, at: u64) -> (Vec<u8>, usize) {
        let mut entries = self.entries(container);
        entries.sort_by_key(|entry| entry.tag);
        let count = entries.len() as u64;
        let slot = container.offset_bytes();
        let mut bytes = match container {
            Container::Classic => (count as u16).to_le_bytes().to_vec(),
            Container::Big => count.to_le_bytes().to_vec(),
        };
        let link = bytes.len() + entries.len() * (4 + 2 * slot);
        let mut behind = Vec::new();
        for Entry { tag, kind, count, value } in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(container.offset(count));
            let mut field = match value {
                Value::At(offset) => container.offset(offset),
                Value::Bytes(value) if value.len() <= slot => value,
                Value::Bytes(value) => {
                    // TIFF wants values at even offsets.
                    behind.resize(behind.len().next_multiple_of(2), 0);
                    let offset = at + (link + slot + behind.len()) as u64;
                    behind.extend(value);
                    container.offset(offset)
                }
            };
            field.resize(slot, 0);
            bytes.extend(field);
        }
        bytes.extend(container.offset(0));
        bytes.extend(behind);
        (bytes, link)
    }

    fn entries(&self, container: Container) -> Vec<Entry> {
        let sample_format = match self.pixel_type {
            PixelType::F32 => 3,
            PixelType::I8 | PixelType::I16 => 2,
            _ => 1,
        };
        let entry = |tag, kind, count, value| Entry { tag, kind, count, value };
        let short = |tag, value: u16| entry(tag, SHORT, 1, Value::Bytes(value.to_le_bytes().to_vec()));
        let long = |tag, value: u32| entry(tag, LONG, 1, Value::Bytes(value.to_le_bytes().to_vec()));
        let of_offsets = if container == Container::Big { LONG8 } else { LONG };
        let offset = |tag, value| entry(tag, of_offsets, 1, Value::Bytes(container.offset(value)));
        let mut entries = vec![
            long(tag::WIDTH, self.width),
            long(tag::HEIGHT, self.height),
            short(tag::BITS, self.pixel_type.bytes() as u16 * 8),
            short(tag::COMPRESSION, 1),
            // Black is zero.
            short(tag::PHOTOMETRIC, 1),
            match self.description {
                Description::At { offset, bytes } => entry(tag::DESCRIPTION, ASCII, bytes, Value::At(offset)),
                Description::Text(text) => {
                    entry(tag::DESCRIPTION, ASCII, text.len() as u64, Value::Bytes(text.to_vec()))
                }
            },
            offset(tag::STRIP_OFFSETS, self.pixels_at),
            short(tag::SAMPLES, 1),
            long(tag::ROWS_PER_STRIP, self.height),
            offset(tag::STRIP_BYTES, self.pixel_bytes()),
            short(tag::SAMPLE_FORMAT, sample_format),
        ];
        if !self.software.is_empty() {
            let software = Value::Bytes(self.software.to_vec());
            entries.push(entry(tag::SOFTWARE, ASCII, self.software.len() as u64, software));
        }
        if let Some(resolution) = self.resolution {
            for (tag, fraction) in [tag::X_RESOLUTION, tag::Y_RESOLUTION].into_iter().zip(resolution) {
                // Two numbers of 32 bits, the numerator first.
                let value = fraction.iter().flat_map(|part| part.to_le_bytes()).collect();
                entries.push(entry(tag, RATIONAL, 1, Value::Bytes(value)));
            }
            entries.push(short(tag::RESOLUTION_UNIT, CENTIMETRE));
        }
        entries
    }
}
