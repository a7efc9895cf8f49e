use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use zarrcam_acquisition::LossCause;
use zarrcam_frame::{Frame, FramePool};

/// What the camera thread hands to storage, in order of frame indices.
pub enum Item {
    /// A frame of the camera.
    Frame {
        /// The frame of the array that it is, or is a part of.
        frame_index: u64,
        /// Whether it completes that frame of the array.
        last: bool,
        /// Its pixels and stamps.
        frame: Frame,
    },
    /// Frames that were lost.
    Skips(Vec<Skips>),
}

/// How frames go from a stream's camera thread to its storage thread, in order. A frame holds a buffer of the pool, and skips
/// go before a frame: so the channel is never what is full, and the camera thread does not wait for it.
pub fn storage_channel(pool: &FramePool) -> (SyncSender<Item>, Receiver<Item>) {
    sync_channel(2 * pool.capacity() + 4)
}

/// Consecutive frame indices that stay fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skips {
    /// The first of them.
    pub first_frame_index: u64,
    /// How many they are.
    pub count: u64,
    /// Why they were lost.
    pub cause: LossCause,
}
