//! The mean of several camera frames, pixel by pixel.

use crate::PixelType;

/// Adds frames of any pixel type in f64, where every sum of integer pixels is exact, and divides at the end.
pub struct Mean {
    sum: Vec<f64>,
    pixel_type: PixelType,
    frames: u32,
}

impl Mean {
    /// The mean of no frame yet, of frames of so many pixels.
    pub fn new(pixels: usize, pixel_type: PixelType) -> Self {
        Self { sum: vec![0.0; pixels], pixel_type, frames: 0 }
    }

    /// How many frames it has taken.
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.frames = 0;
    }

    /// `pixels`: tight, little endian, as cameras deliver them.
    pub fn add(&mut self, pixels: &[u8]) {
        match self.pixel_type {
            PixelType::U8 => self.add_pixels(pixels, |[byte]: [u8; 1]| f64::from(byte)),
            PixelType::I8 => self.add_pixels(pixels, |[byte]: [u8; 1]| f64::from(byte as i8)),
            PixelType::I16 => self.add_pixels(pixels, |bytes: [u8; 2]| f64::from(i16::from_le_bytes(bytes))),
            PixelType::F32 => self.add_pixels(pixels, |bytes: [u8; 4]| f64::from(f32::from_le_bytes(bytes))),
            PixelType::U16 | PixelType::U10 | PixelType::U12 | PixelType::U14 => {
                self.add_pixels(pixels, |bytes: [u8; 2]| f64::from(u16::from_le_bytes(bytes)));
            }
        }
    }

    fn add_pixels<const N: usize>(&mut self, pixels: &[u8], value: impl Fn([u8; N]) -> f64) {
        let (pixels, _) = pixels.as_chunks::<N>();
        if self.frames == 0 {
            self.sum.iter_mut().zip(pixels).for_each(|(sum, bytes)| *sum = value(*bytes));
        } else {
            self.sum.iter_mut().zip(pixels).for_each(|(sum, bytes)| *sum += value(*bytes));
        }
        self.frames += 1;
    }

    /// Writes the mean as F32, little endian, and begins anew.
    pub fn take(&mut self, out: &mut [u8]) {
        let frames = f64::from(self.frames.max(1));
        let (out, _) = out.as_chunks_mut::<4>();
        out.iter_mut().zip(&self.sum).for_each(|(bytes, sum)| *bytes = ((sum / frames) as f32).to_le_bytes());
        self.frames = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(pixel_type: PixelType, frames: &[&[u8]], pixels: usize) -> Vec<f32> {
        let mut mean = Mean::new(pixels, pixel_type);
        frames.iter().for_each(|frame| mean.add(frame));
        let mut out = vec![0; 4 * pixels];
        mean.take(&mut out);
        assert_eq!(mean.frames(), 0);
        out.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }

    #[test]
    fn means_are_exact_in_every_pixel_type() {
        assert_eq!(mean(PixelType::U8, &[&[0, 255], &[1, 255]], 2), [0.5, 255.0]);
        assert_eq!(mean(PixelType::I8, &[&[0x80, 0xff], &[0x80, 0x01]], 2), [-128.0, 0.0]);
        assert_eq!(mean(PixelType::U12, &[&[0xff, 0x0f], &[0xfd, 0x0f]], 1), [4094.0]);
        assert_eq!(mean(PixelType::I16, &[&[0x00, 0x80], &[0x01, 0x80]], 1), [-32767.5]);
        let white: Vec<&[u8]> = vec![&[0xff, 0xff]; 256];
        assert_eq!(mean(PixelType::U16, &white, 1), [65535.0]);
        let (a, b) = (1.5f32.to_le_bytes(), (-0.5f32).to_le_bytes());
        assert_eq!(mean(PixelType::F32, &[&a, &b], 1), [0.5]);
    }
}
