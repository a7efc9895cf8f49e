// The axes of a source but x and y. A frame is named by its frame index, which counts frames as they are acquired, or by its
// position: an index along each axis, the fastest axis first.
import type { Dimension, DimensionKind } from "@zarrcam/protocol";

/** An axis along which a source has planes. */
export interface PlaneAxis {
  name: string;
  kind: DimensionKind;
  /** How many elements it has; null: it grows while more is acquired. */
  size: number | null;
  /** How many frames lie from one element to the next. */
  stride: number;
  /** Step from one element to the next, in `unit`. */
  scale: number;
  /** Unit by OME-NGFF's name, "micrometer"; empty: none is known. */
  unit: string;
  /** Names of the elements; fewer than there are, or none, where they have no names. */
  labels: string[];
}

/** The dimensions of a run but x and y, fastest first. Where none are given there is one that grows. */
export function acquiredAxes(dimensions: Dimension[]): PlaneAxis[] {
  const others = dimensions.slice(2);
  if (others.length === 0) {
    return [{ name: "t", kind: "Time", size: null, stride: 1, scale: 1, unit: "", labels: [] }];
  }
  let stride = 1;
  return others.map(({ name, kind, array_size_px, scale, unit, labels }) => {
    const axis: PlaneAxis = {
      name,
      kind,
      size: array_size_px > 0 ? array_size_px : null,
      stride,
      scale: scale || 1,
      unit: unit ?? "",
      labels: labels ?? [],
    };
    stride *= Math.max(1, array_size_px);
    return axis;
  });
}

/** The position of a frame. */
export function positionOf(axes: readonly PlaneAxis[], frameIndex: number): number[] {
  return axes.map(({ stride, size }) => {
    const whole = Math.floor(frameIndex / stride);
    return size === null ? whole : whole % Math.max(1, size);
  });
}

/** The index of the frame at a position. */
export function frameIndexOf(axes: readonly PlaneAxis[], position: readonly number[]): number {
  return axes.reduce((frameIndex, { stride }, axis) => frameIndex + stride * (position[axis] ?? 0), 0);
}

/** The same position, but for one axis. */
export function moved(position: readonly number[], axis: number, to: number): number[] {
  return position.map((own, at) => (at === axis ? to : own));
}

/** How many frames the axes have room for; null: one of them grows. */
export function frameCount(axes: readonly PlaneAxis[]): number | null {
  return axes.reduce<number | null>((count, { size }) => (count === null || size === null ? null : count * size), 1);
}

/** An element of an axis to which the live picture, and steps through time, keep. */
export interface Pin {
  /** Index of the axis. */
  axis: number;
  index: number;
}

/** The newest frame at or before `frameIndex` at the pinned elements; null: there is none yet. */
export function pinnedAtOrBefore(axes: readonly PlaneAxis[], pins: readonly Pin[], frameIndex: number): number | null {
  if (frameIndex < 0) return null;
  const goal = new Map(pins.map(({ axis, index }) => [axis, index]));
  const digits = positionOf(axes, frameIndex);
  const fits = (axis: number) => !goal.has(axis) || goal.get(axis) === digits[axis];
  if (axes.every((_, axis) => fits(axis))) return frameIndex;
  // The greatest number not above `frameIndex` with some digits given: the fastest axis that can go back does, all slower
  // ones stay, all faster ones go to their end.
  for (let back = 0; back < axes.length; back++) {
    if (!axes.every((_, axis) => axis <= back || fits(axis))) continue;
    const digit = digits[back] ?? 0;
    const wanted = goal.get(back) ?? digit - 1;
    if (wanted < 0 || wanted >= digit) continue;
    const position = digits.map((own, axis) => {
      if (axis > back) return own;
      return axis === back ? wanted : (goal.get(axis) ?? (axes[axis]?.size ?? 1) - 1);
    });
    return frameIndexOf(axes, position);
  }
  return null;
}

/** Which axis a key for time, z or channels steps along: by its name, else by its kind; -1: there is none. */
export function axisToStep(axes: readonly PlaneAxis[], key: "t" | "z" | "c"): number {
  const time = axes.length - 1;
  if (key === "t") return time;
  const named = axes.findIndex(({ name }, at) => at !== time && name.toLowerCase() === key);
  const kind = key === "z" ? "Space" : "Channel";
  return named >= 0 ? named : axes.findIndex((axis, at) => at !== time && axis.kind === kind);
}
