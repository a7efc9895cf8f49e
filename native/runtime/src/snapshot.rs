//! One frame, without a run.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use zarrcam_camera::{Camera, CameraControl, CameraError, Captured};
use zarrcam_config::{CameraSettings, InputTriggers, VideoStream};
use zarrcam_frame::{Frame, FramePool};
use zarrcam_preview::{Load, PreviewRequest};

use crate::activity::Interruption;
use crate::catch_panic::catch_panic;
use crate::devices::camera_problem;
use crate::error::{Callback, ErrorCode, RuntimeError};
use crate::preview::Picture;
use crate::runtime::{Inner, Runtime};

impl Runtime {
    /// One frame of a stream, unsaved. While cameras run it is the next one; else the camera takes one, at once: a snap
    /// is its own trigger. Calls back with its picture; previews see it as well.
    pub fn snap(&self, request: PreviewRequest, done: Callback<Picture>) {
        let stream = request.stream;
        let before = self.inner.preview.sequence(stream);
        let running = {
            let state = self.inner.lock();
            match state.activity.check_open().and_then(|()| state.stream(stream).map(|_| ())) {
                Ok(()) => state.activity.session().is_some(),
                Err(error) => {
                    drop(state);
                    return done(Err(error));
                }
            }
        };
        if running {
            return self.inner.snap_of_run(request, before, done);
        }
        let inner = Arc::clone(&self.inner);
        // The callback travels by a slot, so that it is not lost with a thread that does not start.
        let slot = Arc::new(Mutex::new(Some(done)));
        let of_thread = Arc::clone(&slot);
        let take = |slot: &Mutex<Option<Callback<Picture>>>| slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let spawned = thread::Builder::new().name("zarrcam snap".to_owned()).spawn(move || {
            let Some(done) = take(&of_thread) else { return };
            let _exclusive = inner.begin_exclusive();
            match inner.expose_one(stream) {
                Ok(Exposed::AtRest) => inner.preview.next_picture(request, Some(before), done),
                Ok(Exposed::ByRun) => inner.snap_of_run(request, before, done),
                Err(error) => done(Err(error)),
            }
        });
        // Only a thread that did not start leaves the callback here: looking into the slot before would take it away.
        if let Err(error) = spawned
            && let Some(done) = take(&slot)
        {
            done(Err(RuntimeError::no_thread("the snap", error)));
        }
    }
}

/// Where a snap's frame comes from.
enum Exposed {
    /// The camera at rest took it, and the preview has it.
    AtRest,
    /// A run began meanwhile; its frames do as well.
    ByRun,
}

impl Inner {
    /// The next picture of the run that goes on.
    fn snap_of_run(self: &Arc<Self>, request: PreviewRequest, after: u64, done: Callback<Picture>) {
        self.preview.snap(request, after, done);
        // It may have ended before it could know of the snap.
        if self.lock().activity.session().is_none() {
            self.snap_again();
        }
    }

    /// The run has ended: snaps that it gave no frame are taken by the cameras at rest.
    pub fn snap_again(self: &Arc<Self>) {
        let runtime = Runtime { inner: Arc::clone(self) };
        self.preview.take_snaps().into_iter().for_each(|(request, done)| runtime.snap(request, done));
    }

    /// Shows one frame of a camera at rest. The caller holds the exclusive operation.
    fn expose_one(&self, stream: u32) -> Result<Exposed, RuntimeError> {
        let control = CameraControl::new();
        let video = {
            let mut state = self.lock();
            state.activity.check_open()?;
            let video = state.stream(stream)?.clone();
            if state.activity.session().is_some() {
                return Ok(Exposed::ByRun);
            }
            // No preview is on that would have to make room.
            state.activity.interrupt(Interruption::Snap(control.clone()), "take a picture")?;
            video
        };
        let frame = catch_panic("The snap", || {
            let mut camera = self.take_camera(stream, &video)?;
            let frame = take_frame(stream, camera.as_mut(), &video, &control);
            camera.stop();
            let restored = camera.configure(&video.camera.settings, video.frame_period_us);
            self.lock().cameras.give_back(stream, Some(camera));
            let frame = frame?;
            restored?;
            Ok(frame)
        });
        let (_, consequences) = self.lock().activity.resume(false);
        consequences.carry_out();
        self.preview.show(stream, 0, frame?, None, Load::Free);
        Ok(Exposed::AtRest)
    }
}

/// The camera's next frame without triggers: the snap is its trigger.
fn take_frame(
    stream: u32,
    camera: &mut dyn Camera,
    video: &VideoStream,
    control: &CameraControl,
) -> Result<Frame, RuntimeError> {
    let untriggered = CameraSettings { input_triggers: InputTriggers::default(), ..video.camera.settings.clone() };
    let refused = |error: CameraError| match error.field() {
        // What was set may be gone since, a file that is to be played say.
        Some(_) => RuntimeError::invalid(vec![camera_problem(stream as usize, &error)]),
        None => error.into(),
    };
    let settings = camera.configure(&untriggered, video.frame_period_us).map_err(refused)?.settings;
    let pool = FramePool::new(camera.frame_bytes(), 1).map_err(RuntimeError::no_memory)?;
    camera.start().map_err(refused)?;
    let Captured::Frame(stamp) = camera.wait_exposure(control)? else {
        return Err(RuntimeError::new(ErrorCode::Cancelled, "The snap was cancelled."));
    };
    let no_buffer = || RuntimeError::new(ErrorCode::Internal, "There is no buffer for the frame.");
    let mut buffer = pool.try_take().ok_or_else(no_buffer)?;
    camera.read_into(&mut buffer)?;
    let [width, height] = settings.shape;
    Ok(Frame { buffer: buffer.freeze(), width, height, pixel_type: settings.pixel_type, stamp, metadata: None })
}
