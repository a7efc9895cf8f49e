//! Uniform noise by counting: a hash of frame id, row and column. Nothing is carried from frame to frame.

use zarrcam_frame::PixelType;

use super::multiversion::multiversion;

/// Chris Wellons' lowbias32: a bijection of 32 bits whose output bits depend on all input bits alike
/// (<https://nullprogram.com/blog/2018/07/31/>).
#[inline(always)]
const fn hash(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// The same value in all pixels' keys of one frame.
const fn frame_key(id: u64) -> u32 {
    hash(id as u32 ^ hash((id >> 32) as u32 ^ 0x9e37_79b9))
}

/// How 32 random bits become a pixel: always from the top ones.
trait Sample {
    const BYTES: usize;
    fn store(random: u32, out: &mut [u8]);
}

struct Bits8;
struct Bits16<const BITS: u32>;
struct Float;

impl Sample for Bits8 {
    const BYTES: usize = 1;
    #[inline(always)]
    fn store(random: u32, out: &mut [u8]) {
        out[0] = (random >> 24) as u8;
    }
}

impl<const BITS: u32> Sample for Bits16<BITS> {
    const BYTES: usize = 2;
    #[inline(always)]
    fn store(random: u32, out: &mut [u8]) {
        out.copy_from_slice(&((random >> (32 - BITS)) as u16).to_le_bytes());
    }
}

impl Sample for Float {
    const BYTES: usize = 4;
    /// 24 bits are what an f32 holds, so this is exact, and below 1.
    #[inline(always)]
    fn store(random: u32, out: &mut [u8]) {
        out.copy_from_slice(&((random >> 8) as f32 / 16_777_216.0).to_le_bytes());
    }
}

/// The part of the sensor that is read, in (binned) pixels.
#[derive(Clone, Copy)]
pub struct SensorRegion {
    pub offset: [u32; 2],
    pub width: u32,
}

multiversion! {
    fn fill<S: Sample>(key: u32, region: SensorRegion, out: &mut [u8]) {
        for (row, line) in out.chunks_exact_mut(region.width as usize * S::BYTES).enumerate() {
            let row_key = hash(key.wrapping_add(hash(region.offset[1] + row as u32)));
            let first = row_key.wrapping_add(region.offset[0]);
            for (column, pixel) in line.chunks_exact_mut(S::BYTES).enumerate() {
                S::store(hash(first.wrapping_add(column as u32)), pixel);
            }
        }
    }
}

pub fn render(id: u64, region: SensorRegion, pixel_type: PixelType, out: &mut [u8]) {
    let key = frame_key(id);
    match pixel_type {
        PixelType::U8 | PixelType::I8 => fill::<Bits8>(key, region, out),
        PixelType::U16 | PixelType::I16 => fill::<Bits16<16>>(key, region, out),
        PixelType::U10 => fill::<Bits16<10>>(key, region, out),
        PixelType::U12 => fill::<Bits16<12>>(key, region, out),
        PixelType::U14 => fill::<Bits16<14>>(key, region, out),
        PixelType::F32 => fill::<Float>(key, region, out),
    }
}
