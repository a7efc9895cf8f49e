use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// `video[0].storage.settings.acquisition_dimensions[2].chunk_size_px`
    pub path: String,
    /// What kind of problem it is.
    pub code: ProblemCode,
    /// Whether the document is refused for it.
    pub severity: Severity,
    /// What is wrong and what would be right, in one sentence.
    pub message: String,
    /// The one right value, where there is one; the page makes a button of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fix: Option<Fix>,
}

macro_rules! problem_codes {
    ($($(#[$docs:meta])* $code:ident = $text:literal,)*) => {
        /// Names what is wrong, for programs. A code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum ProblemCode {
            $($(#[$docs])* #[serde(rename = $text)] $code,)*
        }

        impl ProblemCode {
            /// The code as it stands in JSON.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $text,)*
                }
            }
        }
    };
}

problem_codes! {
    /// A number lies outside of what can be.
    OutOfRange = "out_of_range",
    /// The JSON value is of another type.
    Type = "type",
    /// There is no such field.
    UnknownField = "unknown_field",
    /// A word is none of those that are known.
    UnknownValue = "unknown_value",
    /// There is no device of this name.
    UnknownDevice = "unknown_device",
    /// The field is given twice: by one name, or under two of its names.
    Conflict = "conflict",
    /// A text is longer than anybody needs.
    TooLong = "too_long",
    /// A list is longer than anybody needs.
    TooMany = "too_many",
    /// A list is shorter than it must be.
    TooFew = "too_few",
    /// Something must be given.
    Missing = "missing",
    /// No stream has a camera.
    NoStream = "no_stream",
    /// A device of another kind is meant.
    WrongKind = "wrong_kind",
    /// The text of a field is no JSON.
    NotJson = "not_json",
    /// The text cannot be such a name.
    Name = "name",
    /// There are more labels than elements, or fewer.
    Labels = "labels",
    /// The dimensions stand in an order that cannot be.
    Order = "order",
    /// Some dimensions are sharded where others are not.
    Mixed = "mixed",
    /// The dimensions are not those of the camera's frames.
    ShapeMismatch = "shape_mismatch",
    /// Two of a list have one name, or two streams write to one path or have one camera.
    Duplicate = "duplicate",
    /// The device cannot do it.
    Unsupported = "unsupported",
    /// The camera does not let it be changed.
    ReadOnly = "read_only",
    /// The camera fails, or refuses for a reason of its own.
    Camera = "camera",
    /// A file cannot be played.
    Replay = "replay",
    /// The setting has no effect.
    Unused = "unused",
    /// Storage will be slow.
    Slow = "slow",
    /// The camera gives frames more slowly than was asked for.
    SlowCamera = "slow_camera",
    /// Time points begin late.
    Late = "late",
    /// Nothing will be recorded.
    NoFrames = "no_frames",
    /// Frames are left over.
    Incomplete = "incomplete",
    /// Chunks are larger than viewers like.
    LargeChunk = "large_chunk",
    /// Chunks are smaller than disks and viewers like.
    SmallChunks = "small_chunks",
    /// There will be very many files.
    ManyFiles = "many_files",
    /// A unit is given without a size.
    NoSize = "no_size",
    /// A size is given without its unit.
    NoUnit = "no_unit",
    /// Two fields say different things of one size.
    Contradiction = "contradiction",
    /// The name holds escapes of an address.
    Escaped = "escaped",
    /// The name ends as files of another format do.
    Extension = "extension",
    /// The name leads out of the data folder.
    Outside = "outside",
    /// The path lies in a dataset.
    InDataset = "in_dataset",
    /// Something stands at the path already.
    Exists = "exists",
    /// A dataset will be replaced.
    Overwrite = "overwrite",
    /// A dataset that is to be replaced holds files that no writer of ours made.
    ForeignFiles = "foreign_files",
    /// A part of the path is a file.
    NotAFolder = "not_a_folder",
    /// This user may not write there.
    NotWritable = "not_writable",
    /// The dataset will be a plain array.
    NotOmeZarr = "not_ome_zarr",
    /// The disk will be full before the end.
    DiskFull = "disk_full",
    /// Somebody else changed the field meanwhile.
    Changed = "changed",
    /// There are more problems than are reported.
    More = "more",
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
    /// A problem that the document is refused for, without a fix yet.
    pub fn error(path: impl Into<String>, code: ProblemCode, message: impl Into<String>) -> Self {
        let severity = Severity::Error;
        Self { path: path.into(), code, severity, message: message.into(), fix: None }
    }

    /// A problem that the user should know, without a fix yet.
    pub fn warning(path: impl Into<String>, code: ProblemCode, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(path, code, message) }
    }

    /// The same problem with a fix that sets the field at fault to `value`. `label` is what a button says.
    pub fn fixed_by(self, label: impl Into<String>, value: impl Into<Value>) -> Self {
        let path = self.path.clone();
        self.fixed_at(path, label, value)
    }

    /// The same problem with a fix that sets another field, at `path`, to `value`.
    pub fn fixed_at(self, path: impl Into<String>, label: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { fix: Some(Fix { label: label.into(), path: path.into(), value: value.into() }), ..self }
    }

    /// Whether the document is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
