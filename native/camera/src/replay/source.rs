use std::path::Path;
use std::sync::Arc;

use zarrcam_config::{CameraCapabilities, CameraSettings, Range};
use zarrcam_frame::PixelType;

use super::film::Film;
use super::shelf::{Reel, reel};
use crate::CameraError;
use crate::software::{Footage, Source};

pub const NAME: &str = "replay";

const LONGEST_EXPOSURE_US: f64 = 1e6;

/// What may be asked for before a file says more.
const WIDEST_PX: u32 = 65_536;
const PLAYABLE: [PixelType; 5] = [PixelType::U8, PixelType::U16, PixelType::I8, PixelType::I16, PixelType::F32];

/// Plays the TIFF stack at `settings.replay.path` in a loop.
pub struct Replay;

fn path(settings: &CameraSettings) -> Result<&Path, CameraError> {
    match &settings.replay {
        Some(replay) if !replay.path.trim().is_empty() => Ok(Path::new(&replay.path)),
        _ => Err(CameraError::NoReplayPath),
    }
}

fn look(settings: &CameraSettings) -> Result<Arc<Reel>, CameraError> {
    reel(path(settings)?)
}

impl Source for Replay {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        let found = look(settings).ok();
        let found = found.as_deref();
        let page = found.map_or([WIDEST_PX; 2], Reel::shape);
        let pixel_types = found.map_or(PLAYABLE.to_vec(), |reel| vec![reel.pixel_type]);
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
            default_shape: found.map_or([640, 480], Reel::shape),
            frame_time_us: self.frame_time_us(settings),
        }
    }

    fn obstacle(&self, settings: &CameraSettings) -> Option<CameraError> {
        look(settings).err()
    }

    fn footage(&self, settings: &CameraSettings, _frame_period_us: f64) -> Result<Box<dyn Footage>, CameraError> {
        Ok(Box::new(Film::new(path(settings)?.to_owned(), &*look(settings)?, settings)))
    }
}
