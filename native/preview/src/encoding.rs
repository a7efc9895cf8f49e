//! How the pixels of a picture go over the wire. A client names the encodings that it takes; raw is always one of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_frame::{Histogram, PixelType};

/// How the pixels of a picture are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As they are: rows tight, little endian.
    #[default]
    Raw,
    /// One Blosc 1 container of them: nothing is lost.
    Blosc,
    /// A gray baseline JPEG of 8 bits: values between the ends of a window, about.
    Jpeg,
}

/// The values that 8 bits tell apart: `minimum` is 0, `maximum` is 255, and what lies beyond is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The value that becomes 0.
    pub minimum: f64,
    /// The value that becomes 255; above `minimum`.
    pub maximum: f64,
}

/// The pixels of a picture: rows tight, little endian.
#[cfg_attr(not(feature = "encodings"), expect(dead_code, reason = "nobody encodes them"))]
#[derive(Clone, Copy, Debug)]
pub struct Pixels<'a> {
    /// All of them.
    pub bytes: &'a [u8],
    /// What one is.
    pub pixel_type: PixelType,
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Part of the pixels that may lie below a frame's own window, and as many above: what automatic contrast leaves out.
const IGNORED: f64 = 0.001;
/// The window reaches so far beyond, as a part of its span: contrast follows the frames slowly, and may lag behind.
const MARGIN: f64 = 1.0 / 16.0;

impl Encoding {
    /// In the order of their numbers in the header.
    pub const ALL: [Self; 3] = [Self::Raw, Self::Blosc, Self::Jpeg];

    /// Its number in the header.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl Window {
    /// That of a frame: its values without the few that lie far out.
    pub fn of(histogram: &Histogram) -> Self {
        let (low, high) = (value_below(histogram, IGNORED), value_below(histogram, 1.0 - IGNORED));
        let margin = (high - low) * MARGIN;
        Self {
            minimum: (low - margin).max(f64::from(histogram.minimum)),
            maximum: (high + margin).min(f64::from(histogram.maximum)),
        }
        .sound()
    }

    /// With ends that can be told apart.
    pub fn sound(self) -> Self {
        let Self { minimum, maximum } = self;
        let minimum = if minimum.is_finite() { minimum } else { 0.0 };
        let maximum = if maximum.is_finite() && maximum > minimum { maximum } else { minimum + 1.0 };
        Self { minimum, maximum }
    }
}

/// The value below which so many of the counted pixels lie, to a bin.
fn value_below(histogram: &Histogram, part: f64) -> f64 {
    let total: f64 = histogram.counts.iter().map(|count| f64::from(*count)).sum();
    let mut below = 0.0;
    for (bin, count) in histogram.counts.iter().enumerate() {
        let count = f64::from(*count);
        if count > 0.0 && below + count >= part * total {
            let share = ((part * total - below) / count).clamp(0.0, 1.0);
            return histogram.origin + (bin as f64 + share) * histogram.bin_width;
        }
        below += count;
    }
    f64::from(histogram.maximum)
}

/// Encodes the pixels of a picture. `None`: it is sent as it is.
#[cfg(feature = "encodings")]
pub fn encode(encoding: Encoding, pixels: Pixels<'_>, window: Window) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Raw => None,
        Encoding::Blosc => blosc(pixels),
        Encoding::Jpeg => jpeg(pixels, window),
    }
}

/// Where nothing is encoded everything is sent as it is.
#[cfg(not(feature = "encodings"))]
pub fn encode(_encoding: Encoding, _pixels: Pixels<'_>, _window: Window) -> Option<Vec<u8>> {
    None
}

#[cfg(feature = "encodings")]
fn blosc(Pixels { bytes, pixel_type, .. }: Pixels<'_>) -> Option<Vec<u8>> {
    use zarrcam_config::Shuffle;
    use zarrcam_zarr::{BloscInner, Codec, TileEncoder};

    // By bytes and time, measured by `examples/encodings.rs`. zstd makes a tenth to a fifth less of it, but whoever looks would need
    // a decoder of half a megabyte first, by the very link that is slow; LZ4 is read by a hundred lines.
    const CODEC: Codec = Codec::Blosc { inner: BloscInner::Lz4, level: 1, shuffle: Shuffle::Bit };
    let mut out = Vec::new();
    let mut encoder = TileEncoder::new(CODEC, pixel_type.bytes(), bytes.len()).ok()?;
    encoder.encode(bytes, &mut out).ok()?;
    Some(out)
}

/// Good enough that noise is told from structure; what is lost is told on the image anyway.
#[cfg(feature = "encodings")]
const JPEG_QUALITY: u8 = 80;

#[cfg(feature = "encodings")]
fn jpeg(pixels: Pixels<'_>, window: Window) -> Option<Vec<u8>> {
    let (width, height) = (u16::try_from(pixels.width).ok()?, u16::try_from(pixels.height).ok()?);
    let mut out = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut out, JPEG_QUALITY);
    encoder.encode(&grays(pixels, window), width, height, jpeg_encoder::ColorType::Luma).ok()?;
    Some(out)
}

/// One byte a pixel: where it lies in the window.
#[cfg(feature = "encodings")]
fn grays(Pixels { bytes, pixel_type, .. }: Pixels<'_>, window: Window) -> Vec<u8> {
    let Window { minimum, maximum } = window.sound();
    let (low, gain) = (minimum as f32, (255.0 / (maximum - minimum)) as f32);
    // To the nearest; what lies beyond, and what is no number, to an end.
    let gray = |value: f32| ((value - low) * gain + 0.5) as u8;
    match pixel_type {
        PixelType::U8 => bytes.iter().map(|byte| gray(f32::from(*byte))).collect(),
        PixelType::I8 => bytes.iter().map(|byte| gray(f32::from(*byte as i8))).collect(),
        PixelType::I16 => {
            bytes.as_chunks::<2>().0.iter().map(|word| gray(f32::from(i16::from_le_bytes(*word)))).collect()
        }
        PixelType::F32 => bytes.as_chunks::<4>().0.iter().map(|word| gray(f32::from_le_bytes(*word))).collect(),
        PixelType::U16 | PixelType::U10 | PixelType::U12 | PixelType::U14 => {
            bytes.as_chunks::<2>().0.iter().map(|word| gray(f32::from(u16::from_le_bytes(*word)))).collect()
        }
    }
}

#[cfg(all(test, feature = "encodings"))]
mod tests {
    use zune_jpeg::JpegDecoder;
    use zune_jpeg::zune_core::bytestream::ZCursor;
    use zune_jpeg::zune_core::colorspace::ColorSpace;
    use zune_jpeg::zune_core::options::DecoderOptions;

    use super::*;

    const WIDTH: u32 = 64;
    const HEIGHT: u32 = 48;

    /// A smooth hill of values from 1000 to 3000.
    fn hill() -> Vec<u16> {
        let at = |index: u32| {
            let (x, y) = (f64::from(index % WIDTH) / f64::from(WIDTH), f64::from(index / WIDTH) / f64::from(HEIGHT));
            (1000.0 + 2000.0 * (x * std::f64::consts::PI).sin() * (y * std::f64::consts::PI).sin()) as u16
        };
        (0..WIDTH * HEIGHT).map(at).collect()
    }

    fn bytes_of(values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn pixels(bytes: &[u8], pixel_type: PixelType) -> Pixels<'_> {
        Pixels { bytes, pixel_type, width: WIDTH, height: HEIGHT }
    }

    fn grays_of(jpeg: &[u8]) -> Vec<u8> {
        let gray = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), gray);
        let pixels = decoder.decode().expect("a JPEG");
        assert_eq!(pixels.len(), (WIDTH * HEIGHT) as usize);
        let info = decoder.info().expect("a header");
        assert_eq!((u32::from(info.width), u32::from(info.height), info.components), (WIDTH, HEIGHT, 1));
        pixels
    }

    #[test]
    fn blosc_gives_back_what_it_got_of_every_type() {
        for pixel_type in PixelType::ALL {
            let bytes: Vec<u8> =
                (0..WIDTH * HEIGHT * pixel_type.bytes() as u32).map(|at| ((at * at) >> 7) as u8).collect();
            let encoded = encode(Encoding::Blosc, pixels(&bytes, pixel_type), Window { minimum: 0.0, maximum: 1.0 });
            let encoded = encoded.expect("encoded");
            let codec = zarrcam_zarr::Codec::Blosc {
                inner: zarrcam_zarr::BloscInner::Lz4,
                level: 1,
                shuffle: zarrcam_config::Shuffle::Bit,
            };
            let mut back = vec![0; bytes.len()];
            zarrcam_zarr::decode(codec, pixel_type.bytes(), &encoded, &mut back).expect("a container");
            assert_eq!(back, bytes, "{pixel_type:?}");
        }
    }

    #[test]
    fn a_jpeg_is_the_window_in_about_256_steps() {
        let values = hill();
        let bytes = bytes_of(&values);
        let window = Window { minimum: 1000.0, maximum: 3000.0 };
        let encoded = encode(Encoding::Jpeg, pixels(&bytes, PixelType::U16), window).expect("encoded");
        assert!(encoded.len() < bytes.len() / 4, "{} bytes", encoded.len());
        let off = |(gray, value): (u8, u16)| (1000.0 + f64::from(gray) * 2000.0 / 255.0 - f64::from(value)).abs();
        let off: Vec<f64> = grays_of(&encoded).into_iter().zip(values).map(off).collect();
        let most = off.iter().copied().fold(0.0, f64::max);
        let mean = off.iter().sum::<f64>() / off.len() as f64;
        assert!(most < 150.0 && mean < 15.0, "{most} at most, {mean} on average");
    }

    #[test]
    fn what_lies_beyond_the_window_is_cut_off_and_no_number_is_no_fault() {
        let of = |value: f32| -> Vec<u8> { (0..WIDTH * HEIGHT).flat_map(|_| value.to_le_bytes()).collect() };
        let window = Window { minimum: -1.0, maximum: 1.0 };
        for (value, gray) in [(-5.0, 0), (-1.0, 0), (1.0, 255), (7.0, 255), (f32::NAN, 0), (f32::INFINITY, 255)] {
            let bytes = of(value);
            let encoded = encode(Encoding::Jpeg, pixels(&bytes, PixelType::F32), window).expect("encoded");
            assert!(grays_of(&encoded).into_iter().all(|one| one.abs_diff(gray) <= 1), "{value}");
        }
    }

    #[test]
    fn the_window_of_a_frame_leaves_out_the_few_and_is_never_empty() {
        let mut values = hill();
        values[0] = 60_000;
        let window = Window::of(&Histogram::of(&bytes_of(&values), PixelType::U16));
        assert!(window.minimum >= 1000.0 && window.minimum < 1150.0, "{window:?}");
        assert!(window.maximum > 2900.0 && window.maximum < 3300.0, "{window:?}");
        let flat = Window::of(&Histogram::of(&bytes_of(&[7; 100]), PixelType::U16));
        assert_eq!(flat, Window { minimum: 7.0, maximum: 8.0 });
        assert_eq!(Window::of(&Histogram::default()), Window { minimum: 0.0, maximum: 1.0 });
        let odd = Window { minimum: f64::NAN, maximum: f64::NEG_INFINITY }.sound();
        assert_eq!(odd, Window { minimum: 0.0, maximum: 1.0 });
    }
}
