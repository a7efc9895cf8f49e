import { DamageError } from "./errors.ts";
import { copyBack } from "./lz4.ts";

const MAX_DISTANCE = 8191;
const broken = () => new DamageError("its blosclz data makes no sense");

/** One BloscLZ stream, which must fill `out` exactly. */
export function bloscLz(source: Uint8Array, out: Uint8Array): void {
  const end = source.length;
  let from = 0;
  let to = 0;
  const next = (): number => {
    if (from >= end) throw broken();
    return source[from++] as number;
  };
  let control = next() & 31;
  for (;;) {
    if (control >= 32) {
      let length = (control >> 5) - 1;
      let distance = (control & 31) << 8;
      if (length === 6) {
        let more;
        do {
          more = next();
          length += more;
        } while (more === 255);
      }
      const low = next();
      length += 3;
      if (low === 255 && distance === 31 << 8) {
        distance = (next() << 8) | 0;
        distance += next() + MAX_DISTANCE;
      } else distance += low;
      distance += 1;
      if (distance > to || to + length > out.length) throw broken();
      copyBack(out, to, distance, length);
      to += length;
    } else {
      const literals = control + 1;
      if (from + literals > end || to + literals > out.length) throw broken();
      out.set(source.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    }
    if (from >= end) break;
    control = next();
  }
  if (to !== out.length) throw broken();
}
