//! A driver with one camera that fails on demand.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use zarrcam_camera::{
    Applied, Camera, CameraControl, CameraError, CameraFeatures, CameraListing, Captured, Driver, Drivers, Pacing,
};
use zarrcam_config::{CameraCapabilities, CameraSettings};

pub const NAME: &str = "scripted";

/// Where the camera fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    Open,
    Configure,
    Start,
    Wait,
    Read,
    Stop,
}

/// How it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// By an error; a stop has none, and goes well.
    Error,
    Panic,
}

/// What the camera is to do, and what was done to it.
#[derive(Default)]
pub struct Script {
    fault: Mutex<Option<(Point, Fault)>>,
    open_now: AtomicU32,
}

impl Script {
    /// From now on; `None`: everything goes well.
    pub fn set(&self, fault: Option<(Point, Fault)>) {
        *self.fault.lock().unwrap() = fault;
    }

    pub fn open_now(&self) -> u32 {
        self.open_now.load(Ordering::SeqCst)
    }

    fn reach(&self, point: Point) -> Result<(), CameraError> {
        // Not held while it panics.
        let fault = *self.fault.lock().unwrap();
        match fault {
            Some((at, Fault::Error)) if at == point => {
                Err(CameraError::Failed { camera: NAME.to_owned(), reason: format!("it fails at {point:?}") })
            }
            Some((at, Fault::Panic)) if at == point => panic!("on purpose, at {point:?}"),
            _ => Ok(()),
        }
    }
}

pub struct ScriptedDriver(pub Arc<Script>);

impl Driver for ScriptedDriver {
    fn id(&self) -> u32 {
        78
    }

    fn cameras(&self) -> Vec<CameraListing> {
        vec![CameraListing::new(NAME, 0, "Fails on demand.")]
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        assert_eq!(name, NAME);
        self.0.reach(Point::Open)?;
        let simulated = Drivers::built_in().open("simulated: empty")?;
        let features = Arc::new(Features(simulated.features()));
        self.0.open_now.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(ScriptedCamera { script: Arc::clone(&self.0), features, simulated }))
    }
}

struct Features(Arc<dyn CameraFeatures>);

impl CameraFeatures for Features {
    fn camera_name(&self) -> &str {
        NAME
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        self.0.capabilities(settings)
    }
}

struct ScriptedCamera {
    script: Arc<Script>,
    features: Arc<Features>,
    simulated: Box<dyn Camera>,
}

impl Camera for ScriptedCamera {
    fn features(&self) -> Arc<dyn CameraFeatures> {
        Arc::<Features>::clone(&self.features)
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        self.script.reach(Point::Configure)?;
        self.simulated.configure(settings, frame_period_us)
    }

    fn pacing(&self) -> Pacing {
        self.simulated.pacing()
    }

    fn frame_bytes(&self) -> usize {
        self.simulated.frame_bytes()
    }

    fn start(&mut self) -> Result<(), CameraError> {
        self.script.reach(Point::Start)?;
        self.simulated.start()
    }

    fn wait_exposure(&mut self, control: &CameraControl) -> Result<Captured, CameraError> {
        self.script.reach(Point::Wait)?;
        self.simulated.wait_exposure(control)
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        self.script.reach(Point::Read)?;
        self.simulated.read_into(buffer)
    }

    fn discard(&mut self) {
        self.simulated.discard();
    }

    fn stop(&mut self) {
        self.simulated.stop();
        let _ = self.script.reach(Point::Stop);
    }
}

impl Drop for ScriptedCamera {
    fn drop(&mut self) {
        self.script.open_now.fetch_sub(1, Ordering::SeqCst);
    }
}
