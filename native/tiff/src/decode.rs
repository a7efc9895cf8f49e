//! A page's pixels: tight rows from the top, little endian, as they were stored: white may be zero.

use crate::codec;
use crate::page::Chunks;
use crate::{Page, Plane, SampleKind, TiffError, TiffFile};

/// Random data grows by less than this under every compression that is read.
const MOST_GROWTH: u64 = 2;
const LEAST_ENCODED_BYTES: u64 = 4096;

/// That the values can be had by `decode`.
pub(crate) fn check(page: &Page) -> Result<(), TiffError> {
    if page.is_volume {
        return TiffError::unsupported("is a volume in one page; save a page a plane");
    }
    if page.interleaved() != 1 || page.photometric == 2 || page.photometric >= 5 {
        let what = match page.photometric {
            2 => "is RGB".to_owned(),
            5 => "is CMYK".to_owned(),
            6 => "is YCbCr".to_owned(),
            32803 | 34892 => "is a camera's raw colour mosaic".to_owned(),
            _ if page.interleaved() != 1 => format!("has {} samples a pixel", page.samples),
            other => format!("has photometric interpretation {other}"),
        };
        return TiffError::unsupported(format!("{what}, not gray; split its channels into pages"));
    }
    if page.photometric == 3 {
        return TiffError::unsupported("is indexed colour, not gray; save it as gray");
    }
    codec::check(page.compression)?;
    let whole_bytes = matches!(page.bits, 8 | 16 | 32 | 64);
    match page.predictor {
        1 => {}
        2 if whole_bytes && page.compression != 1 => {}
        3 if page.kind == SampleKind::Float && matches!(page.bits, 16 | 32 | 64) && page.compression != 1 => {}
        other => {
            return TiffError::unsupported(format!(
                "has predictor {other} with {} bits and compression {}, which is not read here; save it again without a predictor",
                page.bits,
                codec::compression_name(page.compression)
            ));
        }
    }
    if page.bits == 0 || !whole_bytes && (page.bits > 16 || page.kind != SampleKind::Uint) {
        return TiffError::unsupported(format!("has pixels of {}; save it with 8 or 16 bits", page.dtype()));
    }
    Ok(())
}

/// Decodes into `out`, which is `plane_bytes` long.
pub(crate) fn decode(
    file: &TiffFile,
    page: &Page,
    chunks: &Chunks,
    plane: Plane,
    out: &mut [u8],
) -> Result<(), TiffError> {
    let pixel = page.pixel_bytes();
    let [chunk_width, chunk_rows] = page.chunk().map(|side| side as usize);
    let (width, row_out) = (page.width as usize, page.width as usize * pixel);
    let as_is = page.compression == 1 && usize::from(page.bits) == pixel * 8 && !page.reversed_bits;
    let stored_row = page.row_bytes(chunk_width as u32) as usize;
    // Whole rows of whole bytes are read where they belong.
    let direct = as_is && !page.is_tiled();
    let mut chunk_bytes = vec![0; if direct { 0 } else { page.chunk_bytes() as usize }];
    let mut encoded = Vec::new();
    let first_chunk = page.first_chunk(plane);
    let mut unpacked = vec![0; if direct { 0 } else { chunk_width * pixel }];
    for number in 0..page.chunk_count() {
        let (left, top) = (
            (number % page.chunks_across()) as usize * chunk_width,
            (number / page.chunks_across()) as usize * chunk_rows,
        );
        let rows = chunk_rows.min(page.height as usize - top);
        let columns = chunk_width.min(width - left);
        let (offset, bytes) =
            (chunks.offsets[first_chunk + number as usize], chunks.bytes[first_chunk + number as usize]);
        if bytes == 0 {
            // Never written: programs agree on zero.
            for row in top..top + rows {
                out[row * row_out + left * pixel..][..columns * pixel].fill(0);
            }
            continue;
        }
        let at = offset.saturating_add(plane.shift);
        if direct {
            file.read(&mut out[top * row_out..(top + rows) * row_out], at)?;
            continue;
        }
        let needed = stored_row * page.stored_rows(number) as usize;
        if page.compression == 1 {
            file.read(&mut chunk_bytes[..needed], at)?;
            reverse_bits(page, &mut chunk_bytes[..needed]);
        } else {
            let most = (page.chunk_bytes() * MOST_GROWTH).max(LEAST_ENCODED_BYTES);
            encoded.resize(bytes.min(most) as usize, 0);
            file.read(&mut encoded, at)?;
            reverse_bits(page, &mut encoded);
            let got = codec::decompress(page.compression, &encoded, &mut chunk_bytes)?;
            if got < needed {
                return TiffError::damaged(format!("is damaged: {got} of {needed} bytes came out of a part of it"));
            }
        }
        for row in 0..rows {
            let stored = &mut chunk_bytes[row * stored_row..][..stored_row];
            undo_prediction(file, page, stored, chunk_width, &mut unpacked);
            let target = &mut out[(top + row) * row_out + left * pixel..][..columns * pixel];
            if usize::from(page.bits) == pixel * 8 {
                target.copy_from_slice(&stored[..columns * pixel]);
            } else {
                unpack(stored, page.bits, pixel, target);
            }
        }
    }
    // Where a row was predicted its bytes were put in order already.
    if !file.little_endian && page.predictor == 1 && usize::from(page.bits) == pixel * 8 {
        out.chunks_exact_mut(pixel).for_each(<[u8]>::reverse);
    }
    Ok(())
}

fn reverse_bits(page: &Page, bytes: &mut [u8]) {
    if page.reversed_bits {
        bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
}

/// A row of differences becomes a row of values, little endian.
fn undo_prediction(file: &TiffFile, page: &Page, row: &mut [u8], width: usize, spare: &mut [u8]) {
    let pixel = page.pixel_bytes();
    match page.predictor {
        2 => {
            let mut sum = 0_u64;
            for value in row.chunks_exact_mut(pixel) {
                sum = sum.wrapping_add(file.number(value));
                value.copy_from_slice(&sum.to_le_bytes()[..pixel]);
            }
        }
        // The bytes of all pixels, the highest of each first; differences run through them.
        3 => {
            let mut last = 0_u8;
            for byte in row.iter_mut() {
                last = last.wrapping_add(*byte);
                *byte = last;
            }
            for (column, value) in spare.chunks_exact_mut(pixel).enumerate() {
                for (place, byte) in value.iter_mut().enumerate() {
                    *byte = row[(pixel - 1 - place) * width + column];
                }
            }
            row.copy_from_slice(spare);
        }
        _ => {}
    }
}

/// Packed bits, the highest first, into the low bits of bytes or little-endian pairs.
fn unpack(row: &[u8], bits: u16, pixel: usize, out: &mut [u8]) {
    let (mut held, mut held_bits) = (0_u32, 0_u16);
    let mut bytes = row.iter();
    for value in out.chunks_exact_mut(pixel) {
        while held_bits < bits {
            held = held << 8 | u32::from(bytes.next().copied().unwrap_or(0));
            held_bits += 8;
        }
        held_bits -= bits;
        let packed = held >> held_bits & ((1 << bits) - 1);
        value.copy_from_slice(&packed.to_le_bytes()[..pixel]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_pixels_come_out_highest_bit_first() {
        let mut out = [0; 8];
        unpack(&[0b1010_0001], 1, 1, &mut out);
        assert_eq!(out, [1, 0, 1, 0, 0, 0, 0, 1]);
        let mut out = [0; 4];
        unpack(&[0xab, 0xc1, 0x23], 12, 2, &mut out);
        assert_eq!(out, [0xbc, 0x0a, 0x23, 0x01]);
        let mut out = [0; 8];
        unpack(&[0xff, 0xc0, 0x07, 0xfe, 0x01], 10, 2, &mut out);
        let values: Vec<u16> = out.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!(values, [0x3ff, 0, 0x1ff, 0x201]);
    }
}
