use serde::Deserialize;
use ts_rs::TS;

/// Which bytes of what stands at a key are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// No bytes, only how many there are.
    Nothing,
    /// All bytes.
    Whole,
    /// The bytes from `start` to before `end`; to the last one where `end` is `None` or lies beyond.
    From { start: u64, end: Option<u64> },
    /// The last so many bytes.
    Last(u64),
}

/// A [`ByteRange`] as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveRange {
    /// Only how many there are.
    Nothing,
    Whole,
    /// `end` is one past the last; none, or beyond the end: to the end.
    From {
        start: u64,
        end: Option<u64>,
    },
    /// The last bytes of the file, so many.
    Last {
        count: u64,
    },
}

impl From<LiveRange> for ByteRange {
    fn from(range: LiveRange) -> Self {
        match range {
            LiveRange::Nothing => Self::Nothing,
            LiveRange::Whole => Self::Whole,
            LiveRange::From { start, end } => Self::From { start, end },
            LiveRange::Last { count } => Self::Last(count),
        }
    }
}

impl ByteRange {
    /// Start and end of a range in so many bytes; `None`: it cannot be satisfied (RFC 9110, 14.1.2).
    pub(super) fn resolve(self, total: u64) -> Option<(u64, u64)> {
        match self {
            Self::Nothing => Some((0, 0)),
            Self::Whole => Some((0, total)),
            Self::From { start, end } => {
                let end = end.unwrap_or(total).min(total);
                (start < end).then_some((start, end))
            }
            Self::Last(count) => (count > 0 && total > 0).then(|| (total.saturating_sub(count), total)),
        }
    }
}
