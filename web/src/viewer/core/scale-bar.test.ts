import { expect, it } from "vitest";

import { SPACE_UNITS } from "@zarrcam/protocol";

import { lengthLabel, scaleBar } from "./scale-bar.ts";

it("is a round length of up to a fifth of the canvas", () => {
  const bar = scaleBar(0.5, 800, 0.325, "micrometer");
  expect(bar.label).toBe("100 µm");
  expect(bar.length).toBeCloseTo((100 / 0.325) * 0.5, 6);
  expect(scaleBar(2, 800, 1, "")).toEqual({ label: "50 px", length: 100 });
  expect(scaleBar(1, 1000, 6.5, "nanometer").label).toBe("1 µm");
});

it("keeps to a fifth at every zoom", () => {
  for (let zoom = 0.01; zoom < 60; zoom *= 1.3) {
    const { length } = scaleBar(zoom, 700, 0.1, "micrometer");
    expect(length).toBeLessThanOrEqual(140.001);
    expect(length).toBeGreaterThan(140 / 2.6);
  }
});

it("gives lengths three digits", () => {
  expect(lengthLabel(517.8, 0.325, "micrometer")).toBe("168 µm");
  expect(lengthLabel(1.5, 1, "millimeter")).toBe("1.5 mm");
  expect(lengthLabel(12.345, 1, "")).toBe("12.3 px");
});

it("knows every unit of space that a dataset may have, and tells lengths in metres", () => {
  for (const unit of Object.keys(SPACE_UNITS)) expect(lengthLabel(3, 1, unit), unit).not.toMatch(/px$/);
  expect(lengthLabel(25, 1, "angstrom")).toBe("2.5 nm");
  expect(lengthLabel(0.5, 1, "inch")).toBe("12.7 mm");
  expect(lengthLabel(3, 1, "angstrom")).toBe("300 pm");
  expect(lengthLabel(3, 0.5, "um")).toBe("1.5 µm");
  expect(lengthLabel(3, 0.5, "second")).toBe("3 px");
});
