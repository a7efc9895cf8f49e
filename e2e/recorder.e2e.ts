// Recording in the browser: a simulated camera in a worker, into the browser's own storage.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Configuration } from "@zarrcam/protocol";
import { createServer } from "vite";

import type { RecorderPage } from "./harness/recorder-page/main.ts";
import { expect, test as base } from "./harness/test.ts";

declare const page: RecorderPage;

const root = fileURLToPath(new URL("../", import.meta.url));
const wasm = join(root, "web/public/zarrcam.wasm");

const test = base.extend<{ recorderUrl: string }>({
  recorderUrl: async ({}, use) => {
    const server = await createServer({
      configFile: false,
      root: join(root, "e2e/harness/recorder-page"),
      publicDir: join(root, "web/public"),
      cacheDir: join(root, ".cache/recorder-page"),
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0, fs: { allow: [root] }, hmr: false },
    });
    await server.listen();
    await use(server.resolvedUrls?.local[0] ?? "");
    await server.close();
  },
});

test.skip(!existsSync(wasm), "nothing compiles for the browser here: no Rust or no clang makes wasm");

interface Layout {
  device: string;
  codec: "none" | "blosc-lz4" | "zstd";
  shards?: number;
  multiscale?: boolean;
  frames?: number;
}

/** As fast as the recorder takes them, so none is lost. */
function documentOf({ device, codec, shards = 0, multiscale = false, frames = 30 }: Layout): Configuration {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: shards },
  });
  return {
    video: [
      {
        camera: {
          identifier: { id: [0, 1], kind: "Camera", name: "simulated: radial sin" },
          settings: { shape: [320, 240], pixel_type: "U16" },
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

for (const layout of [
  { device: "Zarr", codec: "none" },
  { device: "ZarrV3", codec: "none", shards: 2, multiscale: true },
  { device: "Zarr", codec: "blosc-lz4", multiscale: true },
  { device: "ZarrV3", codec: "zstd", shards: 2 },
] satisfies Layout[])
  test(`the browser's own storage gets the store that the bridge makes: ${layout.device}, ${layout.codec}`, async ({
    openPage,
    recorderUrl,
    bridge,
    runtime,
  }) => {
    const configuration = documentOf(layout);
    await runtime.setConfiguration(configuration);
    await runtime.start();
    await runtime.stop();
    const folder = join(bridge.dataDir, "run.zarr");
    const theirs = Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [`/run.zarr${path.slice(folder.length)}`, path] as const)
        .filter(([path]) => isTimeless(path))
        .map(([path, file]) => [path, createHash("sha256").update(readFileSync(file)).digest("hex")]),
    );

    const { page: tab, errors } = await openPage(recorderUrl);
    const [report, ours] = await tab.evaluate(async (document) => {
      const recorder = page.openRecorder();
      const ended = await recorder.record({ path: "/run.zarr", configuration: document, stream: 0 }, () => undefined);
      recorder.close();
      return [ended, await page.hashes()] as const;
    }, configuration);
    expect(report).toMatchObject({ failure: null, ledger: { captured: 30, stored: 30, dropped: 0, in_flight: 0 } });
    expect(Object.fromEntries(Object.entries(ours).filter(([path]) => isTimeless(path)))).toEqual(theirs);
    expect(errors).toEqual([]);
  });

test("what was stored is there when the recorder is gone in the middle", async ({ openPage, recorderUrl }) => {
  const { page: tab } = await openPage(recorderUrl);
  const configuration = documentOf({ device: "ZarrV3", codec: "blosc-lz4", shards: 1, frames: 1_000_000 });
  const told = await tab.evaluate(async (document) => {
    const recorder = page.openRecorder();
    let stored = 0;
    void recorder.record({ path: "/run.zarr", configuration: document, stream: 0 }, ({ ledger }) => {
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
          .record(request, () => {
            resolve();
          })
          .then(() => undefined),
    );
    await begun;
    const refused = await second.record(request, () => undefined).then(() => "recorded", String);
    await first.stop();
    return refused;
  }, configuration);
  expect(said).toContain("/run.zarr is being written by another tab or window.");
});
