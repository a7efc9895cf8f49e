// A camera that lives in the page, seen live: two workers and a port between them.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createServer } from "vite";

import { SimulatedCamera } from "../web/src/cameras/simulated-camera.ts";
import { hasCore, loadCore } from "../web/src/recorder/core.fixture.ts";
import type { PicturesPage } from "./harness/pictures-page/main.ts";
import { expect, test as base } from "./harness/test.ts";

declare const page: PicturesPage;

const root = fileURLToPath(new URL("../", import.meta.url));

const test = base.extend<{ picturesUrl: string }>({
  picturesUrl: async ({}, use) => {
    const server = await createServer({
      configFile: false,
      root: join(root, "e2e/harness/pictures-page"),
      publicDir: join(root, "web/public"),
      cacheDir: join(root, ".cache/pictures-page"),
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0, fs: { allow: [root] }, hmr: false },
    });
    await server.listen();
    await use(server.resolvedUrls?.local[0] ?? "");
    await server.close();
  },
});

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

const FIRST = {
  ...{ camera: "simulated: radial sin", shape: [320, 240] as [number, number], pixelType: "U16" as const },
  ...{ periodUs: 20_000, frames: 60, run: 1 },
};
const SECOND = { ...FIRST, camera: "simulated: uniform random", shape: [64, 48] as [number, number], run: 2 };

/** The very frame, as the core makes it here. */
async function frameOf({ camera, shape, pixelType, periodUs }: typeof FIRST, id: number): Promise<Uint16Array> {
  const core = await loadCore();
  const simulated = new SimulatedCamera(
    core,
    camera,
    { shape, pixel_type: pixelType, exposure_time_us: 1000 },
    periodUs,
  );
  const pixels = core.allocate(simulated.frameBytes);
  simulated.start();
  for (;;) {
    const polled = simulated.poll();
    if (polled.kind !== "exposed") continue;
    if (polled.stamp.hardwareId < BigInt(id)) continue;
    simulated.read(pixels);
    return new Uint16Array(core.view(pixels).slice().buffer);
  }
}

test("a camera of the page is seen live, and then another: rising frames, the whole frame's histogram, its very values", async ({
  picturesUrl,
  openPage,
}) => {
  const { page: tab, errors } = await openPage(picturesUrl);
  for (const run of [FIRST, SECOND]) {
    await tab.evaluate((run) => page.look(run), run);
    const last = run.frames - 1;
    // The last picture of a run stays.
    const ofRun = async () => (await tab.evaluate(() => page.seen())).filter((one) => one.run === run.run);
    await expect.poll(async () => (await ofRun()).at(-1)?.frame).toBe(last);
    const seen = await ofRun();
    const frames = seen.map(({ frame }) => frame ?? -1);
    expect(frames).toEqual(frames.toSorted((a, b) => a - b));
    expect(frames.length).toBeGreaterThan(5);
    const [width, height] = run.shape;
    const pixels = await frameOf(run, last);
    expect(seen.at(-1)).toMatchObject({ width, counted: width * height });
    expect(seen.at(-1)?.ends).toEqual([Math.min(...pixels), Math.max(...pixels)]);
    for (const [x, y] of [
      [0, 0],
      [width - 1, height - 1],
      [31, 17],
    ] as const) {
      await tab.evaluate(([x, y]) => page.point(x + 0.5, y + 0.5), [x, y] as const);
      await expect.poll(() => tab.evaluate(() => page.readout())).toMatchObject({ x, y, value: pixels[y * width + x] });
    }
    expect(new Set(await tab.evaluate(() => page.capture())).size).toBeGreaterThan(10);
  }
  expect(await tab.evaluate(() => page.links())).toEqual(["connected", "connected"]);
  expect(errors).toEqual([]);
});
