use super::report::{Report, StreamReport};
use crate::uri::{UriError, UriPath, unescaped};
use crate::{
    Configuration, DeviceCatalog, ProblemCode, StorageCapabilities, StorageFormat, VideoStream, following_names,
    storage_device,
};

const URI: &str = "storage.settings.uri";

/// The name alone: whether it can be made, where it leads and what stands there is the runtime's to say.
pub(super) fn validate(report: &mut StreamReport, stream: &VideoStream, device: &str, can: &StorageCapabilities) {
    if !can.needs_uri {
        return;
    }
    let uri = stream.storage.settings.uri.as_deref().unwrap_or_default();
    if let Err(UriError { code, message, meant }) = UriPath::of(uri) {
        let proposed =
            if code == ProblemCode::Missing { Some(format!("acquisition_001{}", can.extension)) } else { meant };
        let noted = report.error(URI, code, message);
        if let Some(proposed) = proposed {
            noted.fixed_by(format!("Use {proposed}"), proposed);
        }
        return;
    }
    if let Some(meant) = unescaped(uri).filter(|meant| !uri.contains(':') && UriPath::of(meant).is_ok()) {
        let message = format!("This name is used as it is written; \"{meant}\" is what the address stands for.");
        report.warning(URI, ProblemCode::Escaped, message).fixed_by(format!("Use {meant}"), meant);
    }
    extension(report, uri, device, can);
}

/// A Zarr store named `.tif` misleads people and programs.
fn extension(report: &mut StreamReport, uri: &str, device: &str, can: &StorageCapabilities) {
    const KNOWN: [&str; 5] = [".zarr", ".tif", ".tiff", ".raw", ".bin"];
    let lower = uri.trim_end_matches('/').to_lowercase();
    let Some(given) = KNOWN.iter().find(|known| lower.ends_with(**known)) else { return };
    let fits = match storage_device(device).map(|device| device.format) {
        Some(StorageFormat::Zarr2 | StorageFormat::Zarr3) => *given == ".zarr",
        Some(StorageFormat::Tiff) => given.starts_with(".tif"),
        Some(StorageFormat::TiffJson) => *given != ".zarr",
        Some(StorageFormat::Raw) => matches!(*given, ".raw" | ".bin"),
        Some(StorageFormat::Trash) | None => true,
    };
    if !fits {
        let stem = &uri.trim_end_matches('/')[..lower.len() - given.len()];
        let proposed = format!("{stem}{}", can.extension);
        let format = device_format(device);
        let message = format!("The name ends in {given}, but the format is {format}.");
        report.warning(URI, ProblemCode::Extension, message).fixed_by(format!("Use {proposed}"), proposed);
    }
}

/// What people call what a device writes.
fn device_format(device: &str) -> &str {
    match storage_device(device).map(|device| device.format) {
        Some(StorageFormat::Zarr3) => "OME-Zarr 0.5",
        Some(StorageFormat::Zarr2) => "OME-Zarr 0.4",
        Some(StorageFormat::Tiff | StorageFormat::TiffJson) => "TIFF",
        Some(StorageFormat::Raw) => "raw pixels",
        Some(StorageFormat::Trash) | None => device,
    }
}

/// Two streams may not write to one path, nor one into the other's.
pub(super) fn validate_all(report: &mut Report, configuration: &Configuration, catalog: &dyn DeviceCatalog) {
    let mut taken: Vec<(usize, String)> = Vec::new();
    for (index, stream) in configuration.video.iter().enumerate().filter(|(_, stream)| stream.is_active()) {
        let Some(device) = stream.storage.identifier.as_ref().filter(|identifier| !identifier.is_none()) else {
            continue;
        };
        if !catalog.storage(&device.name).is_some_and(|can| can.needs_uri) {
            continue;
        }
        let Some(uri) = stream.storage.settings.uri.as_deref().filter(|uri| !uri.trim().is_empty()) else { continue };
        let mut paths = vec![path_key(uri)];
        if storage_device(&device.name).is_some_and(|device| device.format == StorageFormat::Raw) {
            paths.push(format!("{}.json", path_key(uri)));
        }
        let clash = |path: &str| taken.iter().find(|(_, other)| overlaps(path, other)).map(|(other, _)| *other);
        if let Some(other) = paths.iter().find_map(|path| clash(path)) {
            let proposed = following_names(uri.trim_end_matches('/')).find(|name| clash(&path_key(name)).is_none());
            let message = format!("Camera {} writes there already: two cameras cannot write to one path.", other + 1);
            let noted = report.error(format!("video[{index}].{URI}"), ProblemCode::Duplicate, message);
            if let Some(proposed) = proposed {
                noted.fixed_by(format!("Use {proposed}"), proposed);
            }
        }
        taken.extend(paths.into_iter().map(|path| (index, path)));
    }
}

fn overlaps(a: &str, b: &str) -> bool {
    let within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    a == b || within(a, b) || within(b, a)
}

/// One spelling for a path; case does not count, since on Windows and macOS it does not.
fn path_key(uri: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in uri.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if uri.starts_with(['/', '\\']) { "/" } else { "" };
    format!("{root}{}", parts.join("/")).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_by_where_they_lead() {
        assert_eq!(path_key("./a//B.zarr/"), path_key("x/../A/b.zarr"));
        assert_ne!(path_key("/a.zarr"), path_key("a.zarr"));
        assert!(overlaps("a.zarr", "a.zarr/0") && !overlaps("a.zarr", "a.zarr2"));
    }
}
