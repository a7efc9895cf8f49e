// The addon alone, without the client: it loads, converts, blocks nobody and lets Node end.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

import type * as addon from "../index.d.ts";

const addonPath = fileURLToPath(new URL("../zarrcam.node", import.meta.url));
const { NativeRuntime } = createRequire(import.meta.url)(addonPath) as typeof addon;

interface CoreEvent {
  event: string;
  streams?: { ledger: { captured: number; stored: number; dropped: number; in_flight: number } }[];
}

const RECORD = JSON.stringify({ record: true });
const LOOK = JSON.stringify({ record: false });

let folder: string;
let runtime: addon.NativeRuntime;
let events: CoreEvent[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zarrcam-addon-"));
  events = [];
  runtime = new NativeRuntime(JSON.stringify({ data_dir: folder }), (json) =>
    events.push(JSON.parse(json) as CoreEvent),
  );
});
afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true });
});

function documentOf(frames: number, exposure_time_us = 2000): string {
  return JSON.stringify({
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: "simulated: uniform random" },
          settings: { shape: [64, 48], exposure_time_us },
        },
        storage: { identifier: { kind: "Storage", name: "ZarrV3" }, settings: { uri: "a.zarr" } },
        max_frame_count: frames,
      },
    ],
  });
}

/** The fields of an error of the core. */
async function refusal(call: Promise<unknown>): Promise<{ code: string; problems: { path: string }[] }> {
  const error = await call.then(
    () => new Error("it was accepted"),
    (error: Error) => error,
  );
  return JSON.parse(error.message) as { code: string; problems: { path: string }[] };
}

test("a run from set-up to summary", async () => {
  expect(JSON.parse(runtime.select("Camera", ".*RADIAL.*") ?? "")).toMatchObject({ name: "simulated: radial sin" });
  expect(runtime.select("Storage", "nothing")).toBeNull();
  const applied = JSON.parse(await runtime.setConfiguration(documentOf(30))) as { revision: number };
  expect(applied.revision).toBe(1);
  const started = JSON.parse(await runtime.start(RECORD)) as { run_id: string; run_number: number };
  expect(runtime.state()).toBe("Running");
  const summary = JSON.parse(await runtime.stop()) as { run_id: string; complete: boolean; streams: unknown[] };
  expect(summary).toMatchObject({ ...started, streams: [{ ledger: { captured: 30, in_flight: 0 } }] });
  expect(runtime.state()).toBe("Armed");
  const stats = events.filter(({ event }) => event === "stats");
  expect(stats.length).toBeGreaterThan(0);
  for (const { streams } of stats)
    for (const { ledger } of streams ?? [])
      expect(ledger.captured).toBe(ledger.stored + ledger.dropped + ledger.in_flight);
  expect(events.map(({ event }) => event)).toContain("run_ended");
});

test("errors carry their code and the fields at fault", async () => {
  const wrong = documentOf(3).replace("uniform random", "uniform randon");
  const refused = await refusal(runtime.setConfiguration(wrong));
  expect(refused.code).toBe("invalid_configuration");
  expect(refused.problems.map(({ path }) => path)).toContain("video[0].camera.identifier.name");
  expect((await refusal(runtime.start(RECORD))).code).toBe("not_configured");
  await runtime.setConfiguration(documentOf(3));
  expect((await refusal(runtime.setConfiguration(documentOf(4), 0))).code).toBe("stale_revision");
  expect(() => runtime.executeTrigger(0)).toThrow("trigger_refused");
  expect(() => runtime.losses(0, -1, 1)).toThrow("from: must be a whole number");
  expect(() => runtime.setConfiguration("{", null)).toThrow("configuration");
});

test("waiting for many ends blocks neither the event loop nor libuv's threads", async () => {
  await runtime.setConfiguration(documentOf(150));
  await runtime.start(RECORD);
  const ends = Array.from({ length: 16 }, () => runtime.stop());
  const previews = Array.from({ length: 16 }, (_, subscription) =>
    runtime.nextPreview(JSON.stringify({ stream: 0, subscription, max_width: 32, max_height: 32 }), 1_000_000),
  );
  const settled = Promise.allSettled(previews);
  let ended = false;
  void Promise.all(ends).then(() => (ended = true));
  // Reading a file takes one of libuv's threads.
  expect((await readFile(addonPath)).length).toBeGreaterThan(0);
  expect(ended).toBe(false);
  await Promise.all(ends);
  for (let subscription = 0; subscription < 16; subscription += 1) runtime.cancelPreviews(subscription);
  expect((await settled).every(({ status }) => status === "rejected")).toBe(true);
});

/** Threads of the addon that answer calls. */
function callThreads(): string[] {
  const names = readdirSync("/proc/self/task").flatMap((task) => {
    try {
      return [readFileSync(`/proc/self/task/${task}/comm`, "utf8").trim()];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
  return names.filter((name) => /^zarrcam (read|ask|do|repair|end)$/.test(name));
}

test.runIf(process.platform === "linux")("200 calls at once are all answered, by a few threads", async () => {
  await runtime.setConfiguration(documentOf(40));
  await runtime.start(RECORD);
  await runtime.stop();
  const calls = Array.from({ length: 200 }, (_, number) => {
    const call = number % 5;
    if (call === 0) return runtime.readLive("a.zarr", "zarr.json", JSON.stringify({ kind: "whole" }));
    if (call === 1) return runtime.validate(documentOf(number));
    if (call === 2) return runtime.setConfiguration(documentOf(number));
    if (call === 3) return runtime.datasetInfo("a.zarr");
    return runtime.nextName("a.zarr", []);
  });
  const answered = Promise.all(calls);
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, callThreads().length)), 1);
  // Reading a file takes one of libuv's threads, and does not wait for them.
  expect((await readFile(addonPath)).length).toBeGreaterThan(0);
  await expect(answered).resolves.toHaveLength(200);
  clearInterval(watch);
  expect(Math.max(most, callThreads().length)).toBeLessThanOrEqual(20);
});

test("calls that wait keep no other from its answer", async () => {
  await runtime.setConfiguration(documentOf(1e6));
  await runtime.start(RECORD);
  const ends = Array.from({ length: 100 }, () => runtime.stop());
  const edits = Array.from({ length: 100 }, () => runtime.setConfiguration(documentOf(3)).catch(() => "refused"));
  const read = await runtime.readLive("a.zarr", "zarr.json", JSON.stringify({ kind: "whole" }));
  expect(read.kind).toBe("found");
  const validation = JSON.parse(await runtime.validate(documentOf(3, -1))) as { problems: unknown[] };
  expect(validation.problems.length).toBeGreaterThan(0);
  expect(runtime.state()).toBe("Running");
  await runtime.abort();
  await Promise.all([...ends, ...edits]);
});

test("pictures and frames are copies", async () => {
  await runtime.setConfiguration(documentOf(1e6));
  const snapped = await runtime.snap(0);
  expect(snapped.data.toString("latin1", 0, 4)).toBe("ZCPV");
  await runtime.start(LOOK);
  const first = await runtime.nextFrame(0, snapped.sequence, 7);
  const bytes = Buffer.from(first.data);
  const second = await runtime.nextFrame(0, first.sequence + 20, 7);
  expect(second.skipped).toBe(second.sequence - first.sequence - 21);
  expect(first.data.equals(bytes)).toBe(true);
  expect(second.data.equals(bytes)).toBe(false);
  expect(first).toMatchObject({ width: 64, height: 48, pixelType: "U8", place: null });
  await runtime.abort();
});

test("a script that closes nothing still ends", () => {
  const script = `
    const { NativeRuntime } = require(${JSON.stringify(addonPath)});
    const runtime = new NativeRuntime(JSON.stringify({ data_dir: ${JSON.stringify(folder)} }), () => {});
    runtime.setConfiguration(${JSON.stringify(documentOf(1e6))})
      .then(() => runtime.start(${JSON.stringify(LOOK)}))
      .then(() => console.log(runtime.state()));
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", timeout: 20_000 });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "Previewing\n", stderr: "" });
});
