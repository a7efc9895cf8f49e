//! How fast tiles are encoded and planes reduced, on frames like a microscope's: blobs with photon noise (A, B) and a radial
//! sine (C). `cargo run --release -p zarrcam-zarr --example encode_speed [-- SECONDS_A_FIGURE [FOLDER]]`. With a folder one thread
//! encodes, the frames are left there, and each line is JSON: for `e2e/bench/encoders.ts`.

use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use zarrcam_config::{DownsampleMethod, Shuffle};
use zarrcam_frame::PixelType;
use zarrcam_zarr::{
    BloscInner, Codec, Halve, PlaneView, TileEncoder, TileView, ZAccumulator, decode, reduce_plane, worst_case_bytes,
};

struct Case {
    name: &'static str,
    pixel_type: PixelType,
    width: usize,
    height: usize,
    tile_width: usize,
    tile_height: usize,
    frames: Vec<Vec<u8>>,
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let seconds = arguments.first().map_or(0.4, |text| text.parse().expect("seconds as a number"));
    let cases = [blobs("A", 2048, 512), blobs("B", 1024, 256), sine("C")];
    let blosc = |inner, level, shuffle| Codec::Blosc { inner, level, shuffle };
    let codecs = [
        ("raw", Codec::Raw),
        ("blosc-lz4-1", blosc(BloscInner::Lz4, 1, Shuffle::Byte)),
        ("blosc-lz4-1 bit", blosc(BloscInner::Lz4, 1, Shuffle::Bit)),
        ("blosc-zstd-1", blosc(BloscInner::Zstd, 1, Shuffle::Byte)),
        ("blosc-zstd-5", blosc(BloscInner::Zstd, 5, Shuffle::Byte)),
        ("zstd-1", Codec::Zstd { level: 1 }),
        ("zstd-3", Codec::Zstd { level: 3 }),
    ];
    if let Some(folder) = arguments.get(1) {
        return on_one_thread(Path::new(folder), &cases, &codecs, seconds);
    }
    println!("{:24} {:>9} {:>11} {:>11} {:>7}", "GB/s", "1 thread", "2 threads", "decode", "ratio");
    for case in &cases {
        for (name, codec) in codecs {
            let (one, ratio) = encode_rate(case, codec, 1, seconds);
            let (two, _) = encode_rate(case, codec, 2, seconds);
            let decode = decode_rate(case, codec, seconds);
            println!("{:24} {one:9.2} {two:11.2} {decode:11.2} {ratio:7.2}", format!("{} {name}", case.name));
        }
    }
    println!("\n{:24} {:>9} {:>11}", "reduction, input GB/s", "2 x 2", "2 x 2 x 2");
    let frame = vec![77; 2048 * 2048 * 4];
    for pixel_type in [PixelType::U8, PixelType::I8, PixelType::U16, PixelType::I16, PixelType::F32] {
        for method in [DownsampleMethod::Mean, DownsampleMethod::Decimate, DownsampleMethod::Min, DownsampleMethod::Max]
        {
            let (plane, volume) = reduce_rates(pixel_type, method, &frame, seconds);
            println!("{:24} {plane:9.2} {volume:11.2}", format!("{pixel_type:?} {method:?}"));
        }
    }
}

fn on_one_thread(folder: &Path, cases: &[Case], codecs: &[(&str, Codec)], seconds: f64) {
    for case in cases {
        std::fs::write(folder.join(case.name), case.frames.concat()).unwrap();
        for (name, codec) in codecs {
            let (gb_per_s, ratio) = encode_rate(case, *codec, 1, seconds);
            let line = serde_json::json!({
                "case": case.name, "codec": name, "item_bytes": case.pixel_type.bytes(), "width": case.width,
                "height": case.height, "tile_width": case.tile_width, "tile_height": case.tile_height,
                "gb_per_s": gb_per_s, "ratio": ratio,
            });
            println!("{line}");
        }
    }
}

/// Encodes whole frames tile by tile, out of the frame, on so many threads at once: the best turn of each, added up, since a
/// machine that is shared says little by its mean.
fn encode_rate(case: &Case, codec: Codec, threads: usize, seconds: f64) -> (f64, f64) {
    let item_bytes = case.pixel_type.bytes();
    let tile_bytes = case.tile_width * case.tile_height * item_bytes;
    let work = || {
        let mut encoder = TileEncoder::new(codec, item_bytes, tile_bytes).unwrap();
        let mut out = Vec::with_capacity(worst_case_bytes(codec, item_bytes, tile_bytes));
        let (mut taken, mut given) = (0, 0);
        let rate = rate(case.frames.len() * case.frames[0].len(), seconds, || {
            for tile in case.frames.iter().flat_map(|frame| tiles(case, frame)) {
                out.clear();
                encoder.encode_view(tile, &mut out).unwrap();
                taken += tile_bytes;
                given += black_box(&out).len();
            }
        });
        (rate, taken as f64 / given as f64)
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    (results.iter().map(|result| result.0).sum(), results[0].1)
}

fn decode_rate(case: &Case, codec: Codec, seconds: f64) -> f64 {
    let item_bytes = case.pixel_type.bytes();
    let tile_bytes = case.tile_width * case.tile_height * item_bytes;
    let mut encoder = TileEncoder::new(codec, item_bytes, tile_bytes).unwrap();
    let encoded: Vec<Vec<u8>> = tiles(case, &case.frames[0])
        .map(|tile| {
            let mut out = Vec::new();
            encoder.encode_view(tile, &mut out).unwrap();
            out
        })
        .collect();
    let mut tile = vec![0; tile_bytes];
    rate(encoded.len() * tile_bytes, seconds, || {
        for encoded in &encoded {
            decode(codec, item_bytes, encoded, &mut tile).unwrap();
            black_box(&tile);
        }
    })
}

fn tiles<'a>(case: &'a Case, frame: &'a [u8]) -> impl Iterator<Item = TileView<'a>> {
    let item_bytes = case.pixel_type.bytes();
    let stride_bytes = case.width * item_bytes;
    let row_bytes = case.tile_width * item_bytes;
    let (across, down) = (case.width / case.tile_width, case.height / case.tile_height);
    (0..across * down).map(move |tile| {
        let start = tile / across * case.tile_height * stride_bytes + tile % across * row_bytes;
        let rows = case.tile_height;
        TileView { bytes: &frame[start..], stride_bytes, rows, row_bytes, padded_row_bytes: row_bytes }
    })
}

fn reduce_rates(pixel_type: PixelType, method: DownsampleMethod, frame: &[u8], seconds: f64) -> (f64, f64) {
    let size = 2048;
    let bytes = size * size * pixel_type.bytes();
    let plane = PlaneView::tight(pixel_type, &frame[..bytes], size, size);
    let mut out = vec![0; bytes / 4];
    let stride = size / 2 * pixel_type.bytes();
    let flat = rate(bytes, seconds / 2.0, || {
        reduce_plane(pixel_type, method, Halve::BOTH, black_box(plane), black_box(&mut out), stride);
    });
    let mut pair = ZAccumulator::new(pixel_type, method, Halve::BOTH, size, size);
    let volume = rate(2 * bytes, seconds / 2.0, || {
        pair.push(false, black_box(plane));
        pair.push(true, black_box(plane));
        black_box(pair.finish(&mut out));
    });
    (flat, volume)
}

/// GB/s of the best turn.
fn rate(bytes: usize, seconds: f64, mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    let mut best = f64::INFINITY;
    while start.elapsed().as_secs_f64() < seconds {
        let turn = thread_s();
        work();
        best = best.min(thread_s() - turn);
    }
    bytes as f64 / best / 1e9
}

/// What this thread has had of a processor, s: others who use the machine do not count. Where the system does not say, the time.
fn thread_s() -> f64 {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let scheduled = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ns = scheduled.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    ns.map_or_else(|| BEGUN.elapsed().as_secs_f64(), |ns| ns / 1e9)
}

/// Uniform in 0..1, by a counter (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.next()).ln()).sqrt() * (std::f64::consts::TAU * self.next()).cos()
    }
}

/// Sixty blobs over a background of 100 photons, with their noise.
fn blobs(name: &'static str, size: usize, tile: usize) -> Case {
    let mut random = Random(7);
    let mut scene = vec![100.0; size * size];
    for _ in 0..60 {
        let (cy, cx) = (random.between(0.0, size as f64), random.between(0.0, size as f64));
        let (spread, height) = (random.between(4.0, 40.0), random.between(50.0, 2000.0));
        let range =
            |centre: f64| (centre - 4.0 * spread).max(0.0) as usize..(centre + 4.0 * spread).min(size as f64) as usize;
        for y in range(cy) {
            for x in range(cx) {
                let r2 = (y as f64 - cy).powi(2) + (x as f64 - cx).powi(2);
                scene[y * size + x] += height * (-r2 / (2.0 * spread * spread)).exp();
            }
        }
    }
    let mut frame = || {
        let photon = |mean: &f64| ((mean + mean.sqrt() * random.normal()).round().max(0.0) as u16).to_le_bytes();
        scene.iter().flat_map(photon).collect()
    };
    let frames = (0..4).map(|_| frame()).collect();
    Case { name, pixel_type: PixelType::U16, width: size, height: size, tile_width: tile, tile_height: tile, frames }
}

/// Acquire's; the true period would repeat in the picture, and shrink.
#[expect(clippy::approx_constant, reason = "the camera's formula has this value")]
const SINE_PERIOD: f64 = 6.28;

fn sine(name: &'static str) -> Case {
    let (width, height) = (1920, 1080);
    let frame = |index: usize| {
        let pixel = |i: usize| {
            let (y, x) = ((i / width) as f64 - height as f64 / 2.0, (i % width) as f64 - width as f64 / 2.0);
            (127.0 * ((SINE_PERIOD * (0.7 * index as f64 + (x * x + y * y) * 0.01)).sin() + 1.0)) as u8
        };
        (0..width * height).map(pixel).collect()
    };
    let frames = (0..8).map(frame).collect();
    Case { name, pixel_type: PixelType::U8, width, height, tile_width: 960, tile_height: 540, frames }
}
