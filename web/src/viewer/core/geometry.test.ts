import { describe, expect, it } from "vitest";

import {
  type View,
  fitView,
  panBy,
  rectangleToCanvas,
  settleView,
  toCanvas,
  toFrame,
  visibleRegion,
  zoomAt,
  zoomTo,
} from "./geometry.ts";

const frame = { width: 1920, height: 1080 };
const canvas = { width: 744, height: 468 };

describe("views", () => {
  it("fits the whole frame, in the middle", () => {
    const view = fitView(frame, canvas);
    expect(view.zoom).toBe(744 / 1920);
    expect(toCanvas(view, canvas, { x: 0, y: 540 })).toEqual({ x: 0, y: 234 });
    expect(visibleRegion(view, frame, canvas)).toEqual({ x: 0, y: 0, ...frame });
  });

  it("keeps the point under the cursor while zooming", () => {
    let view: View = fitView(frame, canvas);
    const at = { x: 100, y: 200 };
    const under = toFrame(view, canvas, at);
    for (const factor of [1.25, 3, 0.5, 8]) {
      view = zoomAt(view, frame, canvas, at, factor);
      const now = toFrame(view, canvas, at);
      expect(now.x).toBeCloseTo(under.x, 9);
      expect(now.y).toBeCloseTo(under.y, 9);
    }
    expect(view.fit).toBe(false);
  });

  it("lays frame px on canvas px at 1:1", () => {
    const odd = { width: 745, height: 469 };
    const view = zoomTo(fitView(frame, odd), frame, odd, 1);
    const corner = toCanvas(view, odd, { x: 0, y: 0 });
    expect(corner.x).toBeCloseTo(Math.round(corner.x), 9);
    expect(corner.y).toBeCloseTo(Math.round(corner.y), 9);
  });

  it("moves with the hand and never loses the frame", () => {
    const view = panBy(zoomTo(fitView(frame, canvas), frame, canvas, 2), frame, 100, -50);
    expect(view.centre).toEqual({ x: 910, y: 565 });
    expect(panBy(view, frame, 1e9, 1e9).centre).toEqual({ x: 0, y: 0 });
  });

  it("follows canvas and frame only while it fits", () => {
    const fitted = settleView(fitView(frame, canvas), { width: 640, height: 480 }, canvas);
    expect(fitted).toEqual(fitView({ width: 640, height: 480 }, canvas));
    const own = { centre: { x: 1800, y: 1000 }, zoom: 3, fit: false };
    expect(settleView(own, { width: 640, height: 480 }, canvas)).toEqual({ ...own, centre: { x: 640, y: 480 } });
  });

  it("knows what is in sight", () => {
    const view = { centre: { x: 960, y: 540 }, zoom: 2, fit: false };
    expect(visibleRegion(view, frame, canvas)).toEqual({ x: 774, y: 423, width: 372, height: 234 });
    expect(rectangleToCanvas(view, canvas, { x: 960, y: 540, width: 10, height: 5 })).toEqual({
      x: 372,
      y: 234,
      width: 20,
      height: 10,
    });
    expect(visibleRegion({ ...view, centre: { x: -900, y: 0 } }, frame, canvas)).toBeNull();
  });
});
