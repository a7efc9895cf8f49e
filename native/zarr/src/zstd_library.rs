//! Everything that calls libzstd, which is C. Without the feature `zstd` its place is taken by `zstd_absent`.

use std::ffi::{CStr, c_void};
use std::ptr::NonNull;

use zstd_safe::zstd_sys::{self, ZSTD_CCtx};

use crate::codec::CodecError;

unsafe extern "C" {
    /// In libzstd since 0.8, not in its header: the next block uses no offsets of the blocks before it. Without it, blocks
    /// appended to a frame that did not begin with this context decode wrongly.
    fn ZSTD_invalidateRepCodes(context: *mut ZSTD_CCtx);
}

/// A compression context that is used again: its tables are the costly part (1.3 MiB at level 1, 90 at 19).
pub(crate) struct ZstdContext(NonNull<ZSTD_CCtx>);

// SAFETY: a context belongs to no thread, and only `&mut self` reaches it.
unsafe impl Send for ZstdContext {}

impl Drop for ZstdContext {
    fn drop(&mut self) {
        // SAFETY: made by ZSTD_createCCtx, and freed only here.
        unsafe { zstd_sys::ZSTD_freeCCtx(self.0.as_ptr()) };
    }
}

impl ZstdContext {
    pub fn new() -> Result<Self, CodecError> {
        // SAFETY: takes nothing; null means out of memory.
        NonNull::new(unsafe { zstd_sys::ZSTD_createCCtx() }).map(Self).ok_or(CodecError::Zstd("out of memory"))
    }

    /// Appends `source` as a whole frame if that is shorter than `source`; says whether it is.
    pub fn compress_if_smaller(&mut self, level: i32, source: &[u8], out: &mut Vec<u8>) -> Result<bool, CodecError> {
        let start = out.len();
        out.reserve(compress_bound(source.len()));
        let room = out.spare_capacity_mut();
        // SAFETY: both regions are as long as said, and do not overlap: one is borrowed mutably.
        let result = unsafe {
            zstd_sys::ZSTD_compressCCtx(
                self.0.as_ptr(),
                room.as_mut_ptr().cast::<c_void>(),
                room.len(),
                source.as_ptr().cast::<c_void>(),
                source.len(),
                level,
            )
        };
        let length = checked(result)?;
        if length >= source.len() {
            return Ok(false);
        }
        // SAFETY: zstd wrote `length` bytes there.
        unsafe { out.set_len(start + length) };
        Ok(true)
    }

    /// Appends the blocks of `source`, without frame header or end, so that they fit behind any other blocks.
    pub fn append_blocks(&mut self, level: i32, source: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
        let start = out.len();
        out.reserve(compress_bound(source.len()));
        let room = out.spare_capacity_mut();
        let mut frame_header = [0u8; 18]; // ZSTD_FRAMEHEADERSIZE_MAX
        // SAFETY: all regions are as long as said, and do not overlap: one is borrowed mutably. The calls come in the order
        // that zstd's buffer-less interface asks for, and `source` outlives them.
        let result = unsafe {
            let context = self.0.as_ptr();
            let parameters = zstd_sys::ZSTD_getParams(level, source.len() as u64, 0);
            let empty = std::ptr::null();
            checked(zstd_sys::ZSTD_compressBegin_advanced(context, empty, 0, parameters, source.len() as u64))?;
            // Continuing by nothing writes the frame header, which the chunk has its own of.
            let (header, room_of_header) = (frame_header.as_mut_ptr().cast::<c_void>(), frame_header.len());
            checked(zstd_sys::ZSTD_compressContinue(context, header, room_of_header, empty, 0))?;
            ZSTD_invalidateRepCodes(context);
            let (from, to) = (source.as_ptr().cast::<c_void>(), room.as_mut_ptr().cast::<c_void>());
            zstd_sys::ZSTD_compressContinue(context, to, room.len(), from, source.len())
        };
        let length = checked(result)?;
        // SAFETY: zstd wrote `length` bytes there.
        unsafe { out.set_len(start + length) };
        Ok(())
    }
}

/// How far back, as a power of two, the blocks of a tile may refer at this level.
pub(crate) fn window_log(level: i32, tile_bytes: usize) -> Result<u32, CodecError> {
    // SAFETY: plain values in, plain values out.
    Ok(unsafe { zstd_sys::ZSTD_getCParams(level, tile_bytes as u64, 0) }.windowLog)
}

/// Bytes that `source_bytes` bytes take at most when they are compressed.
pub(crate) fn compress_bound(source_bytes: usize) -> usize {
    zstd_safe::compress_bound(source_bytes)
}

/// Decodes a whole frame to the beginning of `out`, and tells how many bytes it held.
pub(crate) fn decompress(encoded: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
    zstd_safe::decompress(out, encoded).map_err(|code| CodecError::Zstd(zstd_safe::get_error_name(code)))
}

fn checked(result: usize) -> Result<usize, CodecError> {
    // SAFETY: plain values in, plain values out.
    if unsafe { zstd_sys::ZSTD_isError(result) } == 0 {
        return Ok(result);
    }
    // SAFETY: the name is a string literal of the library.
    let name = unsafe { CStr::from_ptr(zstd_sys::ZSTD_getErrorName(result)) };
    Err(CodecError::Zstd(name.to_str().unwrap_or("unknown error")))
}
