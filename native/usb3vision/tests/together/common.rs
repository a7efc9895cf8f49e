//! The emulated camera behind the transport of `viva-u3v`, with a clock that goes on when somebody waits.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use viva_u3v::{BulkIn, Completion, U3vError, UsbTransfer};
use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;
use zarrcam_usb3vision::{Arrived, Camera, Endpoints, Frame, FrameReceiver, Received, StreamCounters, Usb};
use zarrcam_usb3vision_emulator::{CONTROL_IN, CONTROL_OUT, Emulator, Options, PACKET_BYTES, STREAM_IN, Status};

struct Clocked {
    emulator: Emulator,
    now_ns: u64,
}

impl Clocked {
    /// Lets time go on to the next thing that happens, at most so long; whether anything did.
    fn wait(&mut self, most: Duration) -> bool {
        let until = self.now_ns + most.as_nanos() as u64;
        let next = self.emulator.next_exposure_ns().filter(|at| *at <= until);
        self.now_ns = next.unwrap_or(until).max(self.now_ns);
        self.emulator.advance(self.now_ns);
        next.is_some()
    }
}

#[derive(Clone)]
pub struct Emulated(Arc<Mutex<Clocked>>);

impl Emulated {
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Mutex::new(Clocked { emulator: Emulator::new(options), now_ns: 0 })))
    }

    fn locked(&self) -> MutexGuard<'_, Clocked> {
        self.0.lock().expect("no test panicked with it")
    }

    pub fn with<R>(&self, work: impl FnOnce(&mut Emulator) -> R) -> R {
        work(&mut self.locked().emulator)
    }

    pub fn wait(&self, most: Duration) -> bool {
        self.locked().wait(most)
    }

    pub fn open(&self) -> Result<Camera<Self>, zarrcam_usb3vision::Usb3VisionError> {
        let endpoints =
            Endpoints { control_in: CONTROL_IN, control_out: CONTROL_OUT, stream_packet: PACKET_BYTES as u32 };
        Camera::open(Arc::new(self.clone()), endpoints)
    }
}

impl UsbTransfer for Emulated {
    fn bulk_write(&self, endpoint: u8, data: &[u8], _timeout: Duration) -> Result<usize, U3vError> {
        assert_eq!(endpoint, CONTROL_OUT);
        let mut clocked = self.locked();
        if clocked.emulator.is_unplugged() {
            return Err(U3vError::Disconnected);
        }
        clocked.emulator.command(data);
        Ok(data.len())
    }

    fn bulk_read(&self, endpoint: u8, buffer: &mut [u8], _timeout: Duration) -> Result<usize, U3vError> {
        assert_eq!(endpoint, CONTROL_IN);
        let mut clocked = self.locked();
        if clocked.emulator.is_unplugged() {
            return Err(U3vError::Disconnected);
        }
        let answer = clocked.emulator.next_answer().ok_or(U3vError::Timeout)?;
        assert!(answer.len() <= buffer.len(), "the host asked for more than it takes");
        buffer[..answer.len()].copy_from_slice(&answer);
        Ok(answer.len())
    }

    fn bulk_in(self: &Arc<Self>, endpoint: u8) -> Result<Box<dyn BulkIn>, U3vError> {
        assert_eq!(endpoint, STREAM_IN);
        Ok(Box::new(Queue(Self::clone(self))))
    }

    fn max_packet_size(&self, _endpoint: u8) -> Option<usize> {
        Some(PACKET_BYTES)
    }
}

impl Usb for Emulated {
    fn reset_stream(&self) -> Result<(), U3vError> {
        self.with(Emulator::clear_halt);
        Ok(())
    }
}

struct Queue(Emulated);

impl BulkIn for Queue {
    fn submit(&mut self, bytes: usize) {
        self.0.with(|emulator| emulator.ask(bytes));
    }

    fn pending(&self) -> usize {
        self.0.with(|emulator| emulator.pending_transfers())
    }

    fn wait_next(&mut self, timeout: Duration) -> Option<Completion> {
        loop {
            if let Some(done) = self.0.with(Emulator::next_transfer) {
                let status = match done.status {
                    Status::Ok => Ok(()),
                    Status::Stall => Err(U3vError::Stalled { endpoint: STREAM_IN }),
                    Status::Gone => Err(U3vError::Disconnected),
                    Status::Cancelled => Err(U3vError::Cancelled),
                };
                return Some(Completion::new(done.data, status));
            }
            if !self.0.wait(timeout) {
                return None;
            }
        }
    }

    fn cancel_all(&mut self) {
        self.0.with(Emulator::cancel);
    }

    fn reset(&mut self) -> Result<(), U3vError> {
        self.0.with(Emulator::clear_halt);
        Ok(())
    }
}

pub fn settings(shape: [u32; 2], pixel_type: PixelType) -> CameraSettings {
    CameraSettings { exposure_time_us: 1000.0, binning: 1, shape, pixel_type, ..CameraSettings::default() }
}

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    pub frames: Vec<(Frame, Vec<u8>)>,
    pub counters: StreamCounters,
    pub is_gone: bool,
}

impl Run {
    pub fn ids(&self) -> Vec<u64> {
        self.frames.iter().map(|(frame, _)| frame.id).collect()
    }
}

/// Takes what comes, with so many transfers under way, for so many periods.
pub fn run(emulated: &Emulated, camera: &mut Camera<Emulated>, exposures: u64, under_way: usize) -> Run {
    let plan = camera.arm().expect("it can be armed");
    let mut receiver = FrameReceiver::new(plan);
    let ask = |receiver: &mut FrameReceiver| {
        while receiver.under_way() < under_way {
            let bytes = receiver.next_transfer();
            emulated.with(|emulator| emulator.ask(bytes));
        }
    };
    ask(&mut receiver);
    camera.run().expect("it runs");
    let mut frames = Vec::new();
    let mut is_gone = false;
    loop {
        while let Some(done) = emulated.with(Emulator::next_transfer) {
            let how = match done.status {
                Status::Ok => Arrived::Whole,
                Status::Gone => {
                    is_gone = true;
                    break;
                }
                Status::Stall | Status::Cancelled => {
                    emulated.with(Emulator::clear_halt);
                    Arrived::Failed
                }
            };
            if how == Arrived::Whole {
                receiver.room(done.data.len()).copy_from_slice(&done.data);
            }
            if let Received::Frame(frame) = receiver.arrived(how, done.data.len()) {
                let mut pixels = vec![0; plan.frame_bytes()];
                receiver.read_frame(&mut pixels).expect("its pixels can be read");
                if let Some(plain) = receiver.plain_frame() {
                    assert_eq!(plain, pixels);
                }
                frames.push((frame, pixels));
            }
            ask(&mut receiver);
        }
        if is_gone || emulated.with(|emulator| emulator.exposed()) >= exposures {
            break;
        }
        if !emulated.wait(Duration::from_secs(1)) {
            break;
        }
    }
    if !is_gone {
        camera.stop().expect("it stops");
        emulated.with(Emulator::cancel);
        while emulated.with(Emulator::next_transfer).is_some() {}
    }
    Run { frames, counters: receiver.counters(), is_gone }
}
