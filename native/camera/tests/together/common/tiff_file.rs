//! TIFF files for the tests: by the encoder of the `tiff` crate where it can, else byte by byte.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tiff::encoder::colortype::ColorType;
use tiff::encoder::{Compression, TiffEncoder, TiffValue};
use zarrcam_tiff::build::{self, Value};
use zarrcam_tiff::tag;

/// A folder that goes when the test does.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("zarrcam-replay-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Strips of `rows_per_strip` rows, BigTIFF where `big`.
pub fn encode<C: ColorType>(
    path: &Path,
    [width, height]: [u32; 2],
    pages: &[Vec<C::Inner>],
    compression: Compression,
    big: bool,
) where
    [C::Inner]: TiffValue,
{
    let file = BufWriter::new(File::create(path).unwrap());
    macro_rules! write_pages {
        ($encoder:expr) => {{
            let mut encoder = $encoder.unwrap().with_compression(compression);
            for page in pages {
                let mut image = encoder.new_image::<C>(width, height).unwrap();
                image.rows_per_strip(5).unwrap();
                image.write_data(page).unwrap();
            }
        }};
    }
    if big { write_pages!(TiffEncoder::new_big(file)) } else { write_pages!(TiffEncoder::new(file)) }
}

/// One page of a file made by hand.
#[derive(Clone)]
pub struct Page {
    pub size: [u32; 2],
    pub bits: u16,
    /// 1 unsigned, 2 signed, 3 float
    pub format: u16,
    /// 0 white is zero, 1 black is zero, 2 RGB, 3 palette
    pub photometric: u16,
    pub samples: u16,
    /// Width and height of a tile; `None`: one strip.
    pub tile: Option<[u32; 2]>,
    /// The strip, or the tiles, row by row.
    pub chunks: Vec<Vec<u8>>,
}

impl Page {
    fn built(&self) -> build::Page {
        let [width, height] = self.size;
        let lengths = Value::Longs(self.chunks.iter().map(|chunk| chunk.len() as u32).collect());
        let page = build::gray(width, height, self.bits, Vec::new())
            .with(tag::BITS, Value::Shorts(vec![self.bits; self.samples.into()]))
            .with(tag::PHOTOMETRIC, Value::Short(self.photometric))
            .with(tag::SAMPLES, Value::Short(self.samples))
            .with(tag::SAMPLE_FORMAT, Value::Short(self.format));
        let page = match self.tile {
            None => page.with(tag::STRIP_BYTES, lengths),
            Some([tile_width, tile_height]) => page
                .without(tag::STRIP_OFFSETS)
                .without(tag::STRIP_BYTES)
                .without(tag::ROWS_PER_STRIP)
                .with(tag::TILE_WIDTH, Value::Long(tile_width))
                .with(tag::TILE_HEIGHT, Value::Long(tile_height))
                .with(tag::TILE_OFFSETS, Value::ChunkOffsets)
                .with(tag::TILE_BYTES, lengths),
        };
        build::Page { chunks: self.chunks.clone(), ..page }
    }

    pub fn gray8(size: [u32; 2], pixels: Vec<u8>) -> Self {
        Self { size, bits: 8, format: 1, photometric: 1, samples: 1, tile: None, chunks: vec![pixels] }
    }
}

/// A classic TIFF, uncompressed, in either byte order (the chunks' bytes are written as they are).
pub fn assemble(path: &Path, big_endian: bool, pages: &[Page]) {
    let pages: Vec<build::Page> = pages.iter().map(Page::built).collect();
    fs::write(path, build::bytes(&pages, false, !big_endian)).unwrap();
}
