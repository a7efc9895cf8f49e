import type { PixelType } from "@zarrcam/protocol";

import { type Histogram, type PixelArray, whiteOf } from "./picture.ts";

const MAX_BINS = 1024;
const FLOAT_BINS = 256;

/** Counts as the camera computer does: integers in bins of a power of two, at most 1,024; floats in 256 from min to max. */
export function countHistogram(pixels: PixelArray, pixelType: PixelType, of: Histogram["of"]): Histogram {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at] as number;
    // NaN and infinities are no brightness.
    if (value < minimum && value > -Infinity) minimum = value;
    if (value > maximum && value < Infinity) maximum = value;
  }
  if (minimum > maximum) minimum = maximum = 0;
  const white = whiteOf(pixelType);
  let binWidth: number;
  let bins: number;
  let origin = minimum;
  if (pixelType === "F32") {
    bins = FLOAT_BINS;
    binWidth = (maximum - minimum) / FLOAT_BINS || 1;
  } else {
    binWidth = 1;
    while ((maximum - minimum + 1) / binWidth > MAX_BINS - 1) binWidth *= 2;
    origin = Math.floor(minimum / binWidth) * binWidth;
    bins = Math.floor((maximum - origin) / binWidth) + 1;
  }
  const counts = new Uint32Array(bins);
  const perBin = 1 / binWidth;
  let saturated = 0;
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at] as number;
    if (!(value >= minimum && value <= maximum)) continue;
    const bin = Math.min(bins - 1, Math.floor((value - origin) * perBin));
    counts[bin] = (counts[bin] ?? 0) + 1;
    if (white !== null && value >= white) saturated++;
  }
  return { origin, binWidth, counts, saturated, minimum, maximum, of };
}

/** Heights (0 to 1) of `columns` bars over [low, high]; square root, so that small peaks are seen beside large ones. */
export function histogramBars(histogram: Histogram, low: number, high: number, columns: number): Float32Array {
  const sums = new Float64Array(columns);
  const { counts, origin, binWidth } = histogram;
  const perColumn = (high - low) / columns;
  if (!(perColumn > 0)) return new Float32Array(columns);
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] ?? 0;
    if (count === 0) continue;
    const from = (origin + bin * binWidth - low) / perColumn;
    const to = from + binWidth / perColumn;
    const first = Math.max(0, Math.floor(from));
    const last = Math.min(columns - 1, Math.ceil(to) - 1);
    for (let column = first; column <= last; column++) {
      const overlap = Math.min(to, column + 1) - Math.max(from, column);
      sums[column] = (sums[column] ?? 0) + (count * overlap) / (to - from);
    }
  }
  let largest = 0;
  for (const sum of sums) largest = Math.max(largest, sum);
  return Float32Array.from(sums, (sum) => (largest > 0 ? Math.sqrt(sum / largest) : 0));
}
