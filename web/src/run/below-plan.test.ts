import type { Problem, RunSummary } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { belowPlan, type Below } from "./below-plan.ts";

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
const summary = {
  elapsed_s: 21,
  streams: [{ path: "/data/out.zarr", ledger: { stored: 298, dropped: 2 } }],
} as unknown as RunSummary;
const below = (change: Partial<Below>) =>
  belowPlan({
    warnings: [],
    tooSlow: null,
    notice: null,
    snapshot: null,
    summary: null,
    ready: "1 camera ready",
    ...change,
  }).map(({ kind, text }) => `${kind}: ${text}`);

test("a warning of the next run stands before what the last one left, and neither hides the other", () => {
  expect(below({ warnings: [full], summary })).toEqual(["warning: Full", "summary: Saved 298, lost 2"]);
  expect(below({ warnings: [uneven, full], tooSlow: "Storage cannot follow." })[0]).toBe("warning: Full");
  expect(below({ warnings: [uneven], tooSlow: "Storage cannot follow.", summary })).toEqual([
    "warning: Storage cannot follow.",
    "summary: Saved 298, lost 2",
  ]);
});

test("what happened outside of any run goes on standing there when a TIFF is saved", () => {
  expect(below({ notice: "Started anew.", snapshot: "snapshot_001.tif", summary })).toEqual([
    "notice: Started anew.",
    "snapshot: Saved snapshot_001.tif, as captured",
    "summary: Saved 298, lost 2",
  ]);
});

test("a summary names dataset and time, and loss is no small print", () => {
  expect(belowPlan({ warnings: [], tooSlow: null, notice: null, snapshot: null, summary, ready: "ready" })).toEqual([
    { kind: "summary", text: "Saved 298, lost 2", rest: ": out.zarr, in 21 s", tone: "alarm" },
  ]);
  expect(below({})).toEqual(["ready: 1 camera ready"]);
  expect(below({ ready: null })).toEqual([]);
});
