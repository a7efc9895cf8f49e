import type { PlaneLevel } from "../core/plane-source.ts";

/** A zoom level as metadata and array say it. */
export interface NamedLevel {
  /** Path of its array in the store. */
  path: string;
  /** Size of its array, slowest axis first. */
  shape: number[];
  /** Size of an element along each axis, in the axis's unit; null: the metadata say none. */
  scale: number[] | null;
  /** Where the middle of the first element lies along each axis; null: the metadata say nothing. */
  translation: number[] | null;
}

/** The levels that can be drawn over each other. */
export interface UsableLevels {
  /** The full level first, then coarser and coarser ones. */
  levels: PlaneLevel[];
  /** Index of each of them among the levels that the metadata name. */
  order: number[];
  /** Sentences about what does not fit. */
  remarks: string[];
}

/**
 * How many pixels of the full level one of each level stands for. The shapes say it; metadata only says it more exactly
 * than sizes that were rounded can, and where it contradicts them the shapes count.
 *
 * @param growing the arrays are being written: along other axes than x and y their sizes say nothing
 */
export function levelsOf(named: NamedLevel[], axes: { x: number; y: number }, growing = false): UsableLevels {
  const remarks: string[] = [];
  const area = ({ shape }: NamedLevel) => (shape[axes.x] ?? 0) * (shape[axes.y] ?? 0);
  const largest = named.reduce((best, level, at) => (area(level) > area(named[best] as NamedLevel) ? at : best), 0);
  const full = named[largest] as NamedLevel;
  const wrong: string[] = [];
  const shifted: string[] = [];
  const usable = named.flatMap((level, at) => {
    if (level.shape.length !== full.shape.length) {
      remarks.push(
        `Zoom level ${level.path} has ${level.shape.length} axes, not ${full.shape.length}: it is left out.`,
      );
      return [];
    }
    const factors = level.shape.map((size, axis) => {
      const whole = full.shape[axis] as number;
      const own = at === largest ? 1 : factorByMetadata(level, full, axis);
      if (own !== null && (fits(whole, size, own) || (growing && axis !== axes.x && axis !== axes.y))) return own;
      if (own !== null && !wrong.includes(level.path)) wrong.push(level.path);
      return byShape(whole, size);
    });
    if (factors.some((factor) => factor < 1 || !Number.isFinite(factor))) {
      remarks.push(`Zoom level ${level.path} is larger than the full one along an axis, or empty: it is left out.`);
      return [];
    }
    if (isShifted(level, full, factors)) shifted.push(level.path);
    const [width, height] = [level.shape[axes.x] as number, level.shape[axes.y] as number];
    const scale: [number, number] = [factors[axes.x] as number, factors[axes.y] as number];
    return [{ at, level: { path: level.path, scale, factors, width, height } }];
  });
  if (wrong.length > 0) {
    remarks.push(`The scales of zoom level ${wrong.join(", ")} do not fit its size: it is drawn by its size.`);
  }
  if (shifted.length > 0) {
    remarks.push(`Zoom level ${shifted.join(", ")} is said to lie elsewhere: it is drawn over all of the full one.`);
  }
  const coarse = ({ level }: (typeof usable)[number]) => Math.max(...level.scale);
  usable.sort((a, b) => Number(b.at === largest) - Number(a.at === largest) || coarse(a) - coarse(b));
  if (largest !== 0) remarks.push(`The zoom levels are not listed from the largest on: ${full.path} is the full one.`);
  return { levels: usable.map(({ level }) => level), order: usable.map(({ at }) => at), remarks };
}

function factorByMetadata(level: NamedLevel, full: NamedLevel, axis: number): number | null {
  const [own, first] = [level.scale?.[axis], full.scale?.[axis]];
  return own !== undefined && first !== undefined && own > 0 && first > 0 ? own / first : null;
}

/** Whether a level of this size is what such a reduction leaves, rounded up or down. */
function fits(whole: number, size: number, factor: number): boolean {
  return Math.abs(whole / factor - size) < 1;
}

/** Nearly all levels are made by a whole number, and their sizes rounded. */
function byShape(whole: number, size: number): number {
  if (whole === size) return 1;
  const factor = whole / size;
  const near = Math.round(factor);
  return near > 1 && fits(whole, size, near) && size > 8 ? near : factor;
}

/** By more than the middles of larger pixels lie apart from those of smaller ones. */
function isShifted(level: NamedLevel, full: NamedLevel, factors: number[]): boolean {
  return factors.some((factor, axis) => {
    const unit = full.scale?.[axis] ?? 1;
    const px = ((level.translation?.[axis] ?? 0) - (full.translation?.[axis] ?? 0)) / (unit > 0 ? unit : 1);
    return Math.abs(px) > factor;
  });
}
