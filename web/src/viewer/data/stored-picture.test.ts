import { expect, it } from "vitest";

import { valueAt } from "../core/picture.ts";
import { countHistogram } from "../core/histogram.ts";
import { countStored } from "./stored-histogram.ts";
import { drawn, shownPixelType } from "./stored-picture.ts";

const frame = { width: 2, height: 2, scale: [1, 1] as [number, number], region: { x: 0, y: 0, width: 2, height: 2 } };
const plain = (...[pixels, type, of]: Parameters<typeof countHistogram>) =>
  Promise.resolve(countHistogram(pixels, type, of));

it("types that no texture holds are drawn by their distance from the least, and keep their values", () => {
  expect([shownPixelType("int64", null), shownPixelType("uint16", "U12"), shownPixelType("bool", null)]).toEqual([
    "F32",
    "U12",
    "U8",
  ]);
  const values = BigUint64Array.of(2n ** 60n + 1n, 2n ** 60n + 3n);
  const { pixels, wide } = drawn(values, "uint64", [values[0] as bigint, values[1] as bigint]);
  expect([...pixels]).toEqual([0, 2]);
  expect(wide?.values).toBe(values);
  const huge = drawn(Float64Array.of(-1e300, 1e300), "float64", [-1e300, 1e300]);
  expect([...huge.pixels]).toEqual([0, 1]);
  const narrow = Uint16Array.of(1, 2);
  expect(drawn(narrow, "uint16", null)).toEqual({ pixels: narrow });
});

it("a histogram has the stored ends, and counts no fill", async () => {
  const values = BigInt64Array.of(-(2n ** 62n), 5n, 7n, 2n ** 62n + 1n);
  const whole = await countStored({ ...frame, values, gaps: [] }, "int64", "F32", "frame", plain);
  expect([whole.ends, whole.partial, whole.counts.reduce((sum, count) => sum + count)]).toEqual([
    [-(2n ** 62n), 2n ** 62n + 1n],
    false,
    4,
  ]);
  const gap = { kind: "fill" as const, chunk: "0/1", why: "", region: { x: 1, y: 0, width: 1, height: 2 } };
  const part = await countStored(
    { ...frame, values: Uint8Array.of(3, 0, 9, 0), gaps: [gap] },
    "uint8",
    "U8",
    "frame",
    plain,
  );
  expect([part.ends, part.minimum, part.partial]).toEqual([[3, 9], 3, true]);
  const none = { ...gap, region: frame.region };
  const nothing = await countStored(
    { ...frame, values: Uint8Array.of(0, 0, 0, 0), gaps: [none] },
    "uint8",
    "U8",
    "frame",
    plain,
  );
  expect(nothing.ends).toBeNull();
});

it("a point is read by the middle of its px, and a damaged one has no value", () => {
  const picture = {
    ...frame,
    pixelType: "U8" as const,
    pixels: Uint8Array.of(1, 2, 3, 4),
    scale: [1.5, 1.5] as [number, number],
    reduction: "unknown" as const,
    region: { x: 0, y: 0, width: 3, height: 3 },
    frameWidth: 3,
    frameHeight: 3,
    gaps: [{ kind: "damaged" as const, chunk: "0/0", why: "", region: { x: 0, y: 1.5, width: 1.5, height: 1.5 } }],
  };
  expect([0, 1, 2].map((x) => valueAt(picture, x, 0)?.value)).toEqual([1, 2, 2]);
  expect(valueAt(picture, 0, 2)).toMatchObject({ value: null, gap: { chunk: "0/0" } });
  expect(valueAt(picture, 3, 0)).toBeNull();
});
