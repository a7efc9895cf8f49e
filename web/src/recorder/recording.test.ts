// What a page records, into files that have the rules of the browser's own storage: the store that the native writer makes, and no
// frame called stored that is not. Longer than the rest: one core, one set of files, all that may befall them.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { DatasetInfo, FrameEvent } from "@zarrcam/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type * as addon from "../../../native/node/index.d.ts";
import { SimulatedCamera } from "../cameras/simulated-camera.ts";
import { type Core, CoreError } from "./core.ts";
import { hasCore, hasZstd, loadCore } from "./core.fixture.ts";
import { StoredDataset } from "./dataset.ts";
import { MemoryTree } from "./memory-tree.fixture.ts";
import { recordCamera } from "./record-camera.ts";
import { framesInto, recordStream } from "./record-stream.ts";
import { Recording } from "./recording.ts";
import { Store } from "./store.ts";

const PATH = "/run.zarr";
const CAMERA = "simulated: uniform random";
const SHAPE: readonly [width: number, height: number] = [100, 70];

interface Layout {
  device: string;
  codec: string;
  shards?: number;
  multiscale?: boolean;
  shape?: readonly [width: number, height: number];
}

function documentOf(
  { device, codec, shards = 0, multiscale = false, shape = SHAPE }: Layout,
  frames: number,
  uri: string,
) {
  const [width, height] = shape;
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: shards },
  });
  const settings = {
    uri,
    acquisition_dimensions: [
      dimension("x", "Space", width, Math.min(48, width)),
      dimension("y", "Space", height, Math.min(32, height)),
      dimension("c", "Channel", 2, 1),
      dimension("t", "Time", 0, 3),
    ],
    compression: { codec, level: codec === "none" ? 0 : 1, shuffle: codec.startsWith("blosc") ? "byte" : "none" },
    ...(multiscale ? { multiscale: { method: "mean", max_levels: 2 } } : {}),
  };
  return {
    video: [
      {
        camera: { identifier: { kind: "Camera", name: CAMERA }, settings: { shape, pixel_type: "U16" } },
        storage: { identifier: { kind: "Storage", name: device }, settings },
        max_frame_count: frames,
      },
    ],
  };
}

const RAW: Layout = { device: "ZarrV3", codec: "none" };
const LAYOUTS: [string, Layout][] = [
  ["raw, V2", { device: "Zarr", codec: "none" }],
  ["raw, V3 with shards and zoom levels", { ...RAW, shards: 2, multiscale: true }],
  ["lz4, V2 with zoom levels", { device: "Zarr", codec: "blosc-lz4", multiscale: true }],
  ["lz4, V3 with shards", { device: "ZarrV3", codec: "blosc-lz4", shards: 2 }],
  ["zstd, V2", { device: "Zarr", codec: "zstd" }],
  ["zstd, V3 with shards and zoom levels", { device: "ZarrV3", codec: "zstd", shards: 2, multiscale: true }],
  ["blosc zstd, V3", { device: "ZarrV3", codec: "blosc-zstd" }],
];

/** Files of a store that say nothing of clocks or of the run's id. */
const isTimeless = (path: string): boolean => !path.includes("/.zarrcam/") || path.endsWith("/end.json");

describe.skipIf(!hasCore)("a recording in the browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "zarrcam-recording-"));
  let native: addon.NativeRuntime;
  beforeAll(() => {
    const path = fileURLToPath(new URL("../../../native/node/zarrcam.node", import.meta.url));
    const { NativeRuntime } = createRequire(import.meta.url)(path) as typeof addon;
    native = new NativeRuntime(JSON.stringify({ data_dir: folder }), () => undefined);
  });
  afterAll(async () => {
    await native.close();
    rmSync(folder, { recursive: true });
  });

  async function begin(
    tree: MemoryTree,
    layout: Layout,
    frames: number,
    { core, ofBridge = false, path = PATH }: { core?: Core; ofBridge?: boolean; path?: string } = {},
  ) {
    const made = core ?? (await loadCore());
    const store = await Store.open(made, tree, path);
    const configuration = documentOf(layout, frames, path.slice(1));
    const recording = new Recording(store, { path, configuration, stream: 0, runId: "test", ofBridge });
    await store.drain();
    const [width, height] = layout.shape ?? SHAPE;
    const camera = new SimulatedCamera(made, CAMERA, { shape: [width, height], pixel_type: "U16" }, 0);
    return { core: made, store, recording, camera };
  }

  /** Takes frames until `enough` says so, and leaves everything as it is. */
  async function take(at: Awaited<ReturnType<typeof begin>>, enough: (taken: number) => boolean): Promise<void> {
    const pixels = at.core.allocate(at.camera.frameBytes);
    at.camera.start();
    for (let taken = 0, full = false; !full && !enough(taken);) {
      const polled = at.camera.poll();
      if (polled.kind !== "exposed") continue;
      at.camera.read(pixels);
      full = await at.recording.take({ ...polled.stamp, frameIndex: polled.stamp.hardwareId, unixNs: 0n }, pixels);
      taken += 1;
    }
    await at.store.drain();
  }

  const made = ({ codec }: Layout) => hasZstd || !codec.includes("zstd");
  if (!hasZstd) test.skip("with the codecs of zstd: no clang makes wasm here", () => undefined);
  test.each(LAYOUTS.filter(([, layout]) => made(layout)))(
    "is the native writer's store, byte for byte: %s",
    async (name, layout) => {
      const frames = 17;
      const uri = `${name.replaceAll(/\W+/g, "-")}.zarr`;
      const call = (method: string, params: object) => native.call(method, JSON.stringify(params));
      await call("set_configuration", { configuration: documentOf(layout, frames, uri) });
      await call("start", { record: true });
      await call("stop", {});
      const theirs = readdirSync(join(folder, uri), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(join(folder, uri).length))
        .filter(isTimeless);

      const tree = new MemoryTree();
      const { core, store, recording, camera } = await begin(tree, layout, frames);
      const report = await recordCamera(core, camera, recording, new AbortController().signal, () => undefined);
      expect(report).toMatchObject({
        failure: null,
        warnings: [],
        ledger: { captured: frames, stored: frames, in_flight: 0 },
        published: { frames_published: frames },
      });
      recording.close();
      await store.drain();
      store.close();
      const ours = [...tree.files.keys()].map((path) => path.slice(PATH.length)).filter(isTimeless);
      expect(ours.toSorted()).toEqual(theirs.toSorted());
      for (const path of theirs) {
        const [here, there] = [tree.contents(PATH + path), readFileSync(join(folder, uri, path))];
        const text = path.endsWith("zarr.json") || path.includes("/.z");
        // The name of the store stands in it.
        const same = text
          ? Buffer.from(here ?? "")
              .toString()
              .replaceAll(/"name": "[^"]*"/g, "") === there.toString().replaceAll(/"name": "[^"]*"/g, "")
          : there.equals(here ?? Buffer.alloc(0));
        expect([path, same]).toEqual([path, true]);
      }
      expect(core.files.count).toBe(0);
      expect(tree.mostOpen).toBeLessThanOrEqual(64);
    },
  );

  test("calls nothing stored that has not left", async () => {
    const { core, recording, camera, store } = await begin(new MemoryTree(), LAYOUTS[2]?.[1] ?? RAW, 10);
    const pixels = core.allocate(camera.frameBytes);
    camera.start();
    camera.poll();
    camera.read(pixels);
    const taken = recording.take({ frameIndex: 0n, hardwareId: 0n, hardwareClockNs: 0n, unixNs: 0n }, pixels);
    expect(recording.report().ledger).toMatchObject({ captured: 1, stored: 0, in_flight: 1 });
    await taken;
    await store.drain();
    expect(recording.report().ledger).toMatchObject({ captured: 1, stored: 1, in_flight: 0 });
    recording.close();
    store.close();
  });

  test.each([RAW, { device: "ZarrV3", codec: hasZstd ? "zstd" : "blosc-lz4", shards: 2 }])(
    "loses what there is no room for, and nothing else ($codec)",
    async (layout) => {
      const tree = new MemoryTree(400_000);
      const at = await begin(tree, layout, 1000);
      const report = await recordCamera(
        at.core,
        at.camera,
        at.recording,
        new AbortController().signal,
        () => undefined,
      );
      const { captured, stored, dropped, in_flight } = report.ledger;
      expect(report.failure).toContain("the disk is full");
      expect(stored).toBeGreaterThan(0);
      expect([stored + dropped, in_flight]).toEqual([captured, 0]);
      // What is to be made whole needs room, too.
      tree.quotaBytes = Infinity;
      expect(await recovered(tree, { mayBeWhole: true })).toBeGreaterThanOrEqual(stored);
    },
  );

  test.each([
    { ...RAW, shards: 2 },
    { device: "ZarrV3", codec: "blosc-lz4", shards: 2, multiscale: true },
  ])("loses all where not even a layer has room, and what is there can be made whole ($codec)", async (layout) => {
    // A layer takes 168,000.
    const tree = new MemoryTree(40_000);
    const at = await begin(tree, layout, 1000);
    const report = await recordCamera(at.core, at.camera, at.recording, new AbortController().signal, () => undefined);
    const { captured, stored, dropped, in_flight } = report.ledger;
    expect(report.failure).toContain("the disk is full");
    expect([stored + dropped, in_flight]).toEqual([captured, 0]);
    tree.quotaBytes = Infinity;
    expect(await recovered(tree, { mayBeWhole: true })).toBeGreaterThanOrEqual(stored);
  });

  test.each([RAW, { ...RAW, shards: 2, multiscale: true }, { device: "Zarr", codec: "blosc-lz4" }])(
    "that is stopped before its first frame is an empty dataset, by any name (%o)",
    async (layout) => {
      const path = "/Zelle ä, 2. Versuch/α β.zarr";
      const tree = new MemoryTree();
      const at = await begin(tree, layout, 1000, { path });
      const stopped = AbortSignal.abort();
      const report = await recordCamera(at.core, at.camera, at.recording, stopped, () => undefined);
      expect(report).toMatchObject({ failure: null, warnings: [], published: { frames_published: 0 } });
      expect(report.ledger).toMatchObject({ captured: 0, stored: 0, dropped: 0, in_flight: 0 });
      at.recording.close();
      await at.store.drain();
      at.store.close();
      const store = await Store.open(await loadCore(), tree, path);
      expect(await store.recover(path)).toBeNull();
      const dataset = await StoredDataset.open(store, path, false);
      expect(await dataset.ask<DatasetInfo>({ info: { bytes: 0 } })).toMatchObject({
        ...{ state: "closed", frames_stored: 0, captured_end: 0, end: { kind: "stopped" } },
      });
      dataset.close();
      store.close();
    },
  );

  test("takes thousands of tiny frames, and no more memory for many than for few", async () => {
    const layout: Layout = { device: "ZarrV3", codec: "blosc-lz4", shards: 2, shape: [8, 8] };
    const tree = new MemoryTree();
    const at = await begin(tree, layout, 3000);
    const memoryBytes = () => at.core.exports.memory.buffer.byteLength;
    let begun = 0;
    await take(at, (taken) => {
      if (taken === 1000) begun = memoryBytes();
      return false;
    });
    expect(memoryBytes() - begun).toBeLessThan(512 << 10);
    await at.recording.finish(null);
    expect(at.recording.report().ledger).toMatchObject({ captured: 3000, stored: 3000, in_flight: 0 });
    at.recording.close();
    at.store.close();
  });

  test.each([1, 2, 5, 6, 7, 12, 13])("keeps what was stored when the page is gone after %i frames", async (frames) => {
    for (const layout of [RAW, { ...RAW, shards: 2, multiscale: true }, { device: "Zarr", codec: "blosc-lz4" }]) {
      const tree = new MemoryTree();
      const at = await begin(tree, layout, 1000);
      await take(at, (taken) => taken === frames);
      expect(at.recording.report().ledger.stored).toBe(frames);
      expect(await recovered(tree)).toBe(frames);
    }
  });

  /** Frames that the array has after recovery by a page that was just opened; a second recovery finds nothing to do. */
  async function recovered(tree: MemoryTree, { mayBeWhole = false } = {}): Promise<number> {
    tree.crash();
    const store = await Store.open(await loadCore(), tree, PATH);
    const recovery = await store.recover(PATH);
    if (!mayBeWhole) expect(recovery).not.toBeNull();
    expect(await store.recover(PATH)).toBeNull();
    store.close();
    const { shape } = JSON.parse(
      new TextDecoder().decode(tree.contents(`${PATH}/0/zarr.json`) ?? tree.contents(`${PATH}/0/.zarray`) ?? undefined),
    ) as { shape: number[] };
    const rows = new TextDecoder()
      .decode(tree.contents(`${PATH}/0/.zarrcam/frames.csv`) ?? undefined)
      .trim()
      .split("\n");
    const stored = rows.filter((row) => row.endsWith("stored")).length;
    expect(shape[0]).toBe(Math.ceil(stored / 2));
    return stored;
  }

  test.each(["end", "break"])("keeps the places of what a bridge lost, up to its %s", async (last) => {
    const tree = new MemoryTree();
    const { core, store, recording, camera } = await begin(tree, { ...RAW, shards: 2 }, 20, { ofBridge: true });
    const pixels = core.allocate(recording.frameBytes);
    const form = { runNumber: 1, pixelType: "U16", width: SHAPE[0], height: SHAPE[1], framesAveraged: 1 } as const;
    async function* frames(): AsyncGenerator<FrameEvent> {
      await Promise.resolve();
      // Another client of the same run had the first 100.
      const begun = { firstFrameIndex: 100, frameLimit: 20, startedNs: 0n, backPressure: false };
      yield { kind: "begin", ...form, runId: "there", ...begun };
      const frame = (frameIndex: number): FrameEvent => {
        const into = framesInto(core, pixels);
        const header = { kind: "frame", ...form, frameIndex, hardwareFrameId: frameIndex + 7 } as const;
        const stamped = { ...header, hardwareClockNs: 0n, unixNs: 0n, bytes: recording.frameBytes };
        const at = into(stamped);
        at.fill(frameIndex);
        return { ...stamped, pixels: at };
      };
      for (const index of [100, 101, 102]) yield frame(index);
      yield { kind: "lost", firstFrameIndex: 103, count: 4, hardwareFrameId: 110, cause: "client" };
      for (const index of [107, 108]) yield frame(index);
      yield { kind: "lost", firstFrameIndex: 109, count: 2, hardwareFrameId: 116, cause: "storage" };
      if (last === "break") throw new Error("the network is gone");
      yield { kind: "end", capturedEnd: 111, lost: 6, end: "stopped", reason: "" };
    }
    const report = await recordStream(frames(), recording, pixels, new AbortController().signal, () => undefined);
    expect(report.failure).toBeNull();
    expect(report.ledger).toEqual({
      ...{ captured: 11, stored: 5, dropped: 6, in_flight: 0, array_frames: 11 },
      ...{ dropped_camera: 0, dropped_queue: 4, dropped_storage: 2 },
    });
    recording.close();
    camera.close();
    await store.drain();
    store.close();
    const text = (path: string) => new TextDecoder().decode(tree.contents(PATH + path) ?? undefined);
    const states = text("/0/.zarrcam/frames.csv")
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.split(",").at(-1));
    const queue = "dropped:queue";
    expect(states).toEqual([
      ...["stored", "stored", "stored", queue, queue, queue, queue, "stored", "stored"],
      ...["dropped:storage", "dropped:storage"],
    ]);
    const end = last === "end" ? { kind: "stopped" } : { kind: "interrupted", reason: "Error: the network is gone" };
    expect(JSON.parse(text("/0/.zarrcam/end.json"))).toMatchObject({ captured_end: 11, ...end });
  });

  test("refuses what the page cannot record, and what stands there already", async () => {
    const core = await loadCore();
    const tree = new MemoryTree();
    const { recording, store } = await begin(tree, RAW, 10, { core });
    const again = () =>
      new Recording(store, { path: PATH, configuration: documentOf(RAW, 10, "run.zarr"), stream: 0, runId: "b" });
    const codeOf = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        if (error instanceof CoreError) return error.code;
      }
      return null;
    };
    expect(codeOf(again)).toBe("exists");
    const [stream] = documentOf(RAW, 10, "run.zarr").video;
    const configuration = { video: [{ ...stream, frame_period_us: -1 }] };
    expect(codeOf(() => new Recording(store, { path: "/other.zarr", configuration, stream: 0, runId: "c" }))).toBe(
      "invalid_configuration",
    );
    recording.close();
    store.close();
  });
});
