//! A TIFF stack for the replay camera, byte by byte.

use std::path::Path;

/// Classic, little endian, uncompressed: `pages` pages of width x height in 8 bits, page number p all of value p modulo 256.
pub fn write_stack(path: &Path, [width, height]: [u32; 2], pages: usize) {
    let pixels = (width * height) as usize;
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for page in 0..pages {
        let directory = file.len() as u32;
        let entries: [(u16, u16, u32); 9] = [
            (256, 4, width),
            (257, 4, height),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, directory + 2 + 9 * 12 + 4),
            (277, 3, 1),
            (278, 4, height),
            (279, 4, pixels as u32),
        ];
        file.extend(9_u16.to_le_bytes());
        for (tag, kind, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(1_u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        let next = directory + 2 + 9 * 12 + 4 + pixels as u32;
        file.extend(if page + 1 < pages { next } else { 0 }.to_le_bytes());
        file.extend(std::iter::repeat_n(page as u8, pixels));
    }
    std::fs::write(path, file).unwrap();
}
