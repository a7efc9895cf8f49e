import type { PixelType } from "@zarrcam/protocol";

import { FLOAT_BINS, countHistogram, floatHistogram } from "../core/histogram.ts";
import type { Gap, Histogram, PixelArray, Rectangle } from "../core/picture.ts";
import { type DataType, type StoredArray, type StoredValue, isWide } from "../core/stored-value.ts";
import { isNarrowed } from "./stored-picture.ts";

interface Counted {
  values: StoredArray;
  width: number;
  height: number;
  scale: [x: number, y: number];
  region: Rectangle;
  gaps: Gap[];
}

type Of = Histogram["of"];
/** Counts pixels of the types that textures hold. */
export type FastCount = (pixels: PixelArray, pixelType: PixelType, of: Of) => Promise<Histogram>;

/**
 * Counts what is stored, with its ends as they are stored. What shows no stored value is no measurement and is left out.
 *
 * @param fast counts the types that textures hold
 */
export async function countStored(
  plane: Counted,
  dtype: DataType,
  pixelType: PixelType,
  of: Of,
  fast: FastCount,
): Promise<Histogram> {
  const partial = plane.gaps.length > 0;
  const values = partial ? storedOnly(plane) : plane.values;
  const ends = isNarrowed(dtype) || dtype.startsWith("float") ? endsOf(values) : null;
  if (isNarrowed(dtype)) return { ...countWide(values, dtype, ends, of), ends, partial };
  // Nothing was measured: there is nothing to count.
  if (values.length === 0) return { ...countHistogram(values as PixelArray, pixelType, of), ends: null, partial };
  const counted = await fast(values as PixelArray, pixelType, of);
  return { ...counted, ends: dtype.startsWith("float") ? ends : [counted.minimum, counted.maximum], partial };
}

function storedOnly({ values, width, height, scale: [scaleX, scaleY], region, gaps }: Counted): StoredArray {
  const out = new Uint8Array(width * height);
  for (const { region: gap } of gaps) {
    const edge = (px: number, from: number, scale: number, most: number) =>
      Math.min(most, Math.max(0, Math.round((px - from) / scale)));
    const [left, right] = [gap.x, gap.x + gap.width].map((px) => edge(px, region.x, scaleX, width)) as [number, number];
    const top = edge(gap.y, region.y, scaleY, height);
    const bottom = edge(gap.y + gap.height, region.y, scaleY, height);
    for (let y = top; y < bottom; y++) out.fill(1, y * width + left, y * width + right);
  }
  return (values as Uint8Array).filter((_, at) => out[at] === 0);
}

/** NaN and infinities are no brightness. Null: there is nothing else. */
function endsOf(values: StoredArray): [StoredValue, StoredValue] | null {
  let low: StoredValue | undefined;
  let high: StoredValue | undefined;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as StoredValue;
    if (typeof value === "number" && !Number.isFinite(value)) continue;
    if (low === undefined || value < low) low = value;
    if (high === undefined || value > high) high = value;
  }
  return low === undefined || high === undefined ? null : [low, high];
}

function countWide(values: StoredArray, dtype: DataType, ends: [StoredValue, StoredValue] | null, of: Of): Histogram {
  const counts = new Uint32Array(FLOAT_BINS);
  if (ends === null) return floatHistogram(counts, 0, 0, of);
  const [low, high] = ends;
  const origin = Number(low);
  const span = isWide(dtype) ? Number(BigInt(high) - BigInt(low)) : Number(high) - origin;
  const perBin = span > 0 ? FLOAT_BINS / span : 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as StoredValue;
    const above = isWide(dtype) ? Number((value as bigint) - BigInt(low)) : (value as number) - origin;
    if (above >= 0 && above <= span) counts[Math.min(FLOAT_BINS - 1, Math.floor(above * perBin))]!++;
  }
  return floatHistogram(counts, origin, Number(high), of);
}
