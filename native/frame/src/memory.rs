//! One block of memory for a whole pool, resident before the first frame comes where that is wanted.
//!
//! First-touch page faults run at a third of a copy's speed; a camera thread must not pay them. Blocks come straight
//! from the system and go straight back, so that a run's end really frees what the run took.

use std::ptr::NonNull;

use crate::FrameError;

/// The smallest page anywhere; to touch a larger one several times costs nothing.
const PAGE_BYTES: usize = 4096;

/// Transparent huge pages are this large on x86-64 and on most arm64 kernels.
#[cfg(target_os = "linux")]
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// A zeroed block, aligned to at least a page (4096).
pub struct Block {
    base: NonNull<u8>,
    bytes: usize,
    #[cfg(unix)]
    mapping: (NonNull<u8>, usize),
    #[cfg(not(unix))]
    layout: std::alloc::Layout,
}

// SAFETY: a block is plain memory with one owner; who may touch which part of it is the pool's business.
unsafe impl Send for Block {}
// SAFETY: the block itself hands out only its base address.
unsafe impl Sync for Block {}

impl Block {
    pub fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Resident when this returns.
    pub fn new(bytes: usize) -> Result<Self, FrameError> {
        let mut block = Self::untouched(bytes)?;
        block.touch();
        Ok(block)
    }

    /// One write a page makes it resident. It is zeroed already, by the system, so to fill it would be to pay twice.
    fn touch(&mut self) {
        for offset in (0..self.bytes).step_by(PAGE_BYTES) {
            // SAFETY: the offset lies in the block, and nobody else has its address yet. Volatile, because a zero that
            // is written over a zero would be optimised away, and with it the page fault.
            unsafe { self.base.as_ptr().add(offset).write_volatile(0) };
        }
    }
}

/// Gives what the allocator keeps for later back to the system. For the end of a run: it takes milliseconds.
///
/// Each thread's arena keeps what its thread has freed, and a run's threads get other arenas each time, so that the
/// process would seem to grow from run to run (by 6 MiB in 50 runs of 20 MiB each, where nothing was leaked).
pub fn release_free_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it touches nothing but free blocks, under the allocator's own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(unix)]
impl Block {
    /// Its pages become resident when they are first used.
    pub fn untouched(bytes: usize) -> Result<Self, FrameError> {
        let out_of_memory = FrameError::OutOfMemory { bytes: bytes as u64 };
        #[cfg(target_os = "linux")]
        let slack = if bytes >= HUGE_PAGE_BYTES { HUGE_PAGE_BYTES } else { 0 };
        #[cfg(not(target_os = "linux"))]
        let slack = 0;
        let Some(length) = bytes.max(1).checked_add(slack) else { return Err(out_of_memory) };
        // SAFETY: an anonymous private mapping at an address of the kernel's choice touches nothing that exists.
        let address = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANON,
                -1,
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(out_of_memory);
        }
        let Some(mapping) = NonNull::new(address.cast::<u8>()) else { return Err(out_of_memory) };
        let base = if slack == 0 {
            mapping
        } else {
            let to_next = mapping.as_ptr().align_offset(slack);
            // SAFETY: `to_next < slack`, and the mapping is `bytes + slack` long.
            unsafe { mapping.add(to_next) }
        };
        // Only advice: where huge pages are switched off the block is made of small ones.
        #[cfg(target_os = "linux")]
        if slack != 0 {
            // SAFETY: the range lies in the mapping made above.
            unsafe { libc::madvise(base.as_ptr().cast(), bytes, libc::MADV_HUGEPAGE) };
        }
        Ok(Self { base, bytes, mapping: (mapping, length) })
    }
}

#[cfg(unix)]
impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and the pool drops its block after the last buffer that points into it.
        unsafe { libc::munmap(self.mapping.0.as_ptr().cast(), self.mapping.1) };
    }
}

#[cfg(not(unix))]
impl Block {
    /// Its pages become resident when they are first used.
    pub fn untouched(bytes: usize) -> Result<Self, FrameError> {
        let out_of_memory = FrameError::OutOfMemory { bytes: bytes as u64 };
        let Ok(layout) = std::alloc::Layout::from_size_align(bytes.max(1), PAGE_BYTES) else {
            return Err(out_of_memory);
        };
        // SAFETY: the layout is not of size zero.
        let Some(base) = NonNull::new(unsafe { std::alloc::alloc_zeroed(layout) }) else {
            return Err(out_of_memory);
        };
        Ok(Self { base, bytes, layout })
    }
}

#[cfg(not(unix))]
impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout in `new`, and the pool drops its block after the last buffer.
        unsafe { std::alloc::dealloc(self.base.as_ptr(), self.layout) };
    }
}
