import { describe, expect, it } from "vitest";

import { fitView, visibleRegion, zoomTo } from "./geometry.ts";
import { sameRequest, pictureRequest } from "./picture-request.ts";

const frame = { width: 1920, height: 1080 };
const canvas = { width: 744, height: 468 };

describe("pictureRequest", () => {
  it("asks for the whole frame at the canvas's size", () => {
    expect(pictureRequest(fitView(frame, canvas), frame, canvas)).toEqual({
      maxWidth: 640,
      maxHeight: 360,
      region: null,
    });
  });

  it("asks for no more than the frame has", () => {
    const small = { width: 320, height: 200 };
    expect(pictureRequest(fitView(small, canvas), small, canvas)).toEqual({
      maxWidth: 320,
      maxHeight: 200,
      region: null,
    });
  });

  it("asks for the part in sight at full resolution from 1:1 on", () => {
    const view = zoomTo(fitView(frame, canvas), frame, canvas, 1);
    const wanted = pictureRequest(view, frame, canvas);
    expect(wanted.region).toEqual({ x: 544, y: 288, width: 832, height: 496 });
    expect([wanted.maxWidth, wanted.maxHeight]).toEqual([832, 496]);
  });

  it("asks for nothing new with most steps of a hand that moves", () => {
    for (const zoom of [1, 4]) {
      const view = zoomTo(fitView(frame, canvas), frame, canvas, zoom);
      const along = Array.from({ length: 200 }, (_, at) => {
        const centre = { x: view.centre.x + at / zoom, y: view.centre.y + at / (2 * zoom) };
        return pictureRequest({ ...view, centre }, frame, canvas);
      });
      const asked = along.filter((one, at) => !sameRequest(one, along[at - 1] ?? null));
      expect(asked.length).toBeGreaterThan(2);
      expect(asked.length).toBeLessThan(40);
    }
  });

  it("asks for hardly more px than the screen shows, at every zoom and place, on screens of every density", () => {
    for (const density of [1, 1.5, 2, 3]) {
      const size = { width: canvas.width * density, height: canvas.height * density };
      for (const big of [frame, { width: 5120, height: 5120 }, { width: 2048, height: 2048 }]) {
        for (let zoom = 0.05; zoom < 60; zoom *= 1.07) {
          for (const centre of [
            { x: big.width / 2, y: big.height / 2 },
            { x: 0.3 * big.width + 3.3, y: 0.6 * big.height },
          ]) {
            const view = { centre, zoom, fit: false };
            const { maxWidth, maxHeight, region } = pictureRequest(view, big, size);
            const part = region ?? { x: 0, y: 0, ...big };
            const visible = visibleRegion(view, big, size) ?? part;
            const onScreen = visible.width * visible.height * Math.min(1, zoom * zoom);
            // Of the frame's own px a whole one is the least, and very small parts keep a few px around them.
            const margin = 1.33 + 24 / Math.min(visible.width * Math.min(1, zoom), visible.height * Math.min(1, zoom));
            expect((maxWidth * maxHeight) / onScreen).toBeLessThan(margin * 1.21);
          }
        }
      }
    }
  });

  it("always covers what is in sight, inside the frame", () => {
    for (const zoom of [0.45, 0.7, 1, 1.7, 5, 40]) {
      for (const centre of [
        { x: 0, y: 0 },
        { x: 1900, y: 1070 },
        { x: 801.3, y: 333.3 },
      ]) {
        const { region } = pictureRequest({ centre, zoom, fit: false }, frame, canvas);
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
