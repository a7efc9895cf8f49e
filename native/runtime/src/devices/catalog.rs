use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zarrcam_camera::{Camera, CameraError, CameraFeatures, Drivers, ListChanged};
use zarrcam_config::{
    CameraCapabilities, CameraSettings, DeviceCatalog, DeviceInfo, Problem, StorageCapabilities, storage_capabilities,
    storage_devices,
};

/// Cameras of no document in force that stay open.
const MOST_UNUSED: usize = 4;
/// One that nobody asks for is closed after so long, at the next question.
const UNUSED_FOR: Duration = Duration::from_secs(60);

/// The devices of this machine, and the cameras that are open but of no document in force.
pub struct Devices {
    drivers: Drivers,
    /// Those cameras, at rest; the one that was asked for last stands at the end.
    unused: Mutex<Vec<UnusedCamera>>,
}

struct UnusedCamera {
    name: String,
    camera: Box<dyn Camera>,
    asked_at: Instant,
}

impl Devices {
    /// The devices of these drivers; no camera is open yet.
    pub fn new(drivers: Drivers) -> Self {
        Self { drivers, unused: Mutex::default() }
    }

    /// All devices, cameras first.
    pub fn list(&self) -> Vec<DeviceInfo> {
        let mut devices = self.drivers.cameras();
        devices.extend(storage_devices());
        devices
    }

    /// Every driver searches again. Takes as long as the slowest search.
    pub fn refresh(&self) {
        self.drivers.refresh();
    }

    /// What people should know who miss a camera.
    pub fn advice(&self) -> Vec<String> {
        self.drivers.advice()
    }

    /// `changed` is called whenever other cameras are listed than before.
    pub fn watch(&self, changed: &ListChanged) {
        self.drivers.watch(changed);
    }

    /// The devices as one validation sees them. `in_force`: the configured cameras, which answer for themselves.
    pub fn catalog(&self, in_force: impl IntoIterator<Item = Arc<dyn CameraFeatures>>) -> Catalog<'_> {
        let known = in_force.into_iter().map(|features| (features.camera_name().to_owned(), Ok(features)));
        Catalog { devices: self, listed: OnceCell::new(), known: RefCell::new(known.collect()) }
    }

    /// The camera of this name, at rest: the one that is open and unused, else opened now.
    pub fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
        let mut unused = self.lock();
        if let Some(position) = unused.iter().position(|camera| camera.name == name) {
            return Ok(unused.remove(position).camera);
        }
        drop(unused);
        self.drivers.open(name)
    }

    /// Leaves a camera at rest open, for the next question.
    pub fn keep_open(&self, camera: Box<dyn Camera>) {
        let name = camera.features().camera_name().to_owned();
        let closing = UnusedCamera { name, camera, asked_at: Instant::now() }.put_into(&mut self.lock());
        // To close one may take its time.
        drop(closing);
    }

    /// Closes all cameras that are open and unused.
    pub fn close_unused(&self) {
        let unused = std::mem::take(&mut *self.lock());
        drop(unused);
    }

    /// Whoever asks for another unused camera meanwhile waits: many drivers open one camera at a time.
    fn features(&self, name: &str) -> Asked {
        let mut unused = self.lock();
        let is_forgotten = |camera: &mut UnusedCamera| camera.name != name && camera.asked_at.elapsed() >= UNUSED_FOR;
        let forgotten: Vec<_> = unused.extract_if(.., is_forgotten).collect();
        let camera = match unused.iter().position(|camera| camera.name == name) {
            Some(position) => unused.remove(position).camera,
            None => self.drivers.open(name)?,
        };
        let features = camera.features();
        let closing = UnusedCamera { name: name.to_owned(), camera, asked_at: Instant::now() }.put_into(&mut unused);
        drop(unused);
        drop((forgotten, closing));
        Ok(features)
    }

    /// A list is never half changed, so poison says nothing here.
    fn lock(&self) -> MutexGuard<'_, Vec<UnusedCamera>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnusedCamera {
    /// Returns the one that there is no room for any more.
    fn put_into(self, unused: &mut Vec<Self>) -> Option<Self> {
        unused.push(self);
        (unused.len() > MOST_UNUSED).then(|| unused.remove(0))
    }
}

/// A camera that answers, or why it does not.
type Asked = Result<Arc<dyn CameraFeatures>, CameraError>;

/// The devices as one validation sees them: looked up once, and the same from its beginning to its end.
pub struct Catalog<'a> {
    devices: &'a Devices,
    listed: OnceCell<Vec<DeviceInfo>>,
    /// What each camera answered, by its name. One that did not open is not tried again for the same question.
    known: RefCell<BTreeMap<String, Asked>>,
}

impl Catalog<'_> {
    fn features(&self, name: &str) -> Asked {
        let mut known = self.known.borrow_mut();
        known.entry(name.to_owned()).or_insert_with(|| self.devices.features(name)).clone()
    }
}

impl DeviceCatalog for Catalog<'_> {
    fn devices(&self) -> Vec<DeviceInfo> {
        self.listed.get_or_init(|| self.devices.list()).clone()
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        self.features(name).ok().map(|features| features.capabilities(settings))
    }

    fn obstacle(&self, name: &str, settings: &CameraSettings) -> Option<Problem> {
        let error = match self.features(name) {
            Ok(features) => features.obstacle(settings)?,
            Err(error) => error,
        };
        Some(Problem::error(error.field().unwrap_or_default(), error.code(), error.to_string()))
    }

    fn feature_problems(&self, name: &str, settings: &CameraSettings) -> Vec<Problem> {
        let wrong = self.features(name).map_or_else(|_| Vec::new(), |features| features.check_features(settings));
        wrong.iter().map(|e| Problem::error(e.field().unwrap_or("features"), e.code(), e.to_string())).collect()
    }

    fn way_back(&self, name: &str) -> Option<String> {
        self.devices.drivers.way_back(name)
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        storage_capabilities(name)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use zarrcam_camera::{Applied, CameraControl, CameraListing, Captured, Driver, Pacing};

    use super::*;

    /// Six cameras, and how many of them are open.
    #[derive(Clone, Default)]
    struct Many(Arc<AtomicUsize>);

    struct One(Arc<AtomicUsize>, Arc<dyn CameraFeatures>);

    struct Named(String, Arc<dyn CameraFeatures>);

    impl Driver for Many {
        fn id(&self) -> u32 {
            77
        }

        fn cameras(&self) -> Vec<CameraListing> {
            (0..6).map(|number| CameraListing::new(format!("many: {number}"), number, "One of many.")).collect()
        }

        fn open(&self, name: &str) -> Result<Box<dyn Camera>, CameraError> {
            let simulated = Drivers::built_in().open("simulated: empty")?.features();
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(One(Arc::clone(&self.0), Arc::new(Named(name.to_owned(), simulated)))))
        }
    }

    impl CameraFeatures for Named {
        fn camera_name(&self) -> &str {
            &self.0
        }

        fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
            self.1.capabilities(settings)
        }
    }

    impl Drop for One {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    impl Camera for One {
        fn features(&self) -> Arc<dyn CameraFeatures> {
            Arc::clone(&self.1)
        }

        fn configure(&mut self, _: &CameraSettings, _: f64) -> Result<Applied, CameraError> {
            unreachable!("it is only asked")
        }

        fn pacing(&self) -> Pacing {
            unreachable!("it is only asked")
        }

        fn frame_bytes(&self) -> usize {
            0
        }

        fn start(&mut self) -> Result<(), CameraError> {
            unreachable!("it is only asked")
        }

        fn wait_exposure(&mut self, _: &CameraControl) -> Result<Captured, CameraError> {
            unreachable!("it is only asked")
        }

        fn read_into(&mut self, _: &mut [u8]) -> Result<(), CameraError> {
            unreachable!("it is only asked")
        }

        fn discard(&mut self) {}

        fn stop(&mut self) {}
    }

    #[test]
    fn a_few_cameras_stay_open_for_questions_and_no_more() {
        let many = Many::default();
        let devices = Devices::new(Drivers::new().with(many.clone()));
        let open = || many.0.load(Ordering::SeqCst);
        for (number, expected) in (0..6).zip([1, 2, 3, 4, 4, 4]) {
            let name = format!("many: {number}");
            for _ in 0..3 {
                assert!(devices.catalog([]).camera(&name, &CameraSettings::default()).is_some());
            }
            assert_eq!(open(), expected, "after camera {number}");
        }
        // The last four are there: to take one leaves three, and to give it back makes four.
        let taken = devices.open("many: 3").unwrap();
        assert_eq!(open(), 4);
        devices.keep_open(taken);
        let other = devices.open("many: 0").unwrap();
        assert_eq!(open(), 5, "it had been closed, and is opened anew");
        devices.close_unused();
        assert_eq!(open(), 1, "what somebody uses is not closed");
        drop(other);
        // A camera in force answers for itself.
        let configured = devices.open("many: 1").unwrap();
        let catalog = devices.catalog([configured.features()]);
        assert!(catalog.camera("many: 1", &CameraSettings::default()).is_some());
        assert_eq!(open(), 1);
    }
}
