import type { Histogram } from "./picture.ts";

/**
 * The value below which `part` (0 to 1) of the counted pixels lie, to a fraction of a bin: pixels of a bin count as
 * spread evenly over it.
 */
export function percentile({ counts, origin, binWidth, minimum, maximum }: Histogram, part: number): number {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return minimum;
  const wanted = part * total;
  let below = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] ?? 0;
    if (count > 0 && below + count >= wanted) {
      const value = origin + (bin + Math.max(0, wanted - below) / count) * binWidth;
      return Math.min(maximum, Math.max(minimum, value));
    }
    below += count;
  }
  return maximum;
}

/** The least and the largest value of a contrast, or of any other span. */
export interface Limits {
  min: number;
  max: number;
}

/** Contrast limits that leave `ignored` of the pixels out at either end; never an empty span. */
export function percentileLimits(histogram: Histogram, ignored: number): Limits {
  const min = percentile(histogram, ignored);
  const max = percentile(histogram, 1 - ignored);
  // A flat picture: one bin around its value, so that noise of one bit does not become black and white.
  // Stored values may be finer than the 32 bits of a preview.
  const part = histogram.ends ? 1e-15 : 1e-6;
  const least = Math.max(histogram.binWidth, Math.abs(max) * part, Number.MIN_VALUE);
  return max - min >= least ? { min, max } : { min: min - least / 2, max: min + least / 2 };
}
