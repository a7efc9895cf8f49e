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

const RECORD = { record: true };
const LOOK = { record: false };

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

const call = async <T = unknown>(method: string, params: object = {}): Promise<T> =>
  JSON.parse(await runtime.call(method, JSON.stringify(params))) as T;
const configure = (configuration: object, more: object = {}) =>
  call<{ revision: number }>("set_configuration", { configuration, ...more });

function documentOf(frames: number, exposure_time_us = 2000, camera = "uniform random"): object {
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: `simulated: ${camera}` },
          settings: { shape: [64, 48], exposure_time_us },
        },
        storage: { identifier: { kind: "Storage", name: "ZarrV3" }, settings: { uri: "a.zarr" } },
        max_frame_count: frames,
      },
    ],
  };
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
  expect(await call("select", { kind: "Camera", name: ".*RADIAL.*" })).toMatchObject({ name: "simulated: radial sin" });
  expect(await call("select", { kind: "Storage", name: "nothing" })).toBeNull();
  expect((await configure(documentOf(30))).revision).toBe(1);
  const started = await call<object>("start", RECORD);
  expect(await call("get_state")).toEqual({ state: "Running" });
  const summary = await call("stop");
  expect(summary).toMatchObject({ ...started, streams: [{ ledger: { captured: 30, in_flight: 0 } }] });
  expect(await call("get_state")).toEqual({ state: "Armed" });
  const stats = events.filter(({ event }) => event === "stats");
  expect(stats.length).toBeGreaterThan(0);
  for (const { streams } of stats)
    for (const { ledger } of streams ?? [])
      expect(ledger.captured).toBe(ledger.stored + ledger.dropped + ledger.in_flight);
  expect(events.map(({ event }) => event)).toContain("run_ended");
});

test("errors carry their code and the fields at fault", async () => {
  const refused = await refusal(configure(documentOf(3, 2000, "uniform randon")));
  expect(refused.code).toBe("invalid_configuration");
  expect(refused.problems.map(({ path }) => path)).toContain("video[0].camera.identifier.name");
  expect((await refusal(call("start", RECORD))).code).toBe("not_configured");
  await configure(documentOf(3));
  expect((await refusal(configure(documentOf(4), { revision: 0 }))).code).toBe("stale_revision");
  expect((await refusal(call("execute_trigger", { stream: 0 }))).code).toBe("trigger_refused");
});

test("what is none of a call's parameters is refused with its name", async () => {
  const text = async (method: string, params: string) =>
    refusal(Promise.resolve().then(() => runtime.call(method, params)));
  const invalid = { code: "invalid_params", problems: [] };
  expect(await text("no_such_call", "{}")).toMatchObject(invalid);
  expect(await text("get_losses", '{"stream":0,"from":-1}')).toMatchObject({ ...invalid, path: "from" });
  expect(await text("get_losses", "{}")).toMatchObject(invalid);
  expect(await text("get_state", '{"x":1}')).toMatchObject(invalid);
  expect(await text("validate", "{")).toMatchObject(invalid);
  const deep = "[".repeat(500) + "]".repeat(500);
  expect(await text("validate", `{"configuration":${deep}}`)).toMatchObject({ ...invalid, path: "configuration" });
});

test("waiting for many ends blocks neither the event loop nor libuv's threads", async () => {
  await configure(documentOf(150));
  await call("start", RECORD);
  const ends = Array.from({ length: 16 }, () => call("stop"));
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
  await configure(documentOf(40));
  await call("start", RECORD);
  await call("stop");
  const calls = Array.from({ length: 200 }, (_, number) => {
    const which = number % 5;
    if (which === 0) return runtime.readLive("a.zarr", "zarr.json", JSON.stringify({ kind: "whole" }));
    if (which === 1) return call("validate", { configuration: documentOf(number) });
    if (which === 2) return configure(documentOf(number));
    if (which === 3) return call("datasets.info", { name: "a.zarr" });
    return call("next_name", { uri: "a.zarr", taken: [] });
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
  await configure(documentOf(1e6));
  await call("start", RECORD);
  const ends = Array.from({ length: 100 }, () => call("stop"));
  const edits = Array.from({ length: 100 }, () => configure(documentOf(3)).catch(() => "refused"));
  const read = await runtime.readLive("a.zarr", "zarr.json", JSON.stringify({ kind: "whole" }));
  expect(read.kind).toBe("found");
  const validation = await call<{ problems: unknown[] }>("validate", { configuration: documentOf(3, -1) });
  expect(validation.problems.length).toBeGreaterThan(0);
  expect(await call("get_state")).toEqual({ state: "Running" });
  await call("abort");
  await Promise.all([...ends, ...edits]);
});

test("pictures and frames are copies", async () => {
  await configure(documentOf(1e6));
  const snapped = await runtime.snap(0);
  expect(snapped.data.toString("latin1", 0, 4)).toBe("ZCPV");
  await call("start", LOOK);
  const first = await runtime.nextFrame(0, snapped.sequence, 7);
  const bytes = Buffer.from(first.data);
  const second = await runtime.nextFrame(0, first.sequence + 20, 7);
  expect(second.skipped).toBe(second.sequence - first.sequence - 21);
  expect(first.data.equals(bytes)).toBe(true);
  expect(second.data.equals(bytes)).toBe(false);
  expect(first).toMatchObject({ width: 64, height: 48, pixelType: "U8", frameIndex: null });
  await call("abort");
});

test("a script that closes nothing still ends", () => {
  const script = `
    const { NativeRuntime } = require(${JSON.stringify(addonPath)});
    const runtime = new NativeRuntime(JSON.stringify({ data_dir: ${JSON.stringify(folder)} }), () => {});
    const call = (method, params) => runtime.call(method, JSON.stringify(params));
    call("set_configuration", { configuration: ${JSON.stringify(documentOf(1e6))} })
      .then(() => call("start", ${JSON.stringify(LOOK)}))
      .then(() => call("get_state", {}))
      .then(({ length }) => console.log(length > 0));
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", timeout: 20_000 });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "true\n", stderr: "" });
});
