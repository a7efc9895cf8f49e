import type { DatasetInfo, RunSummary, StreamSummary } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { resultOf, resultOfCutOff } from "./result.ts";

interface Of {
  name?: string;
  stored: number;
  planned?: number | null;
  lost?: number;
  kind?: StreamSummary["end"]["kind"];
  reason?: string;
  code?: string;
  path?: string | null;
}

function stream({ name = "Camera 1", stored, planned = 100, lost = 0, kind, reason, code, path }: Of): StreamSummary {
  return {
    name,
    path: path === undefined ? `/data/${name}.zarr` : path,
    ledger: { captured: stored + lost, stored, dropped: lost, in_flight: 0 },
    frame_limit: planned,
    frames_stored: stored,
    end: { kind: kind ?? "complete", reason: reason ?? null },
    error: code ? { code, message: `/data/x: ${reason ?? ""}`, reason: reason ?? "" } : null,
  } as StreamSummary;
}
const result = (...streams: Of[]) =>
  resultOf({
    run_id: "1",
    run_number: 1,
    elapsed_s: 21,
    complete: true,
    streams: streams.map(stream),
  } satisfies RunSummary);
const words = (...streams: Of[]) => {
  const { level, text, rest } = result(...streams);
  return [level, text + rest];
};
const full = { kind: "failed", reason: "disk full", code: "storage" } as const;

test("a run that left all it should", () => {
  expect(words({ stored: 100 })).toEqual(["good", "Saved 100, lost 0: Camera 1.zarr, in 21 s"]);
  expect(words({ stored: 100, path: null })).toEqual(["good", "Counted 100, lost 0, in 21 s"]);
  expect(words({ stored: 37, planned: null, kind: "stopped" })[0]).toBe("good");
});

test("a run that was stopped before its count says so", () => {
  expect(words({ stored: 12, kind: "stopped" })).toEqual([
    "stopped",
    "Saved 12, lost 0: Camera 1.zarr, in 21 s; stopped at 12 of 100",
  ]);
});

test("losses are no small print, whoever ended the run", () => {
  expect(words({ stored: 298, planned: 300, lost: 2 })).toEqual(["lost", "Saved 298, lost 2: Camera 1.zarr, in 21 s"]);
  // Given up: what waited is lost.
  expect(words({ stored: 12, lost: 30, kind: "stopped" })).toEqual([
    "lost",
    "Saved 12, lost 30: Camera 1.zarr, in 21 s; stopped at 12 of 100",
  ]);
});

test("a failure says what failed and how much is there, whatever the length of its reason", () => {
  expect(words({ stored: 12, ...full })).toEqual([
    "failed",
    "Stopped: disk full, 12 of 100 saved: Camera 1.zarr, in 21 s",
  ]);
  expect(result({ stored: 12, ...full }).details).toBe("Camera 1: /data/x: disk full");
  expect(words({ stored: 12, planned: null, lost: 3, ...full })[1]).toMatch(/^Stopped: disk full, 12 saved, lost 3/);
  const reason = "The camera's thread ended unexpectedly; the process's log says where.";
  expect(words({ stored: 0, kind: "failed", code: "camera", reason })[1]).toMatch(
    /^Stopped: the camera failed, 0 of 100 saved/,
  );
});

test("of two cameras it is said which one", () => {
  expect(words({ stored: 100 }, { name: "Camera 2", stored: 12, ...full })).toEqual([
    "failed",
    "Camera 2 stopped: disk full, 12 of 100 saved; Camera 1: 100 of 100 saved, lost 0: Camera 1.zarr, Camera 2.zarr, in 21 s",
  ]);
  expect(words({ stored: 9, ...full }, { name: "Camera 2", stored: 12, ...full })[1]).toMatch(
    /^Camera 1 stopped: disk full, 9 of 100 saved; Camera 2 stopped: disk full, 12 of 100 saved/,
  );
  expect(words({ stored: 100 }, { name: "Camera 2", stored: 97, lost: 3 })[1]).toBe(
    "Saved 197, lost 3: Camera 1.zarr, Camera 2.zarr, in 21 s; Camera 2 lost 3",
  );
  expect(words({ stored: 100 }, { name: "Camera 2", stored: 7, kind: "stopped" })[1]).toMatch(
    /^Saved 107, lost 0.*; stopped at Camera 2 7 of 100$/,
  );
});

test("a run that its process did not outlive", () => {
  const info = (kind: string, stored: number) =>
    ({
      path: "/data/out.zarr",
      frames_stored: stored,
      frame_limit: 100,
      end: { kind, reason: null },
      losses: { dropped: 0 },
    }) as DatasetInfo;
  const before = resultOfCutOff(["/data/out.zarr"], null);
  expect(before).toMatchObject({ level: "failed", text: "Stopped: zarrcam ended while it recorded" });
  expect(before.rest).toContain("out.zarr");
  const after = resultOfCutOff(["/data/out.zarr"], [info("interrupted", 12)]);
  expect(after).toMatchObject({
    level: "failed",
    text: "Stopped: zarrcam ended while it recorded, out.zarr: 12 of 100 saved",
    id: before.id,
  });
  expect(resultOfCutOff(["/data/out.zarr"], [info("complete", 100)]).level).toBe("good");
});
