//! How often each value occurs among ALL pixels of a frame.

use crate::PixelType;

/// Bins of integer pixels, at most: a power of two.
const BINS: usize = 1024;
/// A bin of integer pixels holds at most `1 << WIDEST_BIN_BITS` values: so [`BINS`] of them hold all of 16 bits.
const WIDEST_BIN_BITS: u32 = 6;
/// Bins of F32 pixels, from their minimum to their maximum: they have no natural ones.
const FLOAT_BINS: usize = 256;

/// How often each value occurs among the pixels of a frame. Bin `k` counts the pixels in `[origin + k * bin_width, origin + (k + 1) * bin_width)`.
///
/// Integer types: `bin_width` is a power of two, `origin` a multiple of it. F32: the last bin holds the maximum as well;
/// what is no number, or infinite, is in no bin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Pixels in each bin.
    pub counts: Vec<u32>,
    /// The value at which the first bin begins.
    pub origin: f64,
    /// Values that a bin spans.
    pub bin_width: f64,
    /// Pixels at the sensor's true white (12 bits in 16: 4095), or above it. F32 has none.
    pub saturated: u32,
    /// The smallest value that occurs.
    pub minimum: f32,
    /// The largest value that occurs.
    pub maximum: f32,
}

impl Histogram {
    /// Counts all pixels of a frame. `pixels`: tight, little endian. No pixels: no bins.
    pub fn of(pixels: &[u8], pixel_type: PixelType) -> Self {
        match pixel_type {
            PixelType::U8 => Self::of_table(&count_bytes(pixels, 0), 0, 255),
            PixelType::I8 => Self::of_table(&count_bytes(pixels, 0x80), -128, 127),
            PixelType::I16 => Self::of_words(pixels, 0x8000, -32768, 32767),
            PixelType::F32 => Self::of_floats(pixels),
            PixelType::U16 | PixelType::U10 | PixelType::U12 | PixelType::U14 => {
                Self::of_words(pixels, 0, 0, (1 << pixel_type.bits()) - 1)
            }
        }
    }

    /// `table[k]` counts the value `lowest + k`.
    fn of_table(table: &[u32], lowest: i64, white: i64) -> Self {
        let first = table.iter().position(|count| *count > 0);
        let last = table.iter().rposition(|count| *count > 0);
        let (Some(first), Some(last)) = (first, last) else { return Self::default() };
        let value = |index: usize| lowest + index as i64;
        Self {
            counts: table[first..=last].to_vec(),
            origin: value(first) as f64,
            bin_width: 1.0,
            saturated: table[(white - lowest) as usize..].iter().sum(),
            minimum: value(first) as f32,
            maximum: value(last) as f32,
        }
    }

    /// Words with `flip` over them count up from `lowest`.
    ///
    /// Twice over the frame is less than once: with the ends known, the bins are few enough for the fastest cache.
    fn of_words(pixels: &[u8], flip: u16, lowest: i64, white: i64) -> Self {
        let words = pixels.as_chunks::<2>().0;
        if words.is_empty() {
            return Self::default();
        }
        let Ends { first, last, saturated } = ends(words, flip, (white - lowest) as u16);
        // Both ends are rounded outwards to multiples of the width, so it may take one more doubling than their distance.
        let bins = |shift: u32| usize::from((last >> shift) - (first >> shift)) + 1;
        let shift = (0..WIDEST_BIN_BITS).find(|shift| bins(*shift) <= BINS).unwrap_or(WIDEST_BIN_BITS);
        let value = |index: u16| lowest + i64::from(index);
        Self {
            counts: count_words(words, flip, first, shift, bins(shift)),
            origin: value(first >> shift << shift) as f64,
            bin_width: f64::from(1 << shift),
            saturated,
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

struct Ends {
    first: u16,
    last: u16,
    /// Words from white on.
    saturated: u32,
}

/// Plain enough that the compiler makes vectors of it. There must be a word.
fn ends(words: &[[u8; 2]], flip: u16, white: u16) -> Ends {
    // Vectors compare signed words; the topmost bit turned, they are in the same order.
    let signed = |word: u16| (word ^ 0x8000) as i16;
    let white = signed(white);
    let (mut first, mut last, mut saturated) = (i16::MAX, i16::MIN, 0);
    // Counters of a word each hold one such piece.
    for piece in words.chunks(4096) {
        let mut in_piece = 0_i16;
        for word in piece {
            let word = signed(u16::from_le_bytes(*word) ^ flip);
            first = first.min(word);
            last = last.max(word);
            in_piece += i16::from(word >= white);
        }
        saturated += in_piece as u32;
    }
    Ends { first: signed(first as u16) as u16, last: signed(last as u16) as u16, saturated }
}

/// `bins` bins of `1 << shift` values each, from the one that holds `first` on.
fn count_words(words: &[[u8; 2]], flip: u16, first: u16, shift: u32, bins: usize) -> Vec<u32> {
    let count = match shift {
        0 => count_bins::<0>,
        1 => count_bins::<1>,
        2 => count_bins::<2>,
        3 => count_bins::<3>,
        4 => count_bins::<4>,
        5 => count_bins::<5>,
        _ => count_bins::<WIDEST_BIN_BITS>,
    };
    let tables = count(words, flip);
    let first = usize::from(first >> shift);
    (first..first + bins).map(|bin| tables.iter().map(|table| table[bin % BINS]).sum()).collect()
}

/// Four tables in turn, as above; together they are 16 KiB. No more bins than a table has are in use, so each has a place
/// of its own there, wherever they begin.
fn count_bins<const SHIFT: u32>(words: &[[u8; 2]], flip: u16) -> Box<[[u32; BINS]; 4]> {
    let mut tables = Box::new([[0_u32; BINS]; 4]);
    let (quads, rest) = words.as_flattened().as_chunks::<8>();
    let flips = u64::from(flip) * 0x0001_0001_0001_0001;
    for quad in quads {
        let quad = u64::from_le_bytes(*quad) ^ flips;
        for (at, table) in tables.iter_mut().enumerate() {
            table[((quad >> (16 * at as u32 + SHIFT)) as usize & (0xffff >> SHIFT)) % BINS] += 1;
        }
    }
    for word in rest.as_chunks::<2>().0 {
        tables[0][usize::from((u16::from_le_bytes(*word) ^ flip) >> SHIFT) % BINS] += 1;
    }
    tables
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

    /// Slowly and plainly, for every place where the bins may begin.
    #[test]
    fn every_width_and_origin_counts_each_value_once() {
        for (low, high) in
            [(0, 1023), (1, 1024), (1000, 2024), (4095, 6200), (30_000, 65_535), (7, 40_000), (65_535, 65_535)]
        {
            let values: Vec<u16> = (0..5003_u32)
                .map(|n| (low + n.wrapping_mul(2_654_435_761) % (high - low + 1)) as u16)
                .chain([low as u16, high as u16])
                .collect();
            for (pixel_type, flip) in [(PixelType::U16, 0), (PixelType::I16, 0x8000_u16)] {
                let stored: Vec<u16> = values.iter().map(|value| value ^ flip).collect();
                let histogram = Histogram::of(&words(&stored), pixel_type);
                let lowest = if flip == 0 { 0.0 } else { -32768.0 };
                assert_eq!(
                    (histogram.minimum, histogram.maximum),
                    ((lowest + f64::from(low)) as f32, (lowest + f64::from(high)) as f32)
                );
                assert_eq!(histogram.saturated as usize, values.iter().filter(|value| **value == u16::MAX).count());
                assert!(histogram.counts.len() <= 1024 && (histogram.origin - lowest) % histogram.bin_width == 0.0);
                for (bin, count) in histogram.counts.iter().enumerate() {
                    let from = histogram.origin - lowest + bin as f64 * histogram.bin_width;
                    let inside = |value: &&u16| (from..from + histogram.bin_width).contains(&f64::from(**value));
                    assert_eq!(*count as usize, values.iter().filter(inside).count(), "{low} to {high}, bin {bin}");
                }
            }
        }
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
