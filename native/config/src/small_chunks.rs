/// Bytes of a block of a file system: a file that is smaller takes as much.
const SMALL_CHUNK_BYTES: u128 = 4096;
/// How many chunks a plane may have however small they are: so many are no burden.
const FEW_CHUNKS: u128 = 64;

/// One axis of an image: its length, and that of a chunk along it, in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkedAxis {
    /// Elements of the axis.
    pub size: u64,
    /// Elements of a chunk along it; 0 counts as 1.
    pub chunk: u64,
}

/// How many chunks a plane of an image is cut into, where they are so small and so many that they are slow to read and to
/// write; `None`: they are no burden. `plane`: its axes, in any order. `chunk_bytes`: of a whole chunk, all axes of the
/// array, before compression.
pub fn too_many_small_chunks(plane: impl IntoIterator<Item = ChunkedAxis>, chunk_bytes: u128) -> Option<u128> {
    let chunks = plane.into_iter().map(|axis| u128::from(axis.size.div_ceil(axis.chunk.max(1)))).product();
    (chunk_bytes < SMALL_CHUNK_BYTES && chunks > FEW_CHUNKS).then_some(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_chunks_are_told_of_where_they_are_many() {
        let plane = |size, chunk| [ChunkedAxis { size, chunk }; 2];
        assert_eq!(too_many_small_chunks(plane(1000, 32), 1024), Some(32 * 32));
        assert_eq!(too_many_small_chunks(plane(256, 32), 1024), None, "64 are few");
        assert_eq!(too_many_small_chunks(plane(1000, 32), 4096), None);
        assert_eq!(too_many_small_chunks(plane(9, 0), 1), Some(81));
    }
}
