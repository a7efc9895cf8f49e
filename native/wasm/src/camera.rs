//! The simulated cameras, asked by an event loop. A camera is known by its address.

use serde::Deserialize;
use serde_json::{Value, json};
use zarrcam_camera::{CameraError, Polled, PolledCamera};
use zarrcam_config::CameraSettings;

use crate::host::CLOCK;
use crate::text::{Failure, answer, parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    name: String,
    settings: CameraSettings,
    /// 0: it follows the exposure.
    frame_period_us: f64,
}

impl From<CameraError> for Failure {
    fn from(error: CameraError) -> Self {
        let path = error.field().map(str::to_owned);
        Self { code: "camera", message: error.to_string(), path, problems: Vec::new() }
    }
}

/// `{name, settings, frame_period_us}` -> `{camera, frame_bytes, paced}`.
///
/// # Safety
/// The parameters lie where they are said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn camera_open(params: *const u8, params_bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let opened =
        unsafe { parameters::<Open>(params, params_bytes) }.and_then(|Open { name, settings, frame_period_us }| {
            let camera = PolledCamera::open(&name, &settings, frame_period_us, CLOCK)?;
            let (frame_bytes, paced) = (camera.frame_bytes(), camera.is_paced());
            let camera = Box::into_raw(Box::new(camera)) as usize;
            Ok(json!({ "camera": camera, "frame_bytes": frame_bytes, "paced": paced }))
        });
    answer(opened)
}

/// Closes it; nobody asks for it afterwards.
///
/// # Safety
/// The camera was given by [`camera_open`], as for all that follow.
#[unsafe(no_mangle)]
unsafe extern "C" fn camera_close(camera: *mut PolledCamera) {
    // SAFETY: made by `Box::into_raw`, and given back once.
    drop(unsafe { Box::from_raw(camera) });
}

/// Begins a run.
///
/// # Safety
/// See [`camera_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn camera_start(camera: &mut PolledCamera) {
    camera.start();
}

/// One pulse on the line `software`.
///
/// # Safety
/// See [`camera_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn camera_trigger(camera: &mut PolledCamera) {
    camera.trigger();
}

/// `{exposed: {hardware_id, hardware_clock_ns}}`, `{wait_us}` or `{}`: it waits for a pulse.
///
/// # Safety
/// See [`camera_close`].
#[unsafe(no_mangle)]
unsafe extern "C" fn camera_poll(camera: &mut PolledCamera) -> u64 {
    answer(camera.poll().map_err(Failure::from).map(|polled| match polled {
        // As text: JavaScript's numbers end at 2^53.
        Polled::Exposed { hardware_id, hardware_clock_ns } => json!({
            "exposed": { "hardware_id": hardware_id.to_string(), "hardware_clock_ns": hardware_clock_ns.to_string() }
        }),
        Polled::NotBefore { wait_us } => json!({ "wait_us": wait_us }),
        Polled::AwaitsTrigger => json!({}),
    }))
}

/// Writes the exposed frame's pixels.
///
/// # Safety
/// See [`camera_close`]; the buffer lies where it is said to.
#[unsafe(no_mangle)]
unsafe extern "C" fn camera_read(camera: &mut PolledCamera, buffer: *mut u8, bytes: usize) -> u64 {
    // SAFETY: as the caller says.
    let buffer = unsafe { std::slice::from_raw_parts_mut(buffer, bytes) };
    answer(camera.read_into(buffer).map_err(Failure::from).map(|()| Value::Null))
}
