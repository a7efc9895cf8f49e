import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { dragRegion, regionStep, snapRegion, spanned } from "./region-of-interest.ts";

const range = (low: number, high: number, step: number) => ({ low, high, step, writable: true });
const camera = {
  offset: [range(0, 2032, 8), range(0, 1016, 2)] as [ReturnType<typeof range>, ReturnType<typeof range>],
  shape: [range(16, 2048, 16), range(8, 1024, 8)] as [ReturnType<typeof range>, ReturnType<typeof range>],
};

describe("regions of interest", () => {
  it("snap to the camera's steps", () => {
    expect(snapRegion({ x: 101, y: 33, width: 500, height: 301 }, camera)).toEqual({
      x: 104,
      y: 34,
      width: 496,
      height: 304,
    });
    expect(snapRegion({ x: 0, y: 0, width: 1, height: 1 }, camera)).toEqual({ x: 0, y: 0, width: 16, height: 8 });
  });

  it("stay on the sensor, whatever is drawn", () => {
    const number = fc.double({ min: -5000, max: 5000, noNaN: true });
    fc.assert(
      fc.property(number, number, number, number, (x, y, width, height) => {
        const region = snapRegion({ x, y, width: Math.abs(width), height: Math.abs(height) }, camera);
        expect(region.x + region.width).toBeLessThanOrEqual(2048);
        expect(region.y + region.height).toBeLessThanOrEqual(1024);
        expect(region.x % 8).toBe(0);
        expect(region.width % 16).toBe(0);
        expect(Math.min(region.x, region.y)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("are moved and sized by their handles", () => {
    const region = { x: 10, y: 20, width: 30, height: 40 };
    expect(dragRegion(region, "move", 5, -5)).toEqual({ x: 15, y: 15, width: 30, height: 40 });
    expect(dragRegion(region, "nw", 5, 5)).toEqual({ x: 15, y: 25, width: 25, height: 35 });
    expect(dragRegion(region, "e", -50, 9)).toEqual({ x: -10, y: 20, width: 20, height: 40 });
    expect(spanned({ x: 9, y: 1 }, { x: 2, y: 5 })).toEqual({ x: 2, y: 1, width: 7, height: 4 });
    expect(regionStep(camera)).toEqual({ move: [8, 2], size: [16, 8] });
  });
});
