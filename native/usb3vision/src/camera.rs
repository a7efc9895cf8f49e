use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use viva_genapi::NodeMap;
use viva_u3v::registers::abrm;
use viva_u3v::{
    Abrm, ControlChannel, DEFAULT_MAX_TRANSFER_SIZE, Sbrm, Sirm, StreamLayout, U3vError, UsbSpeed, UsbTransfer,
};
use zarrcam_config::{CameraCapabilities, CameraSettings};

use crate::features::{Features, Registers};
use crate::pixels::ImageFormat;
use crate::stream::FramePlan;
use crate::{Usb3VisionError, description, mapping};

/// A camera's endpoints, as far as a camera needs them besides its commands.
pub trait Usb: UsbTransfer {
    /// Makes the stream endpoint ready for a run: what was left on it goes.
    fn reset_stream(&self) -> Result<(), U3vError>;
}

/// Endpoints, as the camera's descriptors say.
#[derive(Clone, Copy, Debug)]
pub struct Endpoints {
    /// Answers to commands.
    pub control_in: u8,
    /// Commands.
    pub control_out: u8,
    /// Length of the stream endpoint's packets, bytes.
    pub stream_packet: u32,
}

/// What a camera says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Who made it.
    pub manufacturer: String,
    /// What it is called.
    pub model: String,
    /// Which of them it is.
    pub serial: String,
    /// Its own version.
    pub version: String,
    /// How fast it is connected, in words; none: it does not say.
    pub speed: Option<String>,
    /// It is connected by USB 2 only, and much slower than it could be.
    pub is_slow: bool,
}

/// Before the camera has said how much it takes at a time.
const FIRST_TRANSFER_BYTES: u32 = 1024;
/// The way there and back, besides what the camera takes.
const WAY: Duration = Duration::from_millis(100);
const SHORTEST_PATIENCE: Duration = Duration::from_secs(1);
const LONGEST_PATIENCE: Duration = Duration::from_secs(10);
/// What cameras take and give at a time lies within.
const COMMAND_BYTES: std::ops::RangeInclusive<u32> = 64..=65_536;

/// A USB3 Vision camera that is open.
pub struct Camera<T: Usb> {
    usb: Arc<T>,
    registers: Registers<T>,
    nodes: NodeMap,
    abrm: Abrm,
    sbrm: Sbrm,
    stream_packet: u32,
    format: Option<(ImageFormat, [u32; 2])>,
}

impl<T: Usb> Camera<T> {
    /// Asks it who it is, and reads how its features are to be used.
    pub fn open(usb: Arc<T>, endpoints: Endpoints) -> Result<Self, Usb3VisionError> {
        let Endpoints { control_in, control_out, stream_packet } = endpoints;
        let (out, back) = (FIRST_TRANSFER_BYTES, FIRST_TRANSFER_BYTES);
        let mut control = ControlChannel::new(Arc::clone(&usb), control_in, control_out, out, back);
        let abrm = Abrm::read_from(&mut control)?;
        let patience = Duration::from_millis(u64::from(abrm.max_device_response_time_ms)) + WAY;
        control.set_timeout(patience.clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE));
        let sbrm = Sbrm::read_from(&mut control, abrm.sbrm_address)?;
        let within = |bytes: u32| bytes.clamp(*COMMAND_BYTES.start(), *COMMAND_BYTES.end());
        control.set_max_transfer(within(sbrm.max_cmd_transfer), within(sbrm.max_ack_transfer));
        if sbrm.sirm_address == 0 {
            return Err(Usb3VisionError::Camera("gives no frames: it has no streaming registers".to_owned()));
        }
        let nodes = description::read(&mut control, abrm.manifest_table_address)?;
        let registers = Registers(RefCell::new(control));
        let mut camera = Self { usb, registers, nodes, abrm, sbrm, stream_packet, format: None };
        camera.check_features()?;
        // Whoever had it before may have gone without a word. A camera that rests may refuse to stop.
        match camera.stop() {
            Err(error @ (Usb3VisionError::Gone | Usb3VisionError::Transport(_))) => Err(error),
            _ => Ok(camera),
        }
    }

    /// Without these no frame can be taken.
    fn check_features(&mut self) -> Result<(), Usb3VisionError> {
        let features = self.features();
        for name in ["Width", "Height", "PixelFormat", "AcquisitionStart", "AcquisitionStop"] {
            if features.nodes.node(name).is_none() {
                let message = format!("has no feature {name} in the description that it gives of itself");
                return Err(Usb3VisionError::Camera(message));
            }
        }
        Ok(())
    }

    /// What it says it is.
    pub fn identity(&self) -> Identity {
        let Abrm { manufacturer_name, model_name, serial_number, device_version, .. } = &self.abrm;
        let speed = self.sbrm.current_speed;
        Identity {
            manufacturer: manufacturer_name.clone(),
            model: model_name.clone(),
            serial: serial_number.clone(),
            version: device_version.clone(),
            speed: speed.map(|speed| speed.to_string()),
            is_slow: speed.is_some_and(UsbSpeed::is_below_superspeed),
        }
    }

    /// What it can do as it is set now.
    pub fn capabilities(&mut self) -> CameraCapabilities {
        let Identity { speed, is_slow, version, .. } = self.identity();
        let mut remarks = vec!["A USB3 Vision camera that the browser drives by itself.".to_owned()];
        if !version.is_empty() {
            remarks.push(format!("Version {version}."));
        }
        if let Some(speed) = speed.filter(|_| is_slow) {
            remarks.push(format!("It is connected at {speed}: plug it into a USB 3 port, with a USB 3 cable."));
        }
        // What the camera changes by itself is read anew.
        self.nodes.invalidate_all();
        mapping::capabilities(&self.features(), remarks.join(" "))
    }

    /// Makes the settings its own. `frame_period_us`: from frame to frame; 0: it follows the exposure. Not while it runs.
    pub fn configure(&mut self, settings: &CameraSettings, frame_period_us: f64) -> Result<(), Usb3VisionError> {
        // Of features that cannot be read it is not said why: so whether it is there is asked first.
        self.registers.0.borrow_mut().read_mem(abrm::GENCP_VERSION, 4)?;
        self.nodes.invalidate_all();
        let format = mapping::apply(&mut self.features(), settings, frame_period_us)?;
        self.format = Some((format, settings.shape));
        Ok(())
    }

    /// Makes the stream ready. Transfers can be asked for from now on; frames come after [`Self::run`].
    pub fn arm(&mut self) -> Result<FramePlan, Usb3VisionError> {
        let Some((format, [width, height])) = self.format else {
            return Err(Usb3VisionError::Camera("was not set before it was started".to_owned()));
        };
        self.lock(true)?;
        let control = &mut *self.registers.0.borrow_mut();
        let sirm = Sirm::read_from(control, self.sbrm.sirm_address)?;
        let image = format.payload_bytes(width, height, 0);
        let payload = sirm.required_payload_size;
        if payload < image || payload > image.saturating_mul(2).saturating_add(1 << 20) {
            let message = format!(
                "PayloadSize: {width} x {height} px of {:?} are {image} bytes, and the camera says {payload}.",
                format.format
            );
            return Err(Usb3VisionError::feature("shape", message));
        }
        let alignment = sirm.alignment()?.max(self.stream_packet.max(1));
        let layout = StreamLayout::new(
            payload,
            sirm.required_leader_size,
            sirm.required_trailer_size,
            alignment,
            DEFAULT_MAX_TRANSFER_SIZE,
        )?;
        sirm.configure(control, &layout)?;
        self.usb.reset_stream()?;
        sirm.enable(control)?;
        Ok(FramePlan { layout, format, width, height })
    }

    /// Frames come from now on.
    pub fn run(&mut self) -> Result<(), Usb3VisionError> {
        self.features().command("AcquisitionStart")
    }

    /// No more frames. Also where none came.
    pub fn stop(&mut self) -> Result<(), Usb3VisionError> {
        self.features().command("AcquisitionStop")?;
        {
            let control = &mut *self.registers.0.borrow_mut();
            Sirm::read_from(control, self.sbrm.sirm_address)?.disable(control)?;
        }
        self.lock(false)
    }

    /// One pulse on the line `software`.
    pub fn trigger(&mut self) -> Result<(), Usb3VisionError> {
        self.features().command("TriggerSoftware")
    }

    /// Sizes may not change while frames come; not every camera has a word for that.
    fn lock(&mut self, on: bool) -> Result<(), Usb3VisionError> {
        let mut features = self.features();
        if features.is_writable("TLParamsLocked") { features.switch("", "TLParamsLocked", on) } else { Ok(()) }
    }

    fn features(&mut self) -> Features<'_> {
        Features { nodes: &mut self.nodes, io: &self.registers }
    }
}
