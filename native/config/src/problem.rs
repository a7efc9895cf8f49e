use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// `video[0].storage.settings.acquisition_dimensions[2].chunk_size_px`
    pub path: String,
    /// Stable, for programs: `out_of_range`, `unknown_device`, `type`, `unknown_field`, `duplicate`, `exists`, ...
    pub code: String,
    /// Whether the document is refused for it.
    pub severity: Severity,
    /// What is wrong and what would be right, in one sentence.
    pub message: String,
    /// The one right value, where there is one; the page makes a button of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fix: Option<Fix>,
}

/// Whether a document is refused for a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Refused.
    Error,
    /// Allowed, but the user should know.
    Warning,
}

/// Set `path` to `value` and the problem is gone. `path` may differ from the problem's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Fix {
    /// "Use 1,000 ms"
    pub label: String,
    /// The field that is set.
    pub path: String,
    /// What it is set to.
    #[ts(type = "unknown")]
    pub value: Value,
}

impl Problem {
    /// A problem that the document is refused for, without a way out yet.
    pub fn error(path: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        let severity = Severity::Error;
        Self { path: path.into(), code: code.into(), severity, message: message.into(), fix: None }
    }

    /// A problem that the user should know, without a way out yet.
    pub fn warning(path: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(path, code, message) }
    }

    /// The way out that sets the field at fault.
    pub fn fixed_by(self, label: impl Into<String>, value: impl Into<Value>) -> Self {
        let path = self.path.clone();
        self.fixed_at(path, label, value)
    }

    /// The way out that sets another field.
    pub fn fixed_at(self, path: impl Into<String>, label: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { fix: Some(Fix { label: label.into(), path: path.into(), value: value.into() }), ..self }
    }

    /// Whether the document is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
