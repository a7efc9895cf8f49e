use zarrcam_genicam::GenicamDriver;
use zarrcam_push::PushDriver;
use zarrcam_runtime::{Drivers, RuntimeOptions};

/// Where the cameras of this build come from. A driver of its own crate is added here, by `.with(...)`.
pub fn drivers(options: &RuntimeOptions) -> Drivers {
    Drivers::built_in().with(GenicamDriver::new(options.camera_interfaces.clone())).with(PushDriver::new())
}
