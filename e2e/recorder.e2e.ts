// Recording in the browser: a simulated camera in a worker, into the browser's own storage.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { RemoteRuntime } from "@zarrcam/client";
import { type Configuration, EXAMPLES } from "@zarrcam/protocol";
import type { Page } from "playwright/test";

import { hasCore, hasZstd } from "../web/src/recorder/core.fixture.ts";
import type { Report } from "../web/src/recorder/index.ts";
import type { Bridge } from "./harness/bridge.ts";
import { BuiltPage } from "./harness/built-page.ts";
import type { RecorderPage } from "./harness/recorder-page/main.ts";
import { expect, test as base } from "./harness/test.ts";

declare const page: RecorderPage;

const test = base.extend<{ recorderUrl: string }, { recorderPage: BuiltPage }>({
  recorderPage: [
    async ({}, use, { parallelIndex }) => use(await BuiltPage.of("recorder-page", parallelIndex)),
    { scope: "worker" },
  ],
  recorderUrl: async ({ bridge, recorderPage }, use) => {
    const server = await recorderPage.serve({
      // The bridge takes its own page only, so this server speaks in its name.
      proxy: {
        "/streams": {
          target: bridge.url,
          changeOrigin: true,
          // The head of an answer comes before any frame does.
          configure: (proxy) =>
            proxy.on("proxyRes", (_from, _request, response) => setImmediate(() => response.flushHeaders())),
        },
      },
    });
    await use(server.url);
    await server.close();
  },
});

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

interface Layout {
  device: string;
  codec: "none" | "blosc-lz4" | "zstd";
  shards?: number;
  multiscale?: boolean;
  frames?: number;
  exposureMs?: number;
}

/** Without an exposure frames come as fast as they are taken, so none is lost. */
function documentOf({
  device,
  codec,
  shards = 0,
  multiscale = false,
  frames = 30,
  exposureMs = 0,
}: Layout): Configuration {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: shards },
  });
  return {
    video: [
      {
        camera: {
          identifier: { id: [0, 1], kind: "Camera", name: "simulated: radial sin" },
          settings: { shape: [320, 240], pixel_type: "U16", exposure_time_us: exposureMs * 1e3 },
        },
        storage: {
          identifier: { id: [1, 0], kind: "Storage", name: device },
          settings: {
            uri: "run.zarr",
            acquisition_dimensions: [
              dimension("x", "Space", 320, 160),
              dimension("y", "Space", 240, 120),
              dimension("c", "Channel", 2, 1),
              dimension("t", "Time", 0, 4),
            ],
            compression: { codec, level: codec === "none" ? 0 : 1, shuffle: codec === "blosc-lz4" ? "byte" : "none" },
            ...(multiscale ? { multiscale: { method: "mean", max_levels: 2 } } : {}),
          },
        },
        max_frame_count: frames,
      },
    ],
  } as unknown as Configuration;
}

/** Files that say nothing of clocks or of the run's id. */
const isTimeless = (path: string): boolean => !path.includes("/.zarrcam/") || path.endsWith("/end.json");

/** By path: the SHA-256 of each file of the store that the bridge makes. */
async function recordedByBridge(bridge: Bridge, runtime: RemoteRuntime, configuration: Configuration) {
  await runtime.setConfiguration(configuration);
  await runtime.start();
  await runtime.stop();
  const folder = join(bridge.dataDir, "run.zarr");
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/run.zarr${path.slice(folder.length)}`, path] as const)
      .filter(([path]) => isTimeless(path))
      .map(([path, file]) => [path, createHash("sha256").update(readFileSync(file)).digest("hex")]),
  );
}

test("the browser's own storage gets the store that the bridge makes: raw, lz4, zstd; V2, V3 with shards and zoom levels", async ({
  openPage,
  recorderUrl,
  bridge,
  runtime,
}) => {
  const { page: tab, errors } = await openPage(recorderUrl);
  for (const layout of [
    { device: "Zarr", codec: "none" },
    { device: "ZarrV3", codec: "none", shards: 2, multiscale: true },
    { device: "Zarr", codec: "blosc-lz4", multiscale: true },
    { device: "ZarrV3", codec: "zstd", shards: 2 },
  ] satisfies Layout[])
    await test.step(`${layout.device}, ${layout.codec}`, async () => {
      // Without a clang that makes wasm the core has no zstd.
      if (layout.codec === "zstd" && !hasZstd) return;
      const configuration = documentOf(layout);
      await rm(join(bridge.dataDir, "run.zarr"), { recursive: true, force: true });
      const theirs = await recordedByBridge(bridge, runtime, configuration);
      const [report, ours] = await tab.evaluate(async (document) => {
        const own = await navigator.storage.getDirectory();
        for await (const name of (own as unknown as { keys(): AsyncIterable<string> }).keys())
          await own.removeEntry(name, { recursive: true });
        const recorder = page.openRecorder();
        const ended = await recorder.recordCamera(
          { path: "/run.zarr", configuration: document, stream: 0 },
          () => undefined,
        );
        recorder.close();
        return [ended, await page.hashes()] as const;
      }, configuration);
      expect(report).toMatchObject({ failure: null, ledger: { captured: 30, stored: 30, dropped: 0, in_flight: 0 } });
      expect(Object.fromEntries(Object.entries(ours).filter(([path]) => isTimeless(path)))).toEqual(theirs);
    });
  expect(errors).toEqual([]);
});

/** Has the next run of the bridge recorded in the browser. */
async function recordNextRun(
  tab: Page,
  runtime: RemoteRuntime,
  { here, there, storeHere = true }: { here: Configuration; there: Configuration; storeHere?: boolean },
) {
  await runtime.setConfiguration(there);
  await tab.evaluate(async (document) => {
    const recorder = page.openRecorder();
    const place = { path: "/run.zarr", configuration: document, stream: 0, url: location.origin, replace: true };
    await new Promise<void>((resolve, reject) => {
      const ended = recorder.recordBridge(place, resolve, () => undefined);
      ended.catch(reject);
      Object.assign(window, { ended });
    });
  }, here);
  await runtime.start({ storeHere });
  const [stream] = (await runtime.stop()).streams;
  const [report, files] = await tab.evaluate(
    async () => [await (window as unknown as { ended: Promise<Report> }).ended, await page.hashes()] as const,
  );
  const ours = Object.fromEntries(Object.entries(files).filter(([path]) => isTimeless(path)));
  return { report, ours, there: stream?.ledger };
}

test("what the bridge captures is stored here alone, byte for byte as the bridge stores it: raw, lz4, zstd; V2, V3 with shards and zoom levels", async ({
  openPage,
  recorderUrl,
  bridge,
  runtime,
}) => {
  const { page: tab, errors } = await openPage(recorderUrl);
  for (const codec of ["none", "blosc-lz4", "zstd"] as const)
    for (const store of [{ device: "Zarr" }, { device: "ZarrV3", shards: 2, multiscale: true }]) {
      if (codec === "zstd" && !hasZstd) continue;
      const here = documentOf({ ...store, codec, frames: 30 });
      await rm(join(bridge.dataDir, "run.zarr"), { recursive: true, force: true });
      const theirs = await recordedByBridge(bridge, runtime, here);
      // What stands there, and here, is in nobody's way.
      const { report, ours } = await recordNextRun(tab, runtime, { here, there: here, storeHere: false });
      expect(report).toMatchObject({ failure: null, ledger: { captured: 30, stored: 30, dropped: 0, in_flight: 0 } });
      expect([store.device, codec, ours]).toEqual([store.device, codec, theirs]);
    }
  expect(errors).toEqual([]);
});

test("the tutorial's document, 622 MB: from the bridge and by a camera of the page, byte for byte as the bridge stores it @alone", async ({
  openPage,
  recorderUrl,
  bridge,
  runtime,
}) => {
  test.skip(process.env["ZARRCAM_RECORD_S"] === undefined, "`npm run soak -- recording` does it");
  test.setTimeout(600_000);
  const document = structuredClone(EXAMPLES.find(({ id }) => id === "chunked")?.configuration);
  const stream = document?.video[0];
  if (!document || !stream) throw new Error("There is no tutorial.");
  stream.storage.settings.uri = "run.zarr";
  // As fast as frames are taken: none is lost.
  stream.camera.settings.exposure_time_us = 0;
  const theirs = await recordedByBridge(bridge, runtime, document);
  const { page: tab, errors } = await openPage(recorderUrl);
  const { report, ours } = await recordNextRun(tab, runtime, { here: document, there: document, storeHere: false });
  expect(report).toMatchObject({ failure: null, ledger: { captured: 300, stored: 300, dropped: 0, in_flight: 0 } });
  expect(ours).toEqual(theirs);
  const made = await tab.evaluate(async (document) => {
    await (await navigator.storage.getDirectory()).removeEntry("run.zarr", { recursive: true });
    const recorder = page.openRecorder();
    const place = { path: "/run.zarr", configuration: document, stream: 0 };
    const { ledger } = await recorder.recordCamera(place, () => undefined);
    recorder.close();
    return [ledger.stored, await page.hashes()] as const;
  }, document);
  const timeless = Object.fromEntries(Object.entries(made[1]).filter(([path]) => isTimeless(path)));
  expect([made[0], timeless]).toEqual([300, theirs]);
  expect(errors).toEqual([]);
});

test("bridge and browser record one run, each in its own layout", async ({ openPage, recorderUrl, runtime }) => {
  const here = documentOf({ device: "Zarr", codec: "none", frames: 40, exposureMs: 10 });
  const there = documentOf({ device: "ZarrV3", codec: "zstd", frames: 40, exposureMs: 10 });
  const { page: tab } = await openPage(recorderUrl);
  const { report, there: ledger } = await recordNextRun(tab, runtime, { here, there });
  expect(ledger).toMatchObject({ captured: 40, in_flight: 0 });
  // Over both ends: what was captured is stored here, or lost.
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([captured, stored + dropped, in_flight, report.failure]).toEqual([40, 40, 0, null]);
  expect(stored).toBeGreaterThan(0);
});

test("what was stored is there when the recorder is gone in the middle", async ({ openPage, recorderUrl }) => {
  const { page: tab } = await openPage(recorderUrl);
  const configuration = documentOf({ device: "ZarrV3", codec: "blosc-lz4", shards: 1, frames: 1_000_000 });
  const told = await tab.evaluate(async (document) => {
    const recorder = page.openRecorder();
    let stored = 0;
    void recorder.recordCamera({ path: "/run.zarr", configuration: document, stream: 0 }, ({ ledger }) => {
      stored = ledger.stored;
    });
    while (stored < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    // The worker ends wherever it is.
    recorder.close();
    return stored;
  }, configuration);
  const [recovery, again, table] = await tab.evaluate(async () => {
    const recorder = page.openRecorder();
    const recover = async (): Promise<unknown> => {
      // The browser lets go of the ended worker's files in its own time.
      for (;;)
        try {
          return await recorder.recover("/run.zarr");
        } catch (error) {
          if (!String(error).includes("another tab")) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
    };
    return [await recover(), await recover(), await page.text("/run.zarr/0/.zarrcam/frames.csv")] as const;
  });
  expect(recovery).not.toBeNull();
  expect(again).toBeNull();
  expect(
    table
      .trim()
      .split("\n")
      .filter((row) => row.endsWith("stored")).length,
  ).toBeGreaterThanOrEqual(told);
});

test("two pages do not record to one place", async ({ openPage, recorderUrl }) => {
  const { page: tab } = await openPage(recorderUrl);
  const configuration = documentOf({ device: "Zarr", codec: "none", frames: 1_000_000 });
  const said = await tab.evaluate(async (document) => {
    const [first, second] = [page.openRecorder(), page.openRecorder()];
    const request = { path: "/run.zarr", configuration: document, stream: 0 };
    const begun = new Promise<void>(
      (resolve) =>
        void first
          .recordCamera(request, () => {
            resolve();
          })
          .then(() => undefined),
    );
    await begun;
    const refused = await second.recordCamera(request, () => undefined).then(() => "recorded", String);
    await first.stop();
    return refused;
  }, configuration);
  expect(said).toContain("/run.zarr is being written by another tab or window.");
});

test("a recording is listed and looked at while it goes on, by its own worker and by another tab, and after it", async ({
  openPage,
  recorderUrl,
}) => {
  const { page: tab, errors } = await openPage(recorderUrl);
  const configuration = documentOf({ device: "ZarrV3", codec: "blosc-lz4", shards: 1, exposureMs: 5, frames: 100_000 });
  const seen = await tab.evaluate(async (document) => {
    const [recorder, datasets] = [page.openRecorder(), new page.BrowserDatasets()];
    let told = (): void => undefined;
    const enough = new Promise<void>((resolve) => (told = resolve));
    const place = { path: "/run.zarr", configuration: document, stream: 0 };
    const ended = recorder.recordCamera(place, ({ ledger }) => ledger.stored > 20 && told());
    await enough;
    const ofOthers = await datasets.info("run.zarr");
    const recording = datasets.recording("run.zarr", (port) => recorder.serveLive(port));
    const [own] = await datasets.list();
    const port = new page.LivePort(datasets.connect("run.zarr"));
    const { signal } = new AbortController();
    const sum = (bytes: Uint8Array | null | undefined) => bytes?.reduce((all, byte) => (all + byte) % 65_521, 0);
    const get = async (from: typeof port) =>
      sum((await from.get(own?.run_id ?? "", "0/c/9/0/0/0", { kind: "whole" }, signal))?.bytes);
    const during = await get(port);
    const refused = await datasets.remove("run.zarr").then(() => null, String);
    await recorder.stop();
    const { ledger, failure } = await ended;
    recording();
    recorder.close();
    const isGone = port.isGone;
    // Whoever had it may be asked once more while it goes.
    const ofClosed = () => get(new page.LivePort(datasets.connect("run.zarr")));
    const after = await ofClosed().catch(ofClosed);
    const closed = await datasets.info("run.zarr");
    const usage = await datasets.usage();
    await datasets.remove("run.zarr");
    return {
      ofOthers,
      own,
      during,
      refused,
      failure,
      ledger,
      isGone,
      after,
      closed,
      usage,
      left: await datasets.list(),
    };
  }, configuration);
  expect(seen.ofOthers).toMatchObject({ name: "run.zarr", state: "open" });
  expect(seen.ofOthers.frames_stored).toBeGreaterThan(0);
  expect(seen.own).toMatchObject({ state: "open", kind: "zarr3" });
  expect(seen.own?.frames_stored).toBeGreaterThan(20);
  expect(seen.during).toBeGreaterThan(0);
  expect(seen.refused).toContain("run.zarr is being recorded");
  expect([seen.failure, seen.isGone, seen.after]).toEqual([null, true, seen.during]);
  expect(seen.closed).toMatchObject({ state: "closed", frames_stored: seen.ledger.stored, end: { kind: "stopped" } });
  expect(seen.closed.bytes).toBeGreaterThan(0);
  expect(seen.usage.quotaBytes).toBeGreaterThan(seen.usage.usedBytes);
  expect(seen.left).toEqual([]);
  expect(errors).toEqual([]);
});
