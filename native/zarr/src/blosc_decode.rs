use zarrcam_config::Shuffle;

use crate::blosc::{FLAG_BIT_SHUFFLE, FLAG_BYTE_SHUFFLE, FLAG_NOT_SPLIT, HEADER_BYTES};
use crate::codec::CodecError;
use crate::{shuffle, zstd};

const FLAG_STORED: u8 = 0x02;

/// Decodes a Blosc 1 container of LZ4 or zstd, ours or c-blosc's own. Unlike some readers it refuses what is not sound.
pub(crate) fn decode(item_bytes: usize, encoded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let damaged = CodecError::Damaged;
    // All numbers are the file's: none is added to another before it is known to lie in the chunk.
    let word = |at: usize| -> Result<usize, CodecError> {
        let bytes = encoded.get(at..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map(|bytes| u32::from_le_bytes(*bytes) as usize).ok_or(damaged("a Blosc chunk is cut short"))
    };
    if encoded.len() < HEADER_BYTES || encoded[0] != 2 {
        return Err(damaged("not a Blosc 1 chunk"));
    }
    let (flags, type_bytes) = (encoded[2], usize::from(encoded[3]));
    let (decoded, block_bytes, total) = (word(4)?, word(8)?, word(12)?);
    if decoded != out.len() || total != encoded.len() || type_bytes != item_bytes {
        return Err(damaged("a Blosc chunk's header does not fit its array"));
    }
    // Of a container that is stored as it was, too: its block size decodes nothing, but a wrong one shows damage.
    if block_bytes == 0 || block_bytes > decoded {
        return Err(damaged("a Blosc chunk's block size is impossible"));
    }
    if flags & FLAG_STORED != 0 {
        let stored = &encoded[HEADER_BYTES..];
        if stored.len() != out.len() {
            return Err(damaged("a stored Blosc chunk has another length"));
        }
        out.copy_from_slice(stored);
        return Ok(());
    }
    let shuffled = match flags & (FLAG_BYTE_SHUFFLE | FLAG_BIT_SHUFFLE) {
        0 => Shuffle::None,
        FLAG_BYTE_SHUFFLE => Shuffle::Byte,
        _ => Shuffle::Bit,
    };
    let (mut unpacked, mut planes) = (vec![0; block_bytes], vec![0; block_bytes]);
    for (block, target) in out.chunks_mut(block_bytes).enumerate() {
        // c-blosc splits a block by the bytes of an element where that helps; the last, shorter one never.
        let split = flags & FLAG_NOT_SPLIT == 0 && target.len() == block_bytes;
        let parts = if split { type_bytes } else { 1 };
        if parts == 0 || !target.len().is_multiple_of(parts) {
            return Err(damaged("a Blosc block holds no whole number of elements"));
        }
        let mut at = word(HEADER_BYTES + 4 * block)?;
        let part_bytes = target.len() / parts;
        let unpacked = &mut unpacked[..target.len()];
        for part in unpacked.chunks_mut(part_bytes) {
            let length = word(at)?;
            let payload = encoded[at + 4..].get(..length).ok_or(damaged("a Blosc block ends outside its chunk"))?;
            decode_part(flags >> 5, payload, part)?;
            at += 4 + length;
        }
        let count = target.len() / item_bytes;
        match shuffled {
            Shuffle::Byte if item_bytes > 1 => shuffle::unshuffle(item_bytes, unpacked, target),
            Shuffle::Bit if count > 0 && shuffle::bit_shuffles(count) => {
                let whole = count * item_bytes;
                let planes = &mut planes[..whole];
                shuffle::bits_to_bytes(&unpacked[..whole], count, planes);
                shuffle::unshuffle(item_bytes, planes, &mut target[..whole]);
                target[whole..].copy_from_slice(&unpacked[whole..]);
            }
            _ => target.copy_from_slice(unpacked),
        }
    }
    Ok(())
}

fn decode_part(codec: u8, payload: &[u8], part: &mut [u8]) -> Result<(), CodecError> {
    if payload.len() == part.len() {
        part.copy_from_slice(payload);
        return Ok(());
    }
    let length = match codec {
        1 => lz4_flex::block::decompress_into(payload, part).map_err(|_| CodecError::Damaged("an LZ4 block"))?,
        4 => zstd::decompress(payload, part)?,
        _ => return Err(CodecError::Damaged("a Blosc chunk of another compressor")),
    };
    if length == part.len() { Ok(()) } else { Err(CodecError::Damaged("a Blosc block holds too little")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of one block, split by elements of `item_bytes`, without its blocks.
    fn header(item_bytes: u8, decoded: u32, block_bytes: u32) -> Vec<u8> {
        let mut chunk = vec![2, 1, 1 << 5 | FLAG_BYTE_SHUFFLE, item_bytes];
        for number in [decoded, block_bytes, HEADER_BYTES as u32 + 4] {
            chunk.extend(number.to_le_bytes());
        }
        chunk.extend([0xff; 4]);
        chunk
    }

    #[test]
    fn blocks_that_are_smaller_than_an_element_are_damage() {
        for (item_bytes, decoded, block_bytes) in [(2, 4, 1), (4, 8, 6), (8, 8, 7)] {
            let mut out = vec![0; decoded as usize];
            let refused = decode(usize::from(item_bytes), &header(item_bytes, decoded, block_bytes), &mut out);
            assert!(matches!(refused, Err(CodecError::Damaged(_))), "{refused:?}");
        }
    }

    #[test]
    fn a_block_that_starts_beyond_all_bytes_is_damage() {
        let refused = decode(2, &header(2, 4, 4), &mut [0; 4]);
        assert_eq!(refused, Err(CodecError::Damaged("a Blosc chunk is cut short")));
    }
}
