use zarrcam_config::{CameraCapabilities, CameraSettings, Range};
use zarrcam_frame::PixelType;

use super::speed::time_per_pixel_us;
use super::{SimulatedKind, SimulatedPicture};
use crate::software::{FrameRenderer, SoftwareSource};
use crate::{CameraError, CameraFeatures, Clock};

/// Width and height of the sensor, px.
const SENSOR_PX: u32 = 8192;
const BINNING: [u32; 4] = [1, 2, 4, 8];
const LONGEST_EXPOSURE_US: f64 = 1e6;

/// What a simulated camera answers about itself.
pub struct Simulated {
    /// Which of the simulated cameras it is.
    pub kind: SimulatedKind,
    /// The clock by which it finds out how fast it is.
    pub clock: Clock,
}

impl Simulated {
    /// The simulated camera of exactly this name; `None`: there is no such camera.
    pub fn named(name: &str, clock: Clock) -> Option<Self> {
        let kind = SimulatedKind::ALL.into_iter().find(|kind| kind.name() == name)?;
        Some(Self { kind, clock })
    }

    /// Makes its frames with these settings. `frame_period_us`: time from frame to frame, us; 0: it follows the exposure.
    pub fn picture(&self, settings: &CameraSettings, frame_period_us: f64) -> SimulatedPicture {
        SimulatedPicture::new(self.kind, settings, frame_period_us)
    }
}

impl CameraFeatures for Simulated {
    fn camera_name(&self) -> &str {
        self.kind.name()
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        let binning = if BINNING.contains(&settings.binning) { settings.binning } else { 1 };
        let sensor = SENSOR_PX / binning;
        let writable = |low: u32, high: u32| Range { low: low.into(), high: high.into(), step: 1.0, writable: true };
        let read_only = Range { low: 0.0, high: 0.0, step: 0.0, writable: false };
        CameraCapabilities {
            exposure_time_us: Range { low: 0.0, high: LONGEST_EXPOSURE_US, step: 0.0, writable: true },
            line_interval_us: read_only,
            readout_direction_writable: false,
            binning: BINNING.to_vec(),
            pixel_types: PixelType::ALL.to_vec(),
            offset: settings.shape.map(|shape| writable(0, sensor - shape.clamp(1, sensor))),
            shape: [writable(1, sensor); 2],
            lines: vec!["software".to_owned()],
            input_triggers: vec!["acquisition_start".to_owned(), "frame_start".to_owned()],
            output_triggers: Vec::new(),
            default_shape: [640, 480],
            default_pixel_type: PixelType::U8,
            frame_time_us: settings.shape.map(f64::from).iter().product::<f64>()
                * time_per_pixel_us(self.kind, settings, self.clock),
            plays_file: false,
            channels: Vec::new(),
            has_features: false,
            own_clock: false,
            remarks: String::new(),
        }
    }
}

impl SoftwareSource for Simulated {
    fn renderer(&self, settings: &CameraSettings, frame_period_us: f64) -> Result<Box<dyn FrameRenderer>, CameraError> {
        Ok(Box::new(self.picture(settings, frame_period_us)))
    }
}

impl FrameRenderer for SimulatedPicture {
    fn frame_bytes(&self) -> usize {
        SimulatedPicture::frame_bytes(self)
    }

    fn begin(&mut self) -> Result<(), CameraError> {
        Ok(())
    }

    fn render(&mut self, id: u64, out: &mut [u8]) -> Result<(), CameraError> {
        SimulatedPicture::render(self, id, out);
        Ok(())
    }

    fn end(&mut self) {}
}
