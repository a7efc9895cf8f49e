use zarrcam_zarr::{TileRect, TileView};

/// A tile of an image whose rows follow each other without gaps.
pub(crate) fn tile_view<'a>(
    image: &'a [u8],
    width: usize,
    item_bytes: usize,
    rect: TileRect,
    tile_width: usize,
) -> TileView<'a> {
    let stride = width * item_bytes;
    TileView {
        bytes: &image[rect.y * stride + rect.x * item_bytes..],
        stride_bytes: stride,
        rows: rect.height,
        row_bytes: rect.width * item_bytes,
        padded_row_bytes: tile_width * item_bytes,
    }
}

/// Whether a tile is nothing but fill. Costs nothing where it is not: the first bytes tell.
pub(crate) fn is_fill(tile: &TileView<'_>) -> bool {
    let zero = |row: &[u8]| {
        let mut blocks = row.chunks_exact(64);
        blocks.all(|block| block.iter().fold(0, |any, byte| any | byte) == 0)
            && blocks.remainder().iter().all(|byte| *byte == 0)
    };
    (0..tile.rows).all(|row| zero(tile.row(row)))
}
