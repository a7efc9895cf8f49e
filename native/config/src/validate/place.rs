use super::report::{Report, StreamReport};
use crate::{
    Configuration, DeviceCatalog, StorageCapabilities, StorageFormat, VideoStream, counted_on, storage_device,
};

const URI: &str = "storage.settings.uri";
/// File systems take 255 bytes; what we write beside a name needs some of them.
const LONGEST_NAME_BYTES: usize = 200;

/// The name alone: whether it can be made, where it leads and what stands there is the runtime's to say.
pub(super) fn validate(report: &mut StreamReport, stream: &VideoStream, device: &str, can: &StorageCapabilities) {
    if !can.needs_uri {
        return;
    }
    let uri = stream.storage.settings.uri.as_deref().unwrap_or_default();
    if uri.trim().is_empty() {
        let proposed = format!("acquisition_001{}", can.extension);
        report.error(URI, "missing", "Give a name to save to.").fixed_by(format!("Use {proposed}"), proposed);
        return;
    }
    if let Some((scheme, rest)) = uri.split_once("://") {
        let scheme = scheme.to_lowercase();
        let message = format!("{scheme}:// is not supported yet: give the name of a file or folder.");
        let noted = report.error(URI, "unsupported", message);
        if scheme == "file" && rest.starts_with('/') {
            noted.fixed_by(format!("Use {rest}"), rest);
        }
        return;
    }
    if let Err(message) = portable_path(uri) {
        let noted = report.error(URI, "name", message);
        let right = repaired(uri);
        if right != uri && portable_path(&right).is_ok() {
            noted.fixed_by(format!("Use {right}"), right);
        }
        return;
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
        let message = format!("The name ends in {given}, and \"{device}\" does not write that.");
        report.warning(URI, "extension", message).fixed_by(format!("Use {proposed}"), proposed);
    }
}

fn portable_path(uri: &str) -> Result<(), String> {
    // Only Windows has drives.
    let without_drive = match uri.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if cfg!(windows) && letter.is_ascii_alphabetic() => &uri[2..],
        _ => uri,
    };
    let separators: &[char] = if cfg!(windows) { &['/', '\\'] } else { &['/'] };
    let trimmed = without_drive.trim_end_matches(separators);
    match trimmed.rsplit(separators).next() {
        None | Some("" | "." | "..") => return Err("Give the name of a file or folder to make.".into()),
        Some(_) => {}
    }
    trimmed.split(separators).filter(|name| !matches!(*name, "" | "." | "..")).try_for_each(portable_name)
}

/// May this be the name of a file on all systems? What Windows cannot hold is refused everywhere: data travels.
pub fn portable_name(name: &str) -> Result<(), String> {
    if let Some(wrong) = name.chars().find(|c| c.is_control() || "<>:\"|?*\\/".contains(*c)) {
        return Err(format!("{wrong:?} cannot be part of a name (Windows does not allow it)."));
    }
    if name.ends_with([' ', '.']) || name.starts_with(' ') {
        return Err(format!("\"{name}\" begins or ends with a blank or a dot, which Windows does not allow."));
    }
    if name.len() > LONGEST_NAME_BYTES {
        return Err(format!("A name of {} bytes is too long; {LONGEST_NAME_BYTES} are allowed.", name.len()));
    }
    if is_reserved(name) {
        return Err(format!("\"{name}\" is the name of a device on Windows."));
    }
    if name == "@live" {
        return Err("\"@live\" is where a dataset is read while it is written.".into());
    }
    Ok(())
}

/// `con`, `NUL.zarr`, `com1`, `lpt²`.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let numbered = |prefix: &str| {
        let mut rest = stem.strip_prefix(prefix).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('1'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// The name that was most likely meant.
fn repaired(uri: &str) -> String {
    let absolute = if uri.starts_with('/') { "/" } else { "" };
    let parts = uri.split(['/', '\\']).map(|name| {
        if matches!(name, "." | "..") {
            return name.to_owned();
        }
        let name: String =
            name.chars().map(|c| if c.is_control() || "<>:\"|?*".contains(c) { '_' } else { c }).collect();
        let name = name.trim_start().trim_end_matches([' ', '.']);
        let (stem, ending) = name.split_at(name.find('.').unwrap_or(name.len()));
        if is_reserved(name) { format!("{stem}_{ending}") } else { name.to_owned() }
    });
    let parts: Vec<String> = parts.filter(|name| !name.is_empty()).collect();
    format!("{absolute}{}", parts.join("/"))
}

/// Two streams may not write to one place, nor one into the other's.
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
        let mut places = vec![place_key(uri)];
        if storage_device(&device.name).is_some_and(|device| device.format == StorageFormat::Raw) {
            places.push(format!("{}.json", place_key(uri)));
        }
        let clash = |place: &str| taken.iter().find(|(_, other)| overlaps(place, other)).map(|(other, _)| *other);
        if let Some(other) = places.iter().find_map(|place| clash(place)) {
            let proposed = counted_on(uri.trim_end_matches('/')).find(|name| clash(&place_key(name)).is_none());
            let message = format!("Stream {} writes there already: two streams cannot write to one place.", other + 1);
            let noted = report.error(format!("video[{index}].{URI}"), "duplicate", message);
            if let Some(proposed) = proposed {
                noted.fixed_by(format!("Use {proposed}"), proposed);
            }
        }
        taken.extend(places.into_iter().map(|place| (index, place)));
    }
}

fn overlaps(a: &str, b: &str) -> bool {
    let within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    a == b || within(a, b) || within(b, a)
}

/// One spelling for a place; case does not count, since on Windows and macOS it does not.
fn place_key(uri: &str) -> String {
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
    fn names_are_valid_on_windows_too() {
        for wrong in
            ["a:b", "what?.zarr", "nul", "COM1.zarr", "lpt9", "dot.", "blank ", "tab\t", "a\\b", "@live", "aux.b.zarr"]
        {
            assert!(portable_name(wrong).is_err(), "{wrong}");
        }
        for right in ["com0", "com10", "null.zarr", "\u{fc}ber.zarr", "a b.zarr", "console", ".hidden"] {
            assert_eq!(portable_name(right), Ok(()), "{right}");
        }
        assert!(portable_name(&"n".repeat(201)).is_err());
    }

    #[test]
    fn a_repaired_name_is_valid() {
        for (wrong, right) in [
            ("a:b.zarr", "a_b.zarr"),
            ("out.zarr.", "out.zarr"),
            ("day 1\\out.zarr", "day 1/out.zarr"),
            ("/data/nul.zarr", "/data/nul_.zarr"),
            ("../con", "../con_"),
        ] {
            assert!(portable_path(wrong).is_err(), "{wrong}");
            assert_eq!(repaired(wrong), right);
            assert_eq!(portable_path(right), Ok(()));
        }
    }

    #[test]
    fn places_are_compared_by_where_they_lead() {
        assert_eq!(place_key("./a//B.zarr/"), place_key("x/../A/b.zarr"));
        assert_ne!(place_key("/a.zarr"), place_key("a.zarr"));
        assert!(overlaps("a.zarr", "a.zarr/0") && !overlaps("a.zarr", "a.zarr2"));
    }
}
