import { describe, expect, it } from "vitest";

import type { DisplaySettings } from "../core/display-settings.ts";
import type { Picture } from "../core/picture.ts";
import { paint, paintLayers } from "./paint.ts";
import { colouring, projection } from "./projection.ts";

const display: DisplaySettings = { min: 0, max: 255, gamma: 1, map: "gray", auto: false, markSaturated: false };

function grid(width: number, height: number, value: (x: number, y: number) => number): Picture {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels[y * width + x] = value(x, y);
  const region = { x: 0, y: 0, width, height };
  return {
    pixelType: "U8",
    pixels,
    width,
    height,
    scale: [1, 1],
    reduction: "none",
    region,
    frameWidth: width,
    frameHeight: height,
  };
}

/** The red channel of what is drawn; -1 where there is nothing. */
function drawn(
  picture: Picture,
  zoom: number,
  canvas: { width: number; height: number },
  own: DisplaySettings = display,
): number[] {
  const view = { centre: { x: picture.frameWidth / 2, y: picture.frameHeight / 2 }, zoom, fit: false };
  const out = new Uint32Array(canvas.width * canvas.height);
  paint(picture, projection(view, canvas, picture), colouring(own, picture), canvas, out);
  return [...out].map((colour) => (colour === 0 ? -1 : colour & 255));
}

describe("paint", () => {
  const checks = grid(2, 2, (x, y) => 10 + 100 * x + 50 * y);

  it("shows every pixel as it is at 1:1, and nothing beside them", () => {
    expect(drawn(checks, 1, { width: 2, height: 2 })).toEqual([10, 110, 60, 160]);
    expect(drawn(checks, 1, { width: 4, height: 2 })).toEqual([-1, 10, 110, -1, -1, 60, 160, -1]);
  });

  it("shows pixels as squares when they are large", () => {
    expect(drawn(checks, 2, { width: 4, height: 2 })).toEqual([10, 10, 110, 110, 60, 60, 160, 160]);
  });

  it("shows the mean of what falls on one px of the screen", () => {
    expect(drawn(checks, 0.5, { width: 1, height: 1 })).toEqual([85]);
  });

  it("is smooth between means", () => {
    const reduced: Picture = {
      ...checks,
      scale: [4, 4],
      reduction: "mean",
      frameWidth: 8,
      frameHeight: 8,
      region: { x: 0, y: 0, width: 8, height: 8 },
    };
    const [first, second, third, fourth] = drawn(reduced, 0.5, { width: 4, height: 4 });
    expect([first, second, third, fourth]).toEqual([10, 35, 85, 110]);
  });

  it("marks saturated pixels at the sensor's white", () => {
    const picture: Picture = { ...grid(2, 1, () => 0), pixelType: "U12", pixels: Uint16Array.of(4094, 4095) };
    const own = { ...display, max: 4095, markSaturated: true };
    const out = new Uint32Array(2);
    const canvas = { width: 2, height: 1 };
    const view = { centre: { x: 1, y: 0.5 }, zoom: 1, fit: false };
    paint(picture, projection(view, canvas, picture), colouring(own, picture), canvas, out);
    expect(out[0]).toBe(0xffffffff);
    expect(out[1]).toBe(0xff2020ff);
  });

  it("draws a region in its place, and no further than its last whole px", () => {
    const part: Picture = {
      ...grid(2, 1, (x) => 100 + x),
      scale: [2, 2],
      reduction: "mean",
      region: { x: 4, y: 0, width: 3, height: 2 },
      frameWidth: 8,
      frameHeight: 2,
    };
    const row = drawn(part, 1, { width: 8, height: 2 }).slice(0, 8);
    expect(row.map((value) => value >= 0)).toEqual([false, false, false, false, true, true, true, false]);
  });

  it("draws what is no number in the darkest colour", () => {
    const picture: Picture = { ...grid(2, 1, () => 0), pixelType: "F32", pixels: Float32Array.of(NaN, 255) };
    expect(drawn(picture, 1, { width: 2, height: 1 })).toEqual([0, 255]);
  });

  it("adds layers up, each in its colour, to no more than white", () => {
    const one = grid(2, 1, (x) => (x === 0 ? 200 : 51));
    const two = grid(2, 1, () => 102);
    const view = { centre: { x: 1, y: 0.5 }, zoom: 1, fit: false };
    const out = new Uint32Array(2);
    const layer = (picture: Picture, map: DisplaySettings["map"]) => ({ picture, display: { ...display, map } });
    paintLayers(view, [layer(one, "#ff0000"), layer(two, "#ff8000"), layer(two, "blue")], { width: 2, height: 1 }, out);
    expect([...new Uint8Array(out.buffer)]).toEqual([255, 51, 102, 255, 153, 51, 102, 255]);
    paintLayers(view, [], { width: 2, height: 1 }, out);
    expect([...out]).toEqual([0, 0]);
  });
});
