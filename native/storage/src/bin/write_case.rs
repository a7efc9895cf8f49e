//! Writes a case for the tests of readers: any layout, known pixels, chosen drops. One JSON document in, one JSON line an event
//! out, so that a test can end the process at any moment and know what it was told.
//!
//! The last line is the memory that it took, writer and frame buffers, KiB.
//!
//! Pixel `index` (C order) of the frame with index `frame_index`: with 32-bit wrapping arithmetic
//! `h = frame_index * 0x9E3779B9 ^ index * 0x85EBCA6B ^ seed; h ^= h >> 16; h *= 0x7FEB352D; h ^= h >> 15; h *= 0x846CA68B; h ^= h >> 16`,
//! 0 where `(x / 16 + frame_index) % 5 == 0`; then the low bits that the pixel type has, or `(h & 0xffff) / 16` as a float.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use zarrcam_acquisition::LossCause;
use zarrcam_config::{CameraSettings, StorageSettings, VideoStream};
use zarrcam_frame::{Frame, FramePool, FrameStamp, PixelType};
use zarrcam_storage::{ImagePath, SinkEvent, SinkSpec, ZarrSink, open_sink};

#[derive(Deserialize)]
struct Case {
    store: PathBuf,
    device: String,
    #[serde(default)]
    settings: StorageSettings,
    pixel_type: PixelType,
    width: u32,
    height: u32,
    frames: u64,
    #[serde(default)]
    drops: Vec<u64>,
    #[serde(default)]
    seed: u32,
    /// Where the image lies in its Zarr store; left out: the store is the image.
    #[serde(default)]
    image: ImagePath,
    /// From frame to frame, us; 0: as fast as it goes.
    #[serde(default)]
    frame_period_us: u64,
}

fn main() {
    let Some(case) = std::env::args().nth(1) else {
        eprintln!("usage: write_case CASE_JSON");
        std::process::exit(2);
    };
    if let Err(error) = run(&case) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(case: &str) -> Result<(), Box<dyn std::error::Error>> {
    let case: Case = serde_json::from_str(case)?;
    let shape = [case.width, case.height];
    let stream = VideoStream {
        max_frame_count: case.frames,
        frame_period_us: case.frame_period_us as f64,
        ..VideoStream::of_frames(&case.device, case.settings.clone(), case.pixel_type, shape)
    };
    let spec = SinkSpec {
        path: Some(case.store.clone()),
        storage: stream.resolve().storage,
        run_id: format!("case-{}", case.seed),
        camera_name: "case".to_owned(),
        camera: CameraSettings::default(),
        replace_foreign_files: false,
    };
    let events = Arc::new(|event: SinkEvent| {
        let line = match event {
            SinkEvent::Stored { frame_index } => serde_json::json!({ "stored": frame_index }),
            SinkEvent::Lost { frame_index } => serde_json::json!({ "lost": frame_index }),
            SinkEvent::Published { frames_published, shape } => {
                serde_json::json!({ "published": { "frames_published": frames_published, "shape": shape } })
            }
            SinkEvent::Failed(error) => serde_json::json!({ "failed": error.to_string() }),
            SinkEvent::Warning(text) => serde_json::json!({ "warning": text }),
        };
        // Whoever reads may be gone.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    });
    // The peak starts anew.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let base_kib = status_kib("VmRSS:")?;
    let mut sink = match case.image.is_root() {
        true => open_sink(spec, events)?,
        false => Box::new(ZarrSink::create_image(&spec, case.image.clone(), events)?),
    };
    let frame_bytes = (case.width * case.height) as usize * case.pixel_type.bytes();
    let pool = FramePool::new(frame_bytes, zarrcam_zarr::FRAMES_IN_FLIGHT + 2)?;
    for frame_index in 0..case.frames {
        if case.drops.contains(&frame_index) {
            sink.skip(frame_index, frame_index, LossCause::Camera)?;
            continue;
        }
        let Some(mut buffer) = pool.take() else { return Err("no buffer".into()) };
        fill(&case, frame_index, &mut buffer);
        let stamp = FrameStamp { hardware_id: frame_index, hardware_clock_ns: frame_index * 1000, unix_ns: 0 };
        let (width, height, pixel_type) = (case.width, case.height, case.pixel_type);
        sink.append(frame_index, Frame { buffer: buffer.freeze(), width, height, pixel_type, stamp, metadata: None })?;
        std::thread::sleep(Duration::from_micros(case.frame_period_us));
    }
    sink.finish(false)?;
    println!("{}", serde_json::json!({ "memory_kib": status_kib("VmHWM:")?.saturating_sub(base_kib) }));
    Ok(())
}

fn status_kib(field: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no such field")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

fn fill(case: &Case, frame_index: u64, frame: &mut [u8]) {
    let mask = ((1u64 << case.pixel_type.bits().min(16)) - 1) as u32;
    for (index, pixel) in frame.chunks_exact_mut(case.pixel_type.bytes()).enumerate() {
        let value = value(case, frame_index, index as u32);
        match case.pixel_type {
            PixelType::F32 => pixel.copy_from_slice(&((value & 0xffff) as f32 / 16.0).to_le_bytes()),
            _ => pixel.copy_from_slice(&(value & mask).to_le_bytes()[..case.pixel_type.bytes()]),
        }
    }
}

fn value(case: &Case, frame_index: u64, index: u32) -> u32 {
    let x = index % case.width;
    if (u64::from(x / 16) + frame_index).is_multiple_of(5) {
        return 0;
    }
    let mut h = (frame_index as u32).wrapping_mul(0x9e37_79b9) ^ index.wrapping_mul(0x85eb_ca6b) ^ case.seed;
    h ^= h >> 16;
    h = h.wrapping_mul(0x7feb_352d);
    h ^= h >> 15;
    h = h.wrapping_mul(0x846c_a68b);
    h ^ h >> 16
}
