//! Times `@live` reads while 1080p frames are recorded at 30 a second: `live_speed FOLDER [SECONDS]`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use zarrcam_config::{
    CameraSettings, CodecName, Compression, Dimension, DimensionKind, Durability, Shuffle, StorageSettings, VideoStream,
};
use zarrcam_frame::{Frame, FramePool, FrameStamp, PixelType};
use zarrcam_storage::{ByteRange, FrameSink, LiveAnswer, LiveDataset, SinkEvent, SinkSpec, ZarrSink};

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;
const PERIOD: Duration = Duration::from_micros(33_333);

fn dimension(name: &str, kind: DimensionKind, size: u32, chunk: u32) -> Dimension {
    Dimension { name: name.to_owned(), kind, array_size_px: size, chunk_size_px: chunk, ..Dimension::default() }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(folder) = arguments.get(1).map(Path::new) else {
        eprintln!("usage: live_speed FOLDER_FORMAT [SECONDS]");
        std::process::exit(2);
    };
    let seconds: u64 = arguments.get(2).and_then(|text| text.parse().ok()).unwrap_or(5);
    for codec in [CodecName::None, CodecName::BloscLz4, CodecName::Zstd] {
        for (tile, depth) in [((960, 540), 10), ((240, 135), 10), ((60, 34), 10), ((960, 540), 1000)] {
            measure(folder, codec, tile, depth, seconds);
        }
    }
}

fn measure(folder: &Path, codec: CodecName, tile: (u32, u32), depth: u32, seconds: u64) {
    let path = folder.join("live-speed.zarr");
    let settings = StorageSettings {
        acquisition_dimensions: vec![
            dimension("x", DimensionKind::Space, WIDTH, tile.0),
            dimension("y", DimensionKind::Space, HEIGHT, tile.1),
            dimension("t", DimensionKind::Time, 0, depth),
        ],
        compression: Some(Compression { codec, level: 1, shuffle: Shuffle::Byte }),
        durability: Durability::Layer,
        overwrite: true,
        ..StorageSettings::default()
    };
    let stream = VideoStream {
        frame_period_us: 33_333.0,
        ..VideoStream::of_frames("ZarrV3", settings, PixelType::U8, [WIDTH, HEIGHT])
    };
    let spec = SinkSpec {
        path: Some(path.clone()),
        storage: stream.resolve().storage,
        run_id: "live-speed".to_owned(),
        camera_name: "none".to_owned(),
        camera: CameraSettings::default(),
        replace_foreign_files: false,
    };
    let stored = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&stored);
    let events = Arc::new(move |event: SinkEvent| {
        if matches!(event, SinkEvent::Stored { .. }) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut sink = Box::new(ZarrSink::create(&spec, events).expect("a store is made"));
    let writer = std::thread::spawn(move || {
        let pool = FramePool::new((WIDTH * HEIGHT) as usize, 8).expect("memory");
        let started = Instant::now();
        let mut late = 0;
        for frame_index in 0..seconds * 30 {
            let due = PERIOD * frame_index as u32;
            std::thread::sleep(due.saturating_sub(started.elapsed()));
            late += u64::from(started.elapsed() > due + PERIOD);
            let mut buffer = pool.take().expect("a buffer");
            let mut state = frame_index as u32 | 1;
            for (index, byte) in buffer.iter_mut().enumerate() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (index % 1920 / 12) as u8 ^ (state >> 29) as u8;
            }
            let stamp = FrameStamp { hardware_id: frame_index, ..FrameStamp::default() };
            let frame = Frame {
                buffer: buffer.freeze(),
                width: WIDTH,
                height: HEIGHT,
                pixel_type: PixelType::U8,
                stamp,
                metadata: None,
            };
            sink.append(frame_index, frame).expect("it is stored");
        }
        sink.finish(false).expect("it is closed");
        late
    });
    let live = LiveDataset::open(&path).expect("it can be read");
    let mut times = Vec::new();
    let mut step = 1;
    while !writer.is_finished() {
        std::thread::sleep(Duration::from_millis(20));
        let count = stored.load(Ordering::Relaxed);
        if count < 20 {
            continue;
        }
        step = (step * 7 + 3) % 1009;
        // The newest, and any before.
        let frame_index = if step % 2 == 0 { count - 4 } else { step % (count - 4) };
        let started = Instant::now();
        let answer = live.get(&format!("0/c/{frame_index}/0/0"), ByteRange::Whole).expect("it is read");
        let took = started.elapsed().as_secs_f64() * 1e3;
        // One of the newest may be behind the others.
        if let LiveAnswer::Found { .. } = answer {
            times.push(took);
        }
    }
    let late = writer.join().expect("the writer ends well");
    times.sort_by(|one, other| one.total_cmp(other));
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{codec:?} tile {tile:?} depth {depth}: {} reads, median {:.2} ms, p99 {:.2} ms, worst {:.2} ms, {late} frames late",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}
