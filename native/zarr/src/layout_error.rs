use thiserror::Error;

/// Why dimensions cannot be laid out.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum LayoutError {
    /// There is none that grows, or no picture.
    #[error("at least three dimensions are needed (x, y and the one that is appended to), not {0}")]
    TooFewDimensions(usize),
    /// Something is wrong with one of them.
    #[error("dimension {name}: {reason}")]
    Dimension { name: String, reason: String },
    /// x and y are not the width and height of the frames.
    #[error("frames are {width} x {height}, but x and y of the dimensions are {x} x {y}")]
    FrameSize { width: u32, height: u32, x: u64, y: u64 },
    /// The storage order does not name each dimension once, or does not end with the picture.
    #[error("storage_order: {0}")]
    StorageOrder(String),
    /// The zoom levels are no halves.
    #[error("each zoom level is the one before it, halved along some dimensions")]
    Levels,
    /// Something is more than this machine can count.
    #[error("{what} would be more than this machine can count")]
    TooLarge { what: &'static str },
}
