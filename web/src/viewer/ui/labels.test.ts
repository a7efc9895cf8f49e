import { describe, expect, it } from "vitest";

import {
  ageLabel,
  canvasWord,
  isHeldBack,
  networkLossLabel,
  noFramesLabel,
  readingLabel,
  reductionLabel,
  valueLabel,
} from "./labels.ts";

describe("words on the canvas", () => {
  it("say what is shown, and whether it is saved", () => {
    expect(canvasWord("Armed", null, true)).toEqual({ word: "Ready", tone: "ready" });
    expect(canvasWord("Previewing", null, true)).toEqual({ word: "Live, not saved", tone: "live" });
    expect(canvasWord("Running", null, true)).toEqual({ word: "Recording", tone: "recording" });
    expect(canvasWord("Running", "embryo.zarr", true)).toEqual({ word: "embryo.zarr", tone: "dataset" });
    expect(canvasWord("Measuring", null, true).word).toBe("Measuring speed");
    expect(canvasWord("AwaitingConfiguration", null, true).word).toBe("Needs set-up");
  });

  it("promise nothing while nobody answers", () => {
    expect(canvasWord("Running", null, false)).toEqual({ word: "Not connected", tone: "ready" });
  });
});

it("says what a value stands for", () => {
  expect(reductionLabel({ scale: [1, 1], reduction: "none" })).toBe("");
  expect(reductionLabel({ scale: [3, 3], reduction: "mean" })).toBe("mean of 3 × 3");
  expect(reductionLabel({ scale: [2, 1], reduction: "decimate" })).toBe("one of 2 × 1");
  const depth = [{ axis: "z", scale: 2 }];
  expect(reductionLabel({ scale: [1, 1], depth, reduction: "max" })).toBe("largest of 1 × 1, 2 of z");
  expect(reductionLabel({ scale: [1.5, 2.250563], reduction: "unknown" })).toBe(
    "from a smaller level, one for 1.5 × 2.251",
  );
});

it("says what a slow network cost, and calls nothing exact that passed through JPEG", () => {
  const window = { minimum: 100, maximum: 4095 };
  expect(networkLossLabel(null)).toBeNull();
  expect(networkLossLabel({ encoding: "blosc", reduced: 1, window: null })).toBeNull();
  const words = (adaptation: Parameters<typeof networkLossLabel>[0]) => networkLossLabel(adaptation)?.words;
  expect(words({ encoding: "blosc", reduced: 4, window: null })).toBe("reduced 4\u202f× for the network");
  expect(words({ encoding: "jpeg", reduced: 1, window })).toBe("8-bit JPEG for the network: values approximate");
  expect(words({ encoding: "jpeg", reduced: 2, window })).toBe(
    "reduced 2\u202f×, 8-bit JPEG for the network: values approximate",
  );
  expect(networkLossLabel({ encoding: "jpeg", reduced: 2, window })?.title).toContain("below 100 and above 4095");
  const reading = { value: 1234, scale: [1, 1] as [number, number], depth: [], reduction: "none" as const, gap: null };
  expect(readingLabel(reading)).toEqual({ value: "1234", kind: "exact" });
  const approximate = { ...reading, approximate: true };
  expect(readingLabel(approximate)).toEqual({ value: "≈ 1234", kind: "approximate: 8-bit JPEG" });
  expect(readingLabel({ ...approximate, scale: [2, 2], reduction: "mean" }).kind).toBe(
    "mean of 2 × 2, approximate: 8-bit JPEG",
  );
});

it("gives ages a short form", () => {
  expect([-4, 32.4, 4100, 61_000, 7_300_000].map(ageLabel)).toEqual(["0 ms", "32 ms", "4.1 s", "1 min", "2 h"]);
});

it("gives values the digits that mean something", () => {
  expect([4095, 0.123456789, -7.5].map(valueLabel)).toEqual(["4095", "0.123457", "-7.5"]);
});

it("calls pictures held back only where the camera gives more", () => {
  const held = (preview_limit_fps: number | null, camera_fps: number) =>
    isHeldBack({ preview_limit_fps, rates: { camera_fps } });
  expect([held(10, 154), held(10, 5), held(null, 154), isHeldBack(null)]).toEqual([true, false, false, false]);
});

it("a dataset that was cut off is not said to hold nothing while Recover would find its frames", () => {
  const words = (state: "open" | "closed" | "needs_recovery", frames_stored: number) =>
    noFramesLabel("a.zarr", { state, frames_stored });
  expect(words("needs_recovery", 12)).toBe(
    "The recording of 12 frames was interrupted: Recover, in Datasets, makes a.zarr readable.",
  );
  expect(words("needs_recovery", 0)).toMatch(/^The recording was interrupted: Recover/);
  expect(words("open", 0)).toBe("a.zarr has no frames yet.");
  expect(words("closed", 0)).toBe("a.zarr has no frames: nothing was saved in it.");
});
