//! How much of everything a document may hold. Far above what a microscope needs: whoever asks for more is mistaken, or means
//! harm, and is answered as quickly as anybody else.

use crate::{Problem, ProblemCode};

/// The most streams of a document.
pub const MAX_STREAMS: usize = 64;
/// The most dimensions of a stream. numpy and most readers of Zarr take no more.
pub const MAX_DIMENSIONS: usize = 32;
/// The most labels of a dimension.
pub const MAX_LABELS: usize = 10_000;
/// The most features of a camera that a document may set.
pub const MAX_FEATURES: usize = 1000;
/// The most problems that are reported at once.
pub const MAX_PROBLEMS: usize = 100;
/// The most characters of a name: of a stream, a dimension, an element, a unit.
pub const MAX_NAME_CHARS: usize = 200;
/// The most characters of the sample, the operator and the text of the notes, each.
pub const MAX_NOTE_CHARS: usize = 100_000;
/// The most bytes of a path; more no system takes everywhere.
pub const MAX_PATH_BYTES: usize = 1000;

/// Cuts a list to [`MAX_PROBLEMS`] problems, errors before warnings, and one more that says that there are more.
pub fn at_most_max_problems(mut problems: Vec<Problem>) -> Vec<Problem> {
    if problems.len() <= MAX_PROBLEMS {
        return problems;
    }
    problems.sort_by_key(|problem| !problem.is_error());
    let more_errors = problems[MAX_PROBLEMS..].iter().any(Problem::is_error);
    problems.truncate(MAX_PROBLEMS);
    let message = format!("There are more problems than these {MAX_PROBLEMS}; mend them first.");
    let more = if more_errors { Problem::error } else { Problem::warning };
    problems.push(more("video", ProblemCode::More, message));
    problems
}

/// A text that was given, as it may stand in a message: of a long one its beginning.
pub fn shortened(text: &str) -> String {
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
    fn errors_come_before_warnings() {
        let mut problems: Vec<Problem> =
            (0..150).map(|n| Problem::warning(format!("w{n}"), ProblemCode::Slow, "")).collect();
        problems.extend((0..3).map(|n| Problem::error(format!("e{n}"), ProblemCode::Type, "")));
        assert_eq!(at_most_max_problems(problems[..100].to_vec()), problems[..100]);
        let told = at_most_max_problems(problems);
        assert_eq!(told.len(), MAX_PROBLEMS + 1);
        assert_eq!([&told[0].path, &told[2].path, &told[3].path, &told[99].path], ["e0", "e2", "w0", "w96"]);
        assert!(!told[100].is_error());
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        let long = "\u{e9}".repeat(500);
        assert_eq!(shortened(&long).chars().count(), 81);
    }
}
