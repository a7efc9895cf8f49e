import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { FrameStream, type FramesOptions } from "@zarrcam/client";
import { NativeRuntime } from "@zarrcam/client/native";
import { type FrameEvent, type FramesEnd, MAX_FRAME_CLIENTS, type RunSummary } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { get } from "./raw-http.ts";

const VIEWER = "https://viewer.example";
const SITE = "https://site.example";
const UNTIL_STOPPED = 2 ** 53;
let folder: string;
let runtime: NativeRuntime;
let bridge: Bridge;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-frames-"));
  runtime = new NativeRuntime({ dataDir: folder });
  const allowedOrigins = { read: [VIEWER], control: [SITE] };
  bridge = await startBridge({ runtime, port: 0, pageDir: null, version: "test", allowedOrigins });
});
afterEach(async () => {
  await bridge.close();
  await runtime.close();
  await rm(folder, { recursive: true });
});

/**
 * A stream of noise whose file is its frames, one after the other. At 125 frames/s: a machine that pauses for a moment loses none.
 */
function document({ storage = "raw", frames = 60, exposure_time_us = 8000, shape = [64, 48] } = {}) {
  const [width, height] = shape;
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    name,
    kind,
    array_size_px,
    chunk_size_px,
  });
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: "simulated: uniform random" },
          settings: { shape, pixel_type: "U16", exposure_time_us },
        },
        storage: {
          identifier: { kind: "Storage", name: storage },
          settings: {
            uri: "out.raw",
            acquisition_dimensions: [
              dimension("x", "Space", width!, width!),
              dimension("y", "Space", height!, height!),
              dimension("t", "Time", 0, 10),
            ],
          },
        },
        max_frame_count: frames,
      },
    ],
  };
}

const set = (options: Parameters<typeof document>[0] = {}) => runtime.setConfiguration(document(options) as never);
const open = (options: FramesOptions = {}) => FrameStream.open(bridge.url, options);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** All that comes, with the time that the reader takes for each; pixels are copied, as the buffer is used again. */
async function all(stream: FrameStream, takesMs = 0) {
  const told = { first: -1, runId: "", frames: [] as Buffer[], indices: [] as number[], lost: 0, end: {} as FramesEnd };
  for await (const event of stream) {
    if (event.kind === "begin") [told.first, told.runId] = [event.firstFrameIndex, event.runId];
    else if (event.kind === "lost") told.lost += event.count;
    else if (event.kind === "end") told.end = event;
    else {
      told.frames.push(Buffer.from(event.pixels));
      told.indices.push(event.frameIndex);
      if (takesMs > 0) await sleep(takesMs);
    }
  }
  return told;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 1000; !(await isSo()); left--) {
    if (left === 0) throw new Error(`never ${what}`);
    await sleep(20);
  }
}
const clients = async () => (await runtime.getStats()).streams[0]!.frame_clients;
const stored = async () => (await runtime.getStats()).streams[0]?.ledger.stored ?? 0;
const lossless = (summary: RunSummary) => expect(summary).toMatchObject({ complete: true });

test("a run from its first frame on, byte for byte what is stored, by two clients at their own pace", async () => {
  await set();
  const reading = [all(await open({ nextRun: true })), all(await open({ nextRun: true }), 3)];
  const { runId } = await runtime.start();
  lossless(await runtime.stop());
  const file = await readFile(join(folder, "out.raw"));
  for (const told of await Promise.all(reading)) {
    expect(told).toMatchObject({ first: 0, runId, lost: 0, indices: Array.from({ length: 60 }, (_, at) => at) });
    expect(told.end).toEqual({ kind: "end", capturedEnd: 60, lost: 0, end: "complete", reason: "" });
    expect(Buffer.concat(told.frames).equals(file)).toBe(true);
  }
  expect(await clients()).toMatchObject([
    { client: 1, first_frame_index: 0, taken: 60, waiting: 0, lost: 0 },
    { client: 2, first_frame_index: 0, taken: 60, waiting: 0, lost: 0 },
  ]);
});

test("a client that comes late has the rest, and is told from where on", async () => {
  await set({ frames: 150 });
  await runtime.start();
  await until("under way", async () => (await stored()) > 10);
  const told = await all(await open());
  lossless(await runtime.stop());
  expect(told.first).toBeGreaterThan(10);
  expect([told.lost, told.first + told.frames.length]).toEqual([0, 150]);
  const file = await readFile(join(folder, "out.raw"));
  expect(Buffer.concat(told.frames).equals(file.subarray(told.first * 64 * 48 * 2))).toBe(true);
});

test("stopped and aborted runs end with the word that they were", async () => {
  for (const end of ["stop", "abort", "giveUp"] as const) {
    await set({ frames: UNTIL_STOPPED, storage: "trash" });
    const reading = all(await open({ nextRun: true }));
    await runtime.start();
    await until("under way", async () => (await stored()) > 10);
    const { streams } = await runtime[end]();
    const told = await reading;
    expect(told.end).toMatchObject({ end: "stopped", capturedEnd: streams[0]!.ledger.captured });
    expect(told.frames.length + told.lost).toBe(told.end.capturedEnd);
  }
});

test("a camera that can wait waits for a slow client that is the storage", async () => {
  // Frames of 1 MiB: more than the 128 that may wait for a client.
  await set({ storage: "trash", frames: 200, exposure_time_us: 0, shape: [1024, 512] });
  const reading = all(await open({ nextRun: true, backPressure: true }), 2);
  await runtime.start();
  lossless(await runtime.stop());
  expect(await reading).toMatchObject({ lost: 0, frames: { length: 200 } });
});

test("clients that leave, are killed or take nothing cost the recording nothing, and are counted", async () => {
  await set({ frames: UNTIL_STOPPED });
  const reading = all(await open({ nextRun: true }));
  await runtime.start();
  const left = await open();
  for await (const event of left) if (event.kind === "frame") break;
  const killed = connect(bridge.port, "127.0.0.1");
  killed.on("error", () => undefined);
  killed.write(`GET /streams/0/frames HTTP/1.1\r\nHost: 127.0.0.1:${bridge.port}\r\n\r\n`);
  // It reads its head, and no more.
  await new Promise((resolve) => killed.once("data", resolve));
  killed.pause();
  await until("three clients", async () => (await clients()).length === 3);
  const before = await stored();
  await until("going on beside a client that takes nothing", async () => (await stored()) > before + 50);
  killed.resetAndDestroy();
  await until("one client", async () => (await clients()).filter(({ connected }) => connected).length === 1);
  lossless(await runtime.stop());
  const told = await reading;
  expect(told.lost).toBe(0);
  for (const { connected, waiting, taken, lost, first_frame_index } of (await clients()).slice(1)) {
    expect({ connected, waiting }).toEqual({ connected: false, waiting: 0 });
    expect(first_frame_index + taken + lost).toBeLessThanOrEqual(told.end.capturedEnd);
  }
  expect(Buffer.concat(told.frames).equals(await readFile(join(folder, "out.raw")))).toBe(true);
});

test("a client that hangs up while it waits for a run is none when it comes", async () => {
  await set({ frames: 5 });
  const gone = new AbortController();
  const waits = all(await open({ nextRun: true, signal: gone.signal }));
  gone.abort();
  expect(await waits).toMatchObject({ frames: [] });
  await sleep(50);
  await runtime.start();
  lossless(await runtime.stop());
  expect(await clients()).toEqual([]);
});

test("a bridge that ends breaks the stream, which is not its end", async () => {
  await set({ frames: UNTIL_STOPPED, storage: "trash" });
  const events: FrameEvent["kind"][] = [];
  // Opened before the run begins: one that came later would wait for another run.
  const stream = await open({ nextRun: true });
  const reading = (async () => {
    for await (const { kind } of stream) events.push(kind);
  })();
  const refused = expect(reading).rejects.toMatchObject({ code: "disconnected" });
  await runtime.start();
  await until("a frame", () => Promise.resolve(events.length > 5));
  await bridge.close();
  await refused;
  expect(events).not.toContain("end");
});

test("refusals have their status, and words that say what to do", async () => {
  const ask = async (target: string, headers: Record<string, string> = {}, method = "GET") => {
    const answer = await get(bridge.port, target, headers, method);
    return [answer?.status, answer?.body.toString()];
  };
  const status = async (...args: Parameters<typeof ask>) => (await ask(...args))[0];
  expect(await ask("/streams/0/frames")).toEqual([404, expect.stringContaining("There is no stream 0")]);
  await set();
  expect(await ask("/streams/0/frames")).toEqual([409, expect.stringContaining("?run=next")]);
  expect(await ask("/streams/1/frames?run=next")).toEqual([404, expect.stringContaining("There is no stream 1")]);
  expect(await ask("/streams/0/frames?run=last")).toEqual([400, expect.stringContaining("?run=next")]);
  expect(await status("/streams/0/frames?back_pressure=maybe")).toBe(400);
  for (const path of ["/streams", "/streams/0", "/streams/x/frames", "/streams/0/frames/1", "/streams/-1/frames"]) {
    expect(await status(path)).toBe(404);
  }
  expect(await ask("/streams/0/frames?run=next", {}, "HEAD")).toEqual([200, ""]);
  expect(await status("/streams/0/frames?run=next", {}, "POST")).toBe(405);
  for (const origin of ["https://evil.example", VIEWER]) {
    expect(await status("/streams/0/frames?run=next", { Origin: origin })).toBe(403);
  }
  const head = await get(bridge.port, "/streams/0/frames?run=next", { Origin: SITE }, "HEAD");
  expect(head).toMatchObject({ status: 200, headers: { "access-control-allow-origin": SITE } });
  expect(await status("/streams/0/frames?run=next", { Host: "rebound.example" })).toBe(403);
  expect(await status("/streams/0/frames?run=next", { "Sec-Fetch-Site": "cross-site" })).toBe(403);
  await expect(open()).rejects.toMatchObject({ code: "not_running" });
  await expect(open({ stream: 3 })).rejects.toMatchObject({ code: "unknown_stream" });
  await runtime.start({ record: false });
  expect(await ask("/streams/0/frames")).toEqual([409, expect.stringContaining("No recording goes on")]);
});

test("only so many clients at once; one that leaves makes room", async () => {
  await set();
  const leave = new AbortController();
  const first = all(await open({ nextRun: true, signal: leave.signal }));
  const others = await Promise.all(Array.from({ length: MAX_FRAME_CLIENTS - 1 }, () => open({ nextRun: true })));
  await expect(open({ nextRun: true })).rejects.toMatchObject({ code: "too_many_requests" });
  leave.abort();
  await first;
  await until("room", () =>
    open({ nextRun: true }).then(
      () => true,
      () => false,
    ),
  );
  expect(others).toHaveLength(MAX_FRAME_CLIENTS - 1);
});
