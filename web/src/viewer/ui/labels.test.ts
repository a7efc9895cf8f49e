import { describe, expect, it } from "vitest";

import { ageLabel, canvasWord, isHeldBack, noFramesLabel, reductionLabel, valueLabel } from "./labels.ts";

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
