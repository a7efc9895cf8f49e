//! One frame, without a run.

use std::thread;

use zarrcam_camera::{Applied, Camera, CameraControl, CameraError, Captured};
use zarrcam_config::{CameraSettings, InputTriggers};
use zarrcam_frame::{Frame, FramePool};

use crate::devices::camera_problem;
use crate::error::{ErrorCode, RuntimeError};
use crate::preview::{Load, Picture, PreviewRequest};
use crate::runtime::{Done, Inner, Runtime};

impl Runtime {
    /// One frame of a stream, unsaved. While cameras run it is the next one; else the camera takes one, at once: a snap
    /// is its own trigger. Calls back with its picture; previews see it as well.
    pub fn snap(&self, request: PreviewRequest, done: Done<Picture>) {
        let stream = request.stream;
        let before = self.inner.preview.sequence(stream);
        let running = {
            let state = self.inner.lock();
            match state.check_open().and_then(|()| state.stream(stream).map(|_| ())) {
                Ok(()) => state.session.is_some(),
                Err(error) => {
                    drop(state);
                    return done(Err(error));
                }
            }
        };
        if running {
            return self.inner.preview.next_picture(request, Some(before), done);
        }
        let inner = std::sync::Arc::clone(&self.inner);
        // The callback travels by a slot, so that it is not lost with a thread that does not start.
        let slot = std::sync::Arc::new(std::sync::Mutex::new(Some(done)));
        let of_thread = std::sync::Arc::clone(&slot);
        let take = |slot: &std::sync::Mutex<Option<Done<Picture>>>| {
            slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
        };
        let spawned = thread::Builder::new().name("zarrcam snap".to_owned()).spawn(move || {
            let Some(done) = take(&of_thread) else { return };
            let _turn = inner.take_turn();
            match inner.expose_one(stream) {
                Ok(()) => inner.preview.next_picture(request, Some(before), done),
                Err(error) => done(Err(error)),
            }
        });
        // Only a thread that did not start leaves the callback here: looking into the slot before would take it away.
        if let Err(error) = spawned
            && let Some(done) = take(&slot)
        {
            done(Err(RuntimeError::new(ErrorCode::Camera, format!("no thread for the snap: {error}"))));
        }
    }
}

impl Inner {
    /// Shows one frame of a camera at rest. The caller has the turn.
    fn expose_one(&self, stream: u32) -> Result<(), RuntimeError> {
        let control = CameraControl::new();
        let (mut camera, applied, frame_period_us) = {
            let mut state = self.lock();
            state.check_open()?;
            if state.session.is_some() {
                // A run began meanwhile; its frames do as well.
                return Ok(());
            }
            state.stream(stream)?;
            let no_camera =
                || RuntimeError::new(ErrorCode::Camera, "The camera is not there; set the configuration again.");
            let configured = state.cameras.get_mut(stream).ok_or_else(no_camera)?;
            let camera = configured.take().ok_or_else(no_camera)?;
            let Applied { settings, frame_period_us } = configured.applied.clone();
            let taken = (camera, settings, frame_period_us);
            state.snapping = Some((stream, control.clone()));
            taken
        };
        let frame = take_frame(stream, camera.as_mut(), &applied, frame_period_us, &control);
        camera.stop();
        let restored = camera.configure(&applied, frame_period_us);
        {
            let mut state = self.lock();
            state.snapping = None;
            state.cameras.give_back(stream, Some(camera));
        }
        let frame = frame?;
        restored?;
        self.preview.show(stream, 0, frame, None, Load::Free);
        Ok(())
    }
}

fn take_frame(
    stream: u32,
    camera: &mut dyn Camera,
    applied: &CameraSettings,
    frame_period_us: f64,
    control: &CameraControl,
) -> Result<Frame, RuntimeError> {
    let untriggered = CameraSettings { input_triggers: InputTriggers::default(), ..applied.clone() };
    let refused = |error: CameraError| match error.field() {
        // What was set may be gone since, a file that is to be played say.
        Some(_) => RuntimeError::invalid(vec![camera_problem(stream as usize, &error)]),
        None => error.into(),
    };
    let settings = camera.configure(&untriggered, frame_period_us).map_err(refused)?.settings;
    let pool = FramePool::new(camera.frame_bytes(), 1)
        .map_err(|error| RuntimeError::new(ErrorCode::Camera, error.to_string()))?;
    camera.start().map_err(refused)?;
    let Captured::Frame(stamp) = camera.wait_exposure(control)? else {
        return Err(RuntimeError::new(ErrorCode::Cancelled, "The snap was cancelled."));
    };
    let no_buffer = || RuntimeError::new(ErrorCode::Camera, "There is no buffer for the frame.");
    let mut buffer = pool.try_take().ok_or_else(no_buffer)?;
    camera.read_into(&mut buffer)?;
    let [width, height] = settings.shape;
    Ok(Frame { buffer: buffer.freeze(), width, height, pixel_type: settings.pixel_type, stamp })
}
