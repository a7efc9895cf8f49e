use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;

use super::noise::{self, SensorRegion};
use super::sine::RadialSine;

/// The frame period that the rings take for theirs where there is none (as fast as possible), so that they move.
const NOMINAL_FRAME_PERIOD_US: f64 = 1000.0;

/// The simulated cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SimulatedKind {
    UniformRandom,
    RadialSin,
    Empty,
}

impl SimulatedKind {
    pub const ALL: [Self; 3] = [Self::UniformRandom, Self::RadialSin, Self::Empty];

    /// Acquire's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UniformRandom => "simulated: uniform random",
            Self::RadialSin => "simulated: radial sin",
            Self::Empty => "simulated: empty",
        }
    }
}

/// What a simulated camera sees: frame id in, pixels out, without a clock or a thread.
pub struct SimulatedPicture {
    content: Content,
    frame_bytes: usize,
}

enum Content {
    Noise { region: SensorRegion, pixel_type: PixelType },
    Sine(RadialSine),
    Black,
}

impl SimulatedPicture {
    /// The settings must be ones that the camera takes. `frame_period_us` is the one in force (0: as fast as possible).
    pub fn new(kind: SimulatedKind, settings: &CameraSettings, frame_period_us: f64) -> Self {
        let [width, height] = settings.shape;
        let content = match kind {
            SimulatedKind::UniformRandom => Content::Noise {
                region: SensorRegion { offset: settings.offset, width },
                pixel_type: settings.pixel_type,
            },
            SimulatedKind::RadialSin => {
                let period_us = if frame_period_us > 0.0 { frame_period_us } else { NOMINAL_FRAME_PERIOD_US };
                Content::Sine(RadialSine::new(settings, period_us))
            }
            SimulatedKind::Empty => Content::Black,
        };
        Self { content, frame_bytes: width as usize * height as usize * settings.pixel_type.bytes() }
    }

    pub fn frame_bytes(&self) -> usize {
        self.frame_bytes
    }

    /// Writes every byte of `out`, which must be `frame_bytes` long.
    pub fn render(&self, id: u64, out: &mut [u8]) {
        assert_eq!(out.len(), self.frame_bytes, "a buffer of another size than the frame's");
        match &self.content {
            Content::Noise { region, pixel_type } => noise::render(id, *region, *pixel_type, out),
            Content::Sine(sine) => sine.render(id, out),
            // The buffer holds what its last user left there.
            Content::Black => out.fill(0),
        }
    }
}
