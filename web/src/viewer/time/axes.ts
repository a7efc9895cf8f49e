// Places (frames by order of acquisition) and positions along the dimensions.
import type { Dimension, DimensionKind } from "@zarrcam/protocol";

export interface RunAxis {
  name: string;
  kind: DimensionKind;
  /** Elements; null: grows with the run. */
  size: number | null;
  /** Places from one element to the next. */
  stride: number;
  scale: number;
  unit: string;
  labels: string[];
}

/** The dimensions of a run but x and y, fastest first. None given: one that grows. */
export function runAxes(dimensions: Dimension[]): RunAxis[] {
  const others = dimensions.slice(2);
  if (others.length === 0) {
    return [{ name: "t", kind: "Time", size: null, stride: 1, scale: 1, unit: "", labels: [] }];
  }
  let stride = 1;
  return others.map(({ name, kind, array_size_px, scale, unit, labels }) => {
    const axis: RunAxis = {
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

/** The axis that time runs along: the slowest, which is the one that is acquired last. */
export function timeAxis<T>(axes: T[]): T | undefined {
  return axes.at(-1);
}

export function indexOf(axes: RunAxis[], place: number): number[] {
  return axes.map(({ stride, size }) => {
    const whole = Math.floor(place / stride);
    return size === null ? whole : whole % size;
  });
}

export function placeOf(axes: RunAxis[], index: number[]): number {
  return axes.reduce((place, { stride }, at) => place + stride * (index[at] ?? 0), 0);
}

/** The same position, but for one axis. */
export function moved(index: number[], axis: number, to: number): number[] {
  return index.map((own, at) => (at === axis ? to : own));
}

export interface Pin {
  /** Which of the axes. */
  axis: number;
  index: number;
}

/** The newest place at or before `place` with the pinned positions; null: there is none yet. */
export function pinnedAtOrBefore(axes: RunAxis[], pins: Pin[], place: number): number | null {
  if (place < 0) return null;
  const goal = new Map(pins.map(({ axis, index }) => [axis, index]));
  const digits = indexOf(axes, place);
  const fits = (axis: number) => !goal.has(axis) || goal.get(axis) === digits[axis];
  if (axes.every((_, axis) => fits(axis))) return place;
  // The greatest number not above `place` with some digits given: the fastest axis that can go back does, all slower
  // ones stay, all faster ones go to their end.
  for (let back = 0; back < axes.length; back++) {
    if (!axes.every((_, axis) => axis <= back || fits(axis))) continue;
    const digit = digits[back] ?? 0;
    const wanted = goal.get(back) ?? digit - 1;
    if (wanted < 0 || wanted >= digit) continue;
    const index = digits.map((own, axis) => {
      if (axis > back) return own;
      return axis === back ? wanted : (goal.get(axis) ?? (axes[axis]?.size ?? 1) - 1);
    });
    return placeOf(axes, index);
  }
  return null;
}
