function table(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
}

const CASTAGNOLI = table(0x82f6_3b78);

export function crc32c(bytes: Uint8Array): number {
  let value = 0xffff_ffff;
  for (let at = 0; at < bytes.length; at++)
    value = (value >>> 8) ^ (CASTAGNOLI[(value ^ (bytes[at] as number)) & 255] as number);
  return ~value >>> 0;
}

export function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length;) {
    // As many as cannot overflow 32 bits.
    const end = Math.min(bytes.length, at + 3800);
    for (; at < end; at++) b += a += bytes[at] as number;
    a %= 65_521;
    b %= 65_521;
  }
  return ((b << 16) | a) >>> 0;
}
