import type { Problem } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { remarksOf, type RemarkInput } from "./remarks.ts";
import type { Result } from "./result.ts";

const full: Problem = {
  path: "video[0].storage.settings.uri",
  code: "disk_full",
  severity: "warning",
  message: "Full",
};
const uneven: Problem = {
  path: "video[0].max_frame_count",
  code: "incomplete",
  severity: "warning",
  message: "Uneven",
};
const result: Result = {
  id: "1",
  level: "good",
  text: "Saved 300, lost 0",
  rest: ": out.zarr, in 21 s",
  details: "",
};
const below = (change: Partial<RemarkInput>) =>
  remarksOf({
    warnings: [],
    tooSlow: null,
    notice: null,
    snapshot: null,
    result: null,
    ready: "1 camera ready",
    uncalibrated: false,
    ...change,
  }).map(({ kind, text }) => `${kind}: ${text}`);

test("a warning of the next run stands before what the last one left, and neither hides the other", () => {
  expect(below({ warnings: [full], result })).toEqual(["warning: Full", "summary: Saved 300, lost 0"]);
  expect(below({ warnings: [uneven, full], tooSlow: "Storage cannot follow." })[0]).toBe("warning: Full");
  expect(below({ warnings: [uneven], tooSlow: "Storage cannot follow.", result })).toEqual([
    "warning: Storage cannot follow.",
    "summary: Saved 300, lost 0",
  ]);
});

test("what happened outside of any run goes on standing there when a TIFF is saved", () => {
  expect(below({ notice: "Started anew.", snapshot: "snapshot_001.tif", result })).toEqual([
    "notice: Started anew.",
    "snapshot: Saved snapshot_001.tif, as captured",
    "summary: Saved 300, lost 0",
  ]);
});

test("a run that left less than it should is no small print, and does not stand here", () => {
  for (const level of ["failed", "lost", "stopped"] as const)
    expect(below({ result: { ...result, level } })).toEqual(["ready: 1 camera ready"]);
  expect(below({ ready: null })).toEqual([]);
});

test("that nobody said how large a pixel is stands beside Record, behind all else", () => {
  expect(below({ uncalibrated: true })).toEqual([
    "ready: 1 camera ready",
    "uncalibrated: Not calibrated: lengths are in px",
  ]);
  expect(below({ uncalibrated: true, warnings: [full] }).at(-1)).toBe(
    "uncalibrated: Not calibrated: lengths are in px",
  );
});
