use std::sync::Arc;
use std::time::SystemTime;

use zarrcam_camera::{Applied, Camera, CameraControl, CameraError, CameraFeatures, Captured, Pacing};
use zarrcam_config::CameraSettings;
use zarrcam_frame::{FrameStamp, PixelType};

use crate::features::{PushFeatures, absent};
use crate::pusher::{PushedFrame, Pusher};
use crate::wire::FrameRecord;

/// A longer gap of ids is a broken count, not a loss.
const MOST_LOST_AT_ONCE: u64 = 1_000_000;

/// A camera whose frames a program pushes. It is known by its name: a program that ends and comes again has the same
/// camera.
pub struct PushCamera {
    features: Arc<PushFeatures>,
    in_force: Option<InForce>,
    run: Option<Run>,
}

/// What follows from the settings that were applied.
#[derive(Clone, Copy, PartialEq)]
struct InForce {
    shape: [u32; 2],
    pixel_type: PixelType,
}

struct Run {
    pusher: Arc<Pusher>,
    /// The run's first frame, from which ids and the clock count.
    first: Option<FrameRecord>,
    last_id: u64,
    /// The frame that waits to be read.
    exposed: Option<PushedFrame>,
    metadata: Option<String>,
}

impl InForce {
    fn frame_bytes(self) -> usize {
        self.shape.map(|side| side as usize).iter().product::<usize>() * self.pixel_type.bytes()
    }
}

impl PushCamera {
    pub fn new(features: PushFeatures) -> Self {
        Self { features: Arc::new(features), in_force: None, run: None }
    }

    fn name(&self) -> String {
        self.features.camera_name().to_owned()
    }

    fn failed(&self, reason: String) -> CameraError {
        CameraError::Failed { camera: self.name(), reason }
    }
}

impl Run {
    /// The exposed frame is wanted no more.
    fn let_go(&mut self) {
        if let Some(frame) = self.exposed.take() {
            self.pusher.free(frame.record.slot);
        }
    }

    /// The stamp of the frame that came, by the run's own count.
    fn stamp(&mut self, frame: FrameRecord) -> Result<FrameStamp, String> {
        let first = *self.first.get_or_insert(frame);
        // Ids rise on every connection, and a run has one.
        let hardware_id = frame.id - first.id;
        if hardware_id - self.last_id > MOST_LOST_AT_ONCE {
            return Err(format!("its program counted from frame {} to {hardware_id} at once", self.last_id));
        }
        self.last_id = hardware_id;
        let unix_ns = match frame.unix_ns {
            0 => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64),
            said => said,
        };
        let hardware_clock_ns = frame.clock_ns.saturating_sub(first.clock_ns);
        Ok(FrameStamp { hardware_id, hardware_clock_ns, unix_ns })
    }
}

impl Camera for PushCamera {
    fn features(&self) -> Arc<dyn CameraFeatures> {
        Arc::<PushFeatures>::clone(&self.features)
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.name() });
        }
        if let Some(problem) = self.features.validate(settings, frame_period_us).into_iter().next() {
            return Err(problem);
        }
        self.in_force = Some(InForce { shape: settings.shape, pixel_type: settings.pixel_type });
        Ok(Applied { settings: settings.clone(), frame_period_us })
    }

    /// The program waits when all its slots are full, or says which frames it lost.
    fn pacing(&self) -> Pacing {
        Pacing::AsFastAsPossible
    }

    fn frame_bytes(&self) -> usize {
        self.in_force.map_or(0, InForce::frame_bytes)
    }

    fn start(&mut self) -> Result<(), CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.name() });
        }
        let Some(in_force) = self.in_force else {
            return Err(CameraError::NotConfigured { camera: self.name() });
        };
        let pusher = self.features.registry().find(self.features.camera_name());
        let pusher = pusher.ok_or_else(|| absent(self.features.camera_name()))?;
        let pushes = InForce { shape: pusher.description.shape, pixel_type: pusher.description.pixel_type };
        if pushes != in_force {
            let [width, height] = pushes.shape;
            return Err(self.failed(format!(
                "its program pushes {width} x {height} px of {:?} since the camera was set up; set the camera up again",
                pushes.pixel_type
            )));
        }
        pusher.begin()?;
        self.run = Some(Run { pusher, first: None, last_id: 0, exposed: None, metadata: None });
        Ok(())
    }

    fn wait_exposure(&mut self, control: &CameraControl) -> Result<Captured, CameraError> {
        let Some(run) = &mut self.run else {
            return Err(CameraError::NotRunning { camera: self.name() });
        };
        run.let_go();
        let Some(mut frame) = run.pusher.next(control)? else { return Ok(Captured::Stopped) };
        run.metadata = frame.metadata.take();
        let stamp = run.stamp(frame.record);
        run.exposed = Some(frame);
        stamp.map(Captured::Frame).map_err(|reason| self.failed(reason))
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        let needed = self.frame_bytes();
        if buffer.len() != needed {
            return Err(CameraError::WrongBufferSize { camera: self.name(), needed, given: buffer.len() });
        }
        let Some(run) = self.run.as_mut().filter(|run| run.exposed.is_some()) else {
            return Err(CameraError::NoFrame { camera: self.name() });
        };
        let slot = run.exposed.as_ref().map_or(0, |frame| frame.record.slot);
        let read = run.pusher.memory.read(slot, buffer);
        run.let_go();
        read.map_err(|error| self.failed(format!("the frame cannot be read: {error}")))
    }

    fn discard(&mut self) {
        if let Some(run) = &mut self.run {
            run.let_go();
        }
    }

    /// The program does; pauses say nothing of how many it lost.
    fn counts_by_itself(&self) -> bool {
        true
    }

    fn metadata(&mut self) -> Option<String> {
        self.run.as_mut()?.metadata.take()
    }

    fn stop(&mut self) {
        if let Some(mut run) = self.run.take() {
            run.let_go();
            run.pusher.end();
        }
    }
}

impl Drop for PushCamera {
    fn drop(&mut self) {
        self.stop();
    }
}
