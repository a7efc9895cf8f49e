//! Frames a second of the simulated cameras alone, as fast as possible, one thread:
//! `cargo run --release -p zarrcam-camera --example camera_speed [-- WIDTH HEIGHT SECONDS]`

use std::time::{Duration, Instant};

use zarrcam_camera::{CameraControl, CameraError, Drivers, SimulatedKind};
use zarrcam_config::CameraSettings;
use zarrcam_frame::{FramePool, PixelType};

fn main() -> Result<(), CameraError> {
    let arguments: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let argument = |index: usize, otherwise| arguments.get(index).copied().unwrap_or(otherwise);
    let (width, height, seconds) = (argument(0, 1920), argument(1, 1080), argument(2, 1));
    println!("{width} x {height}, frames/s");
    for kind in SimulatedKind::ALL {
        print!("{:26}", kind.name());
        for pixel_type in [PixelType::U8, PixelType::U12, PixelType::U16, PixelType::F32] {
            let settings = CameraSettings { shape: [width, height], pixel_type, ..Default::default() };
            print!("  {pixel_type:?} {:6.0}", frames_per_second(kind, &settings, seconds.into())?);
        }
        println!();
    }
    Ok(())
}

fn frames_per_second(kind: SimulatedKind, settings: &CameraSettings, seconds: u64) -> Result<f64, CameraError> {
    let mut camera = Drivers::built_in().open(kind.name())?;
    camera.configure(settings, 0.0)?;
    let pool = FramePool::new(camera.frame_bytes(), 8).expect("memory for eight frames");
    let control = CameraControl::new();
    camera.start()?;
    let begin = Instant::now();
    let mut frames = 0;
    // The oldest of several buffers, as in a stream: the one in hand is not in cache any more.
    let mut held = std::collections::VecDeque::new();
    while begin.elapsed() < Duration::from_secs(seconds) {
        camera.wait_exposure(&control)?;
        let mut buffer = pool.take().expect("the pool is open");
        camera.read_into(&mut buffer)?;
        held.push_back(buffer.freeze());
        if held.len() == pool.capacity() {
            held.pop_front();
        }
        frames += 1;
    }
    let elapsed = begin.elapsed();
    camera.stop();
    Ok(f64::from(frames) / elapsed.as_secs_f64())
}
