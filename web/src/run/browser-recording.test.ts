import type { Ledger, RunSummary, Stats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import type { Report } from "../recorder/index.ts";
import { BrowserRecording, type StreamRecorder } from "./browser-recording.svelte.ts";
import type { StreamToRecord } from "./stream-to-record.ts";
import type { Result } from "./result.ts";

const ledger = (stored: number, dropped = 0): Ledger => ({
  ...{ captured: stored + dropped, stored, dropped, in_flight: 0, array_frames: stored + dropped },
  ...{ dropped_camera: 0, dropped_queue: dropped, dropped_storage: 0 },
});
const report = (of: Ledger, more: Partial<Report> = {}): Report => ({
  ...{ ledger: of, published: null, failure: null, failure_reason: null, warnings: [], onTheWay: [], end: null },
  losses: { from: 0, total: 0, ranges: [], captured_end: null },
  ...more,
});
const streams: StreamToRecord[] = [0, 1].map((stream) => ({
  ...{ stream, dataset: `${stream}.zarr`, framesAveraged: 1, frameBytes: 10 },
}));
const summary = { run_id: "r", elapsed_s: 1 } as RunSummary;
const both: RunSummary = {
  ...{ ...summary, run_number: 1, complete: true },
  streams: [0, 1].map((stream) => ({
    ...{ stream, name: `Camera ${stream + 1}`, path: null, ledger: ledger(5), frame_limit: 5, frames_stored: 5 },
    ...{ frames_published: 5, bytes_stored: 50, elapsed_s: 1, error: null, end: { kind: "complete", reason: null } },
  })),
};

/** Recorders that do as they are told. */
function page() {
  const calls: string[] = [];
  const results: Result[] = [];
  const made: {
    ready: () => void;
    tell: (one: Report) => void;
    end: (one: Report | null) => void;
    fail: (why: Error) => void;
  }[] = [];
  const recording = new BrowserRecording({
    openRecorder(): StreamRecorder {
      const number = made.length;
      return {
        recordBridge: (request, ready, tell) =>
          new Promise((end, fail) => {
            calls.push(`open ${request.path}${request.replace ? ", replacing" : ""}`);
            made.push({ ready, tell, end, fail });
          }),
        serveLive: () => undefined,
        stop: () => {
          calls.push(`stop ${number}`);
          made[number]?.end(null);
          return Promise.resolve();
        },
        close: () => void calls.push(`close ${number}`),
      };
    },
    bridgeUrl: "http://bridge",
    isConnected: true,
    stats: null,
    beingRecorded: () => () => undefined,
    recordingHere: (active) => void calls.push(`active ${active}`),
    tell: (result) => void results.push(result),
    say: () => undefined,
    wait: () => Promise.resolve(),
  });
  const begin = () => recording.begin("browser", streams, { video: [] }, new Set(["1.zarr"]));
  return { calls, results, made, recording, begin };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("the run may begin when every stream has its recorder, and its result follows when all of it is closed", async () => {
  const { calls, results, made, recording, begin } = page();
  let begun = false;
  const beginning = begin().then(() => (begun = true));
  await turn();
  expect(calls).toEqual(["open /0.zarr", "open /1.zarr, replacing"]);
  made[0]?.ready();
  await turn();
  expect(begun).toBe(false);
  made[1]?.ready();
  await beginning;
  recording.started("r");
  expect(recording.isActive).toBe(true);
  for (const one of made) one.tell(report(ledger(2)));
  expect(recording.runEnded(both)).toBe(true);
  made[0]?.end(report(ledger(5), { end: { kind: "complete", reason: null } }));
  await turn();
  expect([recording.isActive, results]).toEqual([true, []]);
  made[1]?.end(report(ledger(5), { end: { kind: "complete", reason: null } }));
  await turn();
  expect(results).toMatchObject([{ level: "good", text: "Saved 10, lost 0", browser: ["0.zarr", "1.zarr"] }]);
  expect(results[0]?.rest).toContain("0.zarr in this browser, 1.zarr in this browser");
  expect(calls.slice(-1)).toEqual(["active false"]);
});

test("where one is refused none is left, and nothing begins", async () => {
  const { calls, made, recording, begin } = page();
  const beginning = begin();
  await turn();
  made[0]?.ready();
  made[1]?.fail(new Error("/1.zarr is being written by another tab or window."));
  await expect(beginning).rejects.toThrow("another tab");
  expect(calls).toContain("stop 0");
  expect([recording.isActive, recording.streams]).toEqual([false, []]);
});

test("a recorder that crashes, and a camera computer that says nothing more, are told all the same", async () => {
  const { results, made, recording, begin } = page();
  const beginning = begin();
  await turn();
  for (const one of made) one.ready();
  await beginning;
  recording.started("r");
  recording.takeStats({
    run_id: "r",
    streams: both.streams.map((one) => ({ ...one, losses: { ranges: [] } })),
  } as unknown as Stats);
  made[0]?.tell(report(ledger(3)));
  made[0]?.fail(new Error("It ended unexpectedly."));
  made[1]?.end(report(ledger(4), { end: { kind: "interrupted", reason: "no answer" } }));
  await turn();
  await turn();
  expect(results).toMatchObject([{ level: "failed", browser: ["0.zarr", "1.zarr"] }]);
  expect(results[0]?.details).toContain("It ended unexpectedly.");
  expect(results[0]?.rest).toContain("the connection to the camera computer broke");
});

test("another run is none of its", () => {
  const { recording } = page();
  expect(recording.runEnded(both)).toBe(false);
  const stats = { run_id: "r", streams: [] } as unknown as Stats;
  expect(recording.over(stats)).toBe(stats);
});
