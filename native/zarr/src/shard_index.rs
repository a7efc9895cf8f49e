use crate::codec::CodecError;

/// Where an inner chunk lies in its shard: offset and length in bytes. `None`: it is missing, and reads as fill.
pub type ShardEntry = Option<(u64, u64)>;

/// Bytes of one entry: offset and length.
pub const SHARD_ENTRY_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 4;

/// Length of the index of so many inner chunks, its checksum included.
pub const fn shard_index_bytes(chunks: usize) -> usize {
    chunks * SHARD_ENTRY_BYTES + CHECKSUM_BYTES
}

/// The index of a `sharding_indexed` shard: little-endian pairs in C order of the inner chunks, then their crc32c.
pub fn shard_index(entries: &[ShardEntry]) -> Vec<u8> {
    let mut index = Vec::with_capacity(shard_index_bytes(entries.len()));
    for entry in entries {
        let (offset, length) = entry.unwrap_or((u64::MAX, u64::MAX));
        index.extend_from_slice(&offset.to_le_bytes());
        index.extend_from_slice(&length.to_le_bytes());
    }
    let checksum = crc32c::crc32c(&index);
    index.extend_from_slice(&checksum.to_le_bytes());
    index
}

/// The entries of an index, once its checksum is right.
pub fn parse_shard_index(index: &[u8]) -> Result<Vec<ShardEntry>, CodecError> {
    let (pairs, checksum) = index
        .split_last_chunk::<CHECKSUM_BYTES>()
        .filter(|(pairs, _)| pairs.len().is_multiple_of(SHARD_ENTRY_BYTES))
        .ok_or(CodecError::Damaged("a shard index has an impossible length"))?;
    if crc32c::crc32c(pairs) != u32::from_le_bytes(*checksum) {
        return Err(CodecError::Damaged("a shard index's checksum is wrong"));
    }
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
    let entry = |pair: &[u8]| match (word(&pair[..8]), word(&pair[8..])) {
        (u64::MAX, u64::MAX) => None,
        entry => Some(entry),
    };
    Ok(pairs.chunks_exact(SHARD_ENTRY_BYTES).map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_has_these_bytes() {
        let index = shard_index(&[Some((0, 258)), None]);
        let mut expected = vec![0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0];
        expected.extend([0xFF; 16]);
        expected.extend([0x85, 0xE3, 0x6E, 0x23]); // as google-crc32c has it
        assert_eq!(index, expected);
        assert_eq!(parse_shard_index(&index), Ok(vec![Some((0, 258)), None]));
    }

    #[test]
    fn a_flipped_bit_is_seen() {
        let mut index = shard_index(&[Some((0, 258)), None]);
        index[8] ^= 1;
        assert_eq!(parse_shard_index(&index), Err(CodecError::Damaged("a shard index's checksum is wrong")));
        assert!(parse_shard_index(&index[1..]).is_err());
        assert!(parse_shard_index(&[]).is_err());
    }
}
