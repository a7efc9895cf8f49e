//! Everything that calls libzstd, which is C. Without the feature `zstd` its place is taken by `zstd_absent`.
#![allow(clippy::unnecessary_cast, reason = "`Size` is `usize` natively, and 64 bits wide in wasm")]

use std::ffi::{CStr, c_char, c_int, c_ulonglong, c_void};
use std::ptr::NonNull;

use zstd_safe::zstd_sys::{ZSTD_CCtx, ZSTD_compressionParameters, ZSTD_parameters};

use crate::codec::CodecError;

/// libzstd's `size_t`. It works in words of that size, and wasm has words of 64 bits beside addresses of 32: there it is compiled with
/// the former (`zstd_in_wasm.h`).
#[cfg(not(target_arch = "wasm32"))]
type Size = usize;
#[cfg(target_arch = "wasm32")]
type Size = u64;

// Not by zstd-sys, which takes `size_t` for an address's size.
#[allow(clashing_extern_declarations)]
unsafe extern "C" {
    fn ZSTD_createCCtx() -> *mut ZSTD_CCtx;
    fn ZSTD_freeCCtx(context: *mut ZSTD_CCtx) -> Size;
    fn ZSTD_compressCCtx(
        context: *mut ZSTD_CCtx,
        to: *mut c_void,
        room: Size,
        from: *const c_void,
        bytes: Size,
        level: c_int,
    ) -> Size;
    fn ZSTD_compressBegin_advanced(
        context: *mut ZSTD_CCtx,
        dictionary: *const c_void,
        dictionary_bytes: Size,
        parameters: ZSTD_parameters,
        bytes: c_ulonglong,
    ) -> Size;
    fn ZSTD_compressContinue(
        context: *mut ZSTD_CCtx,
        to: *mut c_void,
        room: Size,
        from: *const c_void,
        bytes: Size,
    ) -> Size;
    fn ZSTD_getParams(level: c_int, bytes: c_ulonglong, dictionary_bytes: Size) -> ZSTD_parameters;
    fn ZSTD_getCParams(level: c_int, bytes: c_ulonglong, dictionary_bytes: Size) -> ZSTD_compressionParameters;
    fn ZSTD_compressBound(bytes: Size) -> Size;
    fn ZSTD_decompress(to: *mut c_void, room: Size, from: *const c_void, bytes: Size) -> Size;
    fn ZSTD_isError(result: Size) -> u32;
    fn ZSTD_getErrorName(result: Size) -> *const c_char;
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
        unsafe { ZSTD_freeCCtx(self.0.as_ptr()) };
    }
}

impl ZstdContext {
    pub fn new() -> Result<Self, CodecError> {
        // SAFETY: takes nothing; null means out of memory.
        NonNull::new(unsafe { ZSTD_createCCtx() }).map(Self).ok_or(CodecError::Zstd("out of memory"))
    }

    /// Appends `source` as a whole frame if that is shorter than `source`; says whether it is.
    pub fn compress_if_smaller(&mut self, level: i32, source: &[u8], out: &mut Vec<u8>) -> Result<bool, CodecError> {
        let start = out.len();
        out.reserve(compress_bound(source.len()));
        let room = out.spare_capacity_mut();
        // SAFETY: both regions are as long as said, and do not overlap: one is borrowed mutably.
        let result = unsafe {
            ZSTD_compressCCtx(
                self.0.as_ptr(),
                room.as_mut_ptr().cast::<c_void>(),
                room.len() as Size,
                source.as_ptr().cast::<c_void>(),
                source.len() as Size,
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
            let parameters = ZSTD_getParams(level, source.len() as u64, 0);
            let empty = std::ptr::null();
            checked(ZSTD_compressBegin_advanced(context, empty, 0, parameters, source.len() as u64))?;
            // Continuing by nothing writes the frame header, which the chunk has its own of.
            let (header, room_of_header) = (frame_header.as_mut_ptr().cast::<c_void>(), frame_header.len() as Size);
            checked(ZSTD_compressContinue(context, header, room_of_header, empty, 0))?;
            ZSTD_invalidateRepCodes(context);
            let (from, to) = (source.as_ptr().cast::<c_void>(), room.as_mut_ptr().cast::<c_void>());
            ZSTD_compressContinue(context, to, room.len() as Size, from, source.len() as Size)
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
    Ok(unsafe { ZSTD_getCParams(level, tile_bytes as u64, 0) }.windowLog)
}

/// Bytes that `source_bytes` bytes take at most when they are compressed.
pub(crate) fn compress_bound(source_bytes: usize) -> usize {
    // SAFETY: plain values in, plain values out.
    unsafe { ZSTD_compressBound(source_bytes as Size) as usize }
}

/// Decodes a whole frame to the beginning of `out`, and tells how many bytes it held.
pub(crate) fn decompress(encoded: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
    let (to, from) = (out.as_mut_ptr().cast::<c_void>(), encoded.as_ptr().cast::<c_void>());
    // SAFETY: both regions are as long as said, and do not overlap: one is borrowed mutably.
    checked(unsafe { ZSTD_decompress(to, out.len() as Size, from, encoded.len() as Size) })
}

fn checked(result: Size) -> Result<usize, CodecError> {
    // SAFETY: plain values in, plain values out.
    if unsafe { ZSTD_isError(result) } == 0 {
        return Ok(result as usize);
    }
    // SAFETY: the name is a string literal of the library.
    let name = unsafe { CStr::from_ptr(ZSTD_getErrorName(result)) };
    Err(CodecError::Zstd(name.to_str().unwrap_or("unknown error")))
}
