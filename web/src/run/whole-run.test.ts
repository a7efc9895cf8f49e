import type { StreamStats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { wholeRun } from "./whole-run.ts";

const stream = (change: Partial<Omit<StreamStats, "ledger">> & { frames?: number; dropped?: number }) =>
  ({
    name: "left",
    state_of_stream: "running",
    frame_limit: 100,
    remaining_s: 9,
    elapsed_s: 1,
    lateness_ms: null,
    rates: { camera_fps: 10, stored_fps: 9, stored_bytes_per_s: 900 },
    queue: { frames: 1, capacity: 8 },
    path: "/data/left.zarr",
    warnings: [],
    error: null,
    ...change,
    ledger: { array_frames: change.frames ?? 10, dropped: change.dropped ?? 0, in_flight: 2 },
  }) as unknown as StreamStats;

test("progress and time left are the whole run's", () => {
  const right = stream({
    name: "right",
    frames: 40,
    frame_limit: 50,
    remaining_s: 2,
    dropped: 3,
    path: "/data/right.zarr",
  });
  expect(wholeRun([stream({}), right])).toMatchObject({
    decided: 50,
    limit: 150,
    remainingS: 9,
    cameraFps: 20,
    storedFps: 18,
    inFlight: 4,
    lost: 3,
    queue: { frames: 2, capacity: 16 },
    paths: ["/data/left.zarr", "/data/right.zarr"],
    warning: null,
  });
  expect(wholeRun([])).toBeNull();
});

test("one that is endless, or whose time is not known, leaves the whole so", () => {
  expect(wholeRun([stream({}), stream({ frame_limit: null, remaining_s: null })])).toMatchObject({
    limit: null,
    remainingS: null,
  });
});

test("a failure of any camera is told, with its name where there are several", () => {
  const failed = stream({
    name: "right",
    error: { code: "storage", message: "the disk is full", reason: "disk full" },
  });
  const warned = stream({ warnings: ["buffer full in 9 s"], lateness_ms: 4 });
  expect(wholeRun([warned, failed])).toMatchObject({ warning: "right: the disk is full", latenessMs: 4 });
  expect(wholeRun([warned, stream({ name: "right" })])?.warning).toBe("left: buffer full in 9 s");
  expect(wholeRun([warned])?.warning).toBe("buffer full in 9 s");
  expect(
    wholeRun([stream({}), stream({ name: "right", state_of_stream: "waiting_for_trigger" })])?.waitsForTrigger,
  ).toBe("right: waiting for a trigger");
});
