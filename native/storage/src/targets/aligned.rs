use std::ops::{Deref, DerefMut};

use zarrcam_frame::{FrameBufferMut, FramePool};

use crate::StorageError;

/// What writes past the cache of the system wants addresses, offsets and lengths to be multiples of.
pub(crate) const DIRECT_ALIGNMENT: usize = 4096;

/// Memory that can be written past the cache of the system, on huge pages where there are.
pub(crate) struct AlignedBytes(FrameBufferMut);

impl AlignedBytes {
    pub fn new(bytes: usize) -> Result<Self, StorageError> {
        let buffer = FramePool::new(bytes, 1).ok().and_then(|pool| pool.try_take());
        buffer.map(Self).ok_or(StorageError::OutOfMemory { bytes: bytes as u64 })
    }
}

impl Deref for AlignedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for AlignedBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}
