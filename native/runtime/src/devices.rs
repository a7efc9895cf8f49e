//! The devices of this machine, by name.

use regex_lite::{Regex, RegexBuilder};
use zarrcam_config::{
    CameraCapabilities, CameraSettings, DeviceCatalog, DeviceIdentifier, DeviceInfo, DeviceKind, Problem,
    STORAGE_DEVICES, StorageCapabilities, storage_capabilities,
};

/// What cameras and storage devices there are, and what they can do.
pub struct Devices;

impl DeviceCatalog for Devices {
    fn devices(&self) -> Vec<DeviceInfo> {
        let mut devices = zarrcam_camera::cameras();
        devices.extend((0..).zip(&STORAGE_DEVICES).map(|(number, device)| DeviceInfo {
            identifier: DeviceIdentifier { id: [1, number], kind: DeviceKind::Storage, name: device.name.to_owned() },
            description: device.description.to_owned(),
        }));
        devices
    }

    fn camera(&self, name: &str, settings: &CameraSettings) -> Option<CameraCapabilities> {
        zarrcam_camera::open(name).ok().map(|camera| camera.capabilities(settings))
    }

    fn obstacle(&self, name: &str, settings: &CameraSettings) -> Option<Problem> {
        let error = zarrcam_camera::open(name).ok()?.obstacle(settings)?;
        Some(Problem::error(error.field().unwrap_or_default(), error.code(), error.to_string()))
    }

    fn storage(&self, name: &str) -> Option<StorageCapabilities> {
        storage_capabilities(name)
    }
}

/// Acquire's `select`: the first device of the kind whose whole name matches, case-insensitively; no name: the first.
///
/// A name that is no regular expression matches itself only.
pub fn select(devices: &[DeviceInfo], kind: DeviceKind, name: Option<&str>) -> Option<DeviceIdentifier> {
    let mut of_kind = devices.iter().map(|device| &device.identifier).filter(|identifier| identifier.kind == kind);
    let Some(name) = name.filter(|name| !name.is_empty()) else { return of_kind.next().cloned() };
    let pattern = whole_name(name);
    of_kind
        .find(|identifier| match &pattern {
            Some(pattern) => pattern.is_match(&identifier.name),
            None => identifier.name.eq_ignore_ascii_case(name),
        })
        .cloned()
}

/// Acquire's `select_one_of`: the first of the names that resolves.
pub fn select_one_of(devices: &[DeviceInfo], kind: DeviceKind, names: &[String]) -> Option<DeviceIdentifier> {
    names.iter().find_map(|name| select(devices, kind, Some(name)))
}

fn whole_name(name: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{name})$")).case_insensitive(true).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<DeviceInfo> {
        let device = |kind, name: &str| DeviceInfo {
            identifier: DeviceIdentifier { id: [0, 0], kind, name: name.to_owned() },
            description: String::new(),
        };
        vec![
            device(DeviceKind::Camera, "simulated: uniform random"),
            device(DeviceKind::Camera, "simulated: radial sin"),
            device(DeviceKind::Storage, "Zarr"),
            device(DeviceKind::Storage, "ZarrV3"),
        ]
    }

    fn name_of(kind: DeviceKind, name: Option<&str>) -> Option<String> {
        select(&devices(), kind, name).map(|identifier| identifier.name)
    }

    #[test]
    fn select_takes_the_first_whole_match() {
        let found = |text: &str| Some(text.to_owned());
        assert_eq!(name_of(DeviceKind::Camera, None), found("simulated: uniform random"));
        assert_eq!(name_of(DeviceKind::Camera, Some("")), found("simulated: uniform random"));
        assert_eq!(name_of(DeviceKind::Camera, Some(".*radial.*")), found("simulated: radial sin"));
        assert_eq!(name_of(DeviceKind::Storage, Some("zarrv3")), found("ZarrV3"));
        assert_eq!(name_of(DeviceKind::Storage, Some("Zarr")), found("Zarr"));
        assert_eq!(name_of(DeviceKind::Camera, Some("radial")), None, "part of a name is no match");
        assert_eq!(name_of(DeviceKind::Storage, Some(".*radial.*")), None);
        assert_eq!(name_of(DeviceKind::Camera, Some("a|simulated: radial sin")), found("simulated: radial sin"));
        assert_eq!(name_of(DeviceKind::Camera, Some("(")), None);
    }

    #[test]
    fn select_one_of_takes_the_first_name_that_resolves() {
        let pick = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            select_one_of(&devices(), DeviceKind::Camera, &names).map(|identifier| identifier.name)
        };
        assert_eq!(pick(&["none", ".*sin"]).as_deref(), Some("simulated: radial sin"));
        assert_eq!(pick(&["none"]), None);
        assert_eq!(pick(&[]), None);
    }
}
