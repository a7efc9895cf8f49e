//! Bytes and time of what may make a picture smaller for a slow network: `cargo run --release -p zarrcam-preview --example encodings`.
//! The pictures are like a camera's: a few bright spots of 12 bits over an offset, with noise of photons and readout.

use std::time::{Duration, Instant};

use zarrcam_config::Shuffle;
use zarrcam_frame::{FrameStamp, PixelType, Region, mean_of};
use zarrcam_preview::{Caption, Encoding, FrameView, PreviewRequest, Renderer};
use zarrcam_zarr::{BloscInner, Codec, TileEncoder};

const SIZE: u32 = 2048;
const TIMES: u32 = 8;

fn main() {
    let frame = scene();
    let whole = Region { x: 0, y: 0, width: SIZE, height: SIZE };
    for scale in [1, 2, 4, 8] {
        let picture = mean_of(&frame, PixelType::U12, SIZE, whole, scale);
        println!("{0} x {0} px, {1} bytes", SIZE / scale, picture.len());
        for inner in [BloscInner::Lz4, BloscInner::Zstd] {
            for (shuffle, levels) in [(Shuffle::Byte, [1, 3]), (Shuffle::Bit, [1, 3])] {
                for level in levels {
                    let codec = Codec::Blosc { inner, level, shuffle };
                    let mut out = Vec::new();
                    let took = time(|| {
                        out.clear();
                        TileEncoder::new(codec, 2, picture.len()).unwrap().encode(&picture, &mut out).unwrap();
                    });
                    told(&format!("{inner:?} {level} {shuffle:?}"), picture.len(), out.len(), took);
                }
            }
        }
        let view = FrameView {
            pixels: &picture,
            width: SIZE / scale,
            height: SIZE / scale,
            pixel_type: PixelType::U12,
            stamp: FrameStamp::default(),
        };
        let request = PreviewRequest { encoding: Encoding::Jpeg, ..PreviewRequest::default() };
        let caption = Caption { frame_index: None, run: 1, skipped: 0 };
        let mut out = Vec::new();
        let took = time(|| Renderer::default().write_message(&view, 1, &request, &caption, &mut out));
        told("Jpeg, with header and histogram", picture.len(), out.len(), took);
    }
}

fn told(name: &str, of: usize, bytes: usize, took: Duration) {
    let part = bytes as f64 / of as f64;
    println!("  {name:32} {bytes:9} bytes  {part:5.3}  {:7.2} ms", took.as_secs_f64() * 1e3);
}

/// The least of a few.
fn time(mut work: impl FnMut()) -> Duration {
    let mut once = || {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    (0..TIMES).map(|_| once()).min().unwrap_or_default()
}

fn scene() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let spots: Vec<[f64; 4]> = (0..60)
        .map(|_| {
            let [x, y] = [random() * f64::from(SIZE), random() * f64::from(SIZE)];
            [x, y, 10.0 + 60.0 * random(), 200.0 + 2500.0 * random()]
        })
        .collect();
    let mut pixels = Vec::with_capacity((2 * SIZE * SIZE) as usize);
    for y in 0..SIZE {
        let near: Vec<_> = spots.iter().filter(|spot| (spot[1] - f64::from(y)).abs() < 4.0 * spot[2]).collect();
        for x in 0..SIZE {
            let signal: f64 = near
                .iter()
                .map(|[at_x, at_y, wide, high]| {
                    let (dx, dy) = ((f64::from(x) - at_x) / wide, (f64::from(y) - at_y) / wide);
                    high * (-(dx * dx + dy * dy)).exp()
                })
                .sum();
            // Twelve uniform numbers are a normal one, nearly.
            let normal = (0..12).map(|_| random()).sum::<f64>() - 6.0;
            let value = 100.0 + signal + normal * (2.0 + signal).sqrt();
            pixels.extend_from_slice(&(value.clamp(0.0, 4095.0) as u16).to_le_bytes());
        }
    }
    pixels
}
