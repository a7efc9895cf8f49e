use std::path::PathBuf;
use std::sync::Arc;

use zarrcam_config::{CameraCapabilities, CameraSettings, Range};
use zarrcam_files::expand_home;
use zarrcam_frame::PixelType;

use super::NAME;
use super::player::{DECODED_AHEAD_BYTES, StackPlayer};
use super::speed::copy_time_us;
use super::stacks::{PlayableStack, stack_at};
use crate::software::{FrameRenderer, SoftwareSource};
use crate::{CameraError, CameraFeatures};

const LONGEST_EXPOSURE_US: f64 = 1e6;

/// What may be asked for before a file says more.
const WIDEST_PX: u32 = 65_536;
const PLAYABLE: [PixelType; 5] = [PixelType::U8, PixelType::U16, PixelType::I8, PixelType::I16, PixelType::F32];

/// Plays the TIFF stack at `settings.replay.path` in a loop.
pub struct Replay;

fn path(settings: &CameraSettings) -> Result<PathBuf, CameraError> {
    match &settings.replay {
        Some(replay) if !replay.path.trim().is_empty() => expand_home(&replay.path)
            .map_err(|error| CameraError::Replay { path: PathBuf::from(&replay.path), reason: error.to_string() }),
        _ => Err(CameraError::NoReplayPath),
    }
}

fn look(settings: &CameraSettings) -> Result<Arc<PlayableStack>, CameraError> {
    stack_at(&path(settings)?)
}

/// Time that a frame takes as it will be played, us: decoded ahead, it is a copy.
fn frame_time_us(stack: &PlayableStack, settings: &CameraSettings) -> f64 {
    let [width, height] = settings.shape.map(u64::from);
    let frame_bytes = width.saturating_mul(height).saturating_mul(stack.pixel_type.bytes() as u64);
    if frame_bytes.saturating_mul(stack.pages()) <= DECODED_AHEAD_BYTES {
        copy_time_us(frame_bytes)
    } else {
        stack.page_time_us()
    }
}

impl CameraFeatures for Replay {
    fn camera_name(&self) -> &str {
        NAME
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        let found = look(settings).ok();
        let found = found.as_deref();
        let page = found.map_or([WIDEST_PX; 2], PlayableStack::shape);
        let pixel_types = found.map_or(PLAYABLE.to_vec(), |stack| vec![stack.pixel_type]);
        let writable = |low: u32, high: u32| Range { low: low.into(), high: high.into(), step: 1.0, writable: true };
        let read_only = Range { low: 0.0, high: 0.0, step: 0.0, writable: false };
        CameraCapabilities {
            exposure_time_us: Range { low: 0.0, high: LONGEST_EXPOSURE_US, step: 0.0, writable: true },
            line_interval_us: read_only,
            readout_direction_writable: false,
            binning: vec![1],
            default_pixel_type: pixel_types[0],
            pixel_types,
            offset: [0, 1].map(|axis| writable(0, page[axis] - settings.shape[axis].clamp(1, page[axis]))),
            shape: page.map(|px| writable(1, px)),
            lines: vec!["software".to_owned()],
            input_triggers: vec!["acquisition_start".to_owned(), "frame_start".to_owned()],
            output_triggers: Vec::new(),
            default_shape: found.map_or([640, 480], PlayableStack::shape),
            frame_time_us: found.map_or(0.0, |stack| frame_time_us(stack, settings)),
            plays_file: true,
            channels: Vec::new(),
            has_features: false,
            own_clock: false,
            remarks: String::new(),
        }
    }

    fn obstacle(&self, settings: &CameraSettings) -> Option<CameraError> {
        look(settings).err()
    }
}

impl SoftwareSource for Replay {
    fn renderer(
        &self,
        settings: &CameraSettings,
        _frame_period_us: f64,
    ) -> Result<Box<dyn FrameRenderer>, CameraError> {
        let path = path(settings)?;
        let stack = stack_at(&path)?;
        Ok(Box::new(StackPlayer::new(path, &stack, settings)))
    }
}
