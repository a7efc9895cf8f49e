//! One emulated camera for a page's tests: `e2e/harness/usb3vision`.

use std::cell::RefCell;

use serde_json::Value;

use crate::stream::Completion;
use crate::{Emulator, Options, Status};

thread_local! {
    static CAMERA: RefCell<Option<Emulator>> = const { RefCell::new(None) };
    static TAKEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static GIVEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn with<R: Default>(work: impl FnOnce(&mut Emulator) -> R) -> R {
    CAMERA.with_borrow_mut(|camera| camera.as_mut().map(work).unwrap_or_default())
}

fn given(bytes: usize) -> Vec<u8> {
    GIVEN.with_borrow(|given| given[..bytes.min(given.len())].to_vec())
}

/// Where JavaScript writes what it gives.
#[unsafe(no_mangle)]
extern "C" fn give(bytes: usize) -> *mut u8 {
    GIVEN.with_borrow_mut(|given| {
        given.resize(bytes, 0);
        given.as_mut_ptr()
    })
}

/// Where JavaScript reads what it was given.
#[unsafe(no_mangle)]
extern "C" fn taken() -> *const u8 {
    TAKEN.with_borrow(|taken| taken.as_ptr())
}

fn take(bytes: Vec<u8>) -> i32 {
    let length = bytes.len() as i32;
    TAKEN.set(bytes);
    length
}

/// Plugs in a camera as the JSON says that was given; 0: it cannot be read.
#[unsafe(no_mangle)]
extern "C" fn plug(bytes: usize) -> u32 {
    let Ok(options) = serde_json::from_slice::<Options>(&given(bytes)) else { return 0 };
    CAMERA.set(Some(Emulator::new(options)));
    1
}

/// A fault, named by the JSON text that was given, with a frame's number; 0: it cannot be read.
#[unsafe(no_mangle)]
extern "C" fn inject(frame: u32, bytes: usize) -> u32 {
    let Ok(fault) = serde_json::from_slice::<Value>(&given(bytes)).and_then(serde_json::from_value) else { return 0 };
    with(|camera| camera.inject(u64::from(frame), fault));
    1
}

#[unsafe(no_mangle)]
extern "C" fn unplug() {
    with(Emulator::unplug);
}

#[unsafe(no_mangle)]
extern "C" fn is_unplugged() -> u32 {
    CAMERA.with_borrow(|camera| u32::from(camera.as_ref().is_none_or(Emulator::is_unplugged)))
}

#[unsafe(no_mangle)]
extern "C" fn command(bytes: usize) {
    with(|camera| camera.command(&given(bytes)));
}

/// Its bytes; -1: there is none.
#[unsafe(no_mangle)]
extern "C" fn answer() -> i32 {
    with(|camera| camera.next_answer()).map_or(-1, take)
}

#[unsafe(no_mangle)]
extern "C" fn ask_transfer(bytes: usize) {
    with(|camera| camera.ask(bytes));
}

/// Bytes of the oldest transfer that has ended; -1: none has, -2: it stalled, -3: the camera is gone, -4: it was taken back.
#[unsafe(no_mangle)]
extern "C" fn transfer() -> i32 {
    match with(|camera| camera.next_transfer()) {
        None => -1,
        Some(Completion { status: Status::Ok, data }) => take(data),
        Some(Completion { status: Status::Stall, .. }) => -2,
        Some(Completion { status: Status::Gone, .. }) => -3,
        Some(Completion { status: Status::Cancelled, .. }) => -4,
    }
}

#[unsafe(no_mangle)]
extern "C" fn cancel() {
    with(Emulator::cancel);
}

#[unsafe(no_mangle)]
extern "C" fn clear_halt() {
    with(Emulator::clear_halt);
}

/// It is so late; the ns until something happens by itself, -1: nothing does.
#[unsafe(no_mangle)]
extern "C" fn advance(now_ns: f64) -> f64 {
    with(|camera| {
        camera.advance(now_ns as u64);
        Some(camera.next_exposure_ns().map_or(-1.0, |at| (at as f64 - now_ns).max(0.0)))
    })
    .unwrap_or(-1.0)
}

#[unsafe(no_mangle)]
extern "C" fn dropped() -> u32 {
    with(|camera| camera.dropped() as u32)
}

#[unsafe(no_mangle)]
extern "C" fn exposed() -> u32 {
    with(|camera| camera.exposed() as u32)
}
