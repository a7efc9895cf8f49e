import { SPACE_UNITS, type Dimension, type VideoStream } from "@zarrcam/protocol";
import type { Edit } from "./edit.ts";

/** The units that Layout offers for time, in seconds. */
const TIME_UNITS: Readonly<Record<string, number>> = { millisecond: 1e-3, second: 1, minute: 60, hour: 3600 };

/** How many µm one of a unit of space is; null: nobody knows it. No unit: 1, since the pixel size is in µm. */
export function micrometres(unit: string): number | null {
  if (unit === "") return 1;
  const metres = Object.hasOwn(SPACE_UNITS, unit) ? SPACE_UNITS[unit] : undefined;
  return metres === undefined ? null : metres / 1e-6;
}

/** Size of a pixel along x (0) or y (1), µm; 0: not calibrated. A step of the dimension's own comes first, as in the core. */
export function pixelSizeUm({ storage }: VideoStream, axis: 0 | 1): number {
  const own = storage.settings.acquisition_dimensions[axis];
  const factor = own?.scale && own.unit ? micrometres(own.unit) : null;
  return own?.scale ? tidy(own.scale * (factor ?? 0)) : storage.settings.pixel_scale_um[axis];
}

/** Without the last digits of binary arithmetic: 0.1 * 3 is 0.3. */
function tidy(value: number): number {
  return Number.parseFloat(value.toPrecision(14));
}

/** The one value for the size of a pixel: what a dimension says of its own goes. y follows x, unless it is another size. */
export function setPixelSize(stream: VideoStream, base: string, axis: 0 | 1, um: number | null): Edit[] {
  const { settings } = stream.storage;
  const size: [number, number] = [pixelSizeUm(stream, 0), pixelSizeUm(stream, 1)];
  const isSquare = size[1] === 0 || size[1] === size[0];
  size[axis] = um ?? 0;
  if (axis === 0 && isSquare) size[1] = size[0];
  const dimensions = settings.acquisition_dimensions.map((entry, index) =>
    index < 2 && entry.scale ? withoutStep(entry, entry.unit) : entry,
  );
  return [{ path: `${base}.storage.settings.pixel_scale_um`, value: size }, ...changed(stream, base, dimensions)];
}

/** Pixels that are so many times as large, in whatever unit they are given. */
export function scalePixels(stream: VideoStream, base: string, factor: number): Edit[] {
  const { settings } = stream.storage;
  if (factor === 1) return [];
  const [x, y] = settings.pixel_scale_um;
  const sizes: Edit[] =
    x > 0 || y > 0
      ? [{ path: `${base}.storage.settings.pixel_scale_um`, value: [tidy(x * factor), tidy(y * factor)] }]
      : [];
  const own = settings.acquisition_dimensions.slice(0, 2).flatMap(({ scale }, index): Edit[] => {
    const path = `${base}.storage.settings.acquisition_dimensions[${index}].scale`;
    return scale ? [{ path, value: tidy(scale * factor) }] : [];
  });
  return [...sizes, ...own];
}

/** The one value for the time from time point to time point, s; null: without a pause. What the dimension says of its own goes. */
export function setInterval(stream: VideoStream, base: string, seconds: number | null): Edit[] {
  const own = stream.storage.settings.acquisition_dimensions;
  const dimensions = own.map((entry, index) =>
    index >= 2 && index === own.length - 1 && entry.kind === "Time" && entry.scale ? withoutStep(entry) : entry,
  );
  return [
    { path: `${base}.time_point_interval_us`, value: tidy((seconds ?? 0) * 1e6) },
    ...changed(stream, base, dimensions),
  ];
}

/** A step of the last dimension, in its unit (none: s), as an interval; null: the unit is none that Layout knows. */
export function stepInSeconds(value: number, unit: string): number | null {
  const factor = unit === "" ? 1 : TIME_UNITS[unit];
  return factor === undefined ? null : tidy(value * factor);
}

function withoutStep(entry: Dimension, unit?: string): Dimension {
  const next: Dimension = { ...entry };
  delete next.scale;
  if (unit === undefined) delete next.unit;
  return next;
}

function changed(stream: VideoStream, base: string, dimensions: readonly Dimension[]): Edit[] {
  const own = stream.storage.settings.acquisition_dimensions;
  const path = `${base}.storage.settings.acquisition_dimensions`;
  return dimensions.flatMap((entry, index) =>
    entry === own[index] ? [] : [{ path: `${path}[${index}]`, value: entry }],
  );
}
