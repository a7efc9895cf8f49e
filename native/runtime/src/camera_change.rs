//! From the cameras of one document to those of another: as a whole, or not at all.

use std::sync::Arc;

use zarrcam_camera::{Applied, Camera, CameraError, CameraFeatures};
use zarrcam_config::{Configuration, Problem, VideoStream};

use crate::devices::{Catalog, ConfiguredCamera, ConfiguredCameras, camera_problem};
use crate::error::RuntimeError;
use crate::runtime::Inner;

/// Where a stream's camera comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// There is no stream.
    None,
    /// It is as the document wants it.
    Stays,
    /// The camera that this stream has open gets other settings.
    OpenOf(u32),
    /// It is opened.
    New,
}

/// A change of cameras that nothing speaks against, still to be made.
pub struct CameraChange {
    /// One for each stream.
    origins: Vec<Origin>,
    /// The cameras that were opened for each stream, set already; `None`: none was.
    opened: Vec<Option<ConfiguredCamera>>,
}

impl CameraChange {
    /// Whether a camera is set anew or opened.
    pub fn sets_cameras(&self) -> bool {
        self.origins.iter().any(|origin| matches!(origin, Origin::OpenOf(_) | Origin::New))
    }
}

impl Inner {
    /// The devices as one question sees them.
    pub fn catalog(&self) -> Catalog<'_> {
        let state = self.lock();
        let in_force: Vec<_> = state.cameras.streams().iter().flatten().map(features).collect();
        drop(state);
        self.devices.catalog(in_force)
    }

    /// The stream's camera, to be given back. One that went down with its thread is opened again.
    pub fn take_camera(&self, stream: u32, video: &VideoStream) -> Result<Box<dyn Camera>, CameraError> {
        if let Some(camera) = self.lock().cameras.get_mut(stream).and_then(ConfiguredCamera::take) {
            return Ok(camera);
        }
        let mut opened = self.open_configured(video)?;
        let camera = opened.take();
        if let Some(configured) = self.lock().cameras.get_mut(stream) {
            *configured = opened;
        }
        camera.ok_or_else(|| CameraError::NotConfigured { camera: video.camera_name().to_owned() })
    }

    /// Opens and sets the cameras that are new, and asks those that are open whether they would take their settings: all
    /// that can be refused is refused here, while a preview still runs.
    pub fn prepare_cameras(&self, configuration: &Configuration) -> Result<CameraChange, RuntimeError> {
        let (origins, open): (_, Vec<_>) = {
            let state = self.lock();
            let open = state.cameras.streams();
            (origins(open, &configuration.video), open.iter().map(|camera| camera.as_ref().map(features)).collect())
        };
        let mut opened = Vec::new();
        let mut problems = Vec::new();
        for ((stream, video), origin) in configuration.video.iter().enumerate().zip(&origins) {
            let mut camera = None;
            match *origin {
                Origin::New => match self.open_configured(video) {
                    Ok(configured) => camera = Some(configured),
                    Err(error) => problems.push(camera_problem(stream, &error)),
                },
                Origin::OpenOf(from) => {
                    if let Some(features) = &open[from as usize] {
                        let refused = features.validate(&video.camera.settings, video.frame_period_us);
                        problems.extend(refused.iter().map(|error| camera_problem(stream, error)));
                    }
                }
                Origin::None | Origin::Stays => {}
            }
            opened.push(camera);
        }
        if problems.is_empty() {
            return Ok(CameraChange { origins, opened });
        }
        self.keep_open(opened.into_iter().flatten());
        Err(RuntimeError::invalid(problems))
    }

    /// Makes the change; no camera may be running. On an error every camera is as it was.
    pub fn change_cameras(&self, change: CameraChange, configuration: &Configuration) -> Result<(), RuntimeError> {
        let CameraChange { origins, opened } = change;
        let set_anew = match self.set_anew(&origins, configuration) {
            Ok(set_anew) => set_anew,
            Err(problems) => {
                self.keep_open(opened.into_iter().flatten());
                return Err(RuntimeError::invalid(problems));
            }
        };
        let replaced = {
            let mut state = self.lock();
            let mut before = std::mem::take(&mut state.cameras);
            let streams = (0..).zip(&origins).zip(opened.into_iter().zip(set_anew));
            let cameras = streams.map(|((stream, origin), (opened, set_anew))| match origin {
                Origin::Stays => before.remove(stream),
                _ => opened.or(set_anew),
            });
            state.cameras = ConfiguredCameras::new(cameras.collect());
            before
        };
        // To close them may take its time.
        drop(replaced);
        self.devices.close_unused();
        Ok(())
    }

    /// Sets the cameras that are open and get other settings, one entry for each stream. All of them take theirs, or none does.
    fn set_anew(
        &self,
        origins: &[Origin],
        configuration: &Configuration,
    ) -> Result<Vec<Option<ConfiguredCamera>>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut set = Vec::new();
        let mut refused = Vec::new();
        for ((stream, video), origin) in configuration.video.iter().enumerate().zip(origins) {
            let mut configured = None;
            if let Origin::OpenOf(from) = *origin {
                let at_rest = self.lock().cameras.get_mut(from).and_then(ConfiguredCamera::take);
                // One that went down with its thread is opened again.
                let camera = at_rest.map_or_else(|| self.devices.open(video.camera_name()), Ok);
                match camera.map(|camera| ConfiguredCamera::new(camera, video)) {
                    Ok(Ok(camera)) => configured = Some(camera),
                    Ok(Err((camera, error))) => {
                        problems.push(camera_problem(stream, &error));
                        refused.push((from, camera));
                    }
                    Err(error) => problems.push(camera_problem(stream, &error)),
                }
            }
            set.push(configured);
        }
        if problems.is_empty() {
            return Ok(set);
        }
        for (origin, configured) in origins.iter().zip(&mut set) {
            if let (Origin::OpenOf(from), Some(configured)) = (origin, configured) {
                refused.extend(configured.take().map(|camera| (*from, camera)));
            }
        }
        for (from, mut camera) in refused {
            let applied = self.lock().cameras.get(from).map(|configured| configured.applied.clone());
            let takes = |applied: Applied| camera.configure(&applied.settings, applied.frame_period_us).is_ok();
            // One that does not take what it had a moment ago is opened again by the next run.
            let is_as_before = applied.is_some_and(takes);
            self.lock().cameras.give_back(from, is_as_before.then_some(camera));
        }
        Err(problems)
    }

    fn open_configured(&self, video: &VideoStream) -> Result<ConfiguredCamera, CameraError> {
        let camera = self.devices.open(video.camera_name())?;
        ConfiguredCamera::new(camera, video).map_err(|(camera, error)| {
            self.devices.keep_open(camera);
            error
        })
    }

    /// Keeps cameras open for the next question, and the next try.
    fn keep_open(&self, cameras: impl Iterator<Item = ConfiguredCamera>) {
        cameras.filter_map(|mut configured| configured.take()).for_each(|camera| self.devices.keep_open(camera));
    }
}

fn features(camera: &ConfiguredCamera) -> Arc<dyn CameraFeatures> {
    Arc::clone(&camera.features)
}

/// A camera that is open is used again.
fn origins(open: &[Option<ConfiguredCamera>], streams: &[VideoStream]) -> Vec<Origin> {
    let names: Vec<_> = open.iter().map(|camera| camera.as_ref().map(ConfiguredCamera::name)).collect();
    let wanted: Vec<_> = streams.iter().map(|video| video.is_active().then(|| video.camera_name())).collect();
    let mut origins = by_name(&names, &wanted);
    for (stream, origin) in origins.iter_mut().enumerate() {
        let own = open.get(stream).and_then(Option::as_ref);
        if *origin == Origin::OpenOf(stream as u32) && own.is_some_and(|own| own.fits(&streams[stream])) {
            *origin = Origin::Stays;
        }
    }
    origins
}

/// The names of the cameras that are open and of those that are wanted, by stream. A stream keeps its own camera; what is
/// left over goes to whoever wants it.
fn by_name(open: &[Option<&str>], wanted: &[Option<&str>]) -> Vec<Origin> {
    let mut free = open.to_vec();
    let mut origins = vec![Origin::None; wanted.len()];
    for (stream, (own, name)) in free.iter_mut().zip(wanted).enumerate() {
        if own.is_some() && own == name {
            origins[stream] = Origin::OpenOf(stream as u32);
            *own = None;
        }
    }
    for (origin, name) in origins.iter_mut().zip(wanted) {
        if name.is_none() || *origin != Origin::None {
            continue;
        }
        let from = free.iter().position(|free| free == name);
        *origin = from.map_or(Origin::New, |from| Origin::OpenOf(from as u32));
        if let Some(from) = from {
            free[from] = None;
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_that_is_open_is_never_opened_again() {
        use Origin::{New, None as Nothing, OpenOf};
        let (a, b) = (Some("a"), Some("b"));
        assert_eq!(by_name(&[], &[a, None, b]), [New, Nothing, New]);
        assert_eq!(by_name(&[a, b], &[a, b]), [OpenOf(0), OpenOf(1)]);
        assert_eq!(by_name(&[a, b], &[b]), [OpenOf(1)], "the first stream is gone");
        assert_eq!(by_name(&[a, b], &[b, a]), [OpenOf(1), OpenOf(0)]);
        assert_eq!(by_name(&[a, a], &[b, a]), [New, OpenOf(1)], "a stream keeps its own");
        assert_eq!(by_name(&[a], &[a, a]), [OpenOf(0), New], "one camera for each of two streams");
        assert_eq!(by_name(&[None, a], &[a, a]), [New, OpenOf(1)]);
    }
}
