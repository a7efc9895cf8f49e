import type { DatasetInfo } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { datasetState, shapeText } from "./listing.ts";

const info = (change: Partial<DatasetInfo>) =>
  ({ state: "closed", frames_stored: 12, frame_limit: 100, end: null, ...change }) as DatasetInfo;

test.each<[Partial<DatasetInfo>, string, string]>([
  [{ end: { kind: "complete", reason: null }, frames_stored: 100 }, "100 frames", ""],
  [{ end: { kind: "failed", reason: "disk full" } }, "incomplete: 12 of 100, disk full", "error"],
  [{ end: { kind: "failed", reason: null } }, "incomplete: 12 of 100, the run failed", "error"],
  [{ end: { kind: "stopped", reason: null } }, "incomplete: 12 of 100, stopped", "warn"],
  [{ end: { kind: "interrupted", reason: null } }, "incomplete: 12 of 100, interrupted", "error"],
  [{ end: { kind: "interrupted", reason: null }, frame_limit: null }, "incomplete: 12 frames, interrupted", "error"],
  // A stop is the end of what has no count.
  [{ end: { kind: "stopped", reason: null }, frame_limit: null }, "12 frames", ""],
  // Somebody else's: nothing is known of its end.
  [{ frame_limit: null }, "12 frames", ""],
  [{ state: "open" }, "Being recorded", "error"],
  [
    { state: "needs_recovery", end: { kind: "interrupted", reason: null } },
    "incomplete: 12 of 100, interrupted. Recover makes it readable",
    "error",
  ],
  [{ state: "needs_recovery" }, "incomplete: interrupted. Recover makes it readable", "error"],
])("%j", (change, text, tone) => expect(datasetState(info(change))).toEqual({ text, tone }));

test("a shape in words, the image last", () => {
  const axes = ["t", "c", "y", "x"].map((name) => ({ name }));
  const dataset = { axes, shape: [10, 3, 1080, 1920] } as unknown as Parameters<typeof shapeText>[0];
  expect(shapeText(dataset)).toBe("t\u00a010, c\u00a03, 1920\u00a0×\u00a01080\u00a0px");
});
