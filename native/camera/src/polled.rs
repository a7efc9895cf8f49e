//! A simulated camera without a thread: whoever has an event loop asks it.

use std::sync::Arc;

use zarrcam_config::CameraSettings;

use crate::schedule::Due;
use crate::simulated::Simulated;
use crate::timetable::Timetable;
use crate::timing::Timing;
use crate::{CameraError, CameraFeatures, Clock, SimulatedKind, SimulatedPicture};

/// What a [`PolledCamera`] says when it is asked for its next frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Polled {
    /// This frame is exposed. Ids rise; a jump is a number of frames that the camera lost because its host was late.
    Exposed {
        hardware_id: u64,
        /// Since the camera's start, see [the camera's clocks](crate#clocks).
        hardware_clock_ns: u64,
    },
    /// None before so long, us.
    NotBefore { wait_us: f64 },
    /// None before [`PolledCamera::trigger`].
    AwaitsTrigger,
}

/// A simulated camera that blocks nobody: it is asked again and again, and reads the clock that it was given. It shows what the
/// camera of the same name shows that has a thread.
pub struct PolledCamera {
    source: Simulated,
    settings: CameraSettings,
    timing: Timing,
    picture: SimulatedPicture,
    run: Option<Run>,
}

struct Run {
    started_us: f64,
    awaits_start: bool,
    /// Pulses that nothing took yet.
    triggers: u64,
    timetable: Timetable,
    due: Option<Due>,
    exposed: Option<u64>,
}

impl PolledCamera {
    /// Opens the camera of this name with these settings. `frame_period_us`: from frame to frame; 0: it follows the exposure.
    pub fn open(
        name: &str,
        settings: &CameraSettings,
        frame_period_us: f64,
        clock: Clock,
    ) -> Result<Self, CameraError> {
        let source = Simulated::named(name, clock).ok_or_else(|| CameraError::UnknownCamera {
            name: name.to_owned(),
            known: SimulatedKind::ALL.map(SimulatedKind::name).join(", "),
        })?;
        if let Some(problem) = source.validate(settings, frame_period_us).into_iter().next() {
            return Err(problem);
        }
        let timing = Timing::new(settings, frame_period_us, source.capabilities(settings).frame_time_us);
        let picture = source.picture(settings, timing.frame_period_us);
        Ok(Self { source, settings: settings.clone(), timing, picture, run: None })
    }

    /// What the camera of this name answers about itself; `None`: there is none.
    pub fn features(name: &str, clock: Clock) -> Option<Arc<dyn CameraFeatures>> {
        Some(Arc::new(Simulated::named(name, clock)?))
    }

    /// The settings that it was opened with.
    pub fn settings(&self) -> &CameraSettings {
        &self.settings
    }

    /// Bytes of a frame.
    pub fn frame_bytes(&self) -> usize {
        self.picture.frame_bytes()
    }

    /// Whether frames come whether or not anybody is ready; else the camera waits for its host.
    pub fn is_paced(&self) -> bool {
        matches!(self.timing.pacing(), crate::Pacing::Paced { .. })
    }

    /// Begins a run: ids count from 0 again.
    pub fn start(&mut self) {
        self.run = Some(Run {
            started_us: self.source.clock.now_us(),
            awaits_start: self.timing.start_trigger,
            triggers: 0,
            timetable: Timetable::new(self.timing),
            due: None,
            exposed: None,
        });
    }

    /// One pulse on the line `software`.
    pub fn trigger(&mut self) {
        if let Some(run) = &mut self.run {
            run.triggers += 1;
        }
    }

    /// Whether a frame is exposed that nobody has, and which. The frame of the answer before is let go where it was not read.
    pub fn poll(&mut self) -> Result<Polled, CameraError> {
        let clock = self.source.clock;
        let Some(run) = &mut self.run else {
            return Err(CameraError::NotRunning { camera: self.source.camera_name().to_owned() });
        };
        run.exposed = None;
        if run.awaits_start {
            if run.triggers == 0 {
                return Ok(Polled::AwaitsTrigger);
            }
            run.triggers -= 1;
            run.awaits_start = false;
            run.started_us = clock.now_us();
        }
        let now_ns = run.now_ns(clock);
        let due = match run.due {
            Some(due) => due,
            None => {
                if run.timetable.awaits_pulse() {
                    if run.triggers == 0 {
                        return Ok(Polled::AwaitsTrigger);
                    }
                    run.triggers -= 1;
                }
                *run.due.insert(run.timetable.next(now_ns))
            }
        };
        if due.complete_ns > now_ns {
            return Ok(Polled::NotBefore { wait_us: (due.complete_ns - now_ns) as f64 / 1e3 });
        }
        run.due = None;
        run.exposed = Some(due.id);
        run.timetable.handed_over(now_ns);
        Ok(Polled::Exposed { hardware_id: due.id, hardware_clock_ns: due.begin_ns })
    }

    /// The exposed frame's pixels: rows from the top, tight, little endian. Every byte of `buffer` is written; it is
    /// [`frame_bytes`](Self::frame_bytes) long.
    pub fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        let camera = || self.source.camera_name().to_owned();
        let Some(run) = &mut self.run else { return Err(CameraError::NotRunning { camera: camera() }) };
        let Some(id) = run.exposed.take() else { return Err(CameraError::NoFrame { camera: camera() }) };
        let needed = self.picture.frame_bytes();
        if buffer.len() != needed {
            return Err(CameraError::WrongBufferSize { camera: camera(), needed, given: buffer.len() });
        }
        let begun_ns = run.now_ns(self.source.clock);
        self.picture.render(id, buffer);
        let took_ns = run.now_ns(self.source.clock).saturating_sub(begun_ns);
        run.timetable.frame_took(took_ns);
        Ok(())
    }

    /// Ends a run.
    pub fn stop(&mut self) {
        self.run = None;
    }
}

impl Run {
    fn now_ns(&self, clock: Clock) -> u64 {
        ((clock.now_us() - self.started_us) * 1e3).max(0.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static NOW_US: Cell<f64> = const { Cell::new(0.0) };
    }

    fn wait_us(us: f64) {
        NOW_US.set(NOW_US.get() + us);
    }

    /// A test's own; it stands still, so that the camera itself takes no time.
    fn clock() -> Clock {
        Clock { now_us: || NOW_US.get(), resolution_us: 0.0 }
    }

    fn camera(exposure_time_us: f64, trigger: bool) -> PolledCamera {
        let mut settings = CameraSettings { shape: [32, 16], exposure_time_us, ..CameraSettings::default() };
        settings.input_triggers.frame_start.enable = trigger;
        let mut camera = PolledCamera::open("simulated: uniform random", &settings, 0.0, clock()).unwrap();
        camera.start();
        camera
    }

    #[test]
    fn a_paced_camera_has_each_frame_when_it_is_due() {
        let mut camera = camera(1000.0, false);
        let mut pixels = vec![0; camera.frame_bytes()];
        for id in 0..10 {
            assert_eq!(camera.poll(), Ok(Polled::NotBefore { wait_us: 1000.0 }));
            wait_us(400.0);
            assert_eq!(camera.poll(), Ok(Polled::NotBefore { wait_us: 600.0 }));
            wait_us(600.0);
            assert_eq!(camera.poll(), Ok(Polled::Exposed { hardware_id: id, hardware_clock_ns: id * 1_000_000 }));
            camera.read_into(&mut pixels).unwrap();
            let mut expected = vec![0; pixels.len()];
            SimulatedPicture::new(SimulatedKind::UniformRandom, camera.settings(), 1000.0).render(id, &mut expected);
            assert_eq!(pixels, expected);
            assert!(matches!(camera.read_into(&mut pixels), Err(CameraError::NoFrame { .. })));
        }
    }

    #[test]
    fn a_host_that_was_away_finds_what_the_camera_kept() {
        let mut camera = camera(1000.0, false);
        wait_us(1000.0);
        assert!(matches!(camera.poll(), Ok(Polled::Exposed { hardware_id: 0, .. })));
        wait_us(200_000.0);
        assert!(matches!(camera.poll(), Ok(Polled::Exposed { hardware_id: 137, .. })), "of 0 to 200 it keeps 64");
    }

    #[test]
    fn a_pulse_is_a_frame() {
        let mut camera = camera(0.0, true);
        assert_eq!(camera.poll(), Ok(Polled::AwaitsTrigger));
        camera.trigger();
        camera.trigger();
        for hardware_id in [0, 1] {
            assert!(matches!(camera.poll(), Ok(Polled::Exposed { hardware_id: id, .. }) if id == hardware_id));
        }
        assert_eq!(camera.poll(), Ok(Polled::AwaitsTrigger));
    }

    #[test]
    fn what_it_cannot_do_is_refused() {
        let settings = CameraSettings { shape: [0, 16], ..CameraSettings::default() };
        assert!(PolledCamera::open("simulated: empty", &settings, 0.0, clock()).is_err());
        let unknown = PolledCamera::open("replay", &CameraSettings::default(), 0.0, clock());
        assert!(matches!(unknown, Err(CameraError::UnknownCamera { .. })));
    }
}
