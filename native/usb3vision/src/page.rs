//! One camera for JavaScript: a plain C interface, whose other side is `web/src/cameras/usb3vision/module.ts`.
//!
//! What is asked of the camera waits for USB, which JavaScript does asynchronously: `ask` is called as a promise and the imports
//! suspend it (JavaScript Promise Integration). One `ask` at a time; what belongs to the stream may be called meanwhile.

use std::alloc::Layout;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use viva_u3v::{U3vError, UsbTransfer};
use zarrcam_config::CameraSettings;

use crate::{Arrived, Camera, Endpoints, FrameReceiver, Received, Usb, Usb3VisionError};

#[link(wasm_import_module = "usb")]
unsafe extern "C" {
    /// Bytes written, or what went wrong.
    fn write(endpoint: u32, data: *const u8, bytes: usize) -> i32;
    /// Bytes read, or what went wrong.
    fn read(endpoint: u32, buffer: *mut u8, bytes: usize, timeout_ms: u32) -> i32;
    /// 0, or what went wrong.
    fn reset_stream() -> i32;
    /// Told what a panic says.
    fn panicked(text: *const u8, bytes: usize);
}

const GONE: i32 = -1;
const TIMED_OUT: i32 = -2;
const STALLED: i32 = -3;

fn outcome(endpoint: u8, code: i32) -> Result<usize, U3vError> {
    match code {
        GONE => Err(U3vError::Disconnected),
        TIMED_OUT => Err(U3vError::Timeout),
        STALLED => Err(U3vError::Stalled { endpoint }),
        bytes => usize::try_from(bytes).map_err(|_| U3vError::usb("the transfer failed")),
    }
}

struct PageUsb;

impl UsbTransfer for PageUsb {
    fn bulk_write(&self, endpoint: u8, data: &[u8], _timeout: Duration) -> Result<usize, U3vError> {
        // SAFETY: the bytes lie there until the call returns.
        outcome(endpoint, unsafe { write(u32::from(endpoint), data.as_ptr(), data.len()) })
    }

    fn bulk_read(&self, endpoint: u8, buffer: &mut [u8], timeout: Duration) -> Result<usize, U3vError> {
        let timeout_ms = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
        // SAFETY: the buffer is ours until the call returns.
        let code = unsafe { read(u32::from(endpoint), buffer.as_mut_ptr(), buffer.len(), timeout_ms) };
        outcome(endpoint, code).map(|bytes| bytes.min(buffer.len()))
    }
}

impl Usb for PageUsb {
    fn reset_stream(&self) -> Result<(), U3vError> {
        // SAFETY: it takes nothing.
        outcome(0, unsafe { reset_stream() }).map(|_| ())
    }
}

thread_local! {
    static CAMERA: RefCell<Option<Camera<PageUsb>>> = const { RefCell::new(None) };
    static STREAM: RefCell<Option<FrameReceiver>> = const { RefCell::new(None) };
    static FRAME: RefCell<crate::Frame> = const { RefCell::new(crate::Frame { id: 0, clock_ns: 0 }) };
}

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(1), 16).ok()
}

/// Memory for JavaScript to write to; 0: there is none.
#[unsafe(no_mangle)]
extern "C" fn allocate(bytes: usize) -> *mut u8 {
    let Some(layout) = layout(bytes) else { return std::ptr::null_mut() };
    // SAFETY: the layout is not of size zero.
    unsafe { std::alloc::alloc_zeroed(layout) }
}

/// Gives back what [`allocate`] or an answer gave.
///
/// # Safety
/// It was of so many bytes, and nobody has it any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn release(start: *mut u8, bytes: usize) {
    if let Some(layout) = layout(bytes).filter(|_| !start.is_null()) {
        // SAFETY: allocated with this layout, as the caller says.
        unsafe { std::alloc::dealloc(start, layout) };
    }
}

/// `start | bytes << 32` of JSON text, which JavaScript releases.
fn text(value: &Value) -> u64 {
    let text = value.to_string();
    let start = allocate(text.len());
    // SAFETY: it has room for the text, and nobody else has it.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), start, text.len()) };
    start as usize as u64 | (text.len() as u64) << 32
}

#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
enum Call {
    Open { control_in: u8, control_out: u8, stream_packet: u32 },
    Capabilities,
    Configure { settings: CameraSettings, frame_period_us: f64 },
    Arm,
    Run,
    Stop,
    Trigger,
}

/// `{"ok": …}` or `{"error": {message, field, gone}}`.
///
/// # Safety
/// The text lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn ask(request: *const u8, bytes: usize) -> u64 {
    std::panic::set_hook(Box::new(|info| {
        let said = info.to_string();
        // SAFETY: the text lies there until the call returns.
        unsafe { panicked(said.as_ptr(), said.len()) };
    }));
    // SAFETY: as the caller says.
    let request = unsafe { std::slice::from_raw_parts(request, bytes) };
    let answer = match serde_json::from_slice(request) {
        Ok(call) => carry_out(call),
        Err(error) => Err(Usb3VisionError::Camera(format!("was asked in a way that cannot be read ({error})"))),
    };
    text(&match answer {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": {
            "message": error.to_string(), "field": error.field(), "gone": error == Usb3VisionError::Gone
        } }),
    })
}

fn carry_out(call: Call) -> Result<Value, Usb3VisionError> {
    CAMERA.with_borrow_mut(|open| {
        if let Call::Open { control_in, control_out, stream_packet } = call {
            *open = None;
            let camera = Camera::open(Arc::new(PageUsb), Endpoints { control_in, control_out, stream_packet })?;
            return Ok(json!(open.insert(camera).identity()));
        }
        let Some(camera) = open else { return Err(Usb3VisionError::Gone) };
        match call {
            Call::Open { .. } => Ok(Value::Null),
            Call::Capabilities => Ok(json!(camera.capabilities())),
            Call::Configure { settings, frame_period_us } => {
                camera.configure(&settings, frame_period_us).map(|()| Value::Null)
            }
            Call::Arm => {
                let plan = camera.arm()?;
                let answer =
                    json!({ "frame_bytes": plan.frame_bytes(), "transfer_bytes": plan.layout.payload_transfer_size });
                STREAM.set(Some(FrameReceiver::new(plan)));
                Ok(answer)
            }
            Call::Run => camera.run().map(|()| Value::Null),
            Call::Stop => camera.stop().map(|()| Value::Null),
            Call::Trigger => camera.trigger().map(|()| Value::Null),
        }
    })
}

fn stream<R: Default>(work: impl FnOnce(&mut FrameReceiver) -> R) -> R {
    STREAM.with_borrow_mut(|stream| stream.as_mut().map(work).unwrap_or_default())
}

/// Bytes of the next transfer to ask for.
#[unsafe(no_mangle)]
extern "C" fn next_transfer() -> usize {
    stream(FrameReceiver::next_transfer)
}

/// Where the bytes of the oldest transfer go.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize) -> *mut u8 {
    stream(|stream| stream.room(bytes).as_mut_ptr() as usize) as *mut u8
}

/// The oldest transfer has come back. 1: it ended a frame.
#[unsafe(no_mangle)]
extern "C" fn arrived(failed: u32, bytes: usize) -> u32 {
    let how = if failed == 0 { Arrived::Whole } else { Arrived::Failed };
    match stream(|stream| Some(stream.arrived(how, bytes))) {
        Some(Received::Frame(frame)) => {
            FRAME.set(frame);
            1
        }
        _ => 0,
    }
}

/// Of the last frame.
#[unsafe(no_mangle)]
extern "C" fn frame_id() -> u64 {
    FRAME.with_borrow(|frame| frame.id)
}

/// Of the last frame, ns.
#[unsafe(no_mangle)]
extern "C" fn frame_clock_ns() -> u64 {
    FRAME.with_borrow(|frame| frame.clock_ns)
}

/// Where the last frame's pixels lie as they are stored; 0: they have to be unpacked.
#[unsafe(no_mangle)]
extern "C" fn plain_frame() -> *const u8 {
    stream(|stream| stream.plain_frame().map_or(0, |pixels| pixels.as_ptr() as usize)) as *const u8
}

/// Unpacks the last frame's pixels. 1: they are there.
///
/// # Safety
/// So many bytes lie there.
#[unsafe(no_mangle)]
unsafe extern "C" fn read_frame(into: *mut u8, bytes: usize) -> u32 {
    // SAFETY: as the caller says.
    let into = unsafe { std::slice::from_raw_parts_mut(into, bytes) };
    u32::from(stream(|stream| stream.read_frame(into).is_ok()))
}

/// What was counted since the run began.
#[unsafe(no_mangle)]
extern "C" fn counters() -> u64 {
    text(&json!(stream(|stream| stream.counters())))
}
