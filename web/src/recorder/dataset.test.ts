// A recording that is looked at while it is written: what is said of it, its frames, and that looking changes nothing.
import type { DatasetInfo, LossPage, VideoStream } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";

import { LivePort } from "../live-port/live-port.ts";
import { LiveServer } from "../live-port/live-server.ts";
import { SimulatedCamera } from "../cameras/simulated-camera.ts";
import type { Core } from "./core.ts";
import { hasCore, loadCore } from "./core.fixture.ts";
import { StoredDataset } from "./dataset.ts";
import { MemoryTree } from "./memory-tree.fixture.ts";
import { Recording } from "./recording.ts";
import { Store } from "./store.ts";

const PATH = "/day/run.zarr";
const CAMERA = "simulated: radial sin";
const LAYOUTS = [
  { device: "ZarrV3", codec: "none", shards: 2 },
  { device: "ZarrV3", codec: "blosc-lz4", shards: 2 },
  { device: "Zarr", codec: "blosc-lz4", shards: 0 },
];

function documentOf({ device, codec, shards }: (typeof LAYOUTS)[number]) {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: shards },
  });
  const settings = {
    uri: "run.zarr",
    acquisition_dimensions: [
      dimension("x", "Space", 64, 32),
      dimension("y", "Space", 48, 24),
      dimension("t", "Time", 0, 3),
    ],
    compression: { codec, level: codec === "none" ? 0 : 1, shuffle: codec === "none" ? "none" : "byte" },
  };
  const camera = { identifier: { kind: "Camera", name: CAMERA }, settings: { shape: [64, 48], pixel_type: "U8" } };
  return { video: [{ camera, storage: { identifier: { kind: "Storage", name: device }, settings } }] };
}

async function begin(tree: MemoryTree, layout: (typeof LAYOUTS)[number]) {
  const core = await loadCore();
  const store = await Store.open(core, tree, PATH);
  const request = { path: PATH, configuration: documentOf(layout), stream: 0, runId: "test" };
  const recording = new Recording(store, request);
  await store.drain();
  const camera = new SimulatedCamera(core, CAMERA, { shape: [64, 48], pixel_type: "U8" }, 0);
  camera.start();
  return { core, store, recording, take: taker(core, camera, recording) };
}

function taker(core: Core, camera: SimulatedCamera, recording: Recording) {
  const pixels = core.allocate(camera.frameBytes);
  let next = 0n;
  return async () => {
    while (camera.poll().kind !== "exposed");
    camera.read(pixels);
    await recording.take({ frameIndex: next, hardwareId: next, hardwareClockNs: 0n, unixNs: 0n }, pixels);
    next += 1n;
    return core.view(pixels).slice();
  };
}

async function finish({ recording, store }: Pick<Awaited<ReturnType<typeof begin>>, "recording" | "store">) {
  await recording.finish({ kind: "complete", reason: null });
  const report = recording.report();
  recording.close();
  await store.drain();
  store.close();
  return report;
}

const WHOLE = { kind: "whole" } as const;

describe.skipIf(!hasCore)("a dataset of the browser", () => {
  test.each(LAYOUTS)("is read while it is recorded, as it is afterwards ($device, $codec)", async (layout) => {
    const tree = new MemoryTree();
    const at = await begin(tree, layout);
    const live = await StoredDataset.open(at.store, PATH, false);
    const seen: (Uint8Array | undefined)[] = [];
    for (let frame = 0; frame < 14; frame += 1) {
      await at.take();
      expect(await live.get(`0/c/${frame + 1}/0/0`, WHOLE)).toBeNull();
      const found = await live.get(`0/c/${frame}/0/0`, WHOLE);
      expect(found?.totalBytes).toBe(found?.bytes?.length);
      seen.push(found?.bytes ?? undefined);
      // Of layers that are sealed by now, too.
      expect((await live.get("0/c/0/0/0", WHOLE))?.bytes).toEqual(seen[0]);
    }
    expect(await live.get("0/c/2/0/0", { kind: "from", start: 10, end: 30 })).toMatchObject({
      bytes: seen[2]?.slice(10, 30),
      totalBytes: seen[2]?.length,
    });
    const info = await live.ask<DatasetInfo>({ info: { bytes: 7 } });
    expect(info).toMatchObject({
      ...{ name: "day/run.zarr", path: PATH, state: "open", frames_stored: 14, bytes: 7, run_id: "test" },
      losses: { captured: 14, stored: 14, dropped: 0, in_flight: 0 },
    });
    await at.recording.lose(2, 14, "queue");
    const losses = await live.ask<LossPage>({ losses: { from: 0, count: 10 } });
    expect(losses.ranges).toMatchObject([{ first_frame_index: 14, array_frames: 2, cause: "queue" }]);
    const settings = await live.ask<VideoStream>({ settings: {} });
    expect(settings.camera.identifier?.name).toBe(CAMERA);
    live.close();
    expect((await finish(at)).ledger).toMatchObject({ captured: 16, stored: 14, dropped: 2, in_flight: 0 });

    const store = await Store.open(await loadCore(), tree, PATH);
    const closed = await StoredDataset.open(store, PATH, false);
    for (const [frame, bytes] of seen.entries())
      expect((await closed.get(`0/c/${frame}/0/0`, WHOLE))?.bytes).toEqual(bytes);
    expect(await closed.ask<DatasetInfo>({ info: { bytes: 0 } })).toMatchObject({ state: "closed", captured_end: 16 });
    closed.close();
    store.close();
  });

  test("is the same whether or not somebody looks, and no file stays open for it", async () => {
    const [layout] = LAYOUTS.slice(1);
    if (!layout) return;
    const files = async (look: boolean) => {
      const tree = new MemoryTree();
      const at = await begin(tree, layout);
      const live = look ? await StoredDataset.open(at.store, PATH, false) : null;
      const looking: Promise<unknown>[] = [];
      for (let frame = 0; frame < 14; frame += 1) {
        // At once, with the recorder in the middle of its steps.
        const taken = at.take();
        if (live) looking.push(live.get(`0/c/${Math.max(0, frame - 7)}/0/0`, WHOLE));
        await taken;
      }
      await Promise.all(looking);
      live?.close();
      await finish(at);
      expect(at.core.files.count).toBe(0);
      const names = [...tree.files.keys()].filter((path) => !/\.(json|csv)$|frames\.log$/.test(path));
      return new Map(names.sort().map((path) => [path, Buffer.from(tree.contents(path) ?? []).toString("base64")]));
    };
    expect(await files(true)).toEqual(await files(false));
  });

  test("that a crash left says so, and that somebody else records it where he does", async () => {
    const tree = new MemoryTree();
    const at = await begin(tree, LAYOUTS[1] as (typeof LAYOUTS)[number]);
    for (let frame = 0; frame < 4; frame += 1) await at.take();
    tree.crash();
    const store = await Store.open(await loadCore(), tree, PATH);
    const stateOf = async (isWritten: boolean) => {
      const dataset = await StoredDataset.open(store, PATH, isWritten);
      const { state, frames_stored } = await dataset.ask<DatasetInfo>({ info: { bytes: 0 } });
      dataset.close();
      return [state, frames_stored];
    };
    expect(await stateOf(true)).toEqual(["open", 4]);
    expect(await stateOf(false)).toEqual(["needs_recovery", 4]);
    store.close();
  });

  test("that is not there, or none of ours, is refused by name", async () => {
    const store = await Store.open(await loadCore(), new MemoryTree(), PATH);
    await expect(StoredDataset.open(store, PATH, false)).rejects.toMatchObject({ name: "CoreError" });
    store.close();
  });

  test("is answered over a port by whoever records it, until the run has ended", async () => {
    const at = await begin(new MemoryTree(), LAYOUTS[0] as (typeof LAYOUTS)[number]);
    const dataset = await StoredDataset.open(at.store, PATH, false);
    const server = new LiveServer(dataset, 0.2);
    const { port1, port2 } = new MessageChannel();
    server.connect(port2);
    const port = new LivePort(port1);
    const { signal } = new AbortController();
    for (let frame = 0; frame < 8; frame += 1) await at.take();
    const direct = await dataset.get("0/c/5/0/0", WHOLE);
    expect((await port.get("test", "0/c/5/0/0", WHOLE, signal))?.bytes).toEqual(direct?.bytes);
    expect(await port.get("another run", "0/c/5/0/0", WHOLE, signal)).toBeNull();
    expect(await port.ask<DatasetInfo>({ info: { bytes: 1 } })).toMatchObject({ state: "open", frames_stored: 8 });
    await expect(port.ask({ nonsense: 1 } as never)).rejects.toThrow("parameters");
    await server.close();
    dataset.close();
    await expect(port.get(null, "0/c/5/0/0", WHOLE, signal)).rejects.toThrow("has ended");
    expect(port.isGone).toBe(true);
    await finish(at);
  });
});
