use crate::directory::tag;
use crate::{Directory, Plane, TiffError, TiffFile};

/// More than any camera's frame; a broken header must not be able to ask for all memory.
const LARGEST_PAGE_BYTES: u64 = 1 << 30;
const MOST_CHUNKS: u64 = 1 << 22;

/// What kind of number a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// A whole number from 0 up.
    Uint,
    /// A whole number with a sign.
    Int,
    /// A floating-point number.
    Float,
    /// Complex numbers, or what nobody defined.
    Other,
}

/// The image of one directory: what it is, before anything of it is decoded.
#[derive(Clone, Debug)]
pub struct Page {
    /// Width, px.
    pub width: u32,
    /// Height, px.
    pub height: u32,
    /// Bits of one sample.
    pub bits: u16,
    /// Samples of a pixel: 1 is gray.
    pub samples: u16,
    /// What kind of number a sample is.
    pub kind: SampleKind,
    /// How it is compressed, by TIFF's number; 1: not at all.
    pub compression: u16,
    /// What the values mean, by TIFF's number: 0 white is zero, 1 black is zero, 2 RGB, 3 palette.
    pub photometric: u16,
    pub(crate) predictor: u16,
    pub(crate) reversed_bits: bool,
    pub(crate) is_volume: bool,
    /// Gray samples that lie one plane after the other, as Zeiss LSM keeps channels: each is a plane of its own.
    separate: bool,
    /// Width and height of a tile; `None`: strips.
    tile: Option<[u32; 2]>,
    rows_per_strip: u32,
}

/// Where the bytes of a page lie, chunk by chunk, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    pub offsets: Vec<u64>,
    pub bytes: Vec<u64>,
}

impl Page {
    /// The image that a directory describes. Fails where its numbers cannot be true.
    pub fn of(file: &TiffFile, directory: &Directory) -> Result<Self, TiffError> {
        let number = |tag: u16, otherwise: u64| Ok(directory.number(file, tag)?.unwrap_or(otherwise));
        let short = |tag: u16, otherwise: u64| -> Result<u16, TiffError> {
            let value = number(tag, otherwise)?;
            u16::try_from(value).or_else(|_| TiffError::damaged(format!("has {value} at tag {tag}")))
        };
        let side = |tag: u16, what: &str| -> Result<u32, TiffError> {
            let value = number(tag, 0)?;
            match u32::try_from(value) {
                Ok(value) if value > 0 => Ok(value),
                _ => TiffError::damaged(format!("has a {what} of {value} px")),
            }
        };
        let (width, height) = (side(tag::WIDTH, "width")?, side(tag::HEIGHT, "height")?);
        let tile = if directory.has(tag::TILE_WIDTH) {
            Some([side(tag::TILE_WIDTH, "tile width")?, side(tag::TILE_HEIGHT, "tile height")?])
        } else {
            None
        };
        let (samples, photometric) = (short(tag::SAMPLES, 1)?, short(tag::PHOTOMETRIC, 1)?);
        let separate = samples > 1 && photometric <= 1 && number(tag::PLANAR, 1)? == 2;
        let rows = number(tag::ROWS_PER_STRIP, height.into())?;
        let kind = match short(tag::SAMPLE_FORMAT, 1)? {
            // 4 is "undefined", which other programs take for whole numbers as well.
            1 | 4 => SampleKind::Uint,
            2 => SampleKind::Int,
            3 => SampleKind::Float,
            _ => SampleKind::Other,
        };
        Ok(Self {
            width,
            height,
            bits: short(tag::BITS, 1)?,
            samples,
            kind,
            compression: short(tag::COMPRESSION, 1)?,
            photometric,
            predictor: short(tag::PREDICTOR, 1)?,
            reversed_bits: number(tag::FILL_ORDER, 1)? == 2,
            is_volume: number(tag::IMAGE_DEPTH, 1)? > 1,
            separate,
            tile,
            rows_per_strip: u32::try_from(rows).unwrap_or(height).clamp(1, height),
        })
    }

    /// What a sample is, by Zarr V3's name: `uint16`, `float32`, `bool`.
    pub fn dtype(&self) -> String {
        let kind = match self.kind {
            SampleKind::Uint if self.bits == 1 => return "bool".to_owned(),
            SampleKind::Uint => "uint",
            SampleKind::Int => "int",
            SampleKind::Float => "float",
            SampleKind::Other => "complex",
        };
        format!("{kind}{}", self.bits)
    }

    /// Bytes of a decoded pixel. Samples that are packed in the file lie in the low bits of 8 or 16.
    pub fn pixel_bytes(&self) -> usize {
        usize::from(self.bits.div_ceil(8)).next_power_of_two()
    }

    /// Planes of the directory: one, or one for each sample.
    pub fn planes(&self) -> u16 {
        if self.separate { self.samples } else { 1 }
    }

    /// Samples that lie beside each other.
    pub(crate) fn interleaved(&self) -> u16 {
        if self.separate { 1 } else { self.samples }
    }

    /// Bytes of a decoded plane.
    pub fn plane_bytes(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.pixel_bytes() as u64
    }

    /// Of the plane as it lies in an uncompressed file, rows one after the other.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.row_bytes(self.width).saturating_mul(self.height.into())
    }

    /// A row begins with a byte of its own.
    pub(crate) fn row_bytes(&self, width: u32) -> u64 {
        (u64::from(width) * u64::from(self.bits) * u64::from(self.interleaved())).div_ceil(8)
    }

    pub(crate) fn is_tiled(&self) -> bool {
        self.tile.is_some()
    }

    /// Width and rows of a whole chunk.
    pub(crate) fn chunk(&self) -> [u32; 2] {
        self.tile.unwrap_or([self.width, self.rows_per_strip])
    }

    pub(crate) fn chunks_across(&self) -> u64 {
        self.width.div_ceil(self.chunk()[0]).into()
    }

    pub(crate) fn chunk_count(&self) -> u64 {
        self.chunks_across() * u64::from(self.height.div_ceil(self.chunk()[1]))
    }

    /// As a chunk leaves its compression.
    pub(crate) fn chunk_bytes(&self) -> u64 {
        let [width, rows] = self.chunk();
        self.row_bytes(width).saturating_mul(rows.into())
    }

    /// Rows of a chunk that are in the file: tiles are always whole.
    pub(crate) fn stored_rows(&self, chunk: u64) -> u32 {
        let [_, rows] = self.chunk();
        if self.is_tiled() { rows } else { rows.min(self.height - (chunk * u64::from(rows)) as u32) }
    }

    /// No size that asks for all memory.
    pub(crate) fn check_size(&self) -> Result<(), TiffError> {
        let stored = self.chunk_bytes().max(self.stored_bytes());
        if self.plane_bytes().max(stored) > LARGEST_PAGE_BYTES || self.chunk_count() > MOST_CHUNKS {
            return TiffError::damaged(format!(
                "is {} x {} px of {}, larger than a gigabyte",
                self.width,
                self.height,
                self.dtype()
            ));
        }
        Ok(())
    }

    /// Where its bytes lie. Call after `check_size`.
    pub(crate) fn chunks(&self, file: &TiffFile, directory: &Directory) -> Result<Chunks, TiffError> {
        let count = self.chunk_count() * u64::from(self.planes());
        let (offsets_tag, bytes_tag) =
            if self.is_tiled() { (tag::TILE_OFFSETS, tag::TILE_BYTES) } else { (tag::STRIP_OFFSETS, tag::STRIP_BYTES) };
        // With colours in planes of their own, as many for each.
        let most = self.chunk_count().saturating_mul(u64::from(self.samples));
        let offsets = directory.numbers(file, offsets_tag, most)?.unwrap_or_default();
        let bytes = match directory.numbers(file, bytes_tag, most)? {
            Some(bytes) => bytes,
            // TIFF's oldest programs left it out where all is one strip.
            None if count == 1 && self.compression == 1 => vec![self.stored_bytes()],
            None => Vec::new(),
        };
        if (offsets.len() as u64) < count || (bytes.len() as u64) < count {
            return TiffError::damaged(format!(
                "says where {} of its {count} parts lie",
                offsets.len().min(bytes.len())
            ));
        }
        Ok(Chunks { offsets, bytes })
    }

    /// The place of its pixels, where they lie uncompressed and one behind the other.
    pub(crate) fn contiguous_at(&self, chunks: &Chunks) -> Option<u64> {
        let one_column = self.chunks_across() == 1 && self.chunk()[0] == self.width;
        if self.compression != 1 || !one_column || self.is_tiled() || self.separate {
            return None;
        }
        let begin = *chunks.offsets.first()?;
        let mut next = begin;
        for (chunk, offset) in (0..self.chunk_count()).zip(&chunks.offsets) {
            if *offset != next {
                return None;
            }
            next = next.checked_add(self.row_bytes(self.width) * u64::from(self.stored_rows(chunk)))?;
        }
        Some(begin)
    }

    /// Where the chunks of a plane begin among those of the directory.
    pub(crate) fn first_chunk(&self, plane: Plane) -> usize {
        self.chunk_count() as usize * usize::from(plane.sample)
    }

    /// That all bytes of a plane are before the end of the file.
    pub(crate) fn check_extent(&self, file: &TiffFile, chunks: &Chunks, plane: Plane) -> Result<(), TiffError> {
        let (first, shift) = (self.first_chunk(plane), plane.shift);
        let places = chunks.offsets.iter().zip(&chunks.bytes).skip(first);
        for (chunk, (offset, bytes)) in (0..self.chunk_count()).zip(places) {
            if *bytes == 0 {
                continue;
            }
            let needed = self.row_bytes(self.chunk()[0]) * u64::from(self.stored_rows(chunk));
            if self.compression == 1 && shift == 0 && *bytes < needed {
                return TiffError::damaged(format!("has a part of {bytes} bytes where {needed} are needed"));
            }
            let length = if self.compression == 1 { needed } else { *bytes };
            let end = offset.checked_add(shift).and_then(|at| at.checked_add(length));
            if end.is_none_or(|end| end > file.bytes()) {
                return TiffError::damaged("has pixels behind the end of the file: the file is cut short");
            }
        }
        Ok(())
    }
}
