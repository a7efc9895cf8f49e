//! How much of everything a document may hold. Far above what a microscope needs: whoever asks for more is mistaken, or means
//! harm, and is answered as quickly as anybody else.

use crate::Problem;

/// Streams of a document.
pub const MAX_STREAMS: usize = 64;
/// Dimensions of a stream. numpy and most readers of Zarr take no more.
pub const MAX_DIMENSIONS: usize = 32;
/// Labels of a dimension.
pub const MAX_LABELS: usize = 10_000;
/// Problems that are told at once.
pub const MAX_PROBLEMS: usize = 100;
/// Characters of a name: of a stream, a dimension, an element, a unit.
pub const MAX_NAME_CHARS: usize = 200;
/// Characters of the sample, the operator and the text of the notes, each.
pub const MAX_NOTE_CHARS: usize = 100_000;
/// Bytes of a path; more no system takes everywhere.
pub const MAX_PATH_BYTES: usize = 1000;

/// Of very many problems the first, errors before warnings, and that there are more.
pub fn told(mut problems: Vec<Problem>) -> Vec<Problem> {
    if problems.len() <= MAX_PROBLEMS {
        return problems;
    }
    problems.sort_by_key(|problem| !problem.is_error());
    let more_errors = problems[MAX_PROBLEMS..].iter().any(Problem::is_error);
    problems.truncate(MAX_PROBLEMS);
    let message = format!("There are more problems than these {MAX_PROBLEMS}; mend them first.");
    let more = if more_errors { Problem::error } else { Problem::warning };
    problems.push(more("video", "more", message));
    problems
}

/// What was given, as it may stand in a message: of a long text its beginning.
pub fn shown(text: &str) -> String {
    const MOST_CHARS: usize = 80;
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_before_warnings() {
        let mut problems: Vec<Problem> = (0..150).map(|n| Problem::warning(format!("w{n}"), "w", "")).collect();
        problems.extend((0..3).map(|n| Problem::error(format!("e{n}"), "e", "")));
        assert_eq!(told(problems[..100].to_vec()), problems[..100]);
        let told = told(problems);
        assert_eq!(told.len(), MAX_PROBLEMS + 1);
        assert_eq!([&told[0].path, &told[2].path, &told[3].path, &told[99].path], ["e0", "e2", "w0", "w96"]);
        assert!(!told[100].is_error());
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shown("short"), "short");
        let long = "\u{e9}".repeat(500);
        assert_eq!(shown(&long).chars().count(), 81);
    }
}
