import type { Dimension } from "@zarrcam/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { acquiredAxes, axisToStep, frameCount, frameIndexOf, pinnedAtOrBefore, positionOf } from "./axes.ts";

const dimension = (name: string, array_size_px: number): Dimension => ({
  name,
  kind: "Other",
  array_size_px,
  chunk_size_px: 1,
  shard_size_chunks: 0,
});
const tutorial = acquiredAxes([
  dimension("x", 1920),
  dimension("y", 1080),
  dimension("z", 10),
  dimension("c", 3),
  dimension("t", 0),
]);

describe("frame indices and positions", () => {
  it("count as frames are acquired: z first, then c, then t", () => {
    expect(positionOf(tutorial, 0)).toEqual([0, 0, 0]);
    expect(positionOf(tutorial, 1)).toEqual([1, 0, 0]);
    expect(positionOf(tutorial, 10)).toEqual([0, 1, 0]);
    expect(positionOf(tutorial, 299)).toEqual([9, 2, 9]);
    for (let index = 0; index < 400; index++) expect(frameIndexOf(tutorial, positionOf(tutorial, index))).toBe(index);
  });

  it("of a run without dimensions are one", () => {
    const [axis] = acquiredAxes([]);
    expect(axis).toMatchObject({ name: "t", size: null, stride: 1 });
    expect(positionOf(acquiredAxes([]), 17)).toEqual([17]);
  });
});

describe("the newest frame of a pinned plane", () => {
  it("is the last one that has come round", () => {
    expect(pinnedAtOrBefore(tutorial, [{ axis: 0, index: 4 }], 118)).toBe(114);
    expect(pinnedAtOrBefore(tutorial, [{ axis: 0, index: 9 }], 118)).toBe(109);
    expect(pinnedAtOrBefore(tutorial, [{ axis: 1, index: 2 }], 118)).toBe(118);
    expect(pinnedAtOrBefore(tutorial, [{ axis: 1, index: 1 }], 118)).toBe(109);
    expect(
      pinnedAtOrBefore(
        tutorial,
        [
          { axis: 0, index: 4 },
          { axis: 1, index: 0 },
        ],
        95,
      ),
    ).toBe(94);
    expect(pinnedAtOrBefore(tutorial, [{ axis: 0, index: 4 }], 3)).toBeNull();
    expect(pinnedAtOrBefore(tutorial, [], -1)).toBeNull();
  });

  it("agrees with looking at every frame", () => {
    const pins = fc.uniqueArray(
      fc.record({ axis: fc.integer({ min: 0, max: 2 }), index: fc.integer({ min: 0, max: 2 }) }),
      {
        selector: ({ axis }) => axis,
      },
    );
    fc.assert(
      fc.property(pins, fc.integer({ min: 0, max: 260 }), (wanted, newest) => {
        let slow: number | null = null;
        for (let at = newest; at >= 0 && slow === null; at--) {
          const position = positionOf(tutorial, at);
          if (wanted.every((pin) => position[pin.axis] === pin.index)) slow = at;
        }
        expect(pinnedAtOrBefore(tutorial, wanted, newest)).toBe(slow);
      }),
    );
  });
});

it("counts the frames that axes have room for", () => {
  expect(frameCount(tutorial)).toBeNull();
  expect(frameCount(tutorial.slice(0, 2))).toBe(30);
  expect(frameCount([])).toBe(1);
});

describe("the axis that a key steps along", () => {
  it("is the one of that name, else the first of that kind, and never the time axis", () => {
    expect((["t", "z", "c"] as const).map((key) => axisToStep(tutorial, key))).toEqual([2, 0, 1]);
    const others = acquiredAxes([
      dimension("x", 8),
      dimension("y", 8),
      { ...dimension("depth", 4), kind: "Space" },
      { ...dimension("colour", 2), kind: "Channel" },
      dimension("z", 0),
    ]);
    expect((["t", "z", "c"] as const).map((key) => axisToStep(others, key))).toEqual([2, 0, 1]);
    expect(axisToStep(acquiredAxes([]), "z")).toBe(-1);
  });
});
