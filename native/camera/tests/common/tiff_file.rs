//! TIFF files for the tests: by the encoder of the `tiff` crate where it can, else byte by byte.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tiff::encoder::colortype::ColorType;
use tiff::encoder::{Compression, TiffEncoder, TiffValue};

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
    pub fn gray8(size: [u32; 2], pixels: Vec<u8>) -> Self {
        Self { size, bits: 8, format: 1, photometric: 1, samples: 1, tile: None, chunks: vec![pixels] }
    }
}

/// A classic TIFF, uncompressed, in either byte order (the chunks' bytes are written as they are).
pub fn assemble(path: &Path, big_endian: bool, pages: &[Page]) {
    let short = |v: u16| if big_endian { v.to_be_bytes() } else { v.to_le_bytes() };
    let long = |v: u32| if big_endian { v.to_be_bytes() } else { v.to_le_bytes() };
    let mut file = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    file.extend(short(42));
    let mut link = file.len();
    file.extend([0; 4]);
    for page in pages {
        let offsets: Vec<u32> = page
            .chunks
            .iter()
            .map(|chunk| {
                let offset = file.len() as u32;
                file.extend(chunk);
                offset
            })
            .collect();
        let lengths: Vec<u32> = page.chunks.iter().map(|chunk| chunk.len() as u32).collect();
        let mut longs = |values: &[u32]| {
            let at = file.len() as u32;
            values.iter().for_each(|value| file.extend(long(*value)));
            if values.len() == 1 { values[0] } else { at }
        };
        let (offsets_at, lengths_at) = (longs(&offsets), longs(&lengths));
        let count = page.chunks.len() as u32;
        let bits_at = file.len() as u32;
        (0..page.samples).for_each(|_| file.extend(short(page.bits)));
        file.resize(file.len().next_multiple_of(2), 0);
        let small = |v: u16| [short(v), [0, 0]].concat();
        let bits =
            if page.samples > 2 { long(bits_at).to_vec() } else { [short(page.bits), short(page.bits)].concat() };
        let (offsets_tag, lengths_tag) = if page.tile.is_some() { (324, 325) } else { (273, 279) };
        let mut entries: Vec<(u16, u16, u32, Vec<u8>)> = vec![
            (256, 4, 1, long(page.size[0]).to_vec()),
            (257, 4, 1, long(page.size[1]).to_vec()),
            (258, 3, page.samples.into(), bits),
            (259, 3, 1, small(1)),
            (262, 3, 1, small(page.photometric)),
            (277, 3, 1, small(page.samples)),
            (339, 3, 1, small(page.format)),
            (offsets_tag, 4, count, long(offsets_at).to_vec()),
            (lengths_tag, 4, count, long(lengths_at).to_vec()),
        ];
        match page.tile {
            Some([width, height]) => {
                entries.push((322, 4, 1, long(width).to_vec()));
                entries.push((323, 4, 1, long(height).to_vec()));
            }
            None => entries.push((278, 4, 1, long(page.size[1]).to_vec())),
        }
        entries.sort_by_key(|entry| entry.0);
        let directory = file.len() as u32;
        file[link..link + 4].copy_from_slice(&long(directory));
        file.extend(short(entries.len() as u16));
        for (tag, kind, count, value) in entries {
            file.extend(short(tag));
            file.extend(short(kind));
            file.extend(long(count));
            file.extend(value);
        }
        link = file.len();
        file.extend([0; 4]);
    }
    fs::write(path, file).unwrap();
}
