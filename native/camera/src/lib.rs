//! Cameras: the traits that a driver implements, the simulated cameras, and one that plays a TIFF stack.
//!
//! - [`Driver`], [`CameraListing`] (`listing`): lists the cameras of one kind, and opens one.
//! - [`Drivers`] (`drivers`): those that a runtime has, and so its cameras, by their exact names.
//! - [`Camera`], [`Applied`], [`Captured`], [`Pacing`] (`camera`): a camera that is open, and who waits for whom.
//! - [`CameraFeatures`] (`features`): what an open camera answers about itself while another thread drives it.
//! - [`CameraControl`] (`control`): triggers and stops a camera from another thread.
//! - [`CameraError`] (`error`): names the field at fault.
//! - [`check_settings`] (`check`): settings against capabilities, every problem at once, the same for all cameras.
//! - `simulated`, `replay`: the two drivers that are here. [`SimulatedPicture`]: the simulated cameras' pixels, a pure
//!   function of frame id and settings.
//! - `software`: a camera without hardware, around whatever makes its pixels. `timing`: what the settings say of when. `schedule`,
//!   `timetable`, `exposure`: when frame `id` is due (pure), which frame is next (pure), and the wait for it.
//! - [`PolledCamera`] (`polled`), [`Clock`] (`clock`): a simulated camera without a thread, for an event loop: the browser's.
//!
//! The feature `replay` (on by default) brings the replay camera, which reads files.
//!
//! # A camera is opened once
//! Opening a camera takes a second where it has a cable, and mostly only one program can have it open. So it is opened when it
//! is configured, and everything that is to be known of it is asked of the open camera: its [`CameraFeatures`] may be
//! asked from any thread, and wait for no frame.
//!
//! # A frame is taken in two steps
//! [`Camera::wait_exposure`] waits until a frame is exposed and says which one it is; then the caller reads it into a
//! buffer or discards it. So a frame that finds no free buffer is known by its id, and is counted, not guessed at.
//!
//! # Clocks
//! [`FrameStamp::hardware_clock_ns`](zarrcam_frame::FrameStamp) of a free-running, paced camera is the ideal
//! `id * frame period`: exact, it says when the exposure began on the camera's own clock, and is not to be compared with
//! other clocks. As fast as possible or triggered, it is this machine's monotonic clock since the camera's start (or its
//! `acquisition_start` trigger) when the exposure began. `unix_ns` is this machine's wall clock when the camera's
//! thread learned of the frame: later than the exposure's end by the machine's latency (0.1 ms and up), and it may step
//! when the machine's clock is set.
//!
//! # The line `software`
//! Line 0 of every camera here. [`CameraControl::trigger`] is one pulse on it, and a pulse is an event without a level:
//! the trigger's `edge` makes no difference. With `frame_start` every pulse is exactly one frame; with
//! `acquisition_start` the first pulse begins the run, and what follows belongs to `frame_start` where that is on.
//!
//! # What the simulated cameras show
//! Their sensor has 8192 x 8192 pixels. Offset and shape count binned pixels; x and y count them from the frame's own
//! corner, X = offset + x and Y = offset + y from the sensor's.
//!
//! `simulated: radial sin`. With t = frame id x frame period in seconds (where there is no period, as fast as possible,
//! 1 ms is taken, so that the rings move) and (cx, cy) = offset + shape / 2:
//!
//! ```text
//! s = sin(6.28 * (10 t + ((x - cx)^2 + (y - cy)^2) * 0.01))
//! U8: 127 (s + 1) | U10: 511 (s + 1) | U12: 2047 (s + 1) | U14: 8191 (s + 1) | U16: 32767 (s + 1)
//! I8: 127 s | I16: 32767 s | F32: (s + 1) / 2
//! ```
//!
//! Integers are rounded to the nearest, and are within 1 of the formula in f64; F32 is within 2e-6. As in Acquire the
//! centre moves with the offset, so a region of the frame is not the same as a frame of that region. Binning b: the mean
//! of s over the b x b sensor pixels, with x, y and the centre counted in those: `bx + i, by + j, b (offset + shape / 2)`
//! for i, j = 0..b-1.
//!
//! `simulated: uniform random`. All in unsigned arithmetic modulo 2^32:
//!
//! ```text
//! h(v): v ^= v >> 16; v *= 0x7feb352d; v ^= v >> 15; v *= 0x846ca68b; v ^= v >> 16      (lowbias32)
//! frame = h(low 32 bits of id ^ h(high 32 bits of id ^ 0x9e3779b9))
//! row   = h(frame + h(Y))
//! r     = h(row + X)
//! U8, I8: r >> 24 | U10: r >> 22 | U12: r >> 20 | U14: r >> 18 | U16, I16: r >> 16 | F32: (r >> 8) / 2^24
//! ```
//!
//! Signed types hold the same bits in two's complement. A region of the frame is the frame of that region. A binned
//! pixel is a draw of its own (X and Y count binned pixels), so that the noise stays uniform.
//!
//! `simulated: empty`: zeros.

mod camera;
mod check;
mod clock;
mod control;
mod driver;
mod drivers;
mod error;
mod exposure;
mod features;
mod listing;
mod polled;
#[cfg(feature = "replay")]
mod replay;
mod schedule;
mod simulated;
mod software;
mod timetable;
mod timing;

pub use camera::{Applied, Camera, Captured, Pacing};
pub use check::check_settings;
pub use clock::Clock;
pub use control::{CameraControl, Wake};
pub use driver::{Driver, ListChanged};
pub use drivers::Drivers;
pub use error::CameraError;
pub use features::CameraFeatures;
pub use listing::CameraListing;
pub use polled::{Polled, PolledCamera};
pub use schedule::CAMERA_MEMORY_FRAMES;
pub use simulated::{SimulatedKind, SimulatedPicture};
pub use zarrcam_config::Transport;
