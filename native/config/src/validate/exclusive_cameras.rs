use serde_json::Value;

use super::report::Report;
use crate::{Configuration, DeviceCatalog, DeviceKind, ProblemCode};

/// A camera that one stream at a time can have is asked for by one stream: the first.
pub(super) fn validate_all(report: &mut Report, configuration: &Configuration, catalog: &dyn DeviceCatalog) {
    let devices = catalog.devices();
    let is_exclusive = |name: &str| {
        devices.iter().any(|device| {
            device.exclusive && device.identifier.kind == DeviceKind::Camera && device.identifier.name == name
        })
    };
    let mut owners: Vec<(&str, u32)> = Vec::new();
    for (index, stream) in configuration.active_streams() {
        let name = stream.camera_name();
        if !is_exclusive(name) {
            continue;
        }
        let Some((_, owner)) = owners.iter().find(|(owned, _)| *owned == name) else {
            owners.push((name, index));
            continue;
        };
        let message = format!(
            "Stream {} has the camera \"{name}\" already, which one stream at a time can have. Choose another camera, or none.",
            owner + 1
        );
        report
            .of_stream(index as usize)
            .error("camera.identifier", ProblemCode::Duplicate, message)
            .fixed_by("Choose no camera", Value::Null);
    }
}
