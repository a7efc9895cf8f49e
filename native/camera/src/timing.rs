//! How a run of a camera without hardware of its own is timed.

use zarrcam_config::CameraSettings;

use crate::Pacing;

/// How a run is timed, as the settings say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    pub exposure_time_us: f64,
    /// Time from frame to frame that is asked for, us; 0: as fast as possible.
    pub frame_period_us: f64,
    /// Time that the camera takes at least to make a frame, us.
    pub frame_time_us: f64,
    pub start_trigger: bool,
    pub frame_trigger: bool,
}

impl Timing {
    pub fn new(settings: &CameraSettings, frame_period_us: f64, frame_time_us: f64) -> Self {
        Self {
            exposure_time_us: settings.exposure_time_us,
            frame_period_us: zarrcam_config::frame_period_us(settings.exposure_time_us, frame_period_us),
            frame_time_us,
            start_trigger: settings.input_triggers.acquisition_start.enable,
            frame_trigger: settings.input_triggers.frame_start.enable,
        }
    }

    pub fn pacing(&self) -> Pacing {
        if self.frame_trigger {
            Pacing::Triggered
        } else if self.frame_period_us > 0.0 {
            Pacing::Paced { frame_period_us: self.frame_period_us.max(self.frame_time_us) }
        } else {
            Pacing::AsFastAsPossible
        }
    }

    /// Asked for more than it can: frames come as it makes them, and there is no timetable.
    pub fn is_held_up(&self) -> bool {
        self.frame_time_us > self.frame_period_us
    }
}
