import type { RunSummary, Stats, StreamStats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { rigFacts } from "./rig-facts.ts";

const ledger = { captured: 100, stored: 90, dropped: 0, in_flight: 10, array_frames: 90 };

function recording(over: Partial<StreamStats>): Stats {
  const stream = {
    stream: 0,
    name: "Camera 1",
    state_of_stream: "running",
    ledger,
    frame_limit: 1000,
    rates: { camera_fps: 30, stored_fps: 29.5, stored_bytes_per_s: 62e6 },
    queue: { frames: 0, capacity: 10 },
    remaining_s: 90,
    elapsed_s: 10,
    lateness_ms: null,
    path: "/data/a.zarr",
    warnings: [],
    error: null,
    ...over,
  };
  return { state: "Running", streams: [stream] } as unknown as Stats;
}
const facts = (stats: Stats) => rigFacts({ state: "Running", stats, lastRun: null, diskFreeBytes: 1.5e12 }, noon);
const noon = new Date(2026, 10, 27, 12, 0, 0).getTime();

test("a recording tells its end, its rates, its losses and the disk", () => {
  expect(facts(recording({}))).toEqual({
    state: "Recording",
    progress: "90 s left, until 12:01",
    rates: "30.0 frames/s, 62.0 MB/s",
    losses: "lost 0 frames",
    disk: "1.50 TB free",
    bad: false,
    warning: null,
  });
  expect(facts(recording({ remaining_s: null })).progress).toBe("10 s so far, until stopped");
});

test("a loss or a failure is bad news, however many cameras run well", () => {
  const lost = recording({ ledger: { ...ledger, dropped: 1 } as StreamStats["ledger"] });
  expect(facts(lost)).toMatchObject({ losses: "lost 1 frame", bad: true });
  const failed = recording({ error: { code: "storage", message: "The disk is full." } as StreamStats["error"] });
  expect(facts(failed)).toMatchObject({ warning: "The disk is full.", bad: true });
});

test("what the last recording lost stands until the next, and a preview hides it not", () => {
  const streams = [{ ledger: { ...ledger, stored: 97, dropped: 3, in_flight: 0 }, error: null }];
  const lastRun = { streams } as unknown as RunSummary;
  for (const state of ["Armed", "Previewing"] as const)
    expect(rigFacts({ state, stats: null, lastRun, diskFreeBytes: null }, noon)).toMatchObject({
      progress: "last run saved 97 frames",
      losses: "last run lost 3 frames",
      bad: true,
      disk: "",
    });
});

test("a rig that has not recorded tells of no losses", () => {
  const idle = rigFacts({ state: "Armed", stats: null, lastRun: null, diskFreeBytes: null }, noon);
  expect(idle).toMatchObject({ state: "Ready", progress: "", rates: "", losses: "", bad: false });
});
