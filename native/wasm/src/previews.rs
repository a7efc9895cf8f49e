//! Live pictures of the page's cameras: whose turn it is and what is shown is decided where the bridge has it decided, by
//! `zarrcam_preview`. Frames lie in this memory, and are lent.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use zarrcam_acquisition::Queue;
use zarrcam_frame::{FrameStamp, PixelType};
use zarrcam_preview::{Age, Caption, FrameView, Load, Next, PreviewRequest, Renderer, Serving, Turns};

use crate::host::CLOCK;
use crate::text::{Failure, answer, parameters, value};

/// What the streams of one worker show, and who looks.
#[derive(Default)]
pub struct Previews {
    turns: Turns<Shown, PreviewRequest>,
    /// By stream.
    renderers: HashMap<u32, Renderer>,
    /// Those that were made last; their memory is used again.
    messages: Vec<Vec<u8>>,
}

#[derive(Clone)]
struct Shown {
    pixels: Pixels,
    width: u32,
    height: u32,
    pixel_type: PixelType,
    stamp: FrameStamp,
}

#[derive(Clone)]
enum Pixels {
    /// Whoever lends them says when they go.
    Lent {
        start: *const u8,
        bytes: usize,
    },
    Kept(Rc<[u8]>),
}

/// 64 bits come as text: JavaScript's numbers end at 2^53.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    stream: u32,
    run: u32,
    width: u32,
    height: u32,
    pixel_type: PixelType,
    #[serde(deserialize_with = "maybe_u64")]
    frame_index: Option<u64>,
    #[serde(deserialize_with = "text_u64")]
    hardware_id: u64,
    #[serde(deserialize_with = "text_u64")]
    hardware_clock_ns: u64,
    #[serde(deserialize_with = "text_u64")]
    unix_ns: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    request: PreviewRequest,
    after: Option<u64>,
}

/// Messages lie there until the next call.
#[derive(Serialize)]
struct Made {
    pictures: Vec<Place>,
    /// Nobody gets anything before so long; `null`: before something happens.
    wait_ms: Option<f64>,
}

#[derive(Serialize)]
struct Place {
    subscription: u32,
    sequence: u64,
    start: usize,
    bytes: usize,
}

fn text_u64<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    String::deserialize(from)?.parse().map_err(de::Error::custom)
}

fn maybe_u64<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Option::<String>::deserialize(from)?.map(|text| text.parse().map_err(de::Error::custom)).transpose()
}

fn now() -> Duration {
    Duration::from_secs_f64(CLOCK.now_us().max(0.0) / 1e6)
}

/// Of nothing yet.
#[unsafe(no_mangle)]
extern "C" fn previews_open() -> *mut Previews {
    Box::into_raw(Box::default())
}

/// Ends them; nobody asks them afterwards.
///
/// # Safety
/// They were given by [`previews_open`], as for all that follow.
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_close(previews: *mut Previews) {
    // SAFETY: made by `Box::into_raw`, and given back once.
    drop(unsafe { Box::from_raw(previews) });
}

/// A run begins: the frames that are there belong to one before.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_begin(previews: &mut Previews) {
    previews.turns.begin();
}

/// How storage fares, with each frame: so many of so many places wait. No places: nothing is stored. `losing`: this frame is lost to storage.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_observe(previews: &mut Previews, frames: u32, capacity: u32, losing: bool) {
    let load = match (losing, capacity) {
        (true, _) => Load::Losing,
        (false, 0) => Load::Free,
        (false, _) => Load::Storing(Queue { frames, capacity }),
    };
    previews.turns.observe(load, now());
}

/// A new frame lies there, until it is withdrawn, kept, or another one of its stream is offered.
///
/// # Safety
/// See [`previews_close`]; the parameters lie where they are said to, and the pixels for as long as that.
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_offer(
    previews: &mut Previews,
    params: *const u8,
    params_bytes: usize,
    pixels: *const u8,
    bytes: usize,
) -> u64 {
    // SAFETY: as the caller says.
    let offer = unsafe { parameters::<Offer>(params, params_bytes) };
    answer(offer.and_then(|offer| previews.show(offer, pixels, bytes)))
}

/// The stream's frame goes: its memory is used for something else.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_withdraw(previews: &mut Previews, stream: u32) {
    if let Some(latest) = previews.turns.latest_mut(stream) {
        latest.frame.take_if(|frame| matches!(frame.pixels, Pixels::Lent { .. }));
    }
}

/// The stream's camera has stopped: its last frame stays to be looked at, in memory of its own.
///
/// # Safety
/// See [`previews_close`]; what was lent is still there.
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_keep(previews: &mut Previews, stream: u32) {
    let Some(latest) = previews.turns.latest_mut(stream) else { return };
    latest.age = Age::Ended;
    if let Some(frame) = &mut latest.frame {
        frame.pixels = Pixels::Kept(frame.pixels.as_slice().into());
    }
}

/// `{request, after}`: somebody wants a picture of a frame after `after`, under the number that the request gives.
///
/// # Safety
/// See [`previews_close`]; the parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_ask(previews: &mut Previews, params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let ask = unsafe { parameters::<Ask>(params, params_bytes) };
    answer(ask.map(|Ask { request, after }| {
        previews.turns.wait_for(request.stream, after, request);
        Value::Null
    }))
}

/// Whoever waits under this number waits no longer.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_cancel(previews: &mut Previews, subscription: u32) {
    previews.turns.take_waiting(|request| request.subscription == subscription);
}

/// Makes all pictures whose turn it is: `{pictures: [{subscription, sequence, start, bytes}], wait_ms}`.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_next(previews: &mut Previews) -> u64 {
    answer(value(previews.make()))
}

/// The newest sequence number of a stream; 0: it has shown nothing yet.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_sequence(previews: &Previews, stream: u32) -> u64 {
    previews.turns.sequence(stream)
}

/// Pictures a second that are made at most while storage needs the computer; 0: as many as a screen shows.
///
/// # Safety
/// See [`previews_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn previews_limit_per_s(previews: &Previews) -> f64 {
    previews.turns.limit_per_s().unwrap_or_default()
}

impl Pixels {
    fn as_slice(&self) -> &[u8] {
        match self {
            // SAFETY: whoever lent it said that so many bytes stay there until it is withdrawn.
            Self::Lent { start, bytes } => unsafe { std::slice::from_raw_parts(*start, *bytes) },
            Self::Kept(pixels) => pixels,
        }
    }
}

impl Previews {
    fn show(&mut self, offer: Offer, start: *const u8, bytes: usize) -> Result<Value, Failure> {
        let Offer { stream, run, width, height, pixel_type, frame_index, .. } = offer;
        let needed = width as usize * height as usize * pixel_type.bytes();
        if bytes != needed || bytes == 0 {
            let message = format!("A frame of {width} x {height} px is {needed} bytes, not {bytes}.");
            return Err(Failure::invalid(message));
        }
        let Offer { hardware_id, hardware_clock_ns, unix_ns, .. } = offer;
        let stamp = FrameStamp { hardware_id, hardware_clock_ns, unix_ns };
        let frame = Shown { pixels: Pixels::Lent { start, bytes }, width, height, pixel_type, stamp };
        self.turns.show(stream, run, frame, frame_index);
        Ok(Value::Null)
    }

    fn make(&mut self) -> Made {
        let mut pictures = Vec::new();
        loop {
            match self.turns.next(now()) {
                Next::Nobody => return Made { pictures, wait_ms: None },
                Next::In(wait) => return Made { pictures, wait_ms: Some(wait.as_secs_f64() * 1e3) },
                Next::Now(serving) => self.make_for(serving, &mut pictures),
            }
        }
    }

    fn make_for(&mut self, serving: Serving<Shown, PreviewRequest>, pictures: &mut Vec<Place>) {
        let Serving { stream, frame, frame_index, run, sequence, waiting } = serving;
        let Shown { pixels, width, height, pixel_type, stamp } = &frame;
        let frame = FrameView {
            pixels: pixels.as_slice(),
            width: *width,
            height: *height,
            pixel_type: *pixel_type,
            stamp: *stamp,
        };
        let renderer = self.renderers.entry(stream).or_default();
        for one in waiting {
            let caption = Caption { frame_index, run, skipped: one.skipped(sequence) };
            if self.messages.len() == pictures.len() {
                self.messages.push(Vec::new());
            }
            let message = &mut self.messages[pictures.len()];
            renderer.write_message(&frame, sequence, &one.wanted, &caption, message);
            let (start, bytes) = (message.as_ptr() as usize, message.len());
            pictures.push(Place { subscription: one.wanted.subscription, sequence, start, bytes });
        }
    }
}
