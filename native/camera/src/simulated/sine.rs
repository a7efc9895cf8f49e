//! The radial sine without a sine a pixel.
//!
//! The phase is a sum, a(x) + b(y) + c(t), so with sin(a + b) = sin a cos b + cos a sin b a pixel is two products of a
//! table of columns and a table of rows. A binned pixel, the mean over its sensor pixels, is the same with tables of
//! means, because a mean over a block is a mean over columns of means over rows.

use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;

use super::multiversion::multiversion;

/// Acquire's approximation of a full turn. The formula is a contract with readers, so it stays.
#[expect(clippy::approx_constant, reason = "not a full turn, but what the formula says")]
const TURN: f64 = 6.28;

pub struct RadialSine {
    pixel_type: PixelType,
    /// sin and cos of a(x).
    columns: Vec<[f32; 2]>,
    /// sin and cos of b(y).
    rows: Vec<[f64; 2]>,
    frame_period_us: f64,
}

/// Means of sin and cos of the phase over each pixel's sensor pixels, along one axis.
fn axis(shape: u32, offset: u32, binning: u32) -> impl Iterator<Item = [f64; 2]> {
    let centre = f64::from(binning) * (f64::from(offset) + f64::from(shape) / 2.0);
    (0..shape).map(move |pixel| {
        let mut sums = [0.0, 0.0];
        for part in 0..binning {
            let distance = f64::from(pixel * binning + part) - centre;
            let (sin, cos) = (TURN * 0.01 * distance * distance).sin_cos();
            sums[0] += sin;
            sums[1] += cos;
        }
        sums.map(|sum| sum / f64::from(binning))
    })
}

impl RadialSine {
    pub fn new(settings: &CameraSettings, frame_period_us: f64) -> Self {
        let CameraSettings { shape, offset, binning, pixel_type, .. } = *settings;
        Self {
            pixel_type,
            columns: axis(shape[0], offset[0], binning).map(|pair| pair.map(|value| value as f32)).collect(),
            rows: axis(shape[1], offset[1], binning).collect(),
            frame_period_us,
        }
    }

    pub fn render(&self, id: u64, out: &mut [u8]) {
        match self.pixel_type {
            PixelType::U8 => self.fill::<Integer<8, false>>(id, out),
            PixelType::I8 => self.fill::<Integer<8, true>>(id, out),
            PixelType::U10 => self.fill::<Integer<10, false>>(id, out),
            PixelType::U12 => self.fill::<Integer<12, false>>(id, out),
            PixelType::U14 => self.fill::<Integer<14, false>>(id, out),
            PixelType::U16 => self.fill::<Integer<16, false>>(id, out),
            PixelType::I16 => self.fill::<Integer<16, true>>(id, out),
            PixelType::F32 => self.fill::<Float>(id, out),
        }
    }

    fn fill<S: Sample>(&self, id: u64, out: &mut [u8]) {
        let time_s = id as f64 * self.frame_period_us / 1e6;
        let (sin_t, cos_t) = (TURN * 10.0 * time_s).sin_cos();
        let line_bytes = self.columns.len() * S::BYTES;
        for (line, [sin_y, cos_y]) in out.chunks_exact_mut(line_bytes).zip(&self.rows) {
            let sin = sin_y * cos_t + cos_y * sin_t;
            let cos = cos_y * cos_t - sin_y * sin_t;
            fill_line::<S>(&self.columns, (S::AMPLITUDE * sin) as f32, (S::AMPLITUDE * cos) as f32, line);
        }
    }
}

/// How `amplitude * sine` becomes a pixel.
trait Sample {
    const BYTES: usize;
    const AMPLITUDE: f64;
    fn store(value: f32, out: &mut [u8]);
}

struct Integer<const BITS: u32, const SIGNED: bool>;
struct Float;

impl<const BITS: u32, const SIGNED: bool> Integer<BITS, SIGNED> {
    /// 127 for 8 bits, as in Acquire.
    const HALF: i32 = (1 << (BITS - 1)) - 1;
}

impl<const BITS: u32, const SIGNED: bool> Sample for Integer<BITS, SIGNED> {
    const BYTES: usize = if BITS == 8 { 1 } else { 2 };
    const AMPLITUDE: f64 = Self::HALF as f64;

    /// To the nearest: half a step is added, and what is left of it cut off.
    #[inline(always)]
    fn store(value: f32, out: &mut [u8]) {
        let lifted = value + (Self::HALF as f32 + 0.5);
        // SAFETY: |value| <= HALF but for the rounding of a few products (< 0.1), and HALF < 2^15, so `lifted` lies in
        // 0.4 ..= 65534.6: finite and within i32.
        let unsigned = unsafe { lifted.to_int_unchecked::<i32>() };
        let pixel = if SIGNED { unsigned - Self::HALF } else { unsigned };
        if BITS == 8 {
            out[0] = pixel as u8;
        } else {
            out.copy_from_slice(&(pixel as u16).to_le_bytes());
        }
    }
}

impl Sample for Float {
    const BYTES: usize = 4;
    const AMPLITUDE: f64 = 0.5;

    #[inline(always)]
    fn store(value: f32, out: &mut [u8]) {
        out.copy_from_slice(&(value + 0.5).to_le_bytes());
    }
}

multiversion! {
    fn fill_line<S: Sample>(columns: &[[f32; 2]], sin: f32, cos: f32, line: &mut [u8]) {
        for (pixel, [sin_x, cos_x]) in line.chunks_exact_mut(S::BYTES).zip(columns) {
            S::store(sin_x * cos + cos_x * sin, pixel);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    /// With a fused multiply-add anywhere, or another order of operations, some pixels of this frame would differ.
    #[test]
    fn the_fast_loop_rounds_like_plain_arithmetic() {
        let settings = CameraSettings { shape: [1000, 1], pixel_type: PixelType::F32, ..Default::default() };
        let sine = RadialSine::new(&settings, 70_000.0);
        let (sin, cos) = (0.123_456_79_f32, 0.456_789_1_f32);
        let mut line = vec![0; 4000];
        fill_line::<Float>(&sine.columns, sin, cos, &mut line);
        for (pixel, [sin_x, cos_x]) in line.chunks_exact(4).zip(&sine.columns) {
            let (one, other) = (black_box(sin_x * cos), black_box(cos_x * sin));
            assert_eq!(pixel, (black_box(one + other) + 0.5).to_le_bytes());
        }
    }
}
