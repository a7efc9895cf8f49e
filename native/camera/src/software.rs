//! A camera without hardware, around whatever makes its pixels.

use std::sync::Arc;
use std::time::Instant;

use zarrcam_config::CameraSettings;

use crate::exposure::Exposures;
use crate::timing::Timing;
use crate::{Applied, Camera, CameraControl, CameraError, CameraFeatures, Captured, Pacing};

/// A camera without hardware: its features, and whatever makes its pixels.
pub trait SoftwareSource: CameraFeatures + 'static {
    /// The settings have passed the check. `frame_period_us` is the one in force (0: as fast as possible).
    fn renderer(&self, settings: &CameraSettings, frame_period_us: f64) -> Result<Box<dyn FrameRenderer>, CameraError>;
}

/// Makes the pixels of frames with certain settings.
pub trait FrameRenderer: Send {
    fn frame_bytes(&self) -> usize;
    /// Before the first frame of a run.
    fn begin(&mut self) -> Result<(), CameraError>;
    /// Writes every byte of `out`, which is `frame_bytes` long.
    fn render(&mut self, id: u64, out: &mut [u8]) -> Result<(), CameraError>;
    /// After the last frame of a run.
    fn end(&mut self);
}

pub struct SoftwareCamera<S> {
    source: Arc<S>,
    in_force: Option<InForce>,
    run: Option<Exposures>,
    /// The frame that waits to be read.
    exposed: Option<u64>,
}

/// What follows from the settings that were applied.
struct InForce {
    timing: Timing,
    renderer: Box<dyn FrameRenderer>,
}

impl<S: SoftwareSource> SoftwareCamera<S> {
    pub fn new(source: S) -> Self {
        Self { source: Arc::new(source), in_force: None, run: None, exposed: None }
    }

    fn camera(&self) -> String {
        self.source.camera_name().to_owned()
    }
}

impl<S: SoftwareSource> Camera for SoftwareCamera<S> {
    fn features(&self) -> Arc<dyn CameraFeatures> {
        Arc::<S>::clone(&self.source)
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.camera() });
        }
        if let Some(problem) = self.source.validate(settings, frame_period_us).into_iter().next() {
            return Err(problem);
        }
        let frame_time_us = self.source.capabilities(settings).frame_time_us;
        let timing = Timing::new(settings, frame_period_us, frame_time_us);
        let renderer = self.source.renderer(settings, timing.frame_period_us)?;
        self.in_force = Some(InForce { timing, renderer });
        Ok(Applied { settings: settings.clone(), frame_period_us })
    }

    fn pacing(&self) -> Pacing {
        self.in_force.as_ref().map_or(Pacing::AsFastAsPossible, |in_force| in_force.timing.pacing())
    }

    fn frame_bytes(&self) -> usize {
        self.in_force.as_ref().map_or(0, |in_force| in_force.renderer.frame_bytes())
    }

    fn start(&mut self) -> Result<(), CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.camera() });
        }
        let Some(in_force) = &mut self.in_force else {
            return Err(CameraError::NotConfigured { camera: self.camera() });
        };
        in_force.renderer.begin()?;
        self.run = Some(Exposures::start(in_force.timing));
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
        let (Some(id), Some(in_force)) = (self.exposed, &mut self.in_force) else {
            return Err(CameraError::NoFrame { camera: self.camera() });
        };
        let needed = in_force.renderer.frame_bytes();
        if buffer.len() != needed {
            return Err(CameraError::WrongBufferSize { camera: self.camera(), needed, given: buffer.len() });
        }
        let begun = Instant::now();
        in_force.renderer.render(id, buffer)?;
        if let Some(run) = &mut self.run {
            run.frame_took(begun.elapsed());
        }
        self.exposed = None;
        Ok(())
    }

    fn discard(&mut self) {
        self.exposed = None;
    }

    fn stop(&mut self) {
        if self.run.take().is_some()
            && let Some(in_force) = &mut self.in_force
        {
            in_force.renderer.end();
        }
        self.exposed = None;
    }
}
