import { describe, expect, it } from "vitest";

import { colourMaps, colourTable, markColour } from "./colour-maps.ts";
import { colourIndex, defaultDisplay } from "./display-settings.ts";

describe("colourIndex", () => {
  const display = { min: 100, max: 300, gamma: 1 };

  it("is linear between the limits and flat outside", () => {
    expect([0, 100, 200, 300, 9999].map((value) => colourIndex(display, value))).toEqual([0, 0, 128, 255, 255]);
  });

  it("lifts the dark with gamma above 1", () => {
    expect(colourIndex({ ...display, gamma: 2 }, 150)).toBe(128);
    expect(colourIndex({ ...display, gamma: 0.5 }, 200)).toBe(64);
  });

  it("survives limits that are one", () => {
    expect(colourIndex({ min: 5, max: 5, gamma: 1 }, 4)).toBe(0);
    expect(colourIndex({ min: 5, max: 5, gamma: 1 }, 6)).toBe(255);
  });
});

describe("colour maps", () => {
  it("are opaque, from their first stop to their last", () => {
    for (const map of colourMaps) expect([...colourTable(map)].every((colour) => colour >>> 24 === 255)).toBe(true);
    expect(colourTable("gray")[0]).toBe(0xff000000);
    expect(colourTable("gray")[128]).toBe(0xff808080);
    expect(colourTable("inverted gray")[255]).toBe(0xff000000);
    expect(colourTable("green")[255]).toBe(0xff00ff00);
    expect(colourTable("viridis")[0]).toBe(0xff540144);
  });

  it("mark saturation in a colour that they do not hold", () => {
    for (const map of colourMaps) expect(colourTable(map)).not.toContain(markColour(map));
  });
});

it("shows what a type can hold until something better is known", () => {
  expect(defaultDisplay("U12")).toMatchObject({ min: 0, max: 4095 });
  expect(defaultDisplay("I16")).toMatchObject({ min: -32768, max: 32767 });
  expect(defaultDisplay("F32")).toMatchObject({ min: 0, max: 1, auto: true });
});
