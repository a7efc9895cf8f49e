// Where a zoom level ends inside a pixel of the full one.
import type { Gap } from "../core/picture.ts";
import type { DataType, StoredArray } from "../core/stored-value.ts";
import { makeValues } from "./zarr/data-type.ts";

/** A gap at the end goes on to the end. */
export function atEdge(
  gap: Gap,
  to: { x: number; y: number },
  { scale, width, height }: { scale: [number, number]; width: number; height: number },
  wide: number,
  high: number,
): Gap {
  const { region } = gap;
  const last = (edge: number, size: number, factor: number) => Math.abs(edge - size * factor) < 1e-6 * edge;
  const right = to.x === width && last(region.x + region.width, to.x, scale[0]) ? wide * scale[0] : 0;
  const below = to.y === height && last(region.y + region.height, to.y, scale[1]) ? high * scale[1] : 0;
  return { ...gap, region: { ...region, width: region.width + right, height: region.height + below } };
}

export function padded(
  { values, width, height }: { values: StoredArray; width: number; height: number },
  dtype: DataType,
  wide: number,
  high: number,
): { values: StoredArray; width: number; height: number } {
  if (wide + high === 0 || width === 0 || height === 0) return { values, width, height };
  const out = makeValues(dtype, (width + wide) * (height + high));
  for (let y = 0; y < height + high; y++) {
    const from = Math.min(y, height - 1) * width;
    const to = y * (width + wide);
    (out as Uint8Array).set((values as Uint8Array).subarray(from, from + width), to);
    if (wide > 0) out[to + width] = values[from + width - 1] as never;
  }
  return { values: out, width: width + wide, height: height + high };
}
