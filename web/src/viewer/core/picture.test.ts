import { describe, expect, it } from "vitest";

import { type Picture, rangeOf, valueAt, whiteOf } from "./picture.ts";

const picture: Picture = {
  pixelType: "U16",
  pixels: Uint16Array.of(10, 11, 12, 20, 21, 22),
  width: 3,
  height: 2,
  scale: [1, 1],
  reduction: "none",
  region: { x: 100, y: 50, width: 3, height: 2 },
  frameWidth: 640,
  frameHeight: 480,
};

describe("valueAt", () => {
  it("reads the pixel under a point of the frame", () => {
    expect(valueAt(picture, 101.9, 51.2)).toMatchObject({ value: 21, scale: [1, 1], reduction: "none" });
    expect(valueAt(picture, 99.9, 51)).toBeNull();
    expect(valueAt(picture, 103, 51)).toBeNull();
  });

  it("says how many pixels a value stands for", () => {
    const reduced: Picture = {
      ...picture,
      scale: [4, 4],
      reduction: "mean",
      region: { x: 0, y: 0, width: 11, height: 7 },
    };
    expect(valueAt(reduced, 10.5, 6.5)).toMatchObject({ value: 22, scale: [3, 3], reduction: "mean" });
    expect(valueAt(reduced, 11, 6.5)).toBeNull();
  });
});

it("knows what types hold", () => {
  expect(whiteOf("U12")).toBe(4095);
  expect(whiteOf("F32")).toBeNull();
  expect(rangeOf("I8")).toEqual([-128, 127]);
  expect(rangeOf("F32")).toBeNull();
});
