import type { PixelType } from "@zarrcam/protocol";

import type { Picture, PixelArray } from "../core/picture.ts";
import { type DataType, type StoredArray, type StoredValue, isWide } from "../core/stored-value.ts";

/** How an array's type is drawn. What no texture holds becomes 32 bit float; the values stay beside it. */
export function shownPixelType(dtype: DataType, camera: PixelType | null): PixelType {
  switch (dtype) {
    case "bool":
    case "uint8":
      return "U8";
    case "int8":
      return "I8";
    case "int16":
      return "I16";
    case "uint16":
      return camera === "U10" || camera === "U12" || camera === "U14" ? camera : "U16";
    default:
      return "F32";
  }
}

/** Whether pictures are drawn in fewer bits than the values have. */
export function isNarrowed(dtype: DataType): boolean {
  return ["int32", "uint32", "int64", "uint64", "float64"].includes(dtype);
}

/**
 * Values as pixels to draw. Wider ones are counted from the least of them, so that 32 bits are enough for their
 * differences, and scaled where they would leave what 32 bit floats reach.
 */
export function drawn(
  values: StoredArray,
  dtype: DataType,
  ends: [StoredValue, StoredValue] | null,
): Pick<Picture, "pixels" | "wide"> {
  if (!isNarrowed(dtype)) return { pixels: values as PixelArray };
  const pixels = new Float32Array(values.length);
  const [low, high] = ends ?? [0, 0];
  if (isWide(dtype)) {
    const [origin, wide] = [BigInt(low), values as BigInt64Array];
    for (let at = 0; at < pixels.length; at++) pixels[at] = Number((wide[at] as bigint) - origin);
    return { pixels, wide: { values, origin, gain: 1 } };
  }
  const [origin, top, own] = [Number(low), Number(high), values as Float64Array];
  const span = top - origin;
  const gain = span > 1e30 || (span > 0 && span < 1e-30) ? (Number.isFinite(1 / span) ? 1 / span : 1) : 1;
  for (let at = 0; at < pixels.length; at++) pixels[at] = ((own[at] as number) - origin) * gain;
  return { pixels, wide: { values, origin, gain } };
}
