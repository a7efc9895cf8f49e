//! How fast this machine makes the simulated pictures.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use zarrcam_config::CameraSettings;
use zarrcam_frame::PixelType;

use super::{SimulatedKind, SimulatedPicture};
use crate::Clock;

/// What is made to measure it: small enough for the nearest cache, so that a whole frame is never faster.
const MEASURED_PX: u32 = 32 << 10;
const WIDTH_PX: u32 = 256;
/// A trial lasts at least so long, or its time says nothing.
const STEPS_OF_THE_CLOCK: f64 = 10.0;
/// The best of so many: others ran while something else took the processor.
const TRIALS: u64 = 5;

type Key = (SimulatedKind, PixelType, u32);

/// Time that a pixel takes at least, us. It is measured once for each kind, type and binning. 0: there is no such binning.
pub fn time_per_pixel_us(kind: SimulatedKind, settings: &CameraSettings, clock: Clock) -> f64 {
    static KNOWN: Mutex<Option<HashMap<Key, f64>>> = Mutex::new(None);
    if !matches!(settings.binning, 1 | 2 | 4 | 8) {
        return 0.0;
    }
    // A map of numbers is never half changed, so poison says nothing here.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (kind, settings.pixel_type, settings.binning);
    *known.get_or_insert_default().entry(key).or_insert_with(|| measure(kind, settings, clock))
}

fn measure(kind: SimulatedKind, settings: &CameraSettings, clock: Clock) -> f64 {
    // A binned pixel is many of the sensor's.
    let pixels = MEASURED_PX / (settings.binning * settings.binning);
    let height = (pixels / WIDTH_PX).max(1);
    let sample = CameraSettings { shape: [WIDTH_PX, height], offset: [0, 0], ..settings.clone() };
    let picture = SimulatedPicture::new(kind, &sample, 0.0);
    let mut frame = vec![0; picture.frame_bytes()];
    let trials = (0..TRIALS).map(|id| {
        let begun_us = clock.now_us();
        let mut made = 0.0;
        loop {
            picture.render(id, &mut frame);
            made += 1.0;
            let took_us = clock.now_us() - begun_us;
            if took_us >= STEPS_OF_THE_CLOCK * clock.resolution_us {
                return took_us / made;
            }
        }
    });
    trials.fold(f64::INFINITY, f64::min) / f64::from(WIDTH_PX * height)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn no_frame_is_made_faster_than_is_said() {
        for kind in SimulatedKind::ALL {
            let settings =
                CameraSettings { shape: [1024, 768], pixel_type: PixelType::U16, ..CameraSettings::default() };
            let said_us = time_per_pixel_us(kind, &settings, Clock::system()) * 1024.0 * 768.0;
            let picture = SimulatedPicture::new(kind, &settings, 0.0);
            let mut frame = vec![0; picture.frame_bytes()];
            let begun = Instant::now();
            picture.render(1, &mut frame);
            let took_us = begun.elapsed().as_secs_f64() * 1e6;
            // The clock of a processor changes: half as much again is no contradiction.
            assert!(said_us > 0.0 && said_us < 1.5 * took_us, "{kind:?}: {said_us} us said, {took_us} taken");
        }
    }
}
