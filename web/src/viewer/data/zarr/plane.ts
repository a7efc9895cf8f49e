import type { StoredArray } from "../../core/stored-value.ts";
import { MOST_CHUNKS_AT_ONCE, MOST_DECODED_AT_ONCE_BYTES, MOST_PLANE_PIXELS, gigabytes } from "./bounds.ts";
import { makeValues } from "./data-type.ts";
import { NotShownError } from "./errors.ts";
import type { ZarrArray } from "./stored-array.ts";

/** A part of a plane that holds no stored value, px of the plane that was read. */
export interface PlaneGap {
  kind: "fill" | "damaged";
  x: number;
  y: number;
  width: number;
  height: number;
  /** Of a damaged chunk: its key's coordinates, "1/0/0", and what is wrong. */
  chunk: string;
  why: string;
}

export interface Plane {
  /** Rows tight. Where there is a gap it holds the fill value. */
  values: StoredArray;
  width: number;
  height: number;
  gaps: PlaneGap[];
  /** A file that a chunk of it would be in is not there. */
  absent: boolean;
  /** Coordinates of one of its chunks. */
  sample: number[];
}

interface Span {
  chunk: number;
  /** In the chunk. */
  from: number;
  /** In the plane. */
  to: number;
  length: number;
}

/**
 * @param index an element of each axis; of `x` and `y` it is not looked at
 * @param from the first px, and `to` the one behind the last
 */
export async function readPlane(
  array: ZarrArray,
  axes: { x: number; y: number },
  index: number[],
  from: { x: number; y: number },
  to: { x: number; y: number },
  signal: AbortSignal,
): Promise<Plane> {
  const { chunk, type, fill } = array.metadata;
  checkExtent(array, axes, from, to);
  const [width, height] = [Math.max(0, to.x - from.x), Math.max(0, to.y - from.y)];
  const columns = spans(from.x, to.x, chunk.shape[axes.x] as number);
  const rows = spans(from.y, to.y, chunk.shape[axes.y] as number);
  const base = index.map((one, axis) => Math.floor(one / (chunk.shape[axis] as number)));
  const at = (row: Span, column: Span) =>
    base.map((one, axis) => (axis === axes.x ? column.chunk : axis === axes.y ? row.chunk : one));
  const tiles = rows.flatMap((row) => columns.map((column) => ({ row, column, coordinates: at(row, column) })));
  const chunks = await array.chunks(
    tiles.map(({ coordinates }) => coordinates),
    signal,
  );
  const within = (stride: number[]) =>
    index.reduce((sum, one, axis) => {
      if (axis === axes.x || axis === axes.y) return sum;
      return sum + (one % (chunk.shape[axis] as number)) * (stride[axis] as number);
    }, 0);

  const sample = tiles[0]?.coordinates ?? base;
  const [only] = chunks;
  if (chunks.length === 1 && only?.standing === "stored" && only.values.length === width * height) {
    const { stride } = only;
    if (stride[axes.x] === 1 && (height === 1 || stride[axes.y] === width)) {
      return { values: only.values, width, height, gaps: [], absent: false, sample };
    }
  }
  const values = makeValues(type, width * height);
  const gaps: PlaneGap[] = [];
  chunks.forEach((one, tile) => {
    const { row, column, coordinates } = tiles[tile] as (typeof tiles)[number];
    if (one.standing === "stored") {
      const start = within(one.stride);
      copy(one.values, start, one.stride[axes.x] as number, one.stride[axes.y] as number, values, width, row, column);
      return;
    }
    if (fill !== null && Number(fill) !== 0) fillPart(values, fill, width, row, column);
    gaps.push({
      kind: one.standing,
      x: column.to,
      y: row.to,
      width: column.length,
      height: row.length,
      chunk: coordinates.join("/"),
      why: one.standing === "damaged" ? one.why : "",
    });
  });
  const absent = chunks.some((one) => one.standing === "fill" && one.absent);
  return { values, width, height, gaps: merged(gaps), absent, sample };
}

/** Before anything is asked for or made: what a shape and its chunks say may be anything. */
function checkExtent(
  { metadata: { chunk }, chunkBytes }: ZarrArray,
  axes: { x: number; y: number },
  from: { x: number; y: number },
  to: { x: number; y: number },
): void {
  const [width, height] = [to.x - from.x, to.y - from.y];
  if (width * height > MOST_PLANE_PIXELS) {
    const most = `${Math.floor(MOST_PLANE_PIXELS / 1e6)} million px`;
    throw new NotShownError(
      `${width} × ${height} px are more than is read at once (${most}), and it has no smaller zoom level: zoom in.`,
    );
  }
  const along = (axis: "x" | "y") => {
    const size = chunk.shape[axes[axis]] as number;
    return Math.max(0, Math.ceil(to[axis] / size) - Math.floor(from[axis] / size));
  };
  const count = along("x") * along("y");
  if (count > MOST_CHUNKS_AT_ONCE || count * chunkBytes > MOST_DECODED_AT_ONCE_BYTES) {
    const size = gigabytes(count * chunkBytes);
    throw new NotShownError(`${count} chunks (${size}) are more than is read at once: zoom in.`);
  }
}

function spans(from: number, to: number, size: number): Span[] {
  const list: Span[] = [];
  for (let chunk = Math.floor(from / size); chunk * size < to; chunk++) {
    const [start, end] = [Math.max(from, chunk * size), Math.min(to, (chunk + 1) * size)];
    list.push({ chunk, from: start - chunk * size, to: start - from, length: end - start });
  }
  return list;
}

function copy(
  source: StoredArray,
  start: number,
  stepX: number,
  stepY: number,
  target: StoredArray,
  width: number,
  row: Span,
  column: Span,
): void {
  // Both are of one type; TypeScript sees a union of ten.
  const [own, out] = [source as Uint8Array, target as Uint8Array];
  for (let y = 0; y < row.length; y++) {
    const from = start + (row.from + y) * stepY + column.from * stepX;
    const to = (row.to + y) * width + column.to;
    if (stepX === 1) out.set(own.subarray(from, from + column.length), to);
    else for (let x = 0; x < column.length; x++) out[to + x] = own[from + x * stepX] as number;
  }
}

function fillPart(target: StoredArray, fill: number | bigint, width: number, row: Span, column: Span): void {
  for (let y = 0; y < row.length; y++) {
    const to = (row.to + y) * width + column.to;
    (target as Float64Array).fill(fill as number, to, to + column.length);
  }
}

/** Fill beside fill is one part: a plane may lack thousands of chunks. */
function merged(gaps: PlaneGap[]): PlaneGap[] {
  const out: PlaneGap[] = [];
  for (const gap of gaps) {
    const last = out.at(-1);
    const beside = last?.kind === "fill" && gap.kind === "fill" && last.y === gap.y && last.x + last.width === gap.x;
    if (beside) last.width += gap.width;
    else out.push({ ...gap });
  }
  const rows = new Map<string, PlaneGap>();
  return out.filter((gap) => {
    if (gap.kind !== "fill") return true;
    const span = `${gap.x} ${gap.width}`;
    const above = rows.get(span);
    if (above && above.y + above.height === gap.y) {
      above.height += gap.height;
      return false;
    }
    rows.set(span, gap);
    return true;
  });
}
