//! As much as is told of what a dataset says of itself: it may be anybody's, and say anything.

use zarrcam_acquisition::{DatasetAxis, DatasetEnd, DatasetInfo, DatasetLevel};

use zarrcam_config::Notes;

use crate::StorageError;

/// Longest name of an axis, a unit, a label, a level or a type, characters.
const MOST_NAME: usize = 200;
/// Longest sentence, characters.
const MOST_SENTENCE: usize = 500;
/// Notes in a list, characters each; whole they stand in the settings of the dataset.
const MOST_NOTE: usize = 1000;
const MOST_REMARKS: usize = 20;
/// Labels of one axis, bytes: as much as a configuration may have. More are not told at all.
const MOST_LABELS_BYTES: usize = 1 << 20;

pub(super) fn info(info: DatasetInfo) -> DatasetInfo {
    DatasetInfo {
        axes: info.axes.into_iter().map(axis).collect(),
        acquisition_order: info.acquisition_order.into_iter().map(name).collect(),
        levels: info.levels.into_iter().map(|level| DatasetLevel { path: name(level.path), ..level }).collect(),
        dtype: name(info.dtype),
        end: info.end.map(|end| DatasetEnd { reason: end.reason.map(sentence), ..end }),
        run_id: info.run_id.map(name),
        notes: Notes {
            sample: note(info.notes.sample),
            operator: note(info.notes.operator),
            text: note(info.notes.text),
        },
        remarks: info.remarks.into_iter().take(MOST_REMARKS).map(sentence).collect(),
        ..info
    }
}

/// Why it is none, in so many words.
pub(super) fn error(error: StorageError) -> StorageError {
    match error {
        StorageError::NotADataset { path, reason } => StorageError::NotADataset { path, reason: sentence(reason) },
        StorageError::Damaged { path, reason } => StorageError::Damaged { path, reason: sentence(reason) },
        error => error,
    }
}

fn axis(axis: DatasetAxis) -> DatasetAxis {
    let labels_bytes: usize = axis.labels.iter().map(String::len).sum();
    let labels = if labels_bytes > MOST_LABELS_BYTES { Vec::new() } else { axis.labels };
    let labels = labels.into_iter().map(name).collect();
    DatasetAxis { name: name(axis.name), unit: name(axis.unit), labels, ..axis }
}

fn name(text: String) -> String {
    beginning(text, MOST_NAME)
}
fn sentence(text: String) -> String {
    beginning(text, MOST_SENTENCE)
}

fn note(text: String) -> String {
    beginning(text, MOST_NOTE)
}

fn beginning(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('\u{2026}');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_told_to_its_beginning() {
        assert_eq!(beginning("äöü".to_owned(), 3), "äöü");
        assert_eq!(beginning("äöüß".to_owned(), 3), "äöü…");
    }
}
