import type { PixelType } from "@zarrcam/protocol";

import { type Histogram, type PixelArray, rangeOf, whiteOf } from "./picture.ts";

const MAX_BINS = 1024;
export const FLOAT_BINS = 256;

/** Counts as the camera computer does: integers in bins of a power of two, at most 1,024; floats in 256 from min to max. */
export function countHistogram(pixels: PixelArray, pixelType: PixelType, of: Histogram["of"]): Histogram {
  if (pixels instanceof Float32Array) return countFloats(pixels, of);
  const lowest = lowestOf(pixels);
  const counts = new Uint32Array(2 ** (8 * pixels.BYTES_PER_ELEMENT));
  for (let at = 0; at < pixels.length; at++) counts[(pixels[at] as number) - lowest]!++;
  return histogramOfValues(counts, pixelType, of);
}

/**
 * From the count of every value that the array's type can hold, the lowest first: 256 or 65,536 of them.
 * One pass over the pixels is enough for it, on the CPU and on the GPU.
 */
export function histogramOfValues(values: Uint32Array, pixelType: PixelType, of: Histogram["of"]): Histogram {
  const lowest = Math.min(0, rangeOf(pixelType)?.[0] ?? 0);
  const first = values.findIndex((count) => count > 0);
  const last = values.findLastIndex((count) => count > 0);
  const minimum = first < 0 ? 0 : first + lowest;
  const maximum = last < 0 ? 0 : last + lowest;
  let binWidth = 1;
  // One bin to spare: the first one begins at a multiple of its width.
  while ((maximum - minimum + 1) / binWidth > MAX_BINS - 1) binWidth *= 2;
  const origin = Math.floor(minimum / binWidth) * binWidth;
  const counts = new Uint32Array(Math.floor((maximum - origin) / binWidth) + 1);
  const white = whiteOf(pixelType) ?? Infinity;
  let saturated = 0;
  for (let value = minimum; value <= maximum; value++) {
    const count = values[value - lowest] ?? 0;
    const bin = Math.floor((value - origin) / binWidth);
    counts[bin] = (counts[bin] ?? 0) + count;
    if (value >= white) saturated += count;
  }
  return { origin, binWidth, counts, saturated, minimum, maximum, of };
}

/** NaN and infinities are no brightness. */
function countFloats(pixels: Float32Array, of: Histogram["of"]): Histogram {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at] as number;
    if (value < minimum && value > -Infinity) minimum = value;
    if (value > maximum && value < Infinity) maximum = value;
  }
  if (minimum > maximum) minimum = maximum = 0;
  const counts = new Uint32Array(FLOAT_BINS);
  const perBin = maximum > minimum ? FLOAT_BINS / (maximum - minimum) : 0;
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at] as number;
    if (value >= minimum && value <= maximum)
      counts[Math.min(FLOAT_BINS - 1, Math.floor((value - minimum) * perBin))]!++;
  }
  return floatHistogram(counts, minimum, maximum, of);
}

/** @param counts 256 bins from `minimum` to `maximum` */
export function floatHistogram(counts: Uint32Array, minimum: number, maximum: number, of: Histogram["of"]): Histogram {
  const binWidth = (maximum - minimum) / FLOAT_BINS || 1;
  return { origin: minimum, binWidth, counts, saturated: 0, minimum, maximum, of };
}

function lowestOf(pixels: PixelArray): number {
  return pixels instanceof Int8Array ? -128 : pixels instanceof Int16Array ? -32768 : 0;
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
