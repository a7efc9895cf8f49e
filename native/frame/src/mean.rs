//! Part of a frame, made smaller by means of n x n pixels.

use crate::{PixelType, Region};

/// Each pixel of the answer is the mean of `scale` x `scale` pixels of `region`, of fewer at a ragged right or lower edge.
/// `region` must lie within the frame, and have a pixel at least.
///
/// `pixels` is a whole frame, `frame_width` px wide, tight, little endian; the answer has the same pixel type, integers
/// rounded to the nearest. `scale` 1 cuts `region` out.
pub fn mean_of(pixels: &[u8], pixel_type: PixelType, frame_width: u32, region: Region, scale: u32) -> Vec<u8> {
    let source =
        Source { pixels, row_bytes: frame_width as usize * pixel_type.bytes(), region, scale: scale.max(1) as usize };
    if source.scale == 1 {
        return source.cut(pixel_type.bytes());
    }
    match pixel_type {
        PixelType::U8 => source.reduce(|[byte]: [u8; 1]| i64::from(byte), |mean| [mean as u8]),
        PixelType::I8 => source.reduce(|[byte]: [u8; 1]| i64::from(byte as i8), |mean| [mean as i8 as u8]),
        PixelType::I16 => {
            source.reduce(|b: [u8; 2]| i64::from(i16::from_le_bytes(b)), |mean| (mean as i16).to_le_bytes())
        }
        PixelType::F32 => source.reduce_floats(),
        PixelType::U16 | PixelType::U10 | PixelType::U12 | PixelType::U14 => {
            source.reduce(|b: [u8; 2]| i64::from(u16::from_le_bytes(b)), |mean| (mean as u16).to_le_bytes())
        }
    }
}

struct Source<'a> {
    pixels: &'a [u8],
    row_bytes: usize,
    region: Region,
    scale: usize,
}

impl Source<'_> {
    /// Row `y` of the region.
    fn row(&self, y: usize, pixel_bytes: usize) -> &[u8] {
        let start = (self.region.y as usize + y) * self.row_bytes + self.region.x as usize * pixel_bytes;
        &self.pixels[start..start + self.region.width as usize * pixel_bytes]
    }

    fn size(&self) -> (usize, usize) {
        ((self.region.width as usize).div_ceil(self.scale), (self.region.height as usize).div_ceil(self.scale))
    }

    fn cut(&self, pixel_bytes: usize) -> Vec<u8> {
        let height = self.region.height as usize;
        let mut out = Vec::with_capacity(self.region.width as usize * height * pixel_bytes);
        (0..height).for_each(|y| out.extend_from_slice(self.row(y, pixel_bytes)));
        out
    }

    fn reduce<const N: usize>(&self, value: impl Fn([u8; N]) -> i64 + Copy, bytes: impl Fn(i64) -> [u8; N]) -> Vec<u8> {
        match self.scale {
            2 => self.reduce_by::<N, 2>(value, bytes),
            3 => self.reduce_by::<N, 3>(value, bytes),
            4 => self.reduce_by::<N, 4>(value, bytes),
            _ => self.reduce_slowly(value, bytes),
        }
    }

    /// A scale that the compiler knows: it makes vectors of the sums, and no division of the mean.
    fn reduce_by<const N: usize, const S: usize>(
        &self,
        value: impl Fn([u8; N]) -> i64 + Copy,
        bytes: impl Fn(i64) -> [u8; N],
    ) -> Vec<u8> {
        let (width, height) = self.size();
        let (rect_width, rect_height) = (self.region.width as usize, self.region.height as usize);
        let mut out = vec![0; width * height * N];
        let (pixels, _) = out.as_chunks_mut::<N>();
        let (whole, ragged) = (rect_width / S, rect_width % S);
        for (y, line) in pixels.chunks_mut(width).enumerate() {
            let rows = (rect_height - y * S).min(S);
            if rows < S {
                self.mean_of_line(y, line, value, &bytes);
                continue;
            }
            let blocks: [&[[[u8; N]; S]]; S] =
                std::array::from_fn(|row| &self.row(y * S + row, N).as_chunks::<N>().0.as_chunks::<S>().0[..whole]);
            for (x, pixel) in line[..whole].iter_mut().enumerate() {
                // 32 bits hold the sum, of pixels of 16 bits and 16 of them, and twice as many go through a register.
                let sum: i32 =
                    blocks.iter().map(|row| row[x].iter().map(|pixel| value(*pixel) as i32).sum::<i32>()).sum();
                let count = (S * S) as i32;
                *pixel = bytes((sum + count / 2).div_euclid(count).into());
            }
            if ragged > 0 {
                let rows = (0..S).map(|row| &self.row(y * S + row, N).as_chunks::<N>().0[whole * S..]);
                let sum: i64 = rows.flatten().map(|pixel| value(*pixel)).sum();
                line[whole] = bytes(rounded(sum, ragged * S));
            }
        }
        out
    }

    fn reduce_slowly<const N: usize>(
        &self,
        value: impl Fn([u8; N]) -> i64 + Copy,
        bytes: impl Fn(i64) -> [u8; N],
    ) -> Vec<u8> {
        let (width, height) = self.size();
        let mut out = vec![0; width * height * N];
        let (pixels, _) = out.as_chunks_mut::<N>();
        for (y, line) in pixels.chunks_mut(width).enumerate() {
            self.mean_of_line(y, line, value, &bytes);
        }
        out
    }

    /// One line of the answer, whatever the scale, and however few rows are left for it.
    fn mean_of_line<const N: usize>(
        &self,
        y: usize,
        line: &mut [[u8; N]],
        value: impl Fn([u8; N]) -> i64 + Copy,
        bytes: &impl Fn(i64) -> [u8; N],
    ) {
        let mut sums = vec![0_i64; line.len()];
        let rows = y * self.scale..((y + 1) * self.scale).min(self.region.height as usize);
        for row in rows.clone() {
            let (row, _) = self.row(row, N).as_chunks::<N>();
            for (sum, block) in sums.iter_mut().zip(row.chunks(self.scale)) {
                *sum += block.iter().map(|pixel| value(*pixel)).sum::<i64>();
            }
        }
        for (x, (pixel, sum)) in line.iter_mut().zip(sums).enumerate() {
            let columns = self.scale.min(self.region.width as usize - x * self.scale);
            *pixel = bytes(rounded(sum, columns * rows.len()));
        }
    }

    fn reduce_floats(&self) -> Vec<u8> {
        let (width, height) = self.size();
        let rect_width = self.region.width as usize;
        let mut sums = vec![0_f64; width];
        let mut out = Vec::with_capacity(width * height * 4);
        for y in 0..height {
            sums.fill(0.0);
            let rows = y * self.scale..((y + 1) * self.scale).min(self.region.height as usize);
            for row in rows.clone() {
                let (row, _) = self.row(row, 4).as_chunks::<4>();
                for (sum, block) in sums.iter_mut().zip(row.chunks(self.scale)) {
                    *sum += block.iter().map(|pixel| f64::from(f32::from_le_bytes(*pixel))).sum::<f64>();
                }
            }
            for (x, sum) in sums.iter().enumerate() {
                let count = self.scale.min(rect_width - x * self.scale) * rows.len();
                out.extend_from_slice(&((sum / count as f64) as f32).to_le_bytes());
            }
        }
        out
    }
}

fn rounded(sum: i64, count: usize) -> i64 {
    let count = count as i64;
    (sum + count / 2).div_euclid(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slowly and plainly.
    fn expected(values: &[i64], frame_width: usize, region: Region, scale: usize) -> Vec<i64> {
        let (width, height) = (region.width as usize, region.height as usize);
        let mut out = Vec::new();
        for y in (0..height).step_by(scale) {
            for x in (0..width).step_by(scale) {
                let (mut sum, mut count) = (0, 0);
                for py in y..(y + scale).min(height) {
                    for px in x..(x + scale).min(width) {
                        sum += values[(region.y as usize + py) * frame_width + region.x as usize + px];
                        count += 1;
                    }
                }
                out.push((sum as f64 / f64::from(count) + 0.5).floor() as i64);
            }
        }
        out
    }

    #[test]
    fn every_scale_and_edge_is_the_mean() {
        let (width, height) = (47, 33);
        let values: Vec<i64> = (0..width * height).map(|n| (n as i64).wrapping_mul(2_654_435_761) >> 7).collect();
        let region = Region { x: 5, y: 3, width: 41, height: 29 };
        for scale in 1..=9 {
            let unsigned: Vec<i64> = values.iter().map(|value| value & 0xffff).collect();
            let pixels: Vec<u8> = unsigned.iter().flat_map(|value| (*value as u16).to_le_bytes()).collect();
            let got = mean_of(&pixels, PixelType::U16, width as u32, region, scale as u32);
            let got: Vec<i64> = got.as_chunks::<2>().0.iter().map(|b| i64::from(u16::from_le_bytes(*b))).collect();
            assert_eq!(got, expected(&unsigned, width, region, scale), "u16, {scale}");

            let signed: Vec<i64> = values.iter().map(|value| (value & 0xff) - 128).collect();
            let pixels: Vec<u8> = signed.iter().map(|value| *value as i8 as u8).collect();
            let got = mean_of(&pixels, PixelType::I8, width as u32, region, scale as u32);
            let got: Vec<i64> = got.iter().map(|byte| i64::from(*byte as i8)).collect();
            assert_eq!(got, expected(&signed, width, region, scale), "i8, {scale}");
        }
    }

    #[test]
    fn floats_and_extremes() {
        let pixels: Vec<u8> = [1.0_f32, 2.0, 4.0, -1.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let all = Region { x: 0, y: 0, width: 2, height: 2 };
        assert_eq!(mean_of(&pixels, PixelType::F32, 2, all, 2), 1.5_f32.to_le_bytes());
        let white = vec![0xff; 600 * 600 * 2];
        let all = Region { x: 0, y: 0, width: 600, height: 600 };
        assert_eq!(mean_of(&white, PixelType::U16, 600, all, 600), [0xff, 0xff]);
        let low: Vec<u8> = [i16::MIN; 4].iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(
            mean_of(&low, PixelType::I16, 2, Region { x: 0, y: 0, width: 2, height: 2 }, 3),
            i16::MIN.to_le_bytes()
        );
    }
}
