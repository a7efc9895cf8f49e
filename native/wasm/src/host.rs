//! What JavaScript does for us.

use std::sync::Once;

use zarrcam_camera::Clock;

#[link(wasm_import_module = "zarrcam")]
unsafe extern "C" {
    /// `performance.now()`, us.
    safe fn now_us() -> f64;
    /// `Date.now()`, ms.
    safe fn now_ms() -> f64;
    /// Takes the text of a panic, which ends this instance.
    fn panicked(start: *const u8, bytes: usize);
}

/// Browsers round to 100 us where the page is not isolated.
const CLOCK_RESOLUTION_US: f64 = 100.0;

/// The page's.
pub const CLOCK: Clock = Clock { now_us: clock_us, resolution_us: CLOCK_RESOLUTION_US };

fn clock_us() -> f64 {
    now_us()
}

/// Called once before anything else.
#[unsafe(no_mangle)]
extern "C" fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        zarrcam_storage::set_clock(|| now_ms());
        std::panic::set_hook(Box::new(|panic| {
            let text = panic.to_string();
            // SAFETY: the text lives until the call returns.
            unsafe { panicked(text.as_ptr(), text.len()) };
        }));
    });
}
