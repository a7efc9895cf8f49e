//! A Blosc 1 chunk of any writer: the first byte is the size of an element, the second how many there are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zarrcam_config::{CodecName, Compression, Shuffle};
use zarrcam_zarr::{Codec, decode};

fuzz_target!(|data: &[u8]| {
    let [element, count, encoded @ ..] = data else { return };
    let item_bytes = usize::from(element % 8) + 1;
    let mut out = vec![0; item_bytes * (usize::from(*count) + 1)];
    let codec = Codec::from(Compression { codec: CodecName::BloscLz4, level: 1, shuffle: Shuffle::Byte });
    let _ = decode(codec, item_bytes, encoded, &mut out);
});
