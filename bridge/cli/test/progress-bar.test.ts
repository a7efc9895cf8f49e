import type { StreamStats } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { bytes, duration, table } from "../src/format.ts";
import { ProgressBar, progressLine } from "../src/progress-bar.ts";

const stream: StreamStats = {
  stream: 0,
  name: "Camera 1",
  state_of_stream: "running",
  ledger: {
    captured: 160,
    stored: 148,
    dropped: 2,
    in_flight: 10,
    dropped_camera: 2,
    dropped_queue: 0,
    dropped_storage: 0,
    array_frames: 150,
  },
  losses: { total: 1, from: 0, ranges: [], captured_end: null },
  frame_limit: 300,
  rates: { camera_fps: 14.3, stored_fps: 14.28, stored_bytes_per_s: 3e7 },
  queue: { frames: 10, capacity: 64 },
  coordinates: [],
  started_unix_ms: 0,
  elapsed_s: 10.5,
  remaining_s: 10.5,
  lateness_ms: null,
  preview_limit_fps: null,
  path: null,
  run_id: null,
  run_number: 1,
  frames_published: 0,
  bytes_stored: 0,
  disk_free_bytes: null,
  frame_clients: [],
  warnings: ["buffer full in 9 s"],
  error: null,
};

test("a line says how far it is, how fast, and what is lost", () => {
  expect(progressLine(stream)).toBe(
    "Camera 1  [############............] 150/300  14.3 fps  2 lost  11 s left  buffer full in 9 s",
  );
});
test("without an end there is no bar", () => {
  const line = progressLine({ ...stream, frame_limit: null, remaining_s: null, warnings: [] });
  expect(line).toBe("Camera 1  148 stored  14.3 fps  2 lost");
});
test("it draws over its own lines, cut to the terminal, and clears them", () => {
  const written: string[] = [];
  const bar = new ProgressBar({ columns: 20, write: (text: string | Uint8Array) => written.push(String(text)) > 0 });
  const stats = { state: "Running" as const, unix_ms: 0, run_id: null, run_number: 1, streams: [stream, stream] };
  bar.show(stats);
  bar.show(stats);
  bar.clear();
  expect(written[0]).toBe("Camera 1  [########\n".repeat(2));
  expect(written[1]).toBe("\u001b[2A\u001b[J" + written[0]);
  expect(written[2]).toBe("\u001b[2A\u001b[J");
});

test("numbers for people", () => {
  expect([0, 999, 1000, 622_080_000, 1.5e12].map(bytes)).toEqual(["0 B", "999 B", "1.00 kB", "622 MB", "1.50 TB"]);
  expect([0.42, 21, 61, 3725].map(duration)).toEqual(["0.4 s", "21 s", "00:01:01", "01:02:05"]);
  expect(
    table([
      ["a", "bb"],
      ["ccc", "d"],
    ]),
  ).toBe("a    bb\nccc  d");
});
