import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { NativeRuntime } from "@zarrcam/client/native";
import type { Configuration } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as zarr from "zarrita";

import { type Bridge, startBridge } from "../src/index.ts";

let folder: string;
let runtime: NativeRuntime;
let bridge: Bridge;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-live-"));
  runtime = new NativeRuntime({ dataDir: folder });
  bridge = await startBridge({ runtime, port: 0, pageDir: null, version: "test" });
});
afterEach(async () => {
  await bridge.close();
  await runtime.close();
  await rm(folder, { recursive: true });
});

const FRAMES = 24;
const [WIDTH, HEIGHT] = [40, 30];

/** t, z, y, x: 3 planes of 40 x 30 in 4 tiles, a chunk over 4 time points: the first one is complete after frame 10. */
function configuration(storage: string): Configuration {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    name,
    kind,
    array_size_px,
    chunk_size_px,
    shard_size_chunks: 0,
  });
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: "simulated: uniform random" },
          settings: {
            shape: [WIDTH, HEIGHT],
            pixel_type: "U16",
            exposure_time_us: 1000,
            input_triggers: { frame_start: { enable: true, line: 0, kind: "Input", edge: "Rising" } },
          },
        },
        storage: {
          identifier: { kind: "Storage", name: storage },
          settings: {
            uri: "out.zarr",
            acquisition_dimensions: [
              dimension("x", "Space", WIDTH, 20),
              dimension("y", "Space", HEIGHT, 15),
              dimension("z", "Space", 3, 1),
              dimension("t", "Time", 0, 4),
            ],
          },
        },
        max_frame_count: FRAMES,
      },
    ],
  } as unknown as Configuration;
}

async function plane(path: string, t: number, z: number): Promise<number[]> {
  const group = zarr.root(new zarr.FetchStore(`${bridge.url}data/${path}`));
  const array = await zarr.open(group.resolve("0"), { kind: "array" });
  const { data } = await zarr.get(array, [t, z, null, null]);
  return Array.from(data as Uint16Array);
}
const stored = async () => (await runtime.getStats()).streams[0]?.ledger.stored ?? 0;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** The camera waits for triggers, so that a slow machine sees the same run. */
async function store(until: number): Promise<void> {
  for (let have = await stored(); have < until; have++) {
    await runtime.executeTrigger(0);
    while ((await stored()) <= have) await sleep(2);
  }
}

test.each(["ZarrV3Blosc1Lz4ByteShuffle", "ZarrBlosc1ZstdByteShuffle", "ZarrV3", "Zarr"])(
  "%s: every stored frame is read while it is written, and stays the same byte for byte",
  async (storage) => {
    await runtime.setConfiguration(configuration(storage));
    const { runId } = await runtime.start();
    const shardUrl = (run: string, frame: number) =>
      `${bridge.url}data/out.zarr/@live/${run}0/c/${Math.floor(frame / 3)}/${frame % 3}/0/0`;

    await store(4);
    // No chunk is complete yet.
    const seen = new Map<number, number[]>();
    for (const frame of [0, 1, 3]) seen.set(frame, await plane("out.zarr/@live", Math.floor(frame / 3), frame % 3));
    const early = await fetch(shardUrl("", 2));
    const bytes = Buffer.from(await early.arrayBuffer());
    expect(early.status).toBe(200);
    expect(early.headers.get("cache-control")).toBe("no-store");
    expect((await fetch(shardUrl("", 23))).status).toBe(404);
    const suffix = await fetch(shardUrl("", 2), { headers: { Range: "bytes=-68" } });
    expect(suffix.status).toBe(206);
    expect(Buffer.from(await suffix.arrayBuffer()).equals(bytes.subarray(-68))).toBe(true);
    const head = await fetch(shardUrl("", 2), { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe(String(bytes.length));

    await store(FRAMES);
    await runtime.stop();
    for (let frame = 0; frame < FRAMES; frame++) {
      const [t, z] = [Math.floor(frame / 3), frame % 3];
      const closed = await plane("out.zarr", t, z);
      expect(closed.some((value) => value !== 0)).toBe(true);
      expect(await plane("out.zarr/@live", t, z)).toEqual(closed);
      expect(await plane(`out.zarr/@live/${runId}`, t, z)).toEqual(closed);
      if (seen.has(frame)) expect(seen.get(frame)).toEqual(closed);
    }
    // Sealed by now.
    const late = await fetch(shardUrl("", 2));
    expect(Buffer.from(await late.arrayBuffer()).equals(bytes)).toBe(true);
    expect(late.headers.get("etag")).toBe(early.headers.get("etag"));
    expect((await fetch(shardUrl("", 2), { headers: { "If-None-Match": late.headers.get("etag")! } })).status).toBe(
      304,
    );
    expect((await fetch(shardUrl(`${runId}/`, 2))).headers.get("cache-control")).toContain("immutable");
    expect((await fetch(shardUrl("0123456789/", 2))).status).toBe(404);
  },
);

test("the documents grow with the run, and say what the axes are", async () => {
  await runtime.setConfiguration(configuration("ZarrV3Blosc1Lz4ByteShuffle"));
  await runtime.start();
  const document = async (path: string) => {
    const answer = await fetch(`${bridge.url}data/out.zarr/@live/${path}`);
    return answer.ok
      ? ((await answer.json()) as { shape: number[]; dimension_names: string[]; attributes: { ome: unknown } })
      : null;
  };
  // The unfinished time point counts.
  for (const [frames, points] of [
    [1, 1],
    [3, 1],
    [4, 2],
    [FRAMES, 8],
  ] as const) {
    await store(frames);
    await expect.poll(async () => (await document("0/zarr.json"))?.shape[0]).toBe(points);
  }
  await runtime.stop();
  expect(await document("0/zarr.json")).toMatchObject({
    shape: [8, 3, HEIGHT, WIDTH],
    dimension_names: ["t", "z", "y", "x"],
  });
  expect((await document("zarr.json"))!.attributes.ome).toMatchObject({ version: "0.5" });
});

test("what is none of ours, or leaves the folder, is not there", async () => {
  for (const path of ["none.zarr/@live/zarr.json", "@live/zarr.json"]) {
    expect((await fetch(`${bridge.url}data/${path}`)).status).toBe(404);
  }
});
