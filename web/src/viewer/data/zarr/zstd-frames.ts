import { DamageError } from "./errors.ts";

// RFC 8878, 3.1.
const FRAME = 0xfd2f_b528;
const SKIPPED_FRAME = 0x184d_2a50;
const MOST_BLOCK_BYTES = 128 << 10;

/**
 * How many bytes Zstandard frames unpack to, as far as their headers tell: where a frame does not say how long it is, its
 * blocks do. The decoder takes memory for what it is told, and where there is none its wasm is of no more use.
 *
 * @throws DamageError where they are no whole frames
 */
export function unpackedBytes(source: Uint8Array): { least: number; most: number } {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let [least, most, at] = [0, 0, 0];
  const need = (bytes: number): void => {
    if (at + bytes > source.length) throw new DamageError("its zstd data is cut short");
  };
  if (source.length < 6) throw new DamageError(`${source.length} bytes hold no zstd frame`);
  while (at < source.length) {
    need(8);
    const magic = view.getUint32(at, true);
    if ((magic & 0xffff_fff0) >>> 0 === SKIPPED_FRAME) {
      at += 8 + view.getUint32(at + 4, true);
      need(0);
      continue;
    }
    if (magic !== FRAME) throw new DamageError("it is no zstd frame");
    const flags = source[at + 4] as number;
    const single = (flags & 32) !== 0;
    at += 5;
    const windowBytes = single ? Infinity : windowOf(source[at] as number);
    at += (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] as number);
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] as number;
    need(sizeBytes);
    const content = contentOf(view, at, sizeBytes);
    at += sizeBytes;
    const blocks = { least: 0, most: 0 };
    for (let last = false; !last;) {
      need(3);
      const header = (source[at] as number) | ((source[at + 1] as number) << 8) | ((source[at + 2] as number) << 16);
      const [kind, size] = [(header >> 1) & 3, header >> 3];
      last = (header & 1) === 1;
      if (kind === 3) throw new DamageError("its zstd data makes no sense");
      // Raw, one byte repeated, or compressed.
      const plain = kind < 2;
      blocks.least += plain ? size : 0;
      blocks.most += plain ? size : Math.min(windowBytes, MOST_BLOCK_BYTES);
      at += 3 + (kind === 1 ? 1 : size);
      need(0);
    }
    if (flags & 4) at += 4;
    need(0);
    least += content ?? blocks.least;
    most += content ?? blocks.most;
  }
  return { least, most };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentOf(view: DataView, at: number, bytes: number): number | null {
  if (bytes === 0) return null;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
