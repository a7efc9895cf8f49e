//! What we encode, decoded by readers that we did not write: numcodecs, zarr-python and TensorStore.

use std::path::Path;

use crate::common::{Sample, TEXTURES, all_codecs, compose, texture, write};
use crate::readers::read_by_others;
use serde_json::json;
use zarrcam_frame::PixelType;
use zarrcam_zarr::{Codec, ZarrVersion};

fn chunk_fixtures(folder: &Path) {
    let mut cases = Vec::new();
    for (index, codec) in all_codecs().into_iter().enumerate() {
        let reader = match codec {
            Codec::Raw => continue,
            Codec::Blosc { .. } => "blosc",
            Codec::Zstd { .. } => "zstd",
        };
        let slow = matches!(codec, Codec::Zstd { level: 10.. } | Codec::Blosc { level: 9, .. });
        for item_bytes in [1, 2, 4] {
            for pixels in [33 * 47, 200 * 270, 480 * 600] {
                if pixels > 200_000 && slow {
                    continue;
                }
                let tile_bytes = pixels * item_bytes;
                let tiles: Vec<_> = TEXTURES
                    .iter()
                    .enumerate()
                    // One missing between others, one at the end.
                    .map(|(slot, kind)| (slot % 2 == 0).then(|| texture(*kind, item_bytes, tile_bytes, slot as u32)))
                    .chain([None])
                    .collect();
                let (encoded, chunk) = compose(codec, item_bytes, tile_bytes, &tiles);
                let fill = vec![0; tile_bytes];
                let decoded: Vec<u8> = tiles.iter().flat_map(|tile| tile.as_ref().unwrap_or(&fill)).copied().collect();
                let name = format!("{index}-{item_bytes}-{pixels}");
                write(&folder.join(format!("{name}.chunk")), &chunk);
                write(&folder.join(format!("{name}.tile")), &encoded[4]);
                write(&folder.join(format!("{name}.decoded")), &decoded);
                cases.push(json!({ "name": name, "reader": reader, "codec": format!("{codec:?}"), "tile_slot": 4, "tile_bytes": tile_bytes }));
            }
        }
    }
    write(&folder.join("chunks.json"), json!(cases).to_string().as_bytes());
}

fn store_fixtures(folder: &Path) {
    let mut cases = Vec::new();
    for (index, codec) in all_codecs().into_iter().enumerate() {
        let pixel_type = PixelType::ALL[index % PixelType::ALL.len()];
        for version in [ZarrVersion::V2, ZarrVersion::V3] {
            let (height, width) = (33, 47);
            let tile_bytes = height * width * pixel_type.bytes();
            // Three chunks of four: one with a hole, one missing, one that the array ends in.
            let planes = (0..10)
                .map(|t| {
                    let exists = t != 2 && !(4..8).contains(&t);
                    exists.then(|| texture(TEXTURES[1 + t % 4], pixel_type.bytes(), tile_bytes, t as u32))
                })
                .collect();
            let sample = Sample { codec, pixel_type, version, height, width, chunk_t: 4, planes };
            let name = format!("{index}-{version:?}.zarr");
            sample.write(&folder.join(&name));
            write(&folder.join(format!("{name}.raw")), &sample.expected());
            let case = json!({
                "name": name,
                "codec": format!("{codec:?}"),
                "dtype": pixel_type.zarr3_name(),
                "shape": [10, height, width],
                "version": if version == ZarrVersion::V2 { 2 } else { 3 },
            });
            cases.push(case);
        }
    }
    write(&folder.join("stores.json"), json!(cases).to_string().as_bytes());
}

#[test]
fn other_readers_decode_what_we_encode() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("codec-fixtures-{}", std::process::id()));
    chunk_fixtures(&folder);
    store_fixtures(&folder);
    read_by_others("test_codecs.py", &folder);
    std::fs::remove_dir_all(&folder).unwrap();
}
