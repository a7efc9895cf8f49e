//! A TIFF stack for the replay camera.

use std::path::Path;

use zarrcam_tiff::build::{bytes, gray};

/// Classic, little endian, uncompressed: `pages` pages of width x height in 8 bits, page number p all of value p modulo 256.
pub fn write_stack(path: &Path, [width, height]: [u32; 2], pages: usize) {
    let pixels = |page: usize| vec![page as u8; (width * height) as usize];
    let pages: Vec<_> = (0..pages).map(|page| gray(width, height, 8, pixels(page))).collect();
    std::fs::write(path, bytes(&pages, false, true)).unwrap();
}
