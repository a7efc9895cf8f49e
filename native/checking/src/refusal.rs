//! How a document is refused.

use serde::Serialize;
use ts_rs::TS;
use zarrcam_config::{Problem, ProblemCode};

/// How a document is refused: the first of its errors, and how many there are. The errors themselves are its problems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ConfigurationRefusal {
    /// `exists` where that alone is wrong, else `invalid_configuration`.
    pub code: RefusalCode,
    /// The path and the message of the first error, and how many more there are.
    pub message: String,
    /// The path of the first field at fault.
    pub path: Option<String>,
}

/// The error codes of a refused document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Something stands at a path already, and nothing else is wrong.
    Exists,
    /// The document has errors.
    InvalidConfiguration,
}

impl ConfigurationRefusal {
    /// How a document with these problems is refused; `None`: they are warnings, or there are none.
    pub fn of(problems: &[Problem]) -> Option<Self> {
        let mut errors = problems.iter().filter(|problem| problem.is_error());
        let first = errors.next()?;
        let others = errors.count();
        let more = if others == 0 { String::new() } else { format!(" ({others} more)") };
        let exists = others == 0 && first.code == ProblemCode::Exists;
        Some(Self {
            code: if exists { RefusalCode::Exists } else { RefusalCode::InvalidConfiguration },
            message: format!("{}: {}{more}", first.path, first.message),
            path: Some(first.path.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_first_error_and_counts_the_others() {
        let problem = |path: &str, code: ProblemCode| Problem::error(path, code, "Say it.");
        let warning = Problem::warning("a", ProblemCode::SmallChunks, "Mind.");
        assert_eq!(ConfigurationRefusal::of(std::slice::from_ref(&warning)), None);
        let one = ConfigurationRefusal::of(&[warning, problem("b", ProblemCode::Exists)]).unwrap();
        assert_eq!((one.code, one.message.as_str()), (RefusalCode::Exists, "b: Say it."));
        let two = [problem("b", ProblemCode::Exists), problem("c", ProblemCode::Type)];
        let two = ConfigurationRefusal::of(&two).unwrap();
        assert_eq!((two.code, two.message.as_str()), (RefusalCode::InvalidConfiguration, "b: Say it. (1 more)"));
        assert_eq!(two.path.as_deref(), Some("b"));
    }
}
