use super::dimensions::LIST;
use super::report::{StreamReport, grouped};
use crate::limits::{MAX_NAME_CHARS, MAX_NOTE_CHARS};
use crate::{ProblemCode, VideoStream};

/// Names and notes travel with every event and every dataset: they have an end.
pub(super) fn validate(report: &mut StreamReport, stream: &VideoStream) {
    let mut at_most = |path: String, what: &str, text: &str, most: usize| {
        // Bytes are no fewer than characters, and are known at once.
        let chars = if text.len() > most { text.chars().count() } else { 0 };
        if chars > most {
            let (chars, most) = (grouped(chars as f64), grouped(most as f64));
            report.error(
                path,
                ProblemCode::TooLong,
                format!("{what} has at most {most} characters, and this one has {chars}."),
            );
        }
    };
    at_most("name".into(), "The name of a camera", &stream.name, MAX_NAME_CHARS);
    let settings = &stream.storage.settings;
    for (index, dimension) in settings.acquisition_dimensions.iter().enumerate() {
        let path = format!("{LIST}[{index}]");
        at_most(format!("{path}.name"), "The name of a dimension", &dimension.name, MAX_NAME_CHARS);
        at_most(format!("{path}.unit"), "A unit", &dimension.unit, MAX_NAME_CHARS);
        for (number, label) in dimension.labels.iter().enumerate() {
            at_most(format!("{path}.labels[{number}]"), "The name of a channel", label, MAX_NAME_CHARS);
        }
    }
    let notes = &settings.notes;
    for (field, text) in [("sample", &notes.sample), ("operator", &notes.operator), ("text", &notes.text)] {
        at_most(format!("storage.settings.notes.{field}"), "A note", text, MAX_NOTE_CHARS);
    }
}
