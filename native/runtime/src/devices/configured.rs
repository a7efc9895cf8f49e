use std::sync::Arc;

use zarrcam_camera::{Applied, Camera, CameraError, CameraFeatures};
use zarrcam_config::{CameraSettings, Problem, VideoStream};

/// A stream's camera, open and set. The camera itself is away while a thread drives it; its features answer all the same.
pub struct ConfiguredCamera {
    asked: Asked,
    /// The settings that it took.
    pub applied: Applied,
    /// What it answers about itself.
    pub features: Arc<dyn CameraFeatures>,
    /// The camera; `None` while a run, a snap or a measurement has it, and when it went down with its thread.
    camera: Option<Box<dyn Camera>>,
}

/// What a document asks of a camera.
#[derive(PartialEq)]
struct Asked {
    settings: CameraSettings,
    frame_period_us: f64,
}

impl Asked {
    fn by(video: &VideoStream) -> Self {
        Self { settings: video.camera.settings.clone(), frame_period_us: video.frame_period_us }
    }
}

impl ConfiguredCamera {
    /// Sets an open camera at rest. One that refuses is given back as it was.
    pub fn new(mut camera: Box<dyn Camera>, video: &VideoStream) -> Result<Self, (Box<dyn Camera>, CameraError)> {
        match camera.configure(&video.camera.settings, video.frame_period_us) {
            Ok(applied) => {
                Ok(Self { asked: Asked::by(video), applied, features: camera.features(), camera: Some(camera) })
            }
            Err(error) => Err((camera, error)),
        }
    }

    /// Its exact name.
    pub fn name(&self) -> &str {
        self.features.camera_name()
    }

    /// Whether it is the camera that a document asks for, with those settings in force.
    pub fn fits(&self, video: &VideoStream) -> bool {
        let asked = Asked::by(video);
        let applied = &self.applied;
        let is_applied = applied.settings == asked.settings && applied.frame_period_us == asked.frame_period_us;
        self.name() == video.camera_name() && (self.asked == asked || is_applied)
    }

    /// The camera, where it is at rest. Whoever takes it gives it back by [`ConfiguredCameras::give_back`].
    pub fn take(&mut self) -> Option<Box<dyn Camera>> {
        self.camera.take()
    }
}

/// The cameras of all streams.
#[derive(Default)]
pub struct ConfiguredCameras {
    /// One for each stream; `None`: it does not run.
    streams: Vec<Option<ConfiguredCamera>>,
}

impl ConfiguredCameras {
    /// The cameras of these streams.
    pub fn new(streams: Vec<Option<ConfiguredCamera>>) -> Self {
        Self { streams }
    }

    /// The camera of a stream.
    pub fn get(&self, stream: u32) -> Option<&ConfiguredCamera> {
        self.streams.get(stream as usize)?.as_ref()
    }

    /// The camera of a stream, to be changed.
    pub fn get_mut(&mut self, stream: u32) -> Option<&mut ConfiguredCamera> {
        self.streams.get_mut(stream as usize)?.as_mut()
    }

    /// One for each stream.
    pub fn streams(&self) -> &[Option<ConfiguredCamera>] {
        &self.streams
    }

    /// Streams that have one.
    pub fn count(&self) -> usize {
        self.streams.iter().flatten().count()
    }

    /// The stream's camera, away from it from here on.
    pub fn remove(&mut self, stream: u32) -> Option<ConfiguredCamera> {
        self.streams.get_mut(stream as usize)?.take()
    }

    /// `None`: it went down with its thread.
    pub fn give_back(&mut self, stream: u32, camera: Option<Box<dyn Camera>>) {
        let Some(configured) = self.get_mut(stream) else { return };
        if let Some(camera) = &camera {
            configured.features = camera.features();
        }
        configured.camera = camera;
    }
}

/// What a camera refuses or fails at, as a problem of its stream's field.
pub fn camera_problem(stream: usize, error: &CameraError) -> Problem {
    let path = match error.field() {
        Some("frame_period_us") => format!("video[{stream}].frame_period_us"),
        Some(field) => format!("video[{stream}].camera.settings.{field}"),
        None => format!("video[{stream}].camera"),
    };
    Problem::error(path, error.code(), error.to_string())
}
