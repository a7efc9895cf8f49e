import { describe, expect, it } from "vitest";

import { fitView, zoomTo } from "./geometry.ts";
import { sameWanted, wantedPicture } from "./wanted-picture.ts";

const frame = { width: 1920, height: 1080 };
const canvas = { width: 744, height: 468 };

describe("wantedPicture", () => {
  it("asks for the whole frame at the canvas's size", () => {
    expect(wantedPicture(fitView(frame, canvas), frame, canvas)).toEqual({
      maxWidth: 640,
      maxHeight: 360,
      region: null,
    });
  });

  it("asks for no more than the frame has", () => {
    const small = { width: 320, height: 200 };
    expect(wantedPicture(fitView(small, canvas), small, canvas)).toEqual({
      maxWidth: 320,
      maxHeight: 200,
      region: null,
    });
  });

  it("asks for the part in sight at full resolution from 1:1 on", () => {
    const view = zoomTo(fitView(frame, canvas), frame, canvas, 1);
    const wanted = wantedPicture(view, frame, canvas);
    expect(wanted.region).toEqual({ x: 512, y: 256, width: 896, height: 576 });
    expect([wanted.maxWidth, wanted.maxHeight]).toEqual([896, 576]);
  });

  it("asks for nothing new while the hand moves a little", () => {
    const view = zoomTo(fitView(frame, canvas), frame, canvas, 4);
    const moved = { ...view, centre: { x: view.centre.x + 3, y: view.centre.y + 2 } };
    expect(sameWanted(wantedPicture(view, frame, canvas), wantedPicture(moved, frame, canvas))).toBe(true);
    const far = { ...view, centre: { x: view.centre.x + 300, y: view.centre.y } };
    expect(sameWanted(wantedPicture(view, frame, canvas), wantedPicture(far, frame, canvas))).toBe(false);
  });

  it("always covers what is in sight, inside the frame", () => {
    for (const zoom of [0.45, 0.7, 1, 1.7, 5, 40]) {
      for (const centre of [
        { x: 0, y: 0 },
        { x: 1900, y: 1070 },
        { x: 801.3, y: 333.3 },
      ]) {
        const { region } = wantedPicture({ centre, zoom, fit: false }, frame, canvas);
        if (!region) continue;
        expect(region.x).toBeLessThanOrEqual(Math.max(0, centre.x - canvas.width / 2 / zoom));
        expect(region.x + region.width).toBeGreaterThanOrEqual(
          Math.min(frame.width, centre.x + canvas.width / 2 / zoom),
        );
        expect(region.x + region.width).toBeLessThanOrEqual(frame.width);
        expect(region.y + region.height).toBeLessThanOrEqual(frame.height);
      }
    }
  });
});
