use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use zarrcam_acquisition::FileDescription;
use zarrcam_config::{Camera, CameraSettings, DeviceIdentifier, DeviceKind, Notes};
use zarrcam_files::read_document;

use super::tiff_summary;
use crate::frame_files::{PAGES, description_of};

/// What our writers put into the first page of a TIFF and into the JSON beside a raw file.
#[derive(Deserialize)]
struct Written {
    camera: Option<WrittenCamera>,
    #[serde(default)]
    notes: Value,
    metadata: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WrittenCamera {
    name: String,
    settings: CameraSettings,
}

/// `None`: it is no TIFF or raw file of ours.
pub(super) fn read(path: &Path) -> Option<FileDescription> {
    if let Some(description) = description_of(path) {
        return parse(&description.to_string());
    }
    let is_folder = path.is_dir();
    let pages = if is_folder { path.join(PAGES) } else { path.to_owned() };
    let tiff = tiff_summary::read(&pages).ok().filter(|tiff| tiff.ours)?;
    let description = parse(&tiff.description?)?;
    if !is_folder {
        return Some(description);
    }
    // `tiff-json` has the user's metadata apart.
    let text = read_document(&path.join("metadata.json")).ok().and_then(|text| String::from_utf8(text).ok());
    Some(FileDescription { external_metadata_json: text.as_deref().and_then(metadata), ..description })
}

fn parse(text: &str) -> Option<FileDescription> {
    let Written { camera, notes, metadata: own } = serde_json::from_str(text).ok()?;
    let camera = camera.map(|WrittenCamera { name, settings }| Camera {
        identifier: Some(DeviceIdentifier { id: [0, 0], kind: DeviceKind::Camera, name }),
        settings,
    });
    let notes: Option<Notes> = serde_json::from_value(notes).ok();
    Some(FileDescription {
        camera,
        notes: notes.filter(|notes| !notes.is_empty()),
        external_metadata_json: own.as_deref().and_then(|own| metadata(own.get())),
    })
}

/// An object with something in it, word for word: numbers of any length stay as they are.
fn metadata(text: &str) -> Option<String> {
    let text = text.trim();
    let members: HashMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
    (!members.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_does_not_say_is_none() {
        assert_eq!(parse(r#"{"frame_id": 0}"#), Some(FileDescription::default()));
        assert_eq!(parse(r#"{"notes": {"sample": ""}, "metadata": {}}"#), Some(FileDescription::default()));
        assert_eq!(parse("not JSON"), None);
    }

    #[test]
    fn notes_and_metadata_are_what_was_given() {
        let said = parse(r#"{"notes": {"operator": "Ada"}, "metadata": {"b": 1e400, "a": 12345678901234567890123}}"#);
        let said = said.unwrap();
        assert_eq!(said.notes, Some(Notes { operator: "Ada".to_owned(), ..Notes::default() }));
        assert_eq!(said.external_metadata_json.as_deref(), Some(r#"{"b": 1e400, "a": 12345678901234567890123}"#));
        assert_eq!(said.camera, None);
    }

    #[test]
    fn a_camera_is_named_as_a_document_names_it() {
        let settings =
            serde_json::to_string(&CameraSettings { exposure_time_us: 1500.0, ..Default::default() }).unwrap();
        let said = parse(&format!(r#"{{"camera": {{"name": "replay", "settings": {settings}}}}}"#)).unwrap();
        let camera = said.camera.unwrap();
        assert_eq!(camera.identifier.unwrap().name, "replay");
        assert_eq!(camera.settings.exposure_time_us, 1500.0);
    }
}
