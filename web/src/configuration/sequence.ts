import type { CameraCapabilities, Dimension, DimensionKind, Plan, VideoStream } from "@zarrcam/protocol";
import type { Edit } from "./edit.ts";
import { namesFor } from "./channel-names.ts";
import { scalePixels } from "./sizes.ts";

/** From here on `max_frame_count` means "until stopped"; JavaScript reads 2^64-1 as a larger number still. */
export const UNTIL_STOPPED = 2 ** 53;
/** What is written for "until stopped": 2^64-1, as Acquire writes it. */
export const MAX_U64 = 18446744073709551615;

/** The dimensions that the stream has, also where the document leaves them out: x and y of the camera, a growing t. */
export function dimensionsOf(stream: VideoStream, plan: Plan | null = null): Dimension[] {
  const own = stream.storage.settings.acquisition_dimensions;
  if (own.length > 0) return own;
  const [width, height] = stream.camera.settings.shape;
  // The core made the chunks up, and its plan says how.
  const chunk = (name: string, otherwise: number) =>
    plan?.chunk[plan.axes.findIndex((axis) => axis.name === name)] ?? otherwise;
  return [
    dimension("x", "Space", width, chunk("x", width)),
    dimension("y", "Space", height, chunk("y", height)),
    dimension("t", "Time", 0, chunk("t", 1)),
  ];
}

export function dimension(name: string, kind: DimensionKind, count: number, chunk: number, shard = 0): Dimension {
  return { name, kind, array_size_px: count, chunk_size_px: chunk, shard_size_chunks: shard };
}

/** How many frames one step along the growing dimension has. */
export function framesPerStep(dimensions: readonly Dimension[]): number {
  return dimensions.slice(2, -1).reduce((product, { array_size_px }) => product * array_size_px, 1);
}

/** How many frames of the camera make one stored frame. */
export function framesPerStored(stream: VideoStream): number {
  return Math.max(1, stream.frame_average_count);
}

/** How many frames are stored; null: until stopped. `max_frame_count` counts the camera's, as Acquire does. */
export function storedFrames(stream: VideoStream): number | null {
  if (stream.max_frame_count >= UNTIL_STOPPED) return null;
  return Math.floor(stream.max_frame_count / framesPerStored(stream));
}

/** How many time points (steps of the last dimension) there are; null: until stopped. */
export function lastCount(stream: VideoStream): number | null {
  const stored = storedFrames(stream);
  if (stored === null) return null;
  const inner = framesPerStep(dimensionsOf(stream));
  return inner === 0 ? 0 : Math.ceil(stored / inner);
}

/** Another average stores as many frames as before: the camera's follow. 1: off. */
export function setAverage(stream: VideoStream, base: string, frames: number): Edit[] {
  const average = { path: `${base}.frame_average_count`, value: frames <= 1 ? 0 : frames };
  const stored = storedFrames(stream);
  if (stored === null) return [average];
  return [average, { path: `${base}.max_frame_count`, value: stored * Math.max(1, frames) }];
}

/** The edits for another count along one dimension; the total follows. `count` null: until stopped (last dimension only). */
export function setCount(
  stream: VideoStream,
  base: string,
  index: number,
  count: number | null,
  plan: Plan | null = null,
): Edit[] {
  const dimensions = dimensionsOf(stream, plan);
  const last = dimensions.length - 1;
  if (index < 2 && count !== null) return setSide(stream, base, index as 0 | 1, count);
  const settings = `${base}.storage.settings`;
  if (index === last) {
    const total = count === null ? MAX_U64 : count * framesPerStep(dimensions) * framesPerStored(stream);
    const fixed = (dimensions[last]?.array_size_px ?? 0) > 0;
    return [
      ...(fixed ? [{ path: `${settings}.acquisition_dimensions[${last}].array_size_px`, value: count ?? 0 }] : []),
      { path: `${base}.max_frame_count`, value: total },
    ];
  }
  const changed = dimensions.map((entry, position) => {
    if (position !== index || count === null) return entry;
    // A chunk that held the whole axis, or would be longer than it, follows the count.
    const follows = entry.chunk_size_px === entry.array_size_px || entry.chunk_size_px > count;
    const chunk_size_px = follows ? Math.max(1, count) : entry.chunk_size_px;
    return { ...entry, ...namesFor(entry, count), array_size_px: count, chunk_size_px };
  });
  return [...writeDimensions(stream, base, changed), ...totalFor(stream, base, changed)];
}

/** Keeps the number of time points while the frames of one change. */
export function totalFor(stream: VideoStream, base: string, dimensions: readonly Dimension[]): Edit[] {
  const points = lastCount(stream);
  const frames = framesPerStep(dimensions);
  // A count of 0 is a mistake that stays in its field: the total follows neither it nor its correction.
  if (points === null || frames === 0 || framesPerStep(dimensionsOf(stream)) === 0) return [];
  return [{ path: `${base}.max_frame_count`, value: points * frames * framesPerStored(stream) }];
}

/** Entry by entry where their number stays: then an edit touches no more than it must. */
export function writeDimensions(stream: VideoStream, base: string, dimensions: Dimension[]): Edit[] {
  const path = `${base}.storage.settings.acquisition_dimensions`;
  const own = stream.storage.settings.acquisition_dimensions;
  if (own.length !== dimensions.length) return [{ path, value: dimensions }];
  return dimensions.flatMap((entry, index) =>
    entry === own[index] ? [] : [{ path: `${path}[${index}]`, value: entry }],
  );
}

/** Width (0) or height (1): the camera's shape and the dimension are one value. */
export function setSide(stream: VideoStream, base: string, axis: 0 | 1, size: number): Edit[] {
  const edits: Edit[] = [{ path: `${base}.camera.settings.shape[${axis}]`, value: size }];
  const entry = stream.storage.settings.acquisition_dimensions[axis];
  if (!entry) return edits;
  const path = `${base}.storage.settings.acquisition_dimensions[${axis}]`;
  edits.push({ path: `${path}.array_size_px`, value: size });
  const follows = entry.chunk_size_px === entry.array_size_px || entry.chunk_size_px > size;
  if (follows && size > 0) edits.push({ path: `${path}.chunk_size_px`, value: size });
  return edits;
}

/** The edits for one dimension more: planes lie fastest after x and y, all others before the growing dimension. */
export function insertDimension(stream: VideoStream, base: string, entry: Dimension, plan: Plan | null = null): Edit[] {
  const dimensions = dimensionsOf(stream, plan);
  const at = entry.kind === "Space" ? 2 : dimensions.length - 1;
  const shards = dimensions.some(({ shard_size_chunks }) => shard_size_chunks > 0) ? 1 : 0;
  const changed = [...dimensions.slice(0, at), { ...entry, shard_size_chunks: shards }, ...dimensions.slice(at)];
  return [...writeDimensions(stream, base, changed), ...totalFor(stream, base, changed), ...withoutOrder(stream, base)];
}

export function removeDimension(stream: VideoStream, base: string, index: number): Edit[] {
  const changed = dimensionsOf(stream).filter((_, position) => position !== index);
  return [...writeDimensions(stream, base, changed), ...totalFor(stream, base, changed), ...withoutOrder(stream, base)];
}

/** Swaps two neighbours between x, y and the growing dimension. */
export function moveDimension(stream: VideoStream, base: string, index: number, by: -1 | 1): Edit[] {
  const dimensions = [...dimensionsOf(stream)];
  const other = index + by;
  const [from, to] = [dimensions[index], dimensions[other]];
  if (!from || !to || index < 2 || other < 2 || index === dimensions.length - 1 || other === dimensions.length - 1)
    return [];
  dimensions[index] = to;
  dimensions[other] = from;
  return [{ path: `${base}.storage.settings.acquisition_dimensions`, value: dimensions }];
}

/** A stored order that names other dimensions than there are would only be in the way. */
function withoutOrder(stream: VideoStream, base: string): Edit[] {
  const order = stream.storage.settings.storage_order;
  return order && order.length > 0 ? [{ path: `${base}.storage.settings.storage_order`, value: undefined }] : [];
}

/** A region of interest: the part of the sensor that the camera reads out, px at the binning in force. */
export interface SensorRegion {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A region drawn by hand, on the camera's steps and inside its ranges. */
export function snapRegion(region: SensorRegion, camera: CameraCapabilities): SensorRegion {
  const side = (axis: 0 | 1, start: number, length: number): [number, number] => {
    const { low, high, step } = camera.shape[axis];
    const offset = camera.offset[axis];
    const at = snap(start, offset.low, offset.high, offset.step);
    return [at, snap(length, low, high, step)];
  };
  const [x, width] = side(0, region.x, region.width);
  const [y, height] = side(1, region.y, region.height);
  return { x, y, width, height };
}

function snap(value: number, low: number, high: number, step: number): number {
  const grid = step > 0 ? step : 1;
  return Math.min(high, Math.max(low, low + Math.round((value - low) / grid) * grid));
}

export function setRegion(stream: VideoStream, base: string, region: SensorRegion): Edit[] {
  return [
    { path: `${base}.camera.settings.offset`, value: [region.x, region.y] },
    ...setSide(stream, base, 0, region.width),
    ...setSide(stream, base, 1, region.height),
  ];
}

/** Another binning shows the same field of view with fewer, larger pixels. */
export function setBinning(stream: VideoStream, base: string, binning: number): Edit[] {
  const { binning: before, shape, offset } = stream.camera.settings;
  const scale = (size: number, least: number) => Math.max(least, Math.floor((size * before) / binning));
  return [
    { path: `${base}.camera.settings.binning`, value: binning },
    { path: `${base}.camera.settings.offset`, value: [scale(offset[0], 0), scale(offset[1], 0)] },
    ...setSide(stream, base, 0, scale(shape[0], 1)),
    ...setSide(stream, base, 1, scale(shape[1], 1)),
    ...scalePixels(stream, base, binning / before),
  ];
}

/** "frame 0 = t0 c0 z0, 1 = t0 c0 z1, 10 = t0 c1 z0": the order in which frames are stored, by its turning points. */
export function storedOrder(dimensions: readonly Dimension[]): string[] {
  const inner = dimensions.slice(2);
  const at = (frame: number) => {
    let rest = frame;
    const parts = inner.map(({ name, array_size_px }, position) => {
      if (position === inner.length - 1 || array_size_px === 0) return `${name}${rest}`;
      const index = rest % array_size_px;
      rest = Math.floor(rest / array_size_px);
      return `${name}${index}`;
    });
    return `${frame} = ${parts.reverse().join(" ")}`;
  };
  const turns = [0];
  let stride = 1;
  for (const { array_size_px } of inner) {
    turns.push(stride);
    stride *= Math.max(1, array_size_px);
  }
  return [...new Set(turns)].slice(0, 5).map(at);
}
