//! How often each value occurs among ALL pixels of a frame.

use crate::PixelType;

/// Integer pixels get at most so many bins.
const MOST_BINS: u64 = 1024;
/// F32 has no natural bins; so many from minimum to maximum.
const FLOAT_BINS: usize = 256;

/// Bin `k` counts the pixels in `[origin + k * bin_width, origin + (k + 1) * bin_width)`.
///
/// Integer types: `bin_width` is a power of two, `origin` a multiple of it. F32: the last bin holds the maximum as well;
/// what is no number, or infinite, is in no bin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    pub counts: Vec<u32>,
    pub origin: f64,
    pub bin_width: f64,
    /// Pixels at the sensor's true white (12 bits in 16: 4095), or above it. F32 has none.
    pub saturated: u32,
    pub minimum: f32,
    pub maximum: f32,
}

impl Histogram {
    /// `pixels`: tight, little endian. No pixels: no bins.
    pub fn of(pixels: &[u8], pixel_type: PixelType) -> Self {
        match pixel_type {
            PixelType::U8 => Self::of_table(&count_bytes(pixels, 0), 0, 255),
            PixelType::I8 => Self::of_table(&count_bytes(pixels, 0x80), -128, 127),
            PixelType::I16 => Self::of_table(&count_words(pixels, 0x8000), -32768, 32767),
            PixelType::F32 => Self::of_floats(pixels),
            PixelType::U16 | PixelType::U10 | PixelType::U12 | PixelType::U14 => {
                Self::of_table(&count_words(pixels, 0), 0, (1 << pixel_type.bits()) - 1)
            }
        }
    }

    /// `table[k]` counts the value `lowest + k`.
    fn of_table(table: &[u32], lowest: i64, white: i64) -> Self {
        let first = table.iter().position(|count| *count > 0);
        let last = table.iter().rposition(|count| *count > 0);
        let (Some(first), Some(last)) = (first, last) else { return Self::default() };
        let mut width = 1_usize;
        // Both ends are rounded outwards to multiples of the width, so it may take one more doubling than their distance.
        while (last / width - first / width + 1) as u64 > MOST_BINS {
            width *= 2;
        }
        let origin = first / width * width;
        let counts = table[origin..=last].chunks(width).map(|bin| bin.iter().sum()).collect();
        let value = |index: usize| lowest + index as i64;
        let white_index = (white - lowest) as usize;
        Self {
            counts,
            origin: value(origin) as f64,
            bin_width: width as f64,
            saturated: table[white_index..].iter().sum(),
            minimum: value(first) as f32,
            maximum: value(last) as f32,
        }
    }

    fn of_floats(pixels: &[u8]) -> Self {
        let values =
            || pixels.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).filter(|v| v.is_finite());
        let (minimum, maximum) =
            values().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if minimum > maximum {
            return Self::default();
        }
        let span = f64::from(maximum) - f64::from(minimum);
        let bin_width = if span > 0.0 { span / FLOAT_BINS as f64 } else { 1.0 };
        let mut counts = vec![0; if span > 0.0 { FLOAT_BINS } else { 1 }];
        let last = counts.len() - 1;
        for value in values() {
            let bin = (f64::from(value) - f64::from(minimum)) / bin_width;
            counts[(bin as usize).min(last)] += 1;
        }
        Self { counts, origin: f64::from(minimum), bin_width, saturated: 0, minimum, maximum }
    }
}

/// Four tables in turn: neighbours are often equal, and one counter would wait for itself.
fn count_bytes(pixels: &[u8], flip: u8) -> Vec<u32> {
    let mut tables = [[0_u32; 256]; 4];
    let (quads, rest) = pixels.as_chunks::<4>();
    for quad in quads {
        for (table, byte) in tables.iter_mut().zip(quad) {
            table[usize::from(byte ^ flip)] += 1;
        }
    }
    for byte in rest {
        tables[0][usize::from(byte ^ flip)] += 1;
    }
    (0..256).map(|value| tables.iter().map(|table| table[value]).sum()).collect()
}

fn count_words(pixels: &[u8], flip: u16) -> Vec<u32> {
    let mut table = vec![0_u32; 1 << 16];
    for bytes in pixels.as_chunks::<2>().0 {
        table[usize::from(u16::from_le_bytes(*bytes) ^ flip)] += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn small_ranges_have_a_bin_a_value() {
        let histogram = Histogram::of(&[7, 9, 9, 255, 255, 255, 8], PixelType::U8);
        assert_eq!((histogram.origin, histogram.bin_width, histogram.saturated), (7.0, 1.0, 3));
        assert_eq!(
            (histogram.counts.len(), histogram.counts[0], histogram.counts[2], histogram.counts[248]),
            (249, 1, 2, 3)
        );
        assert_eq!((histogram.minimum, histogram.maximum), (7.0, 255.0));
    }

    #[test]
    fn wide_ranges_have_bins_of_a_power_of_two() {
        let values: Vec<u16> = (0..=u16::MAX).step_by(3).chain([4095; 5]).collect();
        let histogram = Histogram::of(&words(&values), PixelType::U16);
        assert_eq!((histogram.origin, histogram.bin_width, histogram.counts.len()), (0.0, 64.0, 1024));
        assert_eq!(histogram.counts.iter().sum::<u32>() as usize, values.len());
        for (bin, count) in histogram.counts.iter().enumerate() {
            let inside = |value: &&u16| usize::from(**value) / 64 == bin;
            assert_eq!(*count as usize, values.iter().filter(inside).count(), "bin {bin}");
        }
        // 1000..=2023 are 1024 values; one more at an odd place needs wider bins, and the origin stays a multiple.
        let histogram = Histogram::of(&words(&[1001, 2025]), PixelType::U16);
        assert_eq!((histogram.origin, histogram.bin_width, histogram.counts.len()), (1000.0, 2.0, 513));
    }

    #[test]
    fn white_is_the_sensors_own() {
        let pixels = words(&[4094, 4095, 4095, 4096]);
        assert_eq!(Histogram::of(&pixels, PixelType::U12).saturated, 3);
        assert_eq!(Histogram::of(&pixels, PixelType::U14).saturated, 0);
        assert_eq!(Histogram::of(&words(&[16383, 0]), PixelType::U14).saturated, 1);
        assert_eq!(Histogram::of(&words(&[1023, 0]), PixelType::U10).saturated, 1);
    }

    #[test]
    fn signed_values_keep_their_sign() {
        let histogram = Histogram::of(&[0x80, 0xff, 0x00, 0x7f], PixelType::I8);
        assert_eq!(
            (histogram.origin, histogram.minimum, histogram.maximum, histogram.saturated),
            (-128.0, -128.0, 127.0, 1)
        );
        assert_eq!(
            (histogram.counts[0], histogram.counts[127], histogram.counts[128], histogram.counts[255]),
            (1, 1, 1, 1)
        );
        let pixels: Vec<u8> = [-300_i16, 300, 0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let histogram = Histogram::of(&pixels, PixelType::I16);
        assert_eq!((histogram.origin, histogram.counts.len(), histogram.counts[300]), (-300.0, 601, 1));
    }

    #[test]
    fn floats_go_from_minimum_to_maximum() {
        let pixels: Vec<u8> =
            [0.0_f32, 1.0, 0.5, f32::NAN, f32::INFINITY].iter().flat_map(|value| value.to_le_bytes()).collect();
        let histogram = Histogram::of(&pixels, PixelType::F32);
        assert_eq!((histogram.counts.len(), histogram.origin, histogram.bin_width), (256, 0.0, 1.0 / 256.0));
        assert_eq!((histogram.counts[0], histogram.counts[128], histogram.counts[255]), (1, 1, 1));
        assert_eq!(Histogram::of(&2.5_f32.to_le_bytes(), PixelType::F32).counts, [1]);
        assert_eq!(Histogram::of(&f32::NAN.to_le_bytes(), PixelType::F32), Histogram::default());
        assert_eq!(Histogram::of(&[], PixelType::U8), Histogram::default());
    }
}
