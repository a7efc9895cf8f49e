//! The camera's own description of its features.

use std::io::{Cursor, Read};

use viva_genapi::NodeMap;
use viva_u3v::{ControlChannel, FileFormat, ManifestEntry, UsbTransfer};

use crate::Usb3VisionError;

/// A description is not longer, packed or not: those of cameras are some hundred kB.
pub const MAX_DESCRIPTION_BYTES: u64 = 16 << 20;

/// Fetches and reads it. `manifest`: address of the table of what the camera keeps.
pub fn read<T: UsbTransfer>(control: &mut ControlChannel<T>, manifest: u64) -> Result<NodeMap, Usb3VisionError> {
    let entry = ManifestEntry::read_device_xml(control, manifest)?;
    if entry.file_size > MAX_DESCRIPTION_BYTES {
        return Err(too_long(entry.file_size));
    }
    let stored = control.read_mem(entry.file_address, entry.file_size as usize)?;
    let is_archive = entry.format == FileFormat::Zip || stored.starts_with(b"PK\x03\x04");
    let xml = if is_archive { unpacked(&stored)? } else { stored };
    let text = String::from_utf8_lossy(&xml);
    // Some cameras fill the rest of their memory with zeros.
    let text = text.trim_matches(['\0', '\u{feff}']).trim();
    let unreadable = |error: &dyn std::fmt::Display| {
        Usb3VisionError::Camera(format!("describes its features in a way that cannot be read ({error})"))
    };
    let model = viva_genapi_xml::parse(text).map_err(|error| unreadable(&error))?;
    NodeMap::try_from_xml(model).map_err(|error| unreadable(&error))
}

fn too_long(bytes: u64) -> Usb3VisionError {
    Usb3VisionError::Camera(format!(
        "says that the description of its features has {bytes} bytes; up to {MAX_DESCRIPTION_BYTES} are read"
    ))
}

/// The first file of the archive.
fn unpacked(archive: &[u8]) -> Result<Vec<u8>, Usb3VisionError> {
    let damaged =
        |error: &dyn std::fmt::Display| Usb3VisionError::Camera(format!("packs its description wrongly ({error})"));
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(|error| damaged(&error))?;
    let file = archive.by_index(0).map_err(|error| damaged(&error))?;
    let mut xml = Vec::new();
    // What it says of its own length is not believed.
    file.take(MAX_DESCRIPTION_BYTES + 1).read_to_end(&mut xml).map_err(|error| damaged(&error))?;
    if xml.len() as u64 > MAX_DESCRIPTION_BYTES {
        return Err(too_long(xml.len() as u64));
    }
    Ok(xml)
}
