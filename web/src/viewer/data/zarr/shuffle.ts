/** Undoes the byte shuffle of Blosc and numcodecs: the first bytes of all elements, then the second ones, and so on. */
export function unshuffle(source: Uint8Array, out: Uint8Array, size: number): void {
  const count = Math.floor(source.length / size);
  if (size === 2 && out.byteOffset % 2 === 0) {
    const pairs = new Uint16Array(out.buffer, out.byteOffset, count);
    for (let at = 0; at < count; at++) pairs[at] = (source[at] as number) | ((source[count + at] as number) << 8);
  } else if (size === 4 && out.byteOffset % 4 === 0) {
    const words = new Uint32Array(out.buffer, out.byteOffset, count);
    for (let at = 0; at < count; at++) {
      words[at] =
        (source[at] as number) |
        ((source[count + at] as number) << 8) |
        ((source[2 * count + at] as number) << 16) |
        ((source[3 * count + at] as number) << 24);
    }
  } else {
    for (let byte = 0; byte < size; byte++) {
      const from = byte * count;
      for (let at = 0, to = byte; at < count; at++, to += size) out[to] = source[from + at] as number;
    }
  }
  // What makes no whole element stays where it is.
  const whole = count * size;
  if (whole < source.length) out.set(source.subarray(whole), whole);
}

/**
 * Undoes Blosc's bit shuffle: the first bits of all elements, then the second ones, and so on. The elements are a
 * multiple of eight.
 */
export function unshuffleBits(source: Uint8Array, out: Uint8Array, size: number): void {
  const count = Math.floor(source.length / size);
  // Bytes that hold one bit of all elements.
  const row = count / 8;
  for (let byte = 0; byte < size; byte++) {
    const first = byte * 8 * row;
    for (let at = 0; at < row; at++) {
      // Eight bits of eight elements, turned over (Hacker's Delight 7-3), in two halves.
      const from = first + at;
      let low =
        (source[from] as number) |
        ((source[from + row] as number) << 8) |
        ((source[from + 2 * row] as number) << 16) |
        ((source[from + 3 * row] as number) << 24);
      let high =
        (source[from + 4 * row] as number) |
        ((source[from + 5 * row] as number) << 8) |
        ((source[from + 6 * row] as number) << 16) |
        ((source[from + 7 * row] as number) << 24);
      let swap = (low ^ (low >>> 7)) & 0x00aa_00aa;
      low = low ^ swap ^ (swap << 7);
      swap = (high ^ (high >>> 7)) & 0x00aa_00aa;
      high = high ^ swap ^ (swap << 7);
      swap = (low ^ (low >>> 14)) & 0x0000_cccc;
      low = low ^ swap ^ (swap << 14);
      swap = (high ^ (high >>> 14)) & 0x0000_cccc;
      high = high ^ swap ^ (swap << 14);
      const lows = (low & 0x0f0f_0f0f) | ((high << 4) & 0xf0f0_f0f0);
      const highs = ((low >>> 4) & 0x0f0f_0f0f) | (high & 0xf0f0_f0f0);
      let to = 8 * at * size + byte;
      for (const half of [lows, highs]) {
        out[to] = half & 255;
        out[to + size] = (half >>> 8) & 255;
        out[to + 2 * size] = (half >>> 16) & 255;
        out[to + 3 * size] = half >>> 24;
        to += 4 * size;
      }
    }
  }
  const whole = count * size;
  if (whole < source.length) out.set(source.subarray(whole), whole);
}
