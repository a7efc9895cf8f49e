use serde_json::{Map, Value, json};
use zarrcam_acquisition::LossCause;
use zarrcam_frame::FrameStamp;

use crate::{SinkSpec, StorageError};

/// The user's metadata, an object, word for word: numbers of any length stay as they are. Empty where none is given.
pub(super) fn external_metadata(spec: &SinkSpec) -> Result<&str, StorageError> {
    let text = spec.storage.external_metadata_json.as_deref().unwrap_or("").trim();
    if text.is_empty() {
        return Ok("{}");
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(_)) => Ok(text),
        Ok(_) => Err(StorageError::ExternalMetadata { reason: "it must be a JSON object".into() }),
        Err(error) => Err(StorageError::ExternalMetadata { reason: error.to_string() }),
    }
}

/// What is known of the size of a pixel; null: not calibrated.
pub(super) fn pixel_size(spec: &SinkSpec) -> Value {
    match spec.storage.pixel_size_um() {
        Some([x, y]) => json!({ "x": x, "y": y, "unit": "micrometer" }),
        None => Value::Null,
    }
}

/// What is known of one frame, in the words that Acquire's TIFF pages use.
pub(super) fn frame(frame_id: u64, stamp: FrameStamp, dropped: Option<LossCause>) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("frame_id".into(), frame_id.into());
    object.insert("hardware_frame_id".into(), stamp.hardware_id.into());
    match dropped {
        // Its pixels are fill, and no clock saw it.
        Some(cause) => object.insert("dropped".into(), json!(cause)),
        None => {
            object.insert("timestamps".into(), json!({ "hardware": stamp.hardware_clock_ns, "runtime": stamp.unix_ns }))
        }
    };
    object
}
