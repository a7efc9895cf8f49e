//! Every codec, any tile size, any tiles missing: chunk and tile decode to what went in, and a chunk gives its tiles back.

use crate::common::{self, TEXTURES, all_codecs, compose, texture};
use proptest::prelude::*;
use zarrcam_config::Shuffle;
use zarrcam_zarr::{
    BloscInner, ChunkFormat, Codec, CodecError, EncodedTile, TileEncoder, TileView, decode, worst_case_bytes,
};

fn check(codec: Codec, item_bytes: usize, tile_bytes: usize, tiles: &[Option<Vec<u8>>]) {
    let (encoded, chunk) = compose(codec, item_bytes, tile_bytes, tiles);
    let mut decoded = vec![0xAA; tile_bytes * tiles.len()];
    decode(codec, item_bytes, &chunk, &mut decoded).unwrap();
    let fill = vec![0; tile_bytes];
    for (slot, tile) in tiles.iter().enumerate() {
        let expected = tile.as_ref().unwrap_or(&fill);
        assert!(decoded[slot * tile_bytes..][..tile_bytes] == expected[..], "slot {slot} of the chunk, {codec:?}");
        if tile.is_some() {
            let mut alone = vec![0xAA; tile_bytes];
            decode(codec, item_bytes, &encoded[slot], &mut alone).unwrap();
            assert!(alone == expected[..], "tile {slot} alone, {codec:?}");
            assert!(encoded[slot].len() <= worst_case_bytes(codec, item_bytes, tile_bytes));
        }
    }
    let format = ChunkFormat::new(codec, item_bytes, tile_bytes, tiles.len()).unwrap();
    let lengths: Vec<_> =
        encoded.iter().map(|tile| if tile.is_empty() { None } else { Some(tile.len() as u32) }).collect();
    for slot in 0..tiles.len() {
        let range = format.index_of_slot(slot);
        let index = &chunk[range.start as usize..range.end as usize];
        let again = format.tile_of_chunk(&lengths, slot, index).unwrap();
        assert_eq!(again.is_some(), tiles[slot].is_some());
        if let Some(tile) = again {
            let body = &chunk[tile.body.start as usize..tile.body.end as usize];
            assert!([&tile.head, body, tile.tail].concat() == encoded[slot], "tile {slot} out of the chunk, {codec:?}");
        }
    }
}

#[test]
fn every_codec_takes_every_texture() {
    for codec in all_codecs() {
        for item_bytes in [1, 2, 4] {
            // Odd in every respect; several blocks; a multiple of eight.
            for pixels in [33 * 47, 1, 8, 40_000] {
                if pixels == 40_000 && matches!(codec, Codec::Zstd { level: 10.. } | Codec::Blosc { level: 9, .. }) {
                    continue;
                }
                let tile_bytes = pixels * item_bytes;
                let tiles: Vec<_> = TEXTURES
                    .iter()
                    .enumerate()
                    .map(|(slot, kind)| (slot != 3).then(|| texture(*kind, item_bytes, tile_bytes, slot as u32)))
                    .collect();
                check(codec, item_bytes, tile_bytes, &tiles);
            }
        }
    }
}

/// A frame begins with the offsets 1, 4 and 8 remembered, so a tile that begins with such a repeat, behind a tile that ended
/// with others, decodes wrongly unless its encoder forgot them.
#[test]
fn zstd_tiles_do_not_lean_on_the_tile_before() {
    for level in 1..=22 {
        for tile_bytes in [1_000, 30_000, 300_000] {
            if tile_bytes == 300_000 && level > 12 {
                continue;
            }
            let repeats = |seed| texture(common::Texture::Repeats, 1, tile_bytes, seed);
            let period = |length: usize| (0..tile_bytes).map(|i| (i % length) as u8).collect();
            let tiles = [repeats(0), period(1), repeats(1), period(4), repeats(2), period(8), repeats(3)];
            check(Codec::Zstd { level }, 1, tile_bytes, &tiles.map(Some));
        }
    }
}

fn any_codec() -> impl Strategy<Value = Codec> {
    let shuffle = prop_oneof![Just(Shuffle::None), Just(Shuffle::Byte), Just(Shuffle::Bit)];
    let inner = prop_oneof![Just(BloscInner::Lz4), Just(BloscInner::Zstd)];
    prop_oneof![
        Just(Codec::Raw),
        (inner, 0..=7, shuffle).prop_map(|(inner, level, shuffle)| Codec::Blosc { inner, level, shuffle }),
        (-3..=12).prop_map(|level| Codec::Zstd { level }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunk_decodes(
        codec in any_codec(),
        item_bytes in prop_oneof![Just(1usize), Just(2), Just(4), Just(3), Just(8)],
        pixels in prop_oneof![1usize..200, 1_000usize..9_000, 60_000usize..90_000],
        slots in prop::collection::vec((0usize..TEXTURES.len(), any::<bool>(), any::<u32>()), 1..5),
    ) {
        let tile_bytes = pixels * item_bytes;
        let tiles: Vec<_> = slots
            .iter()
            .map(|&(kind, exists, seed)| exists.then(|| texture(TEXTURES[kind], item_bytes, tile_bytes, seed)))
            .collect();
        check(codec, item_bytes, tile_bytes, &tiles);
    }

    #[test]
    fn a_tile_in_its_frame_encodes_as_a_tile_alone(
        codec in any_codec(),
        item_bytes in prop_oneof![Just(1usize), Just(2), Just(4)],
        (tile_width, tile_height) in (1usize..300, 1usize..120),
        (missing_columns, missing_rows, more) in (0usize..40, 0usize..40, 0usize..30),
        seed in any::<u32>(),
    ) {
        let (width, height) = (tile_width.saturating_sub(missing_columns), tile_height.saturating_sub(missing_rows));
        let stride_bytes = (width + more) * item_bytes;
        let frame = texture(common::Texture::Photons, item_bytes, stride_bytes * height, seed);
        let padded_row_bytes = tile_width * item_bytes;
        let view = TileView { bytes: &frame, stride_bytes, rows: height, row_bytes: width * item_bytes, padded_row_bytes };
        let mut tile = vec![0; padded_row_bytes * tile_height];
        for row in 0..height {
            tile[row * padded_row_bytes..][..width * item_bytes].copy_from_slice(&frame[row * stride_bytes..][..width * item_bytes]);
        }
        let mut gathered = vec![0xAA; tile.len()];
        view.gather(&mut gathered);
        prop_assert_eq!(&gathered, &tile);
        let mut encoder = TileEncoder::new(codec, item_bytes, tile.len()).unwrap();
        let (mut alone, mut in_place) = (Vec::new(), vec![1, 2, 3]);
        encoder.encode(&tile, &mut alone).unwrap();
        encoder.encode_view(view, &mut in_place).unwrap();
        prop_assert!(alone[..] == in_place[3..]);
    }

    #[test]
    fn damage_is_an_error_or_other_pixels_but_never_a_panic(
        codec in any_codec(),
        kind in 0usize..TEXTURES.len(),
        at in any::<prop::sample::Index>(),
        with in 1u8..,
        cut in any::<bool>(),
    ) {
        let tile = texture(TEXTURES[kind], 2, 4_000, 1);
        let (_, mut chunk) = compose(codec, 2, 4_000, &[Some(tile), None]);
        let at = at.index(chunk.len());
        if cut { chunk.truncate(at) } else { chunk[at] ^= with }
        let mut out = vec![0; 8_000];
        let _ = decode(codec, 2, &chunk, &mut out);
    }
}

#[test]
fn an_encoder_keeps_to_the_room_that_it_states() {
    for codec in all_codecs() {
        let mut encoder = TileEncoder::new(codec, 2, 20_000).unwrap();
        let mut out = Vec::with_capacity(worst_case_bytes(codec, 2, 20_000));
        let room = out.capacity();
        for kind in TEXTURES {
            out.clear();
            encoder.encode(&texture(kind, 2, 20_000, 3), &mut out).unwrap();
            assert_eq!(out.capacity(), room, "{codec:?} asked for more room than it states");
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let blosc = Codec::Blosc { inner: BloscInner::Lz4, level: 1, shuffle: Shuffle::Byte };
    let level = Codec::Blosc { inner: BloscInner::Lz4, level: 10, shuffle: Shuffle::Byte };
    assert_eq!(TileEncoder::new(level, 1, 8).err(), Some(CodecError::Level { level: 10, lowest: 0, highest: 9 }));
    assert!(TileEncoder::new(Codec::Zstd { level: 23 }, 1, 8).is_err());
    assert!(TileEncoder::new(blosc, 2, 7).is_err(), "half a pixel");
    assert!(matches!(ChunkFormat::new(blosc, 1, 1 << 20, 2048), Err(CodecError::ChunkTooLarge { .. })), "2^31 bytes");
    assert!(ChunkFormat::new(blosc, 1, 1 << 20, 2047).is_ok());
    assert!(ChunkFormat::new(Codec::Zstd { level: 1 }, 1, 1 << 20, 1 << 20).is_ok(), "zstd has no such limit");
    let mut encoder = TileEncoder::new(blosc, 2, 100).unwrap();
    assert!(encoder.encode(&[0; 98], &mut Vec::new()).is_err());
    let format = ChunkFormat::new(blosc, 2, 100, 2).unwrap();
    assert!(format.compose(&[None]).is_err());
    assert!(format.compose(&[Some(EncodedTile { length: 30, head: &[] }), None]).is_err());
}
