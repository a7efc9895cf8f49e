import type { Dimension } from "@zarrcam/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { indexOf, pinnedAtOrBefore, placeOf, runAxes } from "./axes.ts";

const dimension = (name: string, array_size_px: number): Dimension => ({
  name,
  kind: "Other",
  array_size_px,
  chunk_size_px: 1,
  shard_size_chunks: 0,
});
const tutorial = runAxes([
  dimension("x", 1920),
  dimension("y", 1080),
  dimension("z", 10),
  dimension("c", 3),
  dimension("t", 0),
]);

describe("places and positions", () => {
  it("count as frames are acquired: z first, then c, then t", () => {
    expect(indexOf(tutorial, 0)).toEqual([0, 0, 0]);
    expect(indexOf(tutorial, 1)).toEqual([1, 0, 0]);
    expect(indexOf(tutorial, 10)).toEqual([0, 1, 0]);
    expect(indexOf(tutorial, 299)).toEqual([9, 2, 9]);
    for (let place = 0; place < 400; place++) expect(placeOf(tutorial, indexOf(tutorial, place))).toBe(place);
  });

  it("of a run without dimensions are one", () => {
    const [axis] = runAxes([]);
    expect(axis).toMatchObject({ name: "t", size: null, stride: 1 });
    expect(indexOf(runAxes([]), 17)).toEqual([17]);
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

  it("agrees with looking at every place", () => {
    const pins = fc.uniqueArray(
      fc.record({ axis: fc.integer({ min: 0, max: 2 }), index: fc.integer({ min: 0, max: 2 }) }),
      {
        selector: ({ axis }) => axis,
      },
    );
    fc.assert(
      fc.property(pins, fc.integer({ min: 0, max: 260 }), (wanted, place) => {
        let slow: number | null = null;
        for (let at = place; at >= 0 && slow === null; at--) {
          const index = indexOf(tutorial, at);
          if (wanted.every((pin) => index[pin.axis] === pin.index)) slow = at;
        }
        expect(pinnedAtOrBefore(tutorial, wanted, place)).toBe(slow);
      }),
    );
  });
});
