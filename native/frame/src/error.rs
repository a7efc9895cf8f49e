use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    #[error("no memory for frame buffers of {bytes} bytes in all; use fewer buffers or smaller frames")]
    OutOfMemory { bytes: u64 },
    #[error("a frame pool needs at least one buffer of at least one byte, not {count} of {frame_bytes} bytes")]
    EmptyPool { frame_bytes: usize, count: usize },
}
