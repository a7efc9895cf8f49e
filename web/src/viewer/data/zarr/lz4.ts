import { DamageError } from "./errors.ts";

const broken = () => new DamageError("its lz4 data makes no sense");

/** One lz4 block, which must fill `out` exactly. */
export function lz4Block(source: Uint8Array, out: Uint8Array): void {
  const end = source.length;
  let from = 0;
  let to = 0;
  for (;;) {
    if (from >= end) throw broken();
    const token = source[from++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      let more;
      do {
        if (from >= end) throw broken();
        more = source[from++] as number;
        literals += more;
      } while (more === 255);
    }
    if (from + literals > end || to + literals > out.length) throw broken();
    if (literals < 24) for (let at = 0; at < literals; at++) out[to + at] = source[from + at] as number;
    else out.set(source.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // A block ends with literals.
    if (from === end) break;
    if (from + 2 > end) throw broken();
    const distance = (source[from] as number) | ((source[from + 1] as number) << 8);
    from += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more;
      do {
        if (from >= end) throw broken();
        more = source[from++] as number;
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > to || to + length > out.length) throw broken();
    copyBack(out, to, distance, length);
    to += length;
  }
  if (to !== out.length) throw broken();
}

/** Copies what lies `distance` bytes back; it may overlap what is being written, and then repeats. */
export function copyBack(out: Uint8Array, to: number, distance: number, length: number): void {
  if (distance === 1 && length > 8) out.fill(out[to - 1] as number, to, to + length);
  else if (distance >= length && length > 32) out.copyWithin(to, to - distance, to - distance + length);
  else for (let at = 0; at < length; at++) out[to + at] = out[to + at - distance] as number;
}
