//! The formats, byte for byte: what we write, and what c-blosc wrote.

use zarrcam_config::Shuffle;
use zarrcam_zarr::{BloscInner, ChunkFormat, Codec, EncodedTile, TileEncoder, decode};

fn encode(codec: Codec, item_bytes: usize, tile: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    TileEncoder::new(codec, item_bytes, tile.len()).unwrap().encode(tile, &mut out).unwrap();
    out
}

/// The tile, and one that is missing behind it.
fn half_full(codec: Codec, item_bytes: usize, tile_bytes: usize, tile: &[u8]) -> Vec<u8> {
    let format = ChunkFormat::new(codec, item_bytes, tile_bytes, 2).unwrap();
    let tiles = [Some(EncodedTile { length: tile.len() as u32, head: &tile[..format.head_bytes()] }), None];
    format.compose(&tiles).unwrap().assemble(&[tile, &[]])
}

#[test]
fn a_blosc_tile_that_does_not_shrink_is_stored_shuffled() {
    let codec = Codec::Blosc { inner: BloscInner::Lz4, level: 1, shuffle: Shuffle::Byte };
    let tile = encode(codec, 2, &[1, 0, 2, 0, 3, 0, 4, 1]);
    #[rustfmt::skip]
    assert_eq!(tile, [
        2, 1, 0x31, 2, 8, 0, 0, 0, 8, 0, 0, 0, 32, 0, 0, 0, // version, LZ4's version, flags, item, sizes
        20, 0, 0, 0, // where its one block starts
        8, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1,
    ]);
    #[rustfmt::skip]
    assert_eq!(half_full(codec, 2, 8, &tile), [
        2, 1, 0x31, 2, 16, 0, 0, 0, 8, 0, 0, 0, 48, 0, 0, 0,
        24, 0, 0, 0, 36, 0, 0, 0,
        8, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1,
        8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
}

#[test]
fn the_flags_are_c_bloscs() {
    let flags = |inner, level, shuffle| encode(Codec::Blosc { inner, level, shuffle }, 2, &[5; 64])[2];
    assert_eq!(flags(BloscInner::Lz4, 1, Shuffle::Byte), 0x31);
    assert_eq!(flags(BloscInner::Zstd, 1, Shuffle::Byte), 0x91);
    assert_eq!(flags(BloscInner::Lz4, 1, Shuffle::Bit), 0x34);
    assert_eq!(flags(BloscInner::Zstd, 1, Shuffle::None), 0x90);
    assert_eq!(flags(BloscInner::Lz4, 0, Shuffle::Byte), 0x30, "level 0 does not shuffle what it stores");
}

#[test]
fn missing_blosc_tiles_share_one_block() {
    let codec = Codec::Blosc { inner: BloscInner::Lz4, level: 1, shuffle: Shuffle::Byte };
    let format = ChunkFormat::new(codec, 2, 518_400, 50).unwrap();
    let nothing = format.compose(&vec![None; 50]).unwrap();
    let starts = 4 * 50 * 518_400 / 32_400;
    assert!(nothing.total_bytes < 16 + starts + 200, "{} bytes", nothing.total_bytes);
}

#[test]
fn a_zstd_chunk_is_one_frame() {
    let codec = Codec::Zstd { level: 1 };
    let tile = encode(codec, 1, &[1, 2, 3, 4]);
    #[rustfmt::skip]
    assert_eq!(tile, [
        0x28, 0xB5, 0x2F, 0xFD, 0x20, 4, // magic, single segment, content size
        0x20, 0, 0, 1, 2, 3, 4, // a raw block of 4
        1, 0, 0, // the last block, empty
    ]);
    #[rustfmt::skip]
    assert_eq!(half_full(codec, 1, 4, &tile), [
        0x28, 0xB5, 0x2F, 0xFD, 0x20, 8,
        0x20, 0, 0, 1, 2, 3, 4,
        0x22, 0, 0, 0, // 4 times zero
        1, 0, 0,
    ]);
}

#[test]
fn a_missing_zstd_tile_costs_four_bytes_for_128_kib() {
    let nothing = |tile_bytes: usize, slots: usize| {
        let format = ChunkFormat::new(Codec::Zstd { level: 1 }, 1, tile_bytes, slots).unwrap();
        format.compose(&vec![None; slots]).unwrap().total_bytes
    };
    // Magic, descriptor, window, content size of 4 bytes; fill; end.
    assert_eq!(nothing(1 << 20, 13), 10 + 13 * 8 * 4 + 3);
    // A content size of 8 bytes from 4 GiB on.
    assert_eq!(nothing(1 << 20, 4096), 14 + 4096 * 8 * 4 + 3);
}

/// 1003 elements, 16 of a kind; c-blosc 1.21 made the streams.
#[test]
fn streams_of_c_blosc_decode() {
    let elements: Vec<u8> = (0..1003u16).flat_map(|i| (i / 16 * 3).to_le_bytes()).collect();
    let decoded = |inner, stream: &str, length: usize| {
        let stream: Vec<u8> = stream
            .as_bytes()
            .as_chunks::<2>()
            .0
            .iter()
            .map(|hex| u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap())
            .collect();
        let mut out = vec![0; length];
        decode(Codec::Blosc { inner, level: 5, shuffle: Shuffle::Byte }, 2, &stream, &mut out).unwrap();
        out
    };
    let split = "\
         02012102d6070000d60700002e01000014000000040100001b0001001b0301001b0601001b0901001b0c01001b0f01001b12\
         01001b1501001b1801001b1b01001b1e01001b2101001b2401001b2701001b2a01001b2d01001b3001001b3301001b360100\
         1b3901001b3c01001b3f01001b4201001b4501001b4801001b4b01001b4e01001b5101001b5401001b5701001b5a01001b5d\
         01001b6001001b6301001b6601001b6901001b6c01001b6f01001b7201001b7501001b7801001b7b01001b7e01001b810100\
         1b8401001b8701001b8a01001b8d01001b9001001b9301001b9601001b9901001b9c01001b9f01001ba201001ba501001ba8\
         01001bab01001bae01001bb101001bb401001bb70100b0bababababababababababa0e0000001f000100ffffffd550000000\
         0000";
    assert!(decoded(BloscInner::Lz4, split, elements.len()) == elements);
    let odd_bits = "\
         02019402d6070000d607000072000000140000005a00000028b52ffd60d606850200f403000306090c0f1215181b1e212427\
         2a2d303336393c3f4245484b4e5154575a5d606366696c6f7275787b7e8184878a8d909396999c9fa2a5a8abaeb1b4b7ba3f\
         6801e0c711fcaf10bc7f004af429";
    assert!(decoded(BloscInner::Zstd, odd_bits, elements.len()) == elements);
    let stored = "02013302120000001200000022000000ba00ba00ba00ba00ba00ba00ba00ba00ba00";
    assert!(decoded(BloscInner::Lz4, stored, 18) == elements[elements.len() - 18..]);
}
