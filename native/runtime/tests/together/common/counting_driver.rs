//! A driver with two cameras that counts what is done to them, and fails on demand.

use std::sync::{Arc, Mutex, MutexGuard};

use zarrcam_camera::{
    Applied, Camera, CameraControl, CameraError, CameraFeatures, CameraListing, Captured, Driver, Drivers, Pacing,
};
use zarrcam_config::{CameraCapabilities, CameraSettings};

const NAMES: [&str; 2] = ["counting: a", "counting: b"];

/// By camera.
#[derive(Default)]
struct Counts {
    tries: [u32; 2],
    opens: [u32; 2],
    open_now: [u32; 2],
    exposures_us: [f64; 2],
    fails_to_open: bool,
    refuses_settings: Option<String>,
}

/// What was done to the cameras.
#[derive(Default)]
pub struct Record(Mutex<Counts>);

impl Record {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap()
    }

    /// How often each was asked to open.
    pub fn tries(&self) -> [u32; 2] {
        self.lock().tries
    }

    /// How often each opened.
    pub fn opens(&self) -> [u32; 2] {
        self.lock().opens
    }

    pub fn open_now(&self) -> [u32; 2] {
        self.lock().open_now
    }

    /// As set last.
    pub fn exposures_us(&self) -> [f64; 2] {
        self.lock().exposures_us
    }

    pub fn fail_to_open(&self, fails: bool) {
        self.lock().fails_to_open = fails;
    }

    /// The next settings of this camera.
    pub fn refuse_settings(&self, name: &str) {
        self.lock().refuses_settings = Some(name.to_owned());
    }
}

pub struct CountingDriver(pub Arc<Record>);

impl Driver for CountingDriver {
    fn id(&self) -> u32 {
        77
    }

    fn cameras(&self) -> Vec<CameraListing> {
        (0..).zip(NAMES).map(|(number, name)| CameraListing::new(name, number, "Counts.")).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        let number = NAMES.iter().position(|known| *known == name);
        let number = number.ok_or_else(|| CameraError::unknown(name, &self.cameras()))?;
        let mut counts = self.0.lock();
        counts.tries[number] += 1;
        if counts.fails_to_open {
            let reason = "the cable is not plugged in".to_owned();
            return Err(CameraError::Failed { camera: name.to_owned(), reason });
        }
        // One program at a time may have a camera.
        assert_eq!(counts.open_now[number], 0, "{name} is opened while it is open");
        counts.opens[number] += 1;
        counts.open_now[number] += 1;
        let simulated = Drivers::built_in().open("simulated: empty")?;
        let features = Arc::new(Features { name: NAMES[number], simulated: simulated.features() });
        Ok(Box::new(CountingCamera { record: Arc::clone(&self.0), number, features, simulated }))
    }
}

struct Features {
    name: &'static str,
    simulated: Arc<dyn CameraFeatures>,
}

impl CameraFeatures for Features {
    fn camera_name(&self) -> &str {
        self.name
    }

    fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        CameraCapabilities { binning: vec![1], ..self.simulated.capabilities(settings) }
    }
}

struct CountingCamera {
    record: Arc<Record>,
    number: usize,
    features: Arc<Features>,
    simulated: Box<dyn Camera>,
}

impl Camera for CountingCamera {
    fn features(&self) -> Arc<dyn CameraFeatures> {
        Arc::<Features>::clone(&self.features)
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        let mut counts = self.record.lock();
        if counts.refuses_settings.take_if(|name| name == self.features.name).is_some() {
            let reason = format!("exposure {} us was asked, and it took 0 instead", settings.exposure_time_us);
            return Err(CameraError::Failed { camera: self.features.name.to_owned(), reason });
        }
        let applied = self.simulated.configure(settings, frame_period_us)?;
        counts.exposures_us[self.number] = settings.exposure_time_us;
        Ok(applied)
    }

    fn pacing(&self) -> Pacing {
        self.simulated.pacing()
    }

    fn frame_bytes(&self) -> usize {
        self.simulated.frame_bytes()
    }

    fn start(&mut self) -> Result<(), CameraError> {
        self.simulated.start()
    }

    fn wait_exposure(&mut self, control: &CameraControl) -> Result<Captured, CameraError> {
        self.simulated.wait_exposure(control)
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        self.simulated.read_into(buffer)
    }

    fn discard(&mut self) {
        self.simulated.discard();
    }

    fn stop(&mut self) {
        self.simulated.stop();
    }
}

impl Drop for CountingCamera {
    fn drop(&mut self) {
        self.record.lock().open_now[self.number] -= 1;
    }
}
