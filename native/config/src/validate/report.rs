use serde_json::Value;

use crate::{Fix, Problem, ProblemCode};

/// Collects problems; a stream's report puts the stream before every path.
#[derive(Default)]
pub(super) struct Report {
    pub problems: Vec<Problem>,
}

pub(super) struct StreamReport<'a> {
    report: &'a mut Report,
    index: usize,
}

/// A problem that was just noted, so that its fix can be added.
pub(super) struct Noted<'a> {
    problem: &'a mut Problem,
    prefix: String,
}

impl Noted<'_> {
    /// Adds a fix that sets the field at fault.
    pub fn fixed_by(self, label: impl Into<String>, value: impl Into<Value>) {
        let path = self.problem.path.clone();
        self.problem.fix = Some(Fix { label: label.into(), path, value: value.into() });
    }

    /// Adds a fix that sets another field of the same stream.
    pub fn fixed_at(self, path: &str, label: impl Into<String>, value: impl Into<Value>) {
        let path = format!("{}{path}", self.prefix);
        self.problem.fix = Some(Fix { label: label.into(), path, value: value.into() });
    }
}

impl Report {
    pub fn of_stream(&mut self, index: usize) -> StreamReport<'_> {
        StreamReport { report: self, index }
    }

    pub fn error(&mut self, path: impl Into<String>, code: ProblemCode, message: impl Into<String>) -> Noted<'_> {
        self.note(Problem::error(path, code, message), String::new())
    }

    fn note(&mut self, problem: Problem, prefix: String) -> Noted<'_> {
        let index = self.problems.len();
        self.problems.push(problem);
        Noted { problem: &mut self.problems[index], prefix }
    }
}

impl StreamReport<'_> {
    fn prefix(&self) -> String {
        format!("video[{}].", self.index)
    }

    pub fn error(&mut self, path: impl AsRef<str>, code: ProblemCode, message: impl Into<String>) -> Noted<'_> {
        let prefix = self.prefix();
        self.report.note(Problem::error(format!("{prefix}{}", path.as_ref()), code, message), prefix)
    }

    pub fn warning(&mut self, path: impl AsRef<str>, code: ProblemCode, message: impl Into<String>) -> Noted<'_> {
        let prefix = self.prefix();
        self.report.note(Problem::warning(format!("{prefix}{}", path.as_ref()), code, message), prefix)
    }

    /// Has an error at, or below, this path of the stream been noted?
    pub fn has_error(&self, path: &str) -> bool {
        let path = format!("{}{path}", self.prefix());
        self.report.problems.iter().any(|problem| problem.is_error() && super::is_within(&problem.path, &path))
    }
}

/// 1920000 -> "1,920,000"; fractions are kept as they are.
pub(super) fn grouped(number: f64) -> String {
    let text = format!("{number}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits = whole.trim_start_matches('-');
    let mut grouped = String::from(&whole[..whole.len() - digits.len()]);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// Microseconds in the unit that people read: "70 ms", "1,000 ms", "250 µs".
pub(super) fn duration_us(us: f64) -> String {
    match us {
        us if us >= 10e6 => format!("{} s", grouped(us / 1e6)),
        us if us >= 1e3 => format!("{} ms", grouped(us / 1e3)),
        us => format!("{} \u{b5}s", grouped(us)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(grouped(1_920_000.0), "1,920,000");
        assert_eq!(grouped(-1234.5), "-1,234.5");
        assert_eq!(grouped(7.0), "7");
        assert_eq!(duration_us(1e6), "1,000 ms");
        assert_eq!(duration_us(250.0), "250 \u{b5}s");
        assert_eq!(duration_us(60e6), "60 s");
    }
}
