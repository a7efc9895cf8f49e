/// A tile as it lies in its frame: rows with a stride, padded with fill to the chunk's width and height.
#[derive(Clone, Copy, Debug)]
pub struct TileView<'a> {
    /// From the tile's first pixel on; the last row may end early.
    pub bytes: &'a [u8],
    /// From the start of one row to the next.
    pub stride_bytes: usize,
    /// Rows that exist.
    pub rows: usize,
    /// Bytes of a row that exist.
    pub row_bytes: usize,
    /// Bytes of a row in the tile; what lies beyond `row_bytes` is fill.
    pub padded_row_bytes: usize,
}

impl<'a> TileView<'a> {
    /// A tile that lies in one piece.
    pub fn contiguous(tile: &'a [u8]) -> Self {
        Self { bytes: tile, stride_bytes: tile.len(), rows: 1, row_bytes: tile.len(), padded_row_bytes: tile.len() }
    }

    /// `Some` where the whole tile lies in one piece without padding.
    pub fn as_contiguous(&self, tile_bytes: usize) -> Option<&'a [u8]> {
        let one_piece = self.row_bytes == self.padded_row_bytes
            && (self.rows <= 1 || self.stride_bytes == self.row_bytes)
            && self.rows * self.row_bytes == tile_bytes;
        one_piece.then(|| &self.bytes[..tile_bytes])
    }

    /// The bytes of a row that exist.
    pub fn row(&self, index: usize) -> &'a [u8] {
        let start = index * self.stride_bytes;
        &self.bytes[start..start + self.row_bytes]
    }

    /// Copies the tile, padding included, to `out`, which has the size of the whole tile.
    pub fn gather(&self, out: &mut [u8]) {
        if let Some(tile) = self.as_contiguous(out.len()) {
            out.copy_from_slice(tile);
            return;
        }
        let mut target = out.chunks_exact_mut(self.padded_row_bytes.max(1));
        for row in 0..self.rows {
            let Some(to) = target.next() else { return };
            let (data, padding) = to.split_at_mut(self.row_bytes);
            data.copy_from_slice(self.row(row));
            padding.fill(0);
        }
        for to in target.by_ref() {
            to.fill(0);
        }
        target.into_remainder().fill(0);
    }
}
