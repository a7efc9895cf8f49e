use serde_json::Value;

use super::report::StreamReport;
use crate::{ProblemCode, StorageSettings};

/// It becomes attributes, and those are an object.
pub(super) fn validate(report: &mut StreamReport, settings: &StorageSettings) {
    let Some(text) = settings.external_metadata_json.as_deref().filter(|text| !text.trim().is_empty()) else { return };
    let path = "storage.settings.external_metadata_json";
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_)) => {}
        Ok(_) => {
            let message = "The metadata must be a JSON object, such as {\"objective\": \"40x\"}.";
            report.error(path, ProblemCode::Type, message);
        }
        Err(error) => {
            let message = format!(
                "The metadata is not valid JSON (line {}, column {}); write it like {{\"objective\": \"40x\"}}.",
                error.line(),
                error.column()
            );
            report.error(path, ProblemCode::NotJson, message);
        }
    }
}
