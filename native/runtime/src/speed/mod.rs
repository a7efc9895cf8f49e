//! Two seconds in which cameras and storage show how fast they are, before a run depends on it.
//!
//! - `camera`, `storage`: one stream's camera, and its storage, each timed alone. First all cameras, then all storages:
//!   what shares a disk in the run shares it here.
//! - `place`: where the data that nobody wants is written, and that it goes away.

mod camera;
mod place;
mod storage;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use zarrcam_acquisition::{Event, LogLevel, SpeedNeed, SpeedProgress, SpeedReport, StopRequest, StreamSpeed};
use zarrcam_camera::{Camera, CameraControl};
use zarrcam_config::{Configuration, Problem, ResolvedStream, VideoStream, validate};

use crate::checking::dataset_problems;
use crate::disk;
use crate::error::{ErrorCode, RuntimeError};
use crate::meter::bytes;
use crate::runtime::{Inner, Runtime, now_unix_ms};
use crate::signal::{NotifyAtEnd, Signal};
use crate::stream::sizing::{LOOKED_AT_FRAMES, pool_frames};

pub use place::sweep_below;

/// For people who wait: cameras, then storage, then closing what was written.
const EXPECTED: Duration = Duration::from_millis(2200);
const TICK: Duration = Duration::from_millis(200);
/// No more than this is written, s or no s,
const MOST_BYTES: u64 = 4 << 30;
/// and no more than this part of what is free.
const PART_OF_FREE: u64 = 4;

/// A measurement that goes on.
pub struct Measuring {
    /// Stopped: it ends before its time.
    pub control: CameraControl,
    /// Somebody said stop: a preview that made room for it does not come back.
    stopped: bool,
}

impl Measuring {
    pub fn stop(&mut self) {
        self.stopped = true;
        self.control.stop();
    }
}

impl Runtime {
    /// Times every stream's camera and storage with the configuration in force, for about two seconds. What it writes lies
    /// in a hidden folder beside the target, and is deleted whatever happens; a process that is killed leaves it to the
    /// next one.
    ///
    /// Refused while a recording goes on. A preview ends for it, and comes back. `stop`, and every call that wants the
    /// cameras (`start`, `snap`, `set_configuration`), ends it: then the answer is `Cancelled`.
    pub fn measure_speed(&self) -> Result<SpeedReport, RuntimeError> {
        let inner = &self.inner;
        if inner.lock().measuring.is_some() {
            return Err(RuntimeError::new(ErrorCode::AlreadyRunning, "The speed is being measured already."));
        }
        let _turn = inner.take_turn();
        let (configuration, control, previewed) = {
            let mut state = inner.lock();
            state.check_open()?;
            state.check_not_recording("measure")?;
            let configuration = state.document.current().clone();
            let control = CameraControl::new();
            state.measuring = Some(Measuring { control: control.clone(), stopped: false });
            (configuration, control, state.session.is_some())
        };
        // Who asked for the turn a moment ago found nothing to stop.
        if inner.is_turn_wanted() {
            control.stop();
        }
        inner.emit_state();
        inner.end_preview();
        let measured = inner.measure_all(configuration, &control);
        let (waiting, again) = {
            let mut state = inner.lock();
            let stopped = state.measuring.take().is_some_and(|measuring| measuring.stopped);
            if let Ok(report) = &measured {
                state.speed = Some(report.clone());
            }
            let again = previewed && !stopped && !state.closed;
            if again {
                // Who says stop from now on means the preview.
                state.starting = Some(StopRequest::None);
            }
            (std::mem::take(&mut state.waiting), again)
        };
        match &measured {
            Ok(report) => inner.emit(Event::Speed(SpeedProgress { share: 1.0, report: Some(report.clone()) })),
            Err(error) if error.code == ErrorCode::Cancelled => {}
            Err(error) => inner.log(LogLevel::Error, None, format!("The speed was not measured: {}", error.message)),
        }
        if again {
            inner.start_preview_again();
        } else {
            inner.emit_state();
        }
        for done in waiting {
            inner.end(StopRequest::Finish, done);
        }
        measured
    }

    /// What was measured last; `None`: nothing yet.
    pub fn speed(&self) -> Option<SpeedReport> {
        self.inner.lock().speed.clone()
    }
}

/// A stream while it is measured.
struct Subject {
    index: u32,
    /// With an append dimension that grows: the frames of two seconds may be more than the run's.
    video: VideoStream,
    /// `None`: nothing is written.
    target: Option<PathBuf>,
}

impl Inner {
    fn measure_all(
        self: &Arc<Self>,
        configuration: Configuration,
        control: &CameraControl,
    ) -> Result<SpeedReport, RuntimeError> {
        let mut problems = validate(&configuration, &self.catalog());
        problems.retain(Problem::is_error);
        // A name that is taken does not change the speed; a folder beside a dataset's own files would change the dataset.
        problems.extend(dataset_problems(&configuration, &self.names));
        if !problems.is_empty() {
            return Err(RuntimeError::invalid(problems));
        }
        let active = (0..).zip(&configuration.video).filter(|(_, video)| video.is_active());
        let mut subjects = Vec::new();
        for (index, video) in active {
            let target = self.path_of(video)?;
            subjects.push(Subject { index, video: without_end(video), target });
        }
        if subjects.is_empty() {
            let message = "No stream is configured; choose a camera first.";
            return Err(RuntimeError::new(ErrorCode::NotConfigured, message));
        }
        let cameras = self.take_cameras(subjects.iter().map(|subject| (subject.index, &subject.video)))?;
        let ended = Signal::default();
        let streams = thread::scope(|scope| {
            // However it ends: the scope waits for the one who tells.
            let _ended = NotifyAtEnd(&ended);
            scope.spawn(|| self.tell_progress(&ended, control));
            self.time_all(&configuration, subjects, cameras, control)
        })?;
        if control.is_stopped() {
            return Err(cancelled());
        }
        Ok(SpeedReport { measured_unix_ms: now_unix_ms(), configuration, streams })
    }

    fn tell_progress(&self, ended: &Signal, control: &CameraControl) {
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
        subjects: Vec<Subject>,
        cameras: Vec<Box<dyn Camera>>,
        control: &CameraControl,
    ) -> Result<Vec<StreamSpeed>, RuntimeError> {
        let timed = thread::scope(|scope| {
            let threads: Vec<_> = subjects
                .iter()
                .zip(cameras)
                .map(|(subject, mut camera)| {
                    scope.spawn(move || {
                        let timed = camera::time_camera(camera.as_mut(), &subject.video, control);
                        (camera, timed)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().map_err(|_| ended_unexpectedly())).collect::<Vec<_>>()
        });
        let mut takes = Vec::new();
        {
            let mut state = self.lock();
            for (subject, timed) in subjects.iter().zip(timed) {
                // One that went down with its thread is opened anew by the next run.
                let timed = timed.map(|(camera, timed)| {
                    state.cameras.give_back(subject.index, Some(camera));
                    timed
                });
                takes.push(timed.and_then(|timed| timed));
            }
        }
        let takes = takes.into_iter().collect::<Result<Vec<_>, _>>()?;
        let most_bytes = room(&subjects)?;
        let stored = thread::scope(|scope| {
            let threads: Vec<_> = subjects
                .iter()
                .zip(&takes)
                .map(|(subject, take)| {
                    scope.spawn(move || storage::time_storage(subject, &take.frames, most_bytes, control))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(ended_unexpectedly()))).collect()
        });
        let stored: Vec<storage::Stored> = collect(stored)?;
        let speed = |((subject, take), stored): ((&Subject, &camera::Take), storage::Stored)| {
            let video = &configuration.video[subject.index as usize];
            let meaning = video.resolve();
            let asked_fps = meaning.known_period_us.map(|period_us| 1e6 / period_us);
            StreamSpeed {
                stream: subject.index,
                name: video.display_name(subject.index as usize),
                asked_fps,
                camera_fps: take.fps,
                camera_bytes_per_s: take.fps * meaning.camera_frame_bytes() as f64,
                stored_fps: stored.fps,
                stored_bytes_per_s: stored.bytes as f64 / stored.seconds,
                stored_bytes: stored.bytes,
                loses_after_s: asked_fps.and_then(|asked_fps| need(&meaning, asked_fps).loses_after_s(stored.fps)),
            }
        };
        Ok(subjects.iter().zip(&takes).zip(stored).map(speed).collect())
    }
}

fn collect<T>(results: Vec<Result<T, RuntimeError>>) -> Result<Vec<T>, RuntimeError> {
    results.into_iter().collect()
}

fn cancelled() -> RuntimeError {
    RuntimeError::new(ErrorCode::Cancelled, "Measuring was ended before it was done.")
}

fn ended_unexpectedly() -> RuntimeError {
    RuntimeError::new(ErrorCode::Camera, "Measuring ended unexpectedly; the process's log says where.")
}

fn need(meaning: &ResolvedStream, asked_fps: f64) -> SpeedNeed {
    let frames = meaning.camera_frames();
    let interval_s = meaning.time_point_interval_us / 1e6;
    SpeedNeed {
        asked_fps,
        frames,
        time_points: (interval_s > 0.0).then(|| (meaning.frames_per_time_point(), interval_s)),
        buffers: pool_frames(meaning.camera_frame_bytes(), frames) as u64 - LOOKED_AT_FRAMES,
    }
}

fn without_end(video: &VideoStream) -> VideoStream {
    let mut video = video.clone();
    video.max_frame_count = u64::MAX;
    let settings = &mut video.storage.settings;
    settings.overwrite = false;
    if let Some(append) = settings.acquisition_dimensions.get_mut(2..).and_then(<[_]>::last_mut) {
        append.array_size_px = 0;
    }
    video
}

/// Bytes that each stream may write.
fn room(subjects: &[Subject]) -> Result<u64, RuntimeError> {
    let free = subjects.iter().filter_map(|subject| disk::free_bytes(subject.target.as_deref()?)).min();
    let writing = subjects.iter().filter(|subject| subject.target.is_some()).count().max(1) as u64;
    let room = free.map_or(MOST_BYTES, |free| (free / PART_OF_FREE).min(MOST_BYTES)) / writing;
    let largest = subjects.iter().map(|subject| subject.video.resolve().camera_frame_bytes() as u64).max().unwrap_or(0);
    if free.is_some() && room < 2 * largest {
        let message = format!("The disk has no room to measure its speed: {} are free.", bytes(free.unwrap_or(0)));
        return Err(RuntimeError::new(ErrorCode::Storage, message));
    }
    Ok(room)
}
