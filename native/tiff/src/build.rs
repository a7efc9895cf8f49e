//! Small TIFF files made byte by byte, for the tests of whoever reads them: what no program writes, too. Only with the feature
//! `build`.

use crate::field_type::{ASCII, LONG, LONG8, SHORT};
use crate::tag;

/// One directory, and the chunks (strips or tiles) that lie before it.
#[derive(Clone, Debug)]
pub struct Page {
    /// In rising order.
    pub tags: Vec<(u16, Value)>,
    /// Encoded, and in the file's order of bytes.
    pub chunks: Vec<Vec<u8>>,
}

/// What a tag says.
#[derive(Clone, Debug)]
pub enum Value {
    /// One number of 16 bits.
    Short(u16),
    /// Numbers of 16 bits.
    Shorts(Vec<u16>),
    /// One number of 32 bits.
    Long(u32),
    /// Numbers of 32 bits.
    Longs(Vec<u32>),
    /// A text, without its final NUL.
    Text(String),
    /// Where the page's chunks begin.
    ChunkOffsets,
}

/// A gray page of unsigned pixels in one strip, not compressed.
pub fn gray(width: u32, height: u32, bits: u16, pixels: Vec<u8>) -> Page {
    let tags = vec![
        (tag::NEW_SUBFILE_TYPE, Value::Long(0)),
        (tag::WIDTH, Value::Long(width)),
        (tag::HEIGHT, Value::Long(height)),
        (tag::BITS, Value::Short(bits)),
        (tag::COMPRESSION, Value::Short(1)),
        (tag::PHOTOMETRIC, Value::Short(1)),
        (tag::STRIP_OFFSETS, Value::ChunkOffsets),
        (tag::SAMPLES, Value::Short(1)),
        (tag::ROWS_PER_STRIP, Value::Long(height)),
        (tag::STRIP_BYTES, Value::Long(pixels.len() as u32)),
        (tag::SAMPLE_FORMAT, Value::Short(1)),
    ];
    Page { tags, chunks: vec![pixels] }
}

impl Page {
    /// The same page with a tag set, or set anew.
    pub fn with(mut self, tag: u16, value: Value) -> Self {
        self.tags.retain(|(known, _)| *known != tag);
        self.tags.push((tag, value));
        self.tags.sort_by_key(|(tag, _)| *tag);
        self
    }

    /// The same page without a tag.
    pub fn without(mut self, tag: u16) -> Self {
        self.tags.retain(|(known, _)| *known != tag);
        self
    }
}

/// The bytes of a file of these pages, in their order. `big`: BigTIFF.
pub fn bytes(pages: &[Page], big: bool, little_endian: bool) -> Vec<u8> {
    let number = |value: u64, bytes: usize| -> Vec<u8> {
        let value = value.to_le_bytes()[..bytes].to_vec();
        if little_endian { value } else { value.into_iter().rev().collect() }
    };
    let offset = if big { 8 } else { 4 };
    let mut file = if little_endian { b"II".to_vec() } else { b"MM".to_vec() };
    file.extend(number(if big { 43 } else { 42 }, 2));
    if big {
        file.extend(number(8, 2));
        file.extend(number(0, 2));
    }
    let mut link = file.len();
    file.extend(number(0, offset));
    for page in pages {
        let mut chunks_at = Vec::new();
        for chunk in &page.chunks {
            chunks_at.push(file.len() as u64);
            file.extend(chunk);
        }
        let mut entries = Vec::new();
        for (tag, value) in &page.tags {
            let shorts = |values: &[u16]| -> Vec<u8> { values.iter().flat_map(|v| number(u64::from(*v), 2)).collect() };
            let longs = |values: &[u32]| -> Vec<u8> { values.iter().flat_map(|v| number(u64::from(*v), 4)).collect() };
            let (kind, count, mut bytes) = match value {
                Value::Short(value) => (SHORT, 1, shorts(&[*value])),
                Value::Shorts(values) => (SHORT, values.len(), shorts(values)),
                Value::Long(value) => (LONG, 1, longs(&[*value])),
                Value::Longs(values) => (LONG, values.len(), longs(values)),
                Value::Text(text) => (ASCII, text.len() + 1, [text.as_bytes(), &[0]].concat()),
                Value::ChunkOffsets => {
                    let kind = if big { LONG8 } else { LONG };
                    (kind, chunks_at.len(), chunks_at.iter().flat_map(|at| number(*at, offset)).collect())
                }
            };
            if bytes.len() > offset {
                let at = file.len() as u64;
                file.extend(&bytes);
                bytes = number(at, offset);
            }
            bytes.resize(offset, 0);
            let head = [number(u64::from(*tag), 2), number(kind.into(), 2), number(count as u64, offset)];
            entries.extend(head.concat());
            entries.extend(bytes);
        }
        let at = file.len() as u64;
        file[link..link + offset].copy_from_slice(&number(at, offset));
        file.extend(number(page.tags.len() as u64, if big { 8 } else { 2 }));
        file.extend(entries);
        link = file.len();
        file.extend(number(0, offset));
    }
    file
}
