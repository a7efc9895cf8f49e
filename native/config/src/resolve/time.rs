/// Time from frame to frame as a camera keeps it, us: no frame begins before the one before it is exposed. 0: as fast as it can.
pub fn frame_period_us(exposure_time_us: f64, asked_us: f64) -> f64 {
    asked_us.max(exposure_time_us)
}
