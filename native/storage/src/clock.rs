//! The one clock of this crate.

use std::time::Duration;

/// Wall clock, ms since 1970-01-01 UTC.
pub(crate) fn unix_ms() -> f64 {
    source::unix_ms()
}

/// Time since any moment before, the same one each time.
pub(crate) fn elapsed() -> Duration {
    source::elapsed()
}

#[cfg(not(target_family = "wasm"))]
mod source {
    use std::sync::OnceLock;
    use std::time::{Duration, Instant, SystemTime};

    pub fn unix_ms() -> f64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1e3
    }

    pub fn elapsed() -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

#[cfg(target_family = "wasm")]
mod source {
    use std::sync::OnceLock;
    use std::time::Duration;

    pub static CLOCK: OnceLock<fn() -> f64> = OnceLock::new();

    pub fn unix_ms() -> f64 {
        CLOCK.get().map_or(0.0, |now| now())
    }

    pub fn elapsed() -> Duration {
        Duration::try_from_secs_f64(unix_ms() / 1e3).unwrap_or_default()
    }
}

/// In WebAssembly there is no clock but what its host gives: ms since 1970-01-01 UTC. The first one given stays.
#[cfg(target_family = "wasm")]
pub fn set_clock(now: fn() -> f64) {
    let _ = source::CLOCK.set(now);
}
