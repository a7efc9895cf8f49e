#![allow(dead_code, reason = "each test file uses a part of it")]

use zarrcam_camera::{Camera, CameraControl, Captured, Drivers};
use zarrcam_config::CameraSettings;
use zarrcam_frame::{FrameStamp, PixelType};

pub const RANDOM: &str = "simulated: uniform random";
pub const SINE: &str = "simulated: radial sin";
pub const EMPTY: &str = "simulated: empty";

pub fn open(name: &str) -> Box<dyn Camera> {
    Drivers::built_in().open(name).unwrap()
}

pub fn settings(width: u32, height: u32, pixel_type: PixelType) -> CameraSettings {
    CameraSettings { shape: [width, height], pixel_type, ..Default::default() }
}

pub fn next(camera: &mut dyn Camera, control: &CameraControl) -> FrameStamp {
    match camera.wait_exposure(control).unwrap() {
        Captured::Frame(stamp) => stamp,
        Captured::Stopped => panic!("nobody stopped the camera"),
    }
}

/// Frames 0 to count - 1 as the camera delivers them, each into a buffer full of `stale` bytes.
pub fn frames(name: &str, settings: &CameraSettings, count: u64, stale: u8) -> Vec<Vec<u8>> {
    let mut camera = open(name);
    assert_eq!(&camera.configure(settings, 0.0).unwrap().settings, settings);
    camera.start().unwrap();
    let control = CameraControl::new();
    let frames = (0..count)
        .map(|id| {
            assert_eq!(next(&mut *camera, &control).hardware_id, id);
            let mut buffer = vec![stale; camera.frame_bytes()];
            camera.read_into(&mut buffer).unwrap();
            buffer
        })
        .collect();
    camera.stop();
    frames
}

/// Pixels as numbers, whatever their type.
pub fn values(bytes: &[u8], pixel_type: PixelType) -> Vec<f64> {
    let wide = |pair: &[u8]| [pair[0], pair[1]];
    match pixel_type {
        PixelType::U8 => bytes.iter().map(|byte| f64::from(*byte)).collect(),
        PixelType::I8 => bytes.iter().map(|byte| f64::from(*byte as i8)).collect(),
        PixelType::I16 => bytes.chunks_exact(2).map(|pair| i16::from_le_bytes(wide(pair)).into()).collect(),
        PixelType::F32 => {
            bytes.chunks_exact(4).map(|quad| f32::from_le_bytes([quad[0], quad[1], quad[2], quad[3]]).into()).collect()
        }
        _ => bytes.chunks_exact(2).map(|pair| u16::from_le_bytes(wide(pair)).into()).collect(),
    }
}
