//! A Zstandard frame of any writer, and a shard's index: the first byte is the length of what it decodes to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zarrcam_zarr::{Codec, decode, parse_shard_index};

fuzz_target!(|data: &[u8]| {
    let [length, encoded @ ..] = data else { return };
    let mut out = vec![0; 16 * (usize::from(*length) + 1)];
    let _ = decode(Codec::Zstd { level: 1 }, 1, encoded, &mut out);
    let _ = parse_shard_index(encoded);
});
