import type { Dimension } from "@zarrcam/protocol";

export interface GridLine {
  at: number;
  /** A file ends here. */
  shard: boolean;
}

/** Closer than this, px, lines would be a grey area: then only every nth is drawn. */
const CLOSEST = 4;

/** Where chunks end along a length of `size` elements drawn `length` px long. */
function lines(size: number, chunk: number, shardChunks: number, length: number): GridLine[] {
  if (size <= 0 || chunk <= 0) return [];
  const count = Math.ceil(size / chunk);
  const every = Math.max(1, Math.ceil((CLOSEST * count) / length));
  const result: GridLine[] = [];
  for (let index = every; index < count; index += every) {
    result.push({ at: (index * chunk * length) / size, shard: shardChunks > 0 ? index % shardChunks === 0 : false });
  }
  return result;
}

/** The image with its chunk grid, fitted into a box. */
export function imageGrid(x: Dimension, y: Dimension, boxWidth: number, boxHeight: number) {
  const [columnsPx, rowsPx] = [Math.max(1, x.array_size_px), Math.max(1, y.array_size_px)];
  const scale = Math.min(boxWidth / columnsPx, boxHeight / rowsPx);
  const width = Math.max(2, columnsPx * scale);
  const height = Math.max(2, rowsPx * scale);
  const chunk = (entry: Dimension, size: number, drawn: number) =>
    Math.min(drawn, (Math.max(1, entry.chunk_size_px) * drawn) / size);
  return {
    width,
    height,
    columns: Math.ceil(columnsPx / Math.max(1, x.chunk_size_px)),
    rows: Math.ceil(rowsPx / Math.max(1, y.chunk_size_px)),
    chunkWidth: chunk(x, columnsPx, width),
    chunkHeight: chunk(y, rowsPx, height),
    vertical: lines(columnsPx, x.chunk_size_px, x.shard_size_chunks, width),
    horizontal: lines(rowsPx, y.chunk_size_px, y.shard_size_chunks, height),
  };
}

/** One of the other dimensions as a bar, cut where its chunks end. */
export function strip(count: number, chunk: number, shardChunks: number, length: number) {
  const size = Math.max(1, count);
  const step = Math.max(1, chunk);
  return {
    segments: Math.ceil(size / step),
    drawn: length,
    first: Math.min(length, (step * length) / size),
    lines: lines(size, step, shardChunks, length),
  };
}
