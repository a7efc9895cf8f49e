use thiserror::Error;

/// Why a pool of frame buffers cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum FrameError {
    /// The system has no memory for the pool.
    #[error("no memory for frame buffers of {bytes} bytes in all; use fewer buffers or smaller frames")]
    OutOfMemory { bytes: u64 },
    /// A pool of no buffers, or of empty ones, was asked for.
    #[error("a frame pool needs at least one buffer of at least one byte, not {count} of {frame_bytes} bytes")]
    EmptyPool { frame_bytes: usize, count: usize },
}
