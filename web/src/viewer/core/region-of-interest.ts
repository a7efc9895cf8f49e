import type { CameraCapabilities, Range } from "@zarrcam/protocol";

import type { Rectangle } from "./picture.ts";

/** Which part of a rectangle is dragged: an edge, a corner, or all of it. */
export type Handle = "n" | "s" | "w" | "e" | "nw" | "ne" | "sw" | "se" | "move";

/** Moves an edge, a corner or the whole by so many px. Sides cross over rather than turn negative. */
export function dragRegion(region: Rectangle, handle: Handle, dx: number, dy: number): Rectangle {
  if (handle === "move") return { ...region, x: region.x + dx, y: region.y + dy };
  let [left, top, right, bottom] = [region.x, region.y, region.x + region.width, region.y + region.height];
  if (handle.includes("w")) left += dx;
  if (handle.includes("e")) right += dx;
  if (handle.includes("n")) top += dy;
  if (handle.includes("s")) bottom += dy;
  return spanned({ x: left, y: top }, { x: right, y: bottom });
}

export function spanned(a: { x: number; y: number }, b: { x: number; y: number }): Rectangle {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

/** To what the camera can do: its steps, its least and largest size. Px of the sensor at the binning in force. */
export function snapRegion(
  region: Rectangle,
  { offset, shape }: Pick<CameraCapabilities, "offset" | "shape">,
): Rectangle {
  const along = (start: number, length: number, offsets: Range, lengths: Range) => {
    const size = snap(length, lengths);
    // The largest region ends where the sensor does.
    const at = Math.min(snap(start, offsets), floorTo(Math.max(0, lengths.high - size), offsets.step));
    return [at, size] as const;
  };
  const [x, width] = along(region.x, region.width, offset[0], shape[0]);
  const [y, height] = along(region.y, region.height, offset[1], shape[1]);
  return { x, y, width, height };
}

/**
 * A region that was drawn on a picture, as the camera is to be set now.
 *
 * @param region px of the picture's frame
 * @param taken offset and binning that the picture was taken with
 * @param now the binning that is set
 * @returns px of the sensor at the binning that is set
 */
export function regionOnSensor(
  region: Rectangle,
  taken: { offset: readonly [number, number]; binning: number } | undefined,
  now: { binning: number } | undefined,
  camera: Pick<CameraCapabilities, "offset" | "shape"> | null | undefined,
): Rectangle {
  const [left, top] = taken?.offset ?? [0, 0];
  const onSensor = { ...region, x: Math.round(region.x + left), y: Math.round(region.y + top) };
  const by = (taken?.binning || 1) / (now?.binning || 1);
  if (by === 1 || !camera) return onSensor;
  const rebinned = {
    x: Math.round(onSensor.x * by),
    y: Math.round(onSensor.y * by),
    width: Math.max(1, Math.round(onSensor.width * by)),
    height: Math.max(1, Math.round(onSensor.height * by)),
  };
  return snapRegion(rebinned, camera);
}

/** One step by the arrow keys: what the camera can do at least. */
export function regionStep({ offset, shape }: Pick<CameraCapabilities, "offset" | "shape">): {
  move: [number, number];
  size: [number, number];
} {
  const step = ({ step }: Range) => Math.max(1, step);
  return { move: [step(offset[0]), step(offset[1])], size: [step(shape[0]), step(shape[1])] };
}

function snap(value: number, { low, high, step }: Range): number {
  const stepped = step > 0 ? low + Math.round((value - low) / step) * step : Math.round(value);
  return Math.min(high, Math.max(low, stepped));
}

function floorTo(value: number, step: number): number {
  return step > 0 ? Math.floor(value / step) * step : Math.floor(value);
}
