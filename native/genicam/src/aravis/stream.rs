use std::ffi::{c_int, c_uint};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::device::Device;
use super::functions::Object;

/// The bytes that a socket may hold for us; more than a few frames of a fast camera. The system may give less.
pub const SOCKET_BUFFER_BYTES: c_int = 4 << 20;
/// A frame of which nothing more comes for so long is given up, us. Aravis' 200 ms are short for a computer with other work.
const FRAME_RETENTION_US: c_uint = 500_000;
/// `ARV_GV_STREAM_SOCKET_BUFFER_FIXED`.
const SOCKET_BUFFER_FIXED: c_int = 0;

/// The frames of a camera, from its start to its end. Dropped, it ends its thread and frees its buffers.
pub struct Stream {
    device: Arc<Device>,
    lost: Arc<AtomicBool>,
    stream: Object,
    is_network: bool,
}

// SAFETY: a stream's queues are locked by Aravis.
unsafe impl Send for Stream {}

/// How a buffer came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Whole.
    Whole,
    /// Of this frame something is missing, or it did not fit.
    Incomplete,
    /// It holds no frame: the stream ends.
    Nothing,
}

/// A buffer that came back, with what lies in it. Given back to the stream by [`Stream::give_back`].
pub struct Taken {
    buffer: Object,
    pub status: Status,
    /// The camera's own count.
    pub frame_id: u64,
    /// The camera's clock, ns.
    pub timestamp_ns: u64,
}

// SAFETY: whoever has the buffer is the only one who has it.
unsafe impl Send for Taken {}

/// What the stream has counted since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub packets_received: u64,
    pub packets_missing: u64,
    pub packets_resent: u64,
    pub frames_failed: u64,
    pub frames_without_buffer: u64,
}

impl Stream {
    /// The frames that come from here on, in so many buffers of so many bytes. The camera is not started yet.
    pub fn new(device: &Arc<Device>, buffers: usize, buffer_bytes: usize) -> Result<Self, String> {
        let functions = device.functions();
        let is_network = device.is_network();
        let _calls = device.lock();
        // SAFETY: the camera is open; the properties are those of a stream of the network, and end with a null. A buffer that is
        // pushed belongs to the stream.
        unsafe {
            let stream = device.aravis.checked(|error| {
                (functions.arv_camera_create_stream)(device.camera, ptr::null_mut(), ptr::null_mut(), error)
            })?;
            if stream.is_null() {
                return Err("it gives no stream of frames".to_owned());
            }
            if is_network {
                (functions.g_object_set)(
                    stream,
                    c"socket-buffer".as_ptr(),
                    SOCKET_BUFFER_FIXED,
                    c"socket-buffer-size".as_ptr(),
                    SOCKET_BUFFER_BYTES,
                    c"frame-retention".as_ptr(),
                    FRAME_RETENTION_US,
                    ptr::null::<u8>(),
                );
            }
            for _ in 0..buffers {
                (functions.arv_stream_push_buffer)(stream, (functions.arv_buffer_new_allocate)(buffer_bytes));
            }
            Ok(Self { device: Arc::clone(device), lost: device.lost_flag(), stream, is_network })
        }
    }

    /// Whether the camera has gone.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    /// The next buffer that comes back; `None`: none did for so long.
    pub fn take(&self, patience: Duration) -> Option<Taken> {
        let functions = self.device.functions();
        // SAFETY: the stream lives; a buffer that is popped is ours.
        unsafe {
            let buffer = (functions.arv_stream_timeout_pop_buffer)(self.stream, patience.as_micros() as u64);
            if buffer.is_null() {
                return None;
            }
            // `ArvBufferStatus`: 0 success, 1 cleared, 7 aborted; the others had a frame.
            let status = match (functions.arv_buffer_get_status)(buffer) {
                0 => Status::Whole,
                -1 | 1 | 7 => Status::Nothing,
                _ => Status::Incomplete,
            };
            let frame_id = (functions.arv_buffer_get_frame_id)(buffer);
            let timestamp_ns = (functions.arv_buffer_get_timestamp)(buffer);
            Some(Taken { buffer, status, frame_id, timestamp_ns })
        }
    }

    /// Lets the stream fill the buffer again.
    pub fn give_back(&self, taken: Taken) {
        // SAFETY: the buffer is one of this stream's, and belongs to it from here on.
        unsafe { (self.device.functions().arv_stream_push_buffer)(self.stream, taken.buffer) };
    }

    /// What lies in it: bytes, number of the pixel format, width and height. `None`: no picture.
    pub fn picture<'a>(&self, taken: &'a Taken) -> Option<(&'a [u8], u32, [u32; 2])> {
        let functions = self.device.functions();
        // SAFETY: the buffer is ours as long as `taken` is borrowed, and nobody writes into it.
        unsafe {
            // Image, chunks behind an image: what has a picture.
            if !matches!((functions.arv_buffer_get_payload_type)(taken.buffer), 1 | 4 | 5) {
                return None;
            }
            let mut bytes = 0;
            let data = (functions.arv_buffer_get_data)(taken.buffer, &raw mut bytes).cast::<u8>();
            if data.is_null() {
                return None;
            }
            let format = (functions.arv_buffer_get_image_pixel_format)(taken.buffer);
            let width = (functions.arv_buffer_get_image_width)(taken.buffer);
            let height = (functions.arv_buffer_get_image_height)(taken.buffer);
            let shape = [width, height].map(|side| u32::try_from(side).unwrap_or(0));
            Some((std::slice::from_raw_parts(data, bytes), format, shape))
        }
    }

    /// What it has counted.
    pub fn counters(&self) -> Counters {
        let info = |name: &std::ffi::CStr| {
            // SAFETY: the stream lives, and has counters of these names.
            unsafe { (self.device.functions().arv_stream_get_info_uint64_by_name)(self.stream, name.as_ptr()) }
        };
        let of_network = |name: &std::ffi::CStr| if self.is_network { info(name) } else { 0 };
        Counters {
            packets_received: of_network(c"n_received_packets"),
            packets_missing: of_network(c"n_missing_packets"),
            packets_resent: of_network(c"n_resent_packets"),
            frames_failed: info(c"n_failures"),
            frames_without_buffer: info(c"n_underruns"),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { (self.device.functions().g_object_unref)(self.stream) };
    }
}
