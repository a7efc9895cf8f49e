//! A device by a part of its name, as Acquire selects it.

use regex_lite::{Regex, RegexBuilder};

use crate::{DeviceIdentifier, DeviceInfo, DeviceKind};

/// No name of a device is half as long, and a pattern's cost grows with its length.
const LONGEST_PATTERN_BYTES: usize = 500;
/// What a pattern may take when it is made ready: `(.{99}){99}` would take a hundred times as much.
const LARGEST_PATTERN_BYTES: usize = 1 << 18;
/// Names that `select_one_of` tries.
const MOST_NAMES: usize = 100;

/// What is asked for cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSelection {
    /// Why, in a sentence.
    pub message: String,
    /// The parameter at fault.
    pub parameter: &'static str,
}

/// Acquire's `select`: the first device of the kind whose whole name matches, case-insensitively; no name: the first. There
/// are none of some kinds.
///
/// A name that is no regular expression matches itself only. One that is too long to be a pattern is an error.
pub fn select(
    devices: &[DeviceInfo],
    kind: DeviceKind,
    name: Option<&str>,
) -> Result<Option<DeviceIdentifier>, BadSelection> {
    let mut of_kind = devices.iter().map(|device| &device.identifier).filter(|identifier| identifier.kind == kind);
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(of_kind.next().cloned()) };
    if name.len() > LONGEST_PATTERN_BYTES {
        let message = format!("A pattern has at most {LONGEST_PATTERN_BYTES} bytes, and this one has {}.", name.len());
        return Err(BadSelection { message, parameter: "name" });
    }
    let pattern = whole_name(name);
    let found = of_kind.find(|identifier| match &pattern {
        Some(pattern) => pattern.is_match(&identifier.name),
        None => identifier.name.eq_ignore_ascii_case(name),
    });
    Ok(found.cloned())
}

/// Acquire's `select_one_of`: the first of the names that resolves.
pub fn select_one_of(
    devices: &[DeviceInfo],
    kind: DeviceKind,
    names: &[String],
) -> Result<Option<DeviceIdentifier>, BadSelection> {
    if names.len() > MOST_NAMES {
        let message = format!("At most {MOST_NAMES} names are tried, and there are {}.", names.len());
        return Err(BadSelection { message, parameter: "names" });
    }
    for name in names {
        if let Some(found) = select(devices, kind, Some(name))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn whole_name(name: &str) -> Option<Regex> {
    let mut builder = RegexBuilder::new(&format!("^(?:{name})$"));
    builder.case_insensitive(true).size_limit(LARGEST_PATTERN_BYTES).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<DeviceInfo> {
        let device = |kind, name: &str| DeviceInfo {
            identifier: DeviceIdentifier { id: [0, 0], kind, name: name.to_owned() },
            description: String::new(),
            exclusive: false,
            plays_file: false,
        };
        vec![
            device(DeviceKind::Camera, "simulated: uniform random"),
            device(DeviceKind::Camera, "simulated: radial sin"),
            device(DeviceKind::Storage, "Zarr"),
            device(DeviceKind::Storage, "ZarrV3"),
        ]
    }

    fn name_of(kind: DeviceKind, name: Option<&str>) -> Option<String> {
        select(&devices(), kind, name).unwrap().map(|identifier| identifier.name)
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
    fn of_kinds_without_devices_there_is_none() {
        for kind in [DeviceKind::None, DeviceKind::StageAxis, DeviceKind::Signals] {
            assert_eq!((name_of(kind, None), name_of(kind, Some(".*"))), (None, None), "{kind:?}");
        }
    }

    #[test]
    fn a_pattern_has_an_end() {
        let refused = select(&devices(), DeviceKind::Camera, Some(&"a".repeat(1_000_000))).unwrap_err();
        assert_eq!(refused.parameter, "name");
        let many = vec!["none".to_owned(); 101];
        assert_eq!(select_one_of(&devices(), DeviceKind::Camera, &many).unwrap_err().parameter, "names");
        // What would take much to make ready, or for ever to match in an engine that goes back.
        for costly in ["(.{99}){99}", "(a*)*(a*)*(a*)*b", "(s|s|s)*(i|i)*x"] {
            assert_eq!(name_of(DeviceKind::Camera, Some(costly)), None, "{costly}");
        }
    }

    #[test]
    fn select_one_of_takes_the_first_name_that_resolves() {
        let pick = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            select_one_of(&devices(), DeviceKind::Camera, &names).unwrap().map(|identifier| identifier.name)
        };
        assert_eq!(pick(&["none", ".*sin"]).as_deref(), Some("simulated: radial sin"));
        assert_eq!(pick(&["none"]), None);
        assert_eq!(pick(&[]), None);
    }
}
