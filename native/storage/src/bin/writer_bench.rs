//! The writer's plug for the comparison with its peers: one case as JSON in, one line of figures out. The contract stands at
//! the top of the harness: the ring of frames is loaded, memory is noted, frames are appended as fast as they are taken.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::Deserialize;
use zarrcam_config::{
    CameraSettings, CodecName, Compression, Dimension, DownsampleMethod, Durability, Multiscale, Shuffle,
    StorageSettings, VideoStream,
};
use zarrcam_frame::{FrameStamp, PixelType};
use zarrcam_storage::{FrameSink, SinkEvent, SinkSpec, ZarrSink};

#[derive(Deserialize)]
struct Case {
    store: PathBuf,
    ring: PathBuf,
    ring_frames: usize,
    /// Height, width.
    frame: [u32; 2],
    dtype: String,
    frames: u64,
    dimensions: Vec<Dimension>,
    codec: String,
    level: i32,
    multiscale: Option<DownsampleMethod>,
    #[serde(default)]
    durability: Durability,
}

fn main() {
    let Some(case) = std::env::args().nth(1) else {
        eprintln!("usage: writer_bench CASE_JSON");
        std::process::exit(2);
    };
    if let Err(error) = run(&case) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run(case: &str) -> Result<(), Box<dyn std::error::Error>> {
    let case: Case = serde_json::from_str(case)?;
    let pixel_type = match case.dtype.as_str() {
        "uint8" => PixelType::U8,
        "int8" => PixelType::I8,
        "uint16" => PixelType::U16,
        "int16" => PixelType::I16,
        "float32" => PixelType::F32,
        other => return Err(format!("unknown dtype {other}").into()),
    };
    let codec = match case.codec.as_str() {
        "none" => CodecName::None,
        "blosc-lz4" => CodecName::BloscLz4,
        "blosc-zstd" => CodecName::BloscZstd,
        "zstd" => CodecName::Zstd,
        other => return Err(format!("unknown codec {other}").into()),
    };
    let [height, width] = case.frame;
    let settings = StorageSettings {
        acquisition_dimensions: case.dimensions,
        compression: Some(Compression { codec, level: case.level, shuffle: Shuffle::Byte }),
        multiscale: case.multiscale.map(|method| Multiscale { method, max_levels: 0 }),
        durability: case.durability,
        overwrite: true,
        ..StorageSettings::default()
    };
    let stream = VideoStream {
        max_frame_count: case.frames,
        ..VideoStream::of_frames("ZarrV3", settings, pixel_type, [width, height])
    };
    let spec = SinkSpec {
        path: Some(case.store),
        storage: stream.resolve().storage,
        run_id: "bench".to_owned(),
        camera_name: "ring".to_owned(),
        camera: CameraSettings::default(),
        replace_foreign_files: false,
    };
    let ring = std::fs::read(&case.ring)?;
    let frame_bytes = ring.len() / case.ring_frames.max(1);
    let mut took_s = Vec::with_capacity(usize::try_from(case.frames)?);
    std::fs::write("/proc/self/clear_refs", "5")?;
    let rss_base_mib = status_mib("VmRSS:")?;

    let events = Arc::new(|event: SinkEvent| {
        if let SinkEvent::Failed(error) = event {
            eprintln!("{error}");
        }
    });
    let mut sink = ZarrSink::create(&spec, events)?;
    let cpu_before_s = cpu_s();
    let start = Instant::now();
    for frame_index in 0..case.frames {
        let before = Instant::now();
        let frame = &ring[frame_index as usize % case.ring_frames * frame_bytes..][..frame_bytes];
        sink.append_copy(frame_index, FrameStamp { hardware_id: frame_index, ..FrameStamp::default() }, frame)?;
        took_s.push(before.elapsed().as_secs_f64());
    }
    let closing = Instant::now();
    Box::new(sink).finish(false)?;
    let close_s = closing.elapsed().as_secs_f64();
    let wall_s = start.elapsed().as_secs_f64();
    let cpu_s = cpu_s() - cpu_before_s;
    took_s.sort_by(f64::total_cmp);
    let percentile = |share: f64| took_s.get((took_s.len() as f64 * share) as usize).copied().unwrap_or(0.0) * 1e3;
    let max = took_s.last().copied().unwrap_or(0.0) * 1e3;
    println!(
        "{}",
        serde_json::json!({
            "wall_s": wall_s,
            "close_s": close_s,
            "append_ms": {"p50": percentile(0.5), "p99": percentile(0.99), "max": max},
            "rss_base_mib": rss_base_mib,
            "rss_peak_mib": status_mib("VmHWM:")?,
            "cpu_s": cpu_s,
        })
    );
    Ok(())
}

fn status_mib(field: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no such field")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
}

/// User and system time of the process so far.
fn cpu_s() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the system fills the struct, and for the process itself it cannot fail.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
