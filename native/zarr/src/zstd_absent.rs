//! What stands in for libzstd where it is left out: for wasm, say, where C has no compiler. Arithmetic works, codecs do not.

use crate::codec::CodecError;

const ABSENT: CodecError = CodecError::Zstd("this build leaves it out");

/// Can never be made.
pub(crate) enum ZstdContext {}

impl ZstdContext {
    pub fn new() -> Result<Self, CodecError> {
        Err(ABSENT)
    }

    pub fn compress_if_smaller(&mut self, _: i32, _: &[u8], _: &mut Vec<u8>) -> Result<bool, CodecError> {
        match *self {}
    }

    pub fn append_blocks(&mut self, _: i32, _: &[u8], _: &mut Vec<u8>) -> Result<(), CodecError> {
        match *self {}
    }
}

pub(crate) fn window_log(_level: i32, _tile_bytes: usize) -> Result<u32, CodecError> {
    Err(ABSENT)
}

/// ZSTD_COMPRESSBOUND of zstd.h: what a plan of memory asks for is the same with and without the library.
pub(crate) fn compress_bound(source_bytes: usize) -> usize {
    const SMALL: usize = 128 << 10;
    source_bytes + (source_bytes >> 8) + (SMALL.saturating_sub(source_bytes) >> 11)
}

pub(crate) fn decompress(_encoded: &[u8], _out: &mut [u8]) -> Result<usize, CodecError> {
    Err(ABSENT)
}
