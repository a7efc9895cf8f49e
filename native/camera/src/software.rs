//! A camera without hardware, around whatever makes its pixels.

use std::time::Instant;

use zarrcam_config::{CameraCapabilities, CameraSettings};

use crate::check::check;
use crate::exposure::{Exposures, Timing};
use crate::{Camera, CameraControl, CameraError, Captured, Pacing};

/// What a software camera is: its ranges, and footage for settings.
pub trait Source: Send {
    fn name(&self) -> &'static str;
    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities;
    /// About how long it takes to make a frame, as a lower bound, us; 0: not known.
    fn frame_time_us(&self, _settings: &CameraSettings) -> f64 {
        0.0
    }
    /// What ranges cannot say; where it is set, the ranges say nothing.
    fn obstacle(&self, settings: &CameraSettings) -> Option<CameraError>;
    /// The settings have passed the check. `frame_period_us` is the one in force (0: as fast as possible).
    fn footage(&self, settings: &CameraSettings, frame_period_us: f64) -> Result<Box<dyn Footage>, CameraError>;
}

/// The pixels of frames with certain settings.
pub trait Footage: Send {
    fn frame_bytes(&self) -> usize;
    fn begin(&mut self) -> Result<(), CameraError>;
    /// Writes every byte of `out`, which is `frame_bytes` long.
    fn render(&mut self, id: u64, out: &mut [u8]) -> Result<(), CameraError>;
    fn end(&mut self);
}

pub struct SoftwareCamera<S> {
    source: S,
    applied: Option<Applied>,
    run: Option<Exposures>,
    /// The frame that waits to be read.
    exposed: Option<u64>,
}

struct Applied {
    timing: Timing,
    footage: Box<dyn Footage>,
}

impl<S: Source> SoftwareCamera<S> {
    pub fn new(source: S) -> Self {
        Self { source, applied: None, run: None, exposed: None }
    }

    fn camera(&self) -> String {
        self.source.name().to_owned()
    }
}

impl<S: Source> Camera for SoftwareCamera<S> {
    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        self.source.capabilities(settings)
    }

    fn validate(&self, settings: &CameraSettings, frame_period_us: f64) -> Vec<CameraError> {
        // Ranges say nothing of what cannot be had at all.
        match self.source.obstacle(settings) {
            Some(obstacle) => vec![obstacle],
            None => check(self.source.name(), &self.capabilities(settings), settings, frame_period_us),
        }
    }

    fn obstacle(&self, settings: &CameraSettings) -> Option<CameraError> {
        self.source.obstacle(settings)
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<CameraSettings, CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.camera() });
        }
        if let Some(problem) = self.validate(settings, frame_period_us).into_iter().next() {
            return Err(problem);
        }
        let timing = Timing::new(settings, frame_period_us, self.source.frame_time_us(settings));
        let footage = self.source.footage(settings, timing.frame_period_us)?;
        self.applied = Some(Applied { timing, footage });
        Ok(settings.clone())
    }

    fn pacing(&self) -> Pacing {
        self.applied.as_ref().map_or(Pacing::AsFastAsPossible, |applied| applied.timing.pacing())
    }

    fn frame_bytes(&self) -> usize {
        self.applied.as_ref().map_or(0, |applied| applied.footage.frame_bytes())
    }

    fn start(&mut self) -> Result<(), CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.camera() });
        }
        let Some(applied) = &mut self.applied else {
            return Err(CameraError::NotConfigured { camera: self.camera() });
        };
        applied.footage.begin()?;
        self.run = Some(Exposures::start(applied.timing));
        self.exposed = None;
        Ok(())
    }

    fn wait_exposure(&mut self, control: &CameraControl) -> Result<Captured, CameraError> {
        self.exposed = None;
        let Some(run) = &mut self.run else {
            return Err(CameraError::NotRunning { camera: self.camera() });
        };
        let captured = run.wait(control);
        if let Captured::Frame(stamp) = captured {
            self.exposed = Some(stamp.hardware_id);
        }
        Ok(captured)
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        let (Some(id), Some(applied)) = (self.exposed, &mut self.applied) else {
            return Err(CameraError::NoFrame { camera: self.camera() });
        };
        let needed = applied.footage.frame_bytes();
        if buffer.len() != needed {
            return Err(CameraError::WrongBufferSize { camera: self.camera(), needed, given: buffer.len() });
        }
        let begun = Instant::now();
        applied.footage.render(id, buffer)?;
        if let Some(run) = &mut self.run {
            run.made(begun.elapsed());
        }
        self.exposed = None;
        Ok(())
    }

    fn discard(&mut self) {
        self.exposed = None;
    }

    fn stop(&mut self) {
        if self.run.take().is_some()
            && let Some(applied) = &mut self.applied
        {
            applied.footage.end();
        }
        self.exposed = None;
    }
}
