use crate::TiffError;

/// What TIFF's numbers for compressions are called.
pub fn compression_name(number: u16) -> String {
    let name = match number {
        1 => "none",
        2..=4 => "CCITT fax",
        5 => "LZW",
        6 | 7 => "JPEG",
        8 | 32946 => "deflate",
        32773 => "PackBits",
        33003 | 33005 | 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        34933 | 34934 => "PNG",
        50000 | 34926 => "zstd",
        50001 | 34927 => "WebP",
        50002 | 52546 => "JPEG XL",
        other => return format!("number {other}"),
    };
    name.to_owned()
}

/// That what is compressed so can be decoded, and to the same values by every program.
pub(crate) fn check(compression: u16) -> Result<(), TiffError> {
    if matches!(compression, 1 | 5 | 8 | 32773 | 32946 | 50000 | 34926) {
        return Ok(());
    }
    let name = compression_name(compression);
    let lossy = if matches!(compression, 6 | 7) { "; its values differ from program to program" } else { "" };
    TiffError::unsupported(format!(
        "is compressed by {name}, which is not read here{lossy}; save it without compression, or with LZW, deflate or zstd"
    ))
}

/// Fills `out` from its beginning, and returns how far. What would go beyond it is left out.
pub(crate) fn decompress(compression: u16, encoded: &[u8], out: &mut [u8]) -> Result<usize, TiffError> {
    match compression {
        1 => {
            let length = encoded.len().min(out.len());
            out[..length].copy_from_slice(&encoded[..length]);
            Ok(length)
        }
        5 => lzw(encoded, out),
        8 | 32946 => deflate(encoded, out),
        32773 => Ok(pack_bits(encoded, out)),
        50000 | 34926 => zstd_safe::decompress(out, encoded)
            .or_else(|code| TiffError::damaged(format!("is damaged: {}", zstd_safe::get_error_name(code)))),
        other => check(other).map(|()| 0),
    }
}

fn lzw(encoded: &[u8], out: &mut [u8]) -> Result<usize, TiffError> {
    // Before TIFF 6.0 the bits ran the other way; such streams begin with this byte, and none of today's does.
    if encoded.first() == Some(&0) && encoded.get(1).is_some_and(|byte| byte & 1 == 1) {
        return TiffError::unsupported("is compressed by the LZW of before 1992; save it again by another program");
    }
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    let (mut read, mut written) = (0, 0);
    while written < out.len() {
        let step = decoder.decode_bytes(&encoded[read..], &mut out[written..]);
        read += step.consumed_in;
        written += step.consumed_out;
        match step.status {
            Ok(weezl::LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(_) => break,
            Err(error) => return TiffError::damaged(format!("is damaged: {error}")),
        }
    }
    Ok(written)
}

fn deflate(encoded: &[u8], out: &mut [u8]) -> Result<usize, TiffError> {
    let mut stream = flate2::Decompress::new(true);
    // Behind the pixels stands the checksum, after a padding maybe; more of one than this is not followed.
    const MOST_PADDING: usize = 1 << 20;
    let mut rest = [0; 4096];
    loop {
        let (read, written) = (stream.total_in() as usize, stream.total_out() as usize);
        let target = out.get_mut(written..).filter(|target| !target.is_empty()).unwrap_or(&mut rest);
        let status = stream.decompress(&encoded[read..], target, flate2::FlushDecompress::None);
        let moved = stream.total_in() as usize + stream.total_out() as usize > read + written;
        match status {
            Ok(flate2::Status::Ok) if moved && written < out.len() + MOST_PADDING => {}
            Ok(_) => return Ok((stream.total_out() as usize).min(out.len())),
            Err(error) => return TiffError::damaged(format!("is damaged: {error}")),
        }
    }
}

fn pack_bits(encoded: &[u8], out: &mut [u8]) -> usize {
    let (mut read, mut written) = (0, 0);
    while let Some(&head) = encoded.get(read) {
        let room = out.len() - written;
        read += 1;
        match head as i8 {
            -128 => {}
            run if run < 0 => {
                let Some(&value) = encoded.get(read) else { break };
                let length = (1 - i32::from(run)) as usize;
                out[written..][..length.min(room)].fill(value);
                written += length.min(room);
                read += 1;
            }
            literal => {
                let length = (literal as usize + 1).min(room).min(encoded.len() - read);
                out[written..][..length].copy_from_slice(&encoded[read..][..length]);
                written += length;
                read += literal as usize + 1;
            }
        }
        if written == out.len() {
            break;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_deflate_is_looked_at() {
        use std::io::Write;
        let plain: Vec<u8> = (0..5000_u32).map(|value| ((value * value) >> 3) as u8).collect();
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&plain).unwrap();
        let encoded = encoder.finish().unwrap();
        let mut out = vec![0; plain.len()];
        assert_eq!(deflate(&encoded, &mut out), Ok(plain.len()));
        assert_eq!(out, plain);
        // More than was asked for is left out.
        let mut part = vec![0; 100];
        assert_eq!(deflate(&encoded, &mut part), Ok(100));
        assert_eq!(part, plain[..100]);
        let mut damaged = encoded.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(matches!(deflate(&damaged, &mut out), Err(TiffError::Damaged(_))));
        assert!(deflate(&encoded[..encoded.len() / 2], &mut out).unwrap() < plain.len());
    }

    #[test]
    fn pack_bits_of_the_specification() {
        // Apple's example of TIFF 6.0, section 9.
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let unpacked = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa, 0xaa,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        let mut out = [0; 24];
        assert_eq!(pack_bits(&packed, &mut out), 24);
        assert_eq!(out, unpacked);
        let mut short = [0; 5];
        assert_eq!(pack_bits(&packed, &mut short), 5);
        assert_eq!(short, unpacked[..5]);
    }
}
