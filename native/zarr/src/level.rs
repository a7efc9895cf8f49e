use crate::axis::Axis;
use crate::layout_error::LayoutError;

/// One resolution of the array. Each list has one entry for each axis, the slowest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// By how much each axis is coarser than at full resolution.
    pub factors: Vec<u64>,
    /// Elements of the array; 0 on an append axis that grows.
    pub shape: Vec<u64>,
    /// Elements of a chunk.
    pub chunk: Vec<u64>,
    /// Chunks of a shard; 1 where there are no shards.
    pub shard_chunks: Vec<u64>,
    /// Chunks of the array; on an append axis that grows as many as a shard has.
    pub chunks: Vec<u64>,
    /// Files (shards, or chunks where there are none) of one layer along each axis; 1 on the append axis.
    pub files: Vec<u64>,
    /// Width of a plane, px.
    pub width: usize,
    /// Height of a plane, px.
    pub height: usize,
    /// Width of a tile, px.
    pub tile_width: usize,
    /// Height of a tile, px.
    pub tile_height: usize,
    /// Tiles of a plane along x.
    pub tiles_x: usize,
    /// Tiles of a plane along y.
    pub tiles_y: usize,
    /// Tiles of a chunk.
    pub slots: usize,
    /// Bytes of a pixel.
    pub item_bytes: usize,
    /// Bytes of a tile, padding included.
    pub tile_bytes: usize,
    /// Chunks of a file: of a shard, or 1.
    pub chunks_per_file: usize,
    /// Files of one layer.
    pub files_per_layer: u64,
    /// Whether chunks that are packed in files lie in C order: no file sticks out of the array, and the append axis is the slowest
    /// in a file.
    packed_in_order: bool,
}

/// Where a plane lies. All its tiles have the same slot; which chunk and file a tile is in follows from this and from the tile
/// (see [`Level::tile`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaneAt {
    /// Index along the append axis.
    pub append_index: u64,
    /// Number of the layer that it is in.
    pub layer: u64,
    /// Number that each of its tiles has in its chunk.
    pub slot: usize,
    file_base: u64,
    chunk_base: usize,
}

/// Where a tile lies in its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileAt {
    /// Number of the file in its layer; see [`Level::file_coordinates`].
    pub file: u64,
    /// Number of the chunk in its file, C order.
    pub chunk: usize,
    /// Number of the tile in its chunk.
    pub slot: usize,
}

/// The rectangle of a tile in its plane, px. `width` and `height` end at the plane's edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileRect {
    /// Columns left of it.
    pub x: usize,
    /// Rows above it.
    pub y: usize,
    /// Columns of it.
    pub width: usize,
    /// Rows of it.
    pub height: usize,
}

impl Level {
    pub(crate) fn new(
        axes: &[Axis],
        append: usize,
        acquisition: &[usize],
        factors: Vec<u64>,
        item_bytes: usize,
    ) -> Result<Self, LayoutError> {
        let count = axes.len();
        let too_large = |what| LayoutError::TooLarge { what };
        let shape: Vec<u64> = axes.iter().zip(&factors).map(|(axis, factor)| axis.size.div_ceil(*factor)).collect();
        let chunk: Vec<u64> = axes.iter().map(|axis| axis.chunk).collect();
        let chunks = |axis: usize| shape[axis].div_ceil(chunk[axis]).max(1);
        // Where a coarse level needs fewer chunks than a shard has, its shards are smaller: their index would be empty.
        let shard_chunks: Vec<u64> = (0..count)
            .map(|axis| {
                let wanted = axes[axis].shard_chunks;
                if axis == append || factors.iter().all(|factor| *factor == 1) {
                    wanted
                } else {
                    wanted.min(chunks(axis))
                }
            })
            .collect();
        let files: Vec<u64> =
            (0..count).map(|axis| if axis == append { 1 } else { chunks(axis).div_ceil(shard_chunks[axis]) }).collect();
        let whole_files = (0..count).all(|axis| axis == append || chunks(axis).is_multiple_of(shard_chunks[axis]));
        let packed_in_order = whole_files && shard_chunks[..append].iter().all(|chunks| *chunks == 1);
        let product = |values: &[u64], what| {
            values.iter().try_fold(1u64, |all, value| all.checked_mul(*value)).ok_or(too_large(what))
        };
        let size = |value: u64, what| usize::try_from(value).map_err(|_| too_large(what));
        let slots = product(&chunk[..count - 2], "a chunk")?;
        let chunks_per_file = product(&shard_chunks, "a shard")?;
        let files_per_layer = product(&files, "the number of files")?;
        let tile_bytes = product(&[chunk[count - 2], chunk[count - 1], item_bytes as u64], "a tile")?;
        // Offsets are i64 for the system.
        product(&[slots, tile_bytes, chunks_per_file, 4], "a chunk or shard")?;
        product(&[files_per_layer, chunks_per_file, slots], "the number of chunks")?;
        let planes = acquisition.iter().filter(|axis| **axis != append).map(|axis| shape[*axis]).collect::<Vec<_>>();
        product(&planes, "the number of frames of one append step")?;
        if shape[append] > 0 {
            product(&[shape[append], product(&planes, "the number of frames")?], "the number of frames")?;
        }
        Ok(Self {
            width: size(shape[count - 1], "the width")?,
            height: size(shape[count - 2], "the height")?,
            tile_width: size(chunk[count - 1], "a tile")?,
            tile_height: size(chunk[count - 2], "a tile")?,
            tiles_x: size(chunks(count - 1), "the width")?,
            tiles_y: size(chunks(count - 2), "the height")?,
            slots: size(slots, "a chunk")?,
            item_bytes,
            tile_bytes: size(tile_bytes, "a tile")?,
            chunks_per_file: size(chunks_per_file, "a shard")?,
            files_per_layer,
            packed_in_order,
            chunks: (0..count)
                .map(|axis| if axis == append && shape[axis] == 0 { shard_chunks[axis] } else { chunks(axis) })
                .collect(),
            factors,
            shape,
            chunk,
            shard_chunks,
            files,
        })
    }

    /// Tiles of one plane.
    pub fn tiles(&self) -> usize {
        self.tiles_x * self.tiles_y
    }

    /// Bytes of a chunk, decoded.
    pub fn chunk_bytes(&self) -> u64 {
        self.slots as u64 * self.tile_bytes as u64
    }

    /// Bytes of a plane, without padding.
    pub fn plane_bytes(&self) -> usize {
        self.width * self.height * self.item_bytes
    }

    /// The rectangle of tile number `tile` (C order) of a plane.
    pub fn rect(&self, tile: usize) -> TileRect {
        let (x, y) = ((tile % self.tiles_x) * self.tile_width, (tile / self.tiles_x) * self.tile_height);
        TileRect { x, y, width: self.tile_width.min(self.width - x), height: self.tile_height.min(self.height - y) }
    }

    /// Where tile number `tile` of a plane lies.
    pub fn tile(&self, plane: &PlaneAt, tile: usize) -> TileAt {
        let last = self.shape.len() - 1;
        let (x, y) = ((tile % self.tiles_x) as u64, (tile / self.tiles_x) as u64);
        let (across, down) = (self.shard_chunks[last], self.shard_chunks[last - 1]);
        TileAt {
            file: plane.file_base + (y / down) * self.files[last] + x / across,
            chunk: plane.chunk_base + ((y % down) * across + x % across) as usize,
            slot: plane.slot,
        }
    }

    /// The index of a file along each axis, of which its key is made.
    pub fn file_coordinates(&self, append: usize, layer: u64, file: u64) -> Vec<u64> {
        let mut coordinates = vec![0; self.files.len()];
        let mut rest = file;
        for axis in (0..self.files.len()).rev() {
            coordinates[axis] = if axis == append { layer } else { rest % self.files[axis] };
            rest /= self.files[axis];
        }
        coordinates
    }

    /// The index along each axis, in chunks of the whole array, of chunk number `chunk` of a file. In a shard that sticks out it
    /// may lie beyond the array's edge.
    pub fn chunk_coordinates(&self, file_coordinates: &[u64], chunk: usize) -> Vec<u64> {
        let mut coordinates = vec![0; self.files.len()];
        let mut rest = chunk as u64;
        for axis in (0..self.files.len()).rev() {
            coordinates[axis] = file_coordinates[axis] * self.shard_chunks[axis] + rest % self.shard_chunks[axis];
            rest /= self.shard_chunks[axis];
        }
        coordinates
    }

    /// Chunks of a file along each axis that lie in the array when the append axis is `append_size` long.
    pub fn chunks_in_file(&self, append: usize, file_coordinates: &[u64], append_size: u64) -> Vec<u64> {
        let chunks = |axis: usize| {
            if axis == append { append_size.div_ceil(self.chunk[axis]) } else { self.chunks[axis] }
        };
        let begins = |axis: usize| file_coordinates[axis].saturating_mul(self.shard_chunks[axis]);
        (0..self.chunk.len())
            .map(|axis| chunks(axis).saturating_sub(begins(axis)).min(self.shard_chunks[axis]))
            .collect()
    }

    /// Which of the chunks of its file that lie in the array a tile's chunk is, where they lie one behind the other, the append
    /// axis slowest: so a file whose append axis ends early is a shorter one, and nothing in it moves.
    pub fn packed_chunk(&self, append: usize, at: &TileAt) -> u64 {
        if self.packed_in_order {
            return at.chunk as u64;
        }
        let (mut file, mut chunk) = (at.file, at.chunk as u64);
        let (mut packed, mut stride, mut step) = (0, 1, 0);
        for axis in (0..self.chunk.len()).rev() {
            let (files, shard) = (self.files[axis], self.shard_chunks[axis]);
            let index = chunk % shard;
            chunk /= shard;
            if axis == append {
                step = index;
                continue;
            }
            packed += index * stride;
            stride *= (self.chunks[axis] - (file % files) * shard).min(shard);
            file /= files;
        }
        packed + step * stride
    }

    pub(crate) fn coordinates(&self, append: usize, acquisition: &[usize], plane: u64, out: &mut [u64]) {
        let mut rest = plane;
        for &axis in acquisition {
            if axis == append {
                out[axis] = rest;
            } else {
                out[axis] = rest % self.shape[axis];
                rest /= self.shape[axis];
            }
        }
    }

    pub(crate) fn locate(&self, axes: &[Axis], append: usize, acquisition: &[usize], plane: u64) -> PlaneAt {
        let outer = axes.len() - 2;
        // Eight covers what anybody records; a plane is located once a frame, so the rest may allocate.
        let mut few = [0u64; 8];
        let mut many = Vec::new();
        let coordinates = if outer <= few.len() {
            &mut few[..outer]
        } else {
            many.resize(outer, 0);
            &mut many[..]
        };
        self.coordinates(append, acquisition, plane, coordinates);
        let (mut slot, mut chunk, mut file) = (0, 0, 0);
        for (axis, &index) in coordinates.iter().enumerate() {
            let (size, shard) = (self.chunk[axis], self.shard_chunks[axis]);
            let chunk_index = index / size;
            slot = slot * size + index % size;
            chunk = chunk * shard + chunk_index % shard;
            file = file * self.files[axis] + if axis == append { 0 } else { chunk_index / shard };
        }
        let last = self.shape.len() - 1;
        PlaneAt {
            append_index: coordinates[append],
            layer: coordinates[append] / (self.chunk[append] * self.shard_chunks[append]),
            slot: slot as usize,
            file_base: file * self.files[last - 1] * self.files[last],
            chunk_base: (chunk * self.shard_chunks[last - 1] * self.shard_chunks[last]) as usize,
        }
    }
}
