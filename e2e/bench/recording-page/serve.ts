// The page of `main.ts` on a port of its own, and what the recorder is asked there.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Configuration, PixelType } from "@zarrcam/protocol";
import { createServer } from "vite";

import type { BareBrowser } from "../bare-browser.ts";
import type { RecordingPage } from "./main.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export const WIDTH = 1920;
export const HEIGHT = 1080;
export const CAMERA = "simulated: radial sin";
/** Frames of a layer, which is one shard of 66 MB in U8. */
export const LAYER_FRAMES = 32;

export async function serveRecordingPage(): Promise<AsyncDisposable & { url: string }> {
  const server = await createServer({
    configFile: false,
    root: join(root, "e2e/bench/recording-page"),
    publicDir: join(root, "web/public"),
    cacheDir: join(root, ".cache/recording-page"),
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, fs: { allow: [root] }, hmr: false },
  });
  await server.listen();
  return { url: server.resolvedUrls?.local[0] ?? "", [Symbol.asyncDispose]: () => server.close() };
}

/** A function of the page. */
export function call<K extends keyof RecordingPage>(
  browser: BareBrowser,
  name: K,
  ...args: Parameters<RecordingPage[K]>
): Promise<Awaited<ReturnType<RecordingPage[K]>>> {
  return browser.evaluate(`page.${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
}

/** How the browser stores what the bridge captures: as the core suggests it for whoever looks at planes. */
export function layout(codec: "none" | "blosc-lz4", pixelType: PixelType): Configuration {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number, shard: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: shard },
  });
  const settings = {
    uri: "run.zarr",
    acquisition_dimensions: [
      dimension("x", "Space", WIDTH, WIDTH / 2, 2),
      dimension("y", "Space", HEIGHT, HEIGHT / 2, 2),
      dimension("t", "Time", 0, 1, LAYER_FRAMES),
    ],
    compression: { codec, level: codec === "none" ? 0 : 1, shuffle: codec === "none" ? "none" : "byte" },
  };
  const camera = { shape: [WIDTH, HEIGHT], pixel_type: pixelType, exposure_time_us: 0 };
  return {
    video: [
      {
        camera: { identifier: { id: [0, 1], kind: "Camera", name: CAMERA }, settings: camera },
        storage: { identifier: { id: [1, 0], kind: "Storage", name: "ZarrV3" }, settings },
        max_frame_count: 2 ** 53,
      },
    ],
  } as unknown as Configuration;
}
