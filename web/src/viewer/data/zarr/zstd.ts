import { DamageError } from "./errors.ts";

interface Decoder {
  decode(source: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
let decoder: Promise<Decoder> | undefined;

/** Zstandard frames. The decoder says what is damaged, and checks the checksum where a frame has one. */
export async function zstd(source: Uint8Array, expected: number | null): Promise<Uint8Array> {
  const content = contentSize(source);
  // Before memory is taken for what a damaged header asks for.
  if (content !== null && expected !== null && content > expected) {
    throw new DamageError(`it says that it holds ${content} bytes, not ${expected}`);
  }
  decoder ??= import("numcodecs/zstd").then(({ default: Zstd }) => Zstd.fromConfig({ id: "zstd", level: 1 }));
  const own = await decoder;
  try {
    return await own.decode(source);
  } catch {
    throw new DamageError("its zstd data is cut short or makes no sense");
  }
}

/** What the first frame says that it holds, bytes; null: it does not say. */
function contentSize(source: Uint8Array): number | null {
  if (source.length < 6) throw new DamageError(`${source.length} bytes hold no zstd frame`);
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const magic = view.getUint32(0, true);
  // Frames to skip may stand before it.
  if (magic !== 0xfd2f_b528 && (magic & 0xffff_fff0) >>> 0 !== 0x184d_2a50)
    throw new DamageError("it is no zstd frame");
  if (magic !== 0xfd2f_b528) return null;
  const flags = source[4] as number;
  const single = (flags & 32) !== 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] as number);
  const size = [single ? 1 : 0, 2, 4, 8][flags >> 6] as number;
  if (at + size > source.length) throw new DamageError(`${source.length} bytes hold no zstd frame`);
  if (size === 0) return null;
  if (size === 1) return view.getUint8(at);
  if (size === 2) return view.getUint16(at, true) + 256;
  return size === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
