//! Two seconds in which cameras and storage show how fast they are, before a run depends on it.
//!
//! - `camera`, `storage`: one stream's camera, and its storage, each timed alone. First all cameras, then all storages:
//!   what shares a disk in the run shares it here.
//! - `measured_stream`: a stream while it is measured. `limits`: how much may be written, and what the run needs.
//! - `temporary_folder`: where the data that nobody wants is written, and that it goes away.

mod camera;
mod limits;
mod measured_stream;
mod storage;
mod temporary_folder;

use std::thread;
use std::time::{Duration, Instant};

use zarrcam_acquisition::{Event, LogLevel, SpeedProgress, SpeedReport, StreamSpeed};
use zarrcam_camera::CameraControl;
use zarrcam_checking::{Places, dataset_problems};
use zarrcam_config::{Configuration, Problem, validate};

use self::limits::{most_bytes_each, need};
use self::measured_stream::{MeasuredStream, cancelled};
use crate::activity::Interruption;
use crate::catch_panic::catch_panic;
use crate::error::{ErrorCode, RuntimeError};
use crate::runtime::{Inner, Runtime, now_unix_ms};
use crate::signal::{NotifyAtEnd, Signal};
use crate::starting::TakenCamera;

pub use temporary_folder::sweep_below;

/// How long a measurement takes, for people who wait: cameras, then storage, then closing what was written.
const EXPECTED: Duration = Duration::from_millis(2200);
const TICK: Duration = Duration::from_millis(200);
impl Runtime {
    /// Times every stream's camera and storage with the configuration in force, for about two seconds. What it writes lies
    /// in a hidden folder beside the target, and is deleted whatever happens; a process that is killed leaves it to the
    /// next one.
    ///
    /// Refused while a recording goes on. A preview ends for it, and comes back. `stop`, and every call that wants the
    /// cameras (`start`, `snap`, `set_configuration`), ends it: then the answer is `Cancelled`.
    pub fn measure_speed(&self) -> Result<SpeedReport, RuntimeError> {
        let inner = &self.inner;
        if inner.lock().activity.is_measuring() {
            return Err(RuntimeError::new(ErrorCode::AlreadyRunning, "The speed is being measured already."));
        }
        let _exclusive = inner.begin_exclusive();
        let control = CameraControl::new();
        inner.interrupt_preview(Interruption::Measurement(control.clone()), "measure")?;
        // Who asked for the exclusive operation a moment ago found nothing to stop.
        if inner.exclusive.is_wanted() {
            control.stop();
        }
        let measured = catch_panic("Measuring", || inner.measure_all(&control));
        if let Ok(report) = &measured {
            inner.lock().speed = Some(report.clone());
        }
        inner.resume_preview(true, || match &measured {
            Ok(report) => inner.emit(Event::Speed(SpeedProgress { share: 1.0, report: Some(report.clone()) })),
            Err(error) if error.code == ErrorCode::Cancelled => {}
            Err(error) => inner.log(LogLevel::Error, None, format!("The speed was not measured: {}", error.message)),
        });
        measured
    }

    /// What was measured last; `None`: nothing yet.
    pub fn speed(&self) -> Option<SpeedReport> {
        self.inner.lock().speed.clone()
    }
}

impl Inner {
    fn measure_all(&self, control: &CameraControl) -> Result<SpeedReport, RuntimeError> {
        let configuration = self.lock().document.current().clone();
        let mut problems = validate(&configuration, &self.catalog());
        problems.retain(Problem::is_error);
        // A name that is taken does not change the speed; a folder beside a dataset's own files would change the dataset.
        problems.extend(dataset_problems(&configuration, &self.names));
        if !problems.is_empty() {
            return Err(RuntimeError::invalid(problems));
        }
        let mut measured_streams = Vec::new();
        for (index, video) in configuration.active_streams() {
            measured_streams.push(MeasuredStream::new(index, video, self.names.path_of(video)?));
        }
        if measured_streams.is_empty() {
            let message = "No stream is configured; choose a camera first.";
            return Err(RuntimeError::new(ErrorCode::NotConfigured, message));
        }
        let cameras = self.take_cameras(measured_streams.iter().map(|measured| (measured.index, &measured.video)))?;
        let ended = Signal::default();
        let streams = thread::scope(|scope| {
            // However it ends: the scope waits for the one who reports.
            let _ended = NotifyAtEnd(&ended);
            scope.spawn(|| self.report_progress(&ended, control));
            self.time_all(&configuration, measured_streams, cameras, control)
        })?;
        if control.is_stopped() {
            return Err(cancelled());
        }
        Ok(SpeedReport { measured_unix_ms: now_unix_ms(), configuration, streams })
    }

    fn report_progress(&self, ended: &Signal, control: &CameraControl) {
        let began = Instant::now();
        loop {
            let share = (began.elapsed().as_secs_f64() / EXPECTED.as_secs_f64()).min(0.99);
            self.emit(Event::Speed(SpeedProgress { share, report: None }));
            if ended.wait_timeout(TICK) || control.is_stopped() {
                return;
            }
        }
    }

    /// The cameras are given back, whatever comes of it.
    fn time_all(
        &self,
        configuration: &Configuration,
        measured_streams: Vec<MeasuredStream>,
        cameras: Vec<TakenCamera>,
        control: &CameraControl,
    ) -> Result<Vec<StreamSpeed>, RuntimeError> {
        let timed = thread::scope(|scope| {
            let threads: Vec<_> = measured_streams
                .iter()
                .zip(cameras)
                .map(|(measured, (_, mut camera))| {
                    scope.spawn(move || {
                        let timed = camera::time_camera(camera.as_mut(), &measured.video, control);
                        (camera, timed)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().map_err(|_| ended_unexpectedly())).collect::<Vec<_>>()
        });
        let mut cameras = Vec::new();
        {
            let mut state = self.lock();
            for (measured, timed) in measured_streams.iter().zip(timed) {
                // One that went down with its thread is opened anew by the next run.
                let timed = timed.map(|(camera, timed)| {
                    state.cameras.give_back(measured.index, Some(camera));
                    timed
                });
                cameras.push(timed.and_then(|timed| timed));
            }
        }
        let cameras = cameras.into_iter().collect::<Result<Vec<_>, _>>()?;
        let most_bytes = most_bytes_each(&measured_streams)?;
        let stored = thread::scope(|scope| {
            let threads: Vec<_> = measured_streams
                .iter()
                .zip(&cameras)
                .map(|(measured, camera)| {
                    scope.spawn(move || storage::time_storage(measured, &camera.frames, most_bytes, control))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(ended_unexpectedly()))).collect()
        });
        let stored: Vec<storage::StorageSpeed> = collect(stored)?;
        let speed = |((measured, camera), stored): ((&MeasuredStream, &camera::CameraSpeed), storage::StorageSpeed)| {
            let video = &configuration.video[measured.index as usize];
            let resolved = video.resolve();
            let asked_fps = resolved.known_period_us.map(|period_us| 1e6 / period_us);
            StreamSpeed {
                stream: measured.index,
                name: video.display_name(measured.index as usize),
                asked_fps,
                camera_fps: camera.fps,
                camera_bytes_per_s: camera.fps * resolved.camera_frame_bytes() as f64,
                stored_fps: stored.fps,
                stored_bytes_per_s: stored.bytes as f64 / stored.seconds,
                stored_bytes: stored.bytes,
                loses_after_s: asked_fps.and_then(|asked_fps| need(&resolved, asked_fps).loses_after_s(stored.fps)),
            }
        };
        Ok(measured_streams.iter().zip(&cameras).zip(stored).map(speed).collect())
    }
}

fn collect<T>(results: Vec<Result<T, RuntimeError>>) -> Result<Vec<T>, RuntimeError> {
    results.into_iter().collect()
}

fn ended_unexpectedly() -> RuntimeError {
    RuntimeError::new(ErrorCode::Internal, "Measuring ended unexpectedly; the process's log says where.")
}
