//! A runtime with a folder of its own, its events kept, and what a test reads back.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod held;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zarrcam_acquisition::{Event, Ledger, RunSummary, StreamStats};
use zarrcam_camera::{CameraControl, Captured};
use zarrcam_config::{CameraSettings, InputTriggers};
use zarrcam_runtime::{Callback, Drivers, Runtime, RuntimeError, RuntimeOptions};

/// Nothing here takes so long; a test that hangs ends with a message.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Rig {
    pub runtime: Runtime,
    pub folder: PathBuf,
    pub events: Arc<Mutex<Vec<Event>>>,
}

impl Rig {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut RuntimeOptions)) -> Self {
        Self::with_drivers(Drivers::built_in(), change)
    }

    pub fn with_drivers(drivers: Drivers, change: impl FnOnce(&mut RuntimeOptions)) -> Self {
        static RIGS: AtomicU32 = AtomicU32::new(0);
        let number = RIGS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("zarrcam-runtime-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let mut options = RuntimeOptions { data_dir: Some(folder.clone()), ..RuntimeOptions::default() };
        change(&mut options);
        let runtime = Runtime::new(options, drivers, Arc::new(move |event| sink.lock().unwrap().push(event)));
        Self { runtime, folder, events }
    }

    pub fn set(&self, document: &Value) {
        self.runtime.set_configuration(document, None, "test").unwrap_or_else(|error| panic!("{error:#?}"));
    }

    /// Sets, starts and stops; every stream must have ended well.
    pub fn record(&self, document: &Value) -> RunSummary {
        self.set(document);
        self.runtime.start(true).unwrap_or_else(|error| panic!("{error:#?}"));
        self.stop().unwrap_or_else(|error| panic!("{error:#?}"))
    }

    pub fn stop(&self) -> Result<RunSummary, RuntimeError> {
        wait(|done| self.runtime.stop(done))
    }

    pub fn abort(&self) -> Result<RunSummary, RuntimeError> {
        wait(|done| self.runtime.abort(done))
    }

    pub fn give_up(&self) -> Result<RunSummary, RuntimeError> {
        wait(|done| self.runtime.give_up(done))
    }

    pub fn stream(&self, index: usize) -> StreamStats {
        let stats = self.runtime.stats();
        stats.streams.into_iter().nth(index).expect("the stream has run")
    }

    /// Waits until the stream's statistics are as wanted.
    pub fn until(&self, index: usize, what: &str, wanted: impl Fn(&StreamStats) -> bool) -> StreamStats {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let stats = self.stream(index);
            assert_balanced(&stats.ledger);
            if wanted(&stats) {
                return stats;
            }
            assert!(Instant::now() < deadline, "never {what}: {stats:#?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The chunk of a V2 store with one frame a chunk and without codec: the frame.
    pub fn chunk(&self, name: &str, indices: &str) -> Vec<u8> {
        let path = self.folder.join(name).join("0").join(indices);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn shape(&self, name: &str) -> Vec<u64> {
        let text = std::fs::read_to_string(self.folder.join(name).join("0/.zarray")).unwrap();
        serde_json::from_value(serde_json::from_str::<Value>(&text).unwrap()["shape"].clone()).unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.runtime.close();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Calls with a callback, and waits for it.
pub fn wait<T: Send + 'static>(call: impl FnOnce(Callback<T>)) -> Result<T, RuntimeError> {
    let (sender, receiver) = mpsc::channel();
    call(Box::new(move |outcome| {
        let _ = sender.send(outcome);
    }));
    receiver.recv_timeout(PATIENCE).expect("it never called back")
}

pub fn assert_balanced(ledger: &Ledger) {
    assert_eq!(ledger.captured, ledger.stored + ledger.dropped + ledger.in_flight, "{ledger:?}");
    let by_cause = ledger.dropped_camera + ledger.dropped_queue + ledger.dropped_storage;
    assert_eq!(ledger.dropped, by_cause, "{ledger:?}");
}

/// A stream of 64 x 48 U16 noise into a V2 store, one frame a chunk.
pub fn stream(name: &str, frames: u64) -> Value {
    json!({
        "camera": {
            "identifier": {"kind": "Camera", "name": "simulated: uniform random"},
            "settings": {"exposure_time_us": 0, "pixel_type": "U16", "shape": [64, 48]}
        },
        "storage": {
            "identifier": {"kind": "Storage", "name": "Zarr"},
            "settings": {
                "uri": name,
                "acquisition_dimensions": [
                    {"name": "x", "kind": "Space", "array_size_px": 64, "chunk_size_px": 64},
                    {"name": "y", "kind": "Space", "array_size_px": 48, "chunk_size_px": 48},
                    {"name": "t", "kind": "Time", "array_size_px": 0, "chunk_size_px": 1}
                ]
            }
        },
        "max_frame_count": frames
    })
}

pub fn document(streams: &[Value]) -> Value {
    json!({ "video": streams })
}

/// Sets a field by its path from the stream: `/camera/settings/shape`.
pub fn with(mut stream: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    match stream.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}")) {
        Value::Array(items) => items[field.parse::<usize>().unwrap()] = value,
        object => object[field] = value,
    }
    stream
}

/// The camera's frames, straight from the camera.
pub fn true_frames(stream: &Value, count: usize) -> Vec<Vec<u8>> {
    let settings: CameraSettings = serde_json::from_value(stream["camera"]["settings"].clone()).unwrap();
    let mut camera = Drivers::built_in().open(stream["camera"]["identifier"]["name"].as_str().unwrap()).unwrap();
    camera
        .configure(&CameraSettings { exposure_time_us: 0.0, input_triggers: InputTriggers::default(), ..settings }, 0.0)
        .unwrap();
    camera.start().unwrap();
    let control = CameraControl::new();
    let mut frames = Vec::new();
    for id in 0..count {
        let Captured::Frame(stamp) = camera.wait_exposure(&control).unwrap() else { panic!("stopped") };
        assert_eq!(stamp.hardware_id, id as u64);
        let mut pixels = vec![0; camera.frame_bytes()];
        camera.read_into(&mut pixels).unwrap();
        frames.push(pixels);
    }
    camera.stop();
    frames
}

pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
