use zarrcam_push::PushDriver;
use zarrcam_runtime::Drivers;

/// Where the cameras of this build come from. A driver of its own crate is added here, by `.with(...)`.
pub fn drivers() -> Drivers {
    Drivers::built_in().with(PushDriver::new())
}
