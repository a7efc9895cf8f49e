//! The encoder alone, to be measured: `e2e/bench/encoders.ts`. What the page loads has it inside its writer.

#![cfg(target_arch = "wasm32")]

use zarrcam_config::Shuffle;
use zarrcam_zarr::{BloscInner, Codec, TileEncoder, TileView, worst_case_bytes};

struct Encoder {
    encoder: TileEncoder,
    out: Vec<u8>,
}

/// Room for a frame, for the rest of the run.
#[unsafe(no_mangle)]
extern "C" fn allocate(bytes: usize) -> *mut u8 {
    Box::leak(vec![0; bytes].into_boxed_slice()).as_mut_ptr()
}

/// `kind` 0: Blosc lz4, 1: Blosc zstd, 2: zstd, 3: raw. `shuffle` 0: none, 1: bytes, 2: bits.
#[unsafe(no_mangle)]
extern "C" fn open(kind: u32, level: i32, shuffle: u32, item_bytes: usize, tile_bytes: usize) -> *mut u8 {
    let shuffle = [Shuffle::None, Shuffle::Byte, Shuffle::Bit][shuffle as usize];
    let codec = match kind {
        0 => Codec::Blosc { inner: BloscInner::Lz4, level, shuffle },
        1 => Codec::Blosc { inner: BloscInner::Zstd, level, shuffle },
        2 => Codec::Zstd { level },
        _ => Codec::Raw,
    };
    let encoder = TileEncoder::new(codec, item_bytes, tile_bytes).expect("the codec has this level");
    let out = Vec::with_capacity(worst_case_bytes(codec, item_bytes, tile_bytes));
    Box::into_raw(Box::new(Encoder { encoder, out })).cast()
}

/// Encodes a frame tile by tile, out of the frame; how many bytes its tiles take.
///
/// # Safety
/// The encoder was given by [`open`], and the frame has so many bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn encode(
    encoder: *mut u8,
    frame: *const u8,
    frame_bytes: usize,
    stride_bytes: usize,
    row_bytes: usize,
    rows: usize,
) -> usize {
    // SAFETY: as the caller says.
    let (Encoder { encoder, out }, frame) =
        unsafe { (&mut *encoder.cast::<Encoder>(), std::slice::from_raw_parts(frame, frame_bytes)) };
    let (across, down) = (stride_bytes / row_bytes, frame_bytes / stride_bytes / rows);
    let mut encoded = 0;
    for tile in 0..across * down {
        let start = tile / across * rows * stride_bytes + tile % across * row_bytes;
        let bytes = &frame[start..];
        let view = TileView { bytes, stride_bytes, rows, row_bytes, padded_row_bytes: row_bytes };
        out.clear();
        encoder.encode_view(view, out).expect("a tile of the right size");
        encoded += out.len();
    }
    encoded
}
