//! A runtime with the driver, and what a test reads back.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};

use serde_json::{Value, json};
use zarrcam_acquisition::{Event, RunSummary};
use zarrcam_genicam::GenicamDriver;
use zarrcam_runtime::{Drivers, Runtime, RuntimeOptions};

use crate::namespace::until;

pub const SIDE: [u32; 2] = [256, 192];
pub const PERIOD_US: f64 = 10_000.0;

pub fn camera_name(serial: &str) -> String {
    format!("genicam: Aravis Fake ({serial})")
}

pub fn driver() -> GenicamDriver {
    GenicamDriver::new(vec!["lo".to_owned()])
}

pub struct Rig {
    pub runtime: Runtime,
    pub folder: PathBuf,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Rig {
    /// A runtime that has found the cameras of these serial numbers.
    pub fn with_cameras(name: &str, serials: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("zarrcam-genicam-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let options = RuntimeOptions { data_dir: Some(folder.clone()), ..RuntimeOptions::default() };
        let drivers = Drivers::built_in().with(driver());
        let runtime = Runtime::new(options, drivers, Arc::new(move |event| sink.lock().unwrap().push(event)));
        let rig = Self { runtime, folder, events };
        until("the cameras are found", || {
            let devices = rig.runtime.refresh_devices().devices;
            serials.iter().all(|serial| {
                let name = camera_name(serial);
                devices.iter().any(|device| device.identifier.name == name && !device.description.contains("gone"))
            })
        });
        rig
    }

    pub fn set(&self, streams: &[Value]) -> Value {
        let document = json!({ "video": streams });
        let applied =
            self.runtime.set_configuration(&document, None, "test").unwrap_or_else(|error| panic!("{error:#?}"));
        serde_json::to_value(applied.configuration).unwrap()
    }

    pub fn start(&self) {
        self.runtime.start(true).unwrap_or_else(|error| panic!("{error:#?}"));
    }

    pub fn stop(&self) -> RunSummary {
        let (done, answer) = mpsc::channel();
        self.runtime.stop(Box::new(move |summary| done.send(summary).unwrap()));
        answer.recv().unwrap().unwrap_or_else(|error| panic!("{error:#?}"))
    }

    /// All that was said to people.
    pub fn log(&self) -> Vec<String> {
        let message = |event: &Event| match event {
            Event::Log(entry) => Some(entry.message.clone()),
            _ => None,
        };
        self.events.lock().unwrap().iter().filter_map(message).collect()
    }

    /// The frames of a store, raw, one chunk each; `None`: it was lost, and is fill.
    pub fn frames(&self, store: &str, count: u64) -> Vec<Option<Vec<u8>>> {
        (0..count).map(|t| std::fs::read(self.folder.join(store).join(format!("0/c/{t}/0/0"))).ok()).collect()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.runtime.close();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A stream of so many frames of this camera into a store of this name, one chunk a frame, not compressed.
pub fn stream(serial: &str, store: &str, frames: u64) -> Value {
    let [width, height] = SIDE;
    let side =
        |name: &str, size: u32| json!({ "name": name, "kind": "Space", "array_size_px": size, "chunk_size_px": size });
    json!({
        "camera": {
            "identifier": { "kind": "Camera", "name": camera_name(serial) },
            "settings": { "exposure_time_us": 10000, "pixel_type": "U8", "shape": SIDE }
        },
        "storage": {
            "identifier": { "kind": "Storage", "name": "ZarrV3" },
            "settings": {
                "uri": store,
                "acquisition_dimensions": [
                    side("x", width),
                    side("y", height),
                    { "name": "t", "kind": "Time", "array_size_px": 0, "chunk_size_px": 1 }
                ]
            }
        },
        "max_frame_count": frames,
        "frame_period_us": PERIOD_US
    })
}

/// The camera's picture is a ramp, `(x + y + id) % 255`: its first pixel says which frame it is, and all others must fit.
pub fn ramp_id(pixels: &[u8], width: usize) -> u64 {
    let first = u64::from(pixels[0]);
    for (at, pixel) in pixels.iter().enumerate() {
        let expected = ((at % width + at / width) as u64 + first) % 255;
        assert_eq!(u64::from(*pixel), expected, "pixel {at} of a frame that begins with {first}");
    }
    first
}
