use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zarrcam_camera::{Applied, Camera, CameraControl, CameraError, CameraFeatures, Captured, Pacing, Transport};
use zarrcam_config::{CameraSettings, FeatureValue};
use zarrcam_frame::FrameStamp;

use super::packets;
use super::settings::{InForce, apply};
use super::shared::Shared;
use super::triggering::{Pulse, SoftwarePulses};
use crate::aravis::{Counters, Device, Status, Stream, Taken};
use crate::frame_ids::FrameIds;
use crate::roster::{Place, Roster};

/// Memory of the buffers that frames arrive in.
const BUFFERS_BYTES: usize = 64 << 20;
const FEWEST_BUFFERS: usize = 8;
const MOST_BUFFERS: usize = 128;
/// How soon a stop is noticed.
const GLANCE: Duration = Duration::from_millis(50);
/// Without a frame for so long somebody should know.
const SILENCE: Duration = Duration::from_secs(5);
/// A triggered camera that gives no frame for so long, exposure aside, does not work.
const TRIGGERED_FRAME: Duration = Duration::from_secs(10);

/// Opens the camera again, when it is back.
pub type Reopen = Box<dyn Fn() -> Result<Device, CameraError> + Send>;

/// A GenICam camera that is open.
pub struct GenicamCamera {
    shared: Arc<Shared>,
    roster: Arc<Roster>,
    name: String,
    reopen: Reopen,
    open: Arc<AtomicUsize>,
    in_force: Option<InForce>,
    /// What features were before a document set them.
    features_before: BTreeMap<String, FeatureValue>,
    /// Whether packets have the size that the path carries.
    packets_adjusted: bool,
    run: Option<Run>,
}

/// From a start to its stop.
struct Run {
    stream: Stream,
    frame_bytes: usize,
    cable_bytes: usize,
    ids: FrameIds,
    first_timestamp_ns: Option<u64>,
    pulses: SoftwarePulses,
    /// The frame that waits to be read.
    exposed: Option<Taken>,
    last_frame_at: Instant,
    /// What was said already.
    said_silent: bool,
    said_incomplete: bool,
    /// Frames that were whole on the cable, and are no frame of this run.
    misfits: u64,
}

impl GenicamCamera {
    /// `open` counts the cameras that are open.
    pub fn new(name: &str, device: Device, roster: Arc<Roster>, reopen: Reopen, open: Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::SeqCst);
        Self {
            shared: Arc::new(Shared::new(name, device, Arc::clone(&roster))),
            roster,
            name: name.to_owned(),
            reopen,
            open,
            in_force: None,
            features_before: BTreeMap::new(),
            packets_adjusted: false,
            run: None,
        }
    }

    /// One that was lost, and is back, is opened again and set as it was.
    fn come_back(&mut self) -> Result<(), CameraError> {
        if !self.shared.device().is_lost() {
            return Ok(());
        }
        self.shared.replace_device((self.reopen)()?);
        self.features_before.clear();
        self.packets_adjusted = false;
        if let Some(Applied { settings, frame_period_us }) = self.in_force.take().map(|in_force| in_force.applied) {
            self.set(&settings, frame_period_us)?;
        }
        self.shared.say("The camera is back, and set as it was.");
        Ok(())
    }

    fn set(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        let set = apply(&self.shared, &self.name, settings, frame_period_us, &mut self.features_before);
        self.shared.read_again();
        let in_force = set?;
        let applied = in_force.applied.clone();
        self.in_force = Some(in_force);
        Ok(applied)
    }

    fn adjust_packets(&mut self, settings: &CameraSettings) {
        if !self.packets_adjusted
            && !settings.features.contains_key(packets::FEATURE)
            && let Some(Place::Network { interface, .. }) = self.roster.place(&self.name)
        {
            packets::adjust(&self.shared, &self.shared.device(), &interface);
            self.packets_adjusted = true;
        }
    }
}

impl Camera for GenicamCamera {
    fn features(&self) -> Arc<dyn CameraFeatures> {
        Arc::<Shared>::clone(&self.shared)
    }

    fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<Applied, CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.name.clone() });
        }
        self.come_back()?;
        if let Some(problem) = self.shared.validate(settings, frame_period_us).into_iter().next() {
            return Err(problem);
        }
        let before = self.in_force.clone();
        self.set(settings, frame_period_us).inspect_err(|_| {
            // As it was; what refuses that, too, is told by the next start.
            if let Some(Applied { settings, frame_period_us }) = before.map(|before| before.applied) {
                let _ = self.set(&settings, frame_period_us);
            }
        })
    }

    fn pacing(&self) -> Pacing {
        match &self.in_force {
            Some(InForce { frame_trigger: Some(_), .. }) => Pacing::Triggered,
            Some(InForce { period_us, .. }) if *period_us > 0.0 => Pacing::Paced { frame_period_us: *period_us },
            _ => Pacing::AsFastAsPossible,
        }
    }

    fn frame_bytes(&self) -> usize {
        self.in_force.as_ref().map_or(0, |in_force| pixels(in_force) * in_force.format.pixel_type.bytes())
    }

    fn counts_by_itself(&self) -> bool {
        true
    }

    fn start(&mut self) -> Result<(), CameraError> {
        if self.run.is_some() {
            return Err(CameraError::Running { camera: self.name.clone() });
        }
        self.come_back()?;
        let Some(in_force) = self.in_force.clone() else {
            return Err(CameraError::NotConfigured { camera: self.name.clone() });
        };
        self.adjust_packets(&in_force.applied.settings);
        let device = self.shared.device();
        let cable_bytes = in_force.format.cable_bytes(pixels(&in_force));
        let payload = device
            .payload_bytes()
            .map_err(|reason| self.shared.failed(format!("PayloadSize cannot be read: {reason}")))?;
        if payload < cable_bytes {
            return Err(CameraError::Feature {
                camera: self.name.clone(),
                feature: "PayloadSize".to_owned(),
                asked: format!("{cable_bytes} bytes for {} of this size", in_force.format.name),
                got: format!("and the camera says {payload} bytes"),
            });
        }
        let buffers = (BUFFERS_BYTES / payload.max(1)).clamp(FEWEST_BUFFERS, MOST_BUFFERS);
        let failed = |what: &str, reason: &str| self.shared.failed(format!("{what}: {reason}"));
        let stream =
            Stream::new(&device, buffers, payload).map_err(|reason| failed("It gives no stream of frames", &reason))?;
        self.shared.count(Transport::default());
        device.start().map_err(|reason| failed("It does not start", &reason))?;
        self.run = Some(Run {
            stream,
            frame_bytes: self.frame_bytes(),
            cable_bytes,
            ids: FrameIds::default(),
            first_timestamp_ns: None,
            pulses: SoftwarePulses::default(),
            exposed: None,
            last_frame_at: Instant::now(),
            said_silent: false,
            said_incomplete: false,
            misfits: 0,
        });
        Ok(())
    }

    fn wait_exposure(&mut self, control: &CameraControl) -> Result<Captured, CameraError> {
        let (Some(run), Some(in_force)) = (&mut self.run, &self.in_force) else {
            return Err(CameraError::NotRunning { camera: self.name.clone() });
        };
        run.let_go();
        if control.is_stopped() {
            return Ok(Captured::Stopped);
        }
        let pulse = run.pulses.before_frame(&self.shared, in_force, control)?;
        if pulse == Pulse::Stopped {
            return Ok(Captured::Stopped);
        }
        run.next_frame(&self.shared, in_force, control, pulse == Pulse::Given)
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<(), CameraError> {
        let (Some(run), Some(in_force)) = (&mut self.run, &self.in_force) else {
            return Err(CameraError::NoFrame { camera: self.name.clone() });
        };
        let Some(taken) = &run.exposed else { return Err(CameraError::NoFrame { camera: self.name.clone() }) };
        if buffer.len() != run.frame_bytes {
            return Err(CameraError::WrongBufferSize {
                camera: self.name.clone(),
                needed: run.frame_bytes,
                given: buffer.len(),
            });
        }
        // It was looked at when it came.
        let picture = run.stream.picture(taken).map(|(bytes, ..)| bytes).filter(|bytes| bytes.len() >= run.cable_bytes);
        let Some(bytes) = picture else { return Err(CameraError::NoFrame { camera: self.name.clone() }) };
        in_force.format.unpack(bytes, buffer);
        run.let_go();
        Ok(())
    }

    fn discard(&mut self) {
        if let Some(run) = &mut self.run {
            run.let_go();
        }
    }

    fn stop(&mut self) {
        let Some(mut run) = self.run.take() else { return };
        run.let_go();
        run.count(&self.shared);
        let device = self.shared.device();
        // One that is gone does not answer, and to ask takes seconds.
        if !device.is_lost()
            && let Err(reason) = device.stop()
        {
            self.shared.say(format!("It did not stop when it was asked to: {reason}"));
        }
    }
}

impl Run {
    fn let_go(&mut self) {
        if let Some(taken) = self.exposed.take() {
            self.stream.give_back(taken);
        }
    }

    /// The next frame that is whole. Those that are not are counted, and leave their ids out.
    fn next_frame(
        &mut self,
        shared: &Shared,
        in_force: &InForce,
        control: &CameraControl,
        was_triggered: bool,
    ) -> Result<Captured, CameraError> {
        let mut asked_at = Instant::now();
        let exposure = Duration::from_secs_f64((in_force.applied.settings.exposure_time_us / 1e6).clamp(0.0, 86_400.0));
        loop {
            if control.is_stopped() {
                return Ok(Captured::Stopped);
            }
            let Some(taken) = self.stream.take(GLANCE) else {
                if self.stream.is_lost() {
                    return Err(
                        shared.failed("It is gone: it does not answer any more. Look at its cable and its power.")
                    );
                }
                if was_triggered && asked_at.elapsed() > TRIGGERED_FRAME + exposure {
                    return Err(shared.failed(format!(
                        "TriggerSoftware was asked for a frame, and none came within {} s.",
                        (TRIGGERED_FRAME + exposure).as_secs()
                    )));
                }
                self.look_at_silence(shared, in_force, exposure);
                continue;
            };
            self.last_frame_at = Instant::now();
            let is_picture = self.look_at(shared, in_force, &taken);
            // Of one that is incomplete the id may not have come; as the first of a run it says where the count begins.
            let id = match taken.status {
                Status::Whole => Some(self.ids.extend(taken.frame_id)),
                Status::Incomplete if taken.frame_id != 0 => self.ids.begin(taken.frame_id),
                _ => None,
            };
            self.count(shared);
            match id {
                Some(Some(hardware_id)) if is_picture => {
                    let first = *self.first_timestamp_ns.get_or_insert(taken.timestamp_ns);
                    let stamp = FrameStamp {
                        hardware_id,
                        hardware_clock_ns: taken.timestamp_ns.saturating_sub(first),
                        unix_ns: SystemTime::now()
                            .duration_since(UNIX_EPOCH)
                            .map_or(0, |since| since.as_nanos() as u64),
                    };
                    self.exposed = Some(taken);
                    return Ok(Captured::Frame(stamp));
                }
                Some(None) => {
                    let id = taken.frame_id;
                    self.stream.give_back(taken);
                    return Err(shared
                        .failed(format!("It counted its frames back: frame {id} came where a later one was due.")));
                }
                // Incomplete: the next one shows the gap. With a trigger of its own nothing follows by itself.
                _ => {
                    self.stream.give_back(taken);
                    if was_triggered {
                        shared.say("The frame of a trigger was lost between camera and computer.");
                        let pulse = self.pulses.before_frame(shared, in_force, control)?;
                        if pulse == Pulse::Stopped {
                            return Ok(Captured::Stopped);
                        }
                        asked_at = Instant::now();
                    }
                }
            }
        }
    }

    /// Whether a frame of this run lies in it.
    fn look_at(&mut self, shared: &Shared, in_force: &InForce, taken: &Taken) -> bool {
        match taken.status {
            Status::Nothing => return false,
            Status::Incomplete => {
                if !std::mem::replace(&mut self.said_incomplete, true) {
                    shared.say(incomplete());
                }
                return false;
            }
            Status::Whole => {}
        }
        let Applied { settings, .. } = &in_force.applied;
        let wanted = format!(
            "{} x {} px of {}, {} bytes",
            settings.shape[0], settings.shape[1], in_force.format.name, self.cable_bytes
        );
        let got = match self.stream.picture(taken) {
            None => "no picture".to_owned(),
            Some((bytes, code, shape)) => {
                if bytes.len() >= self.cable_bytes && code == in_force.format.code && shape == settings.shape {
                    return true;
                }
                format!("{} x {} px of pixel format {code:#010x}, {} bytes", shape[0], shape[1], bytes.len())
            }
        };
        self.misfits += 1;
        shared.say(format!("A frame was to be {wanted}, and is {got}: such frames are lost."));
        false
    }

    fn count(&self, shared: &Shared) {
        let Counters { packets_missing, packets_resent, frames_failed, frames_without_buffer, .. } =
            self.stream.counters();
        shared.count(Transport {
            packets_lost: packets_missing,
            packets_resent,
            frames_incomplete: frames_failed + self.misfits,
            frames_without_buffer,
        });
    }

    fn look_at_silence(&mut self, shared: &Shared, in_force: &InForce, exposure: Duration) {
        // Who waits for a line may wait for as long as it takes.
        let waits = in_force.frame_trigger.is_some() || in_force.start_trigger.is_some();
        let period = Duration::from_secs_f64((in_force.period_us / 1e6).clamp(0.0, 86_400.0));
        if self.said_silent || waits || self.last_frame_at.elapsed() < SILENCE + exposure + 2 * period {
            return;
        }
        self.said_silent = true;
        let Counters { packets_received, .. } = self.stream.counters();
        if packets_received == 0 {
            shared.say(
                "The camera answers, and not one packet of a frame arrives: a firewall that lets its answers through keeps its frames out, or \
                 packets are larger than the path carries. docs/cameras.md says what to allow.",
            );
        } else {
            shared.say("No frame has come for several seconds, though packets do: see how many are lost.");
        }
    }
}

fn pixels(in_force: &InForce) -> usize {
    let [width, height] = in_force.applied.settings.shape;
    width as usize * height as usize
}

/// What to look at, and what this system lets a socket hold, where it says.
fn incomplete() -> String {
    let most = std::fs::read_to_string("/proc/sys/net/core/rmem_max").ok();
    let most = most.and_then(|text| text.trim().parse::<u64>().ok());
    let small = match most {
        Some(bytes) if bytes < 4 << 20 => format!(
            " This system lets a socket hold {} KiB, and 4 MiB are wanted: sudo sysctl -w net.core.rmem_max=4194304.",
            bytes >> 10
        ),
        _ => String::new(),
    };
    format!(
        "Packets are lost between camera and computer, and frames with them: each is counted, and its place stays empty.{small}"
    )
}

impl Drop for GenicamCamera {
    fn drop(&mut self) {
        self.stop();
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}
