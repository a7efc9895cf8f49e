import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright/test";
import * as zarr from "zarrita";

import { Bridge } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

// Neuroglancer's own build; it is no part of this repository.
const build = fileURLToPath(new URL("../../shared/peers/neuroglancer", import.meta.url));
const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves the build on an origin of its own. */
async function serveBuild(): Promise<{ origin: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://viewer").pathname));
    readFile(join(build, path === "/" ? "index.html" : path)).then(
      (bytes) => {
        response.setHeader("Content-Type", types[extname(path)] ?? types[".html"]!);
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  };
}

const [WIDTH, HEIGHT] = [320, 240];

/** The viewer at one time point, a voxel as large as a pixel of the screen, its gray the stored value. */
async function address(origin: string, source: string, time: number): Promise<string> {
  const group = await zarr.open(new zarr.FetchStore(source), { kind: "group" });
  const { multiscales } = group.attrs["ome"] as {
    multiscales: {
      axes: { name: string; unit?: string }[];
      datasets: { coordinateTransformations: { scale: number[] }[] }[];
    }[];
  };
  const [image] = multiscales;
  const units: Record<string, [number, string]> = { micrometer: [1e-6, "m"], second: [1, "s"] };
  const dimensions = Object.fromEntries(
    image!.axes.map(({ name, unit }, axis) => {
      const [factor, symbol] = units[unit ?? ""] ?? [1, ""];
      return [name, [image!.datasets[0]!.coordinateTransformations[0]!.scale[axis]! * factor, symbol]];
    }),
  );
  // Its whole numbers are the middles of voxels; half a voxel is the line between two.
  const middle: Record<string, number> = { x: (WIDTH - 1) / 2, y: (HEIGHT - 1) / 2, t: time };
  const state = {
    dimensions,
    displayDimensions: ["x", "y"],
    position: image!.axes.map(({ name }) => middle[name] ?? 0),
    crossSectionScale: 1,
    layers: [
      {
        type: "image",
        name: "live",
        source: `${source}/|zarr3:`,
        opacity: 1,
        shader: "void main() { emitGrayscale(toNormalized(getDataValue())); }",
      },
    ],
    showAxisLines: false,
    showScaleBar: false,
    showDefaultAnnotations: false,
    layout: "xy",
  };
  return `${origin}/#!${encodeURIComponent(JSON.stringify(state))}`;
}

interface Picture {
  width: number;
  height: number;
  gray: number[];
}

/** The middle of the screen, where the frame is, read by the browser's own decoder. */
async function screen(page: Page): Promise<Picture> {
  const png = (await page.screenshot({ clip: { x: 440, y: 240, width: 400, height: 300 } })).toString("base64");
  return page.evaluate(async (text) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return {
      width: image.width,
      height: image.height,
      gray: Array.from({ length: data.length / 4 }, (_, at) =>
        data[4 * at] === data[4 * at + 1] ? data[4 * at]! : -1,
      ),
    };
  }, png);
}

/** The part of the frame's middle that stands on the screen as it is stored, where most of it does. */
function shown(picture: Picture, stored: ArrayLike<number>): number {
  const side = 160;
  const [left, top] = [(WIDTH - side) / 2, (HEIGHT - side) / 2];
  let best = 0;
  // Noise: where a row of it is found, there it is.
  for (let y = 0; y + side <= picture.height; y++)
    for (let x = 0; x + side <= picture.width; x++) {
      const same = (column: number, row: number) =>
        Math.abs(
          (picture.gray[(y + row) * picture.width + x + column] ?? -1) - stored[(top + row) * WIDTH + left + column]!,
        ) <= 1;
      if (![0, 1, 2, 3, 4, 5, 6, 7].every((column) => same(column, 0))) continue;
      let count = 0;
      for (let row = 0; row < side; row++) for (let column = 0; column < side; column++) if (same(column, row)) count++;
      best = Math.max(best, count / side ** 2);
    }
  return best;
}

test("neuroglancer shows a running dataset over @live, pixel by pixel @alone", async ({ openPage }) => {
  test.skip(!existsSync(build), "neuroglancer's own build lies in no shared/peers/neuroglancer beside this checkout");
  // On two busy cores the software GPU takes a minute for a page.
  test.setTimeout(240_000);
  await using viewer = await serveBuild();
  await using bridge = await Bridge.start({ origins: [viewer.origin] });
  await using runtime = await script(bridge);
  await configure(runtime, {
    name: "grows.zarr",
    storage: "ZarrV3Blosc1Lz4ByteShuffle",
    width: WIDTH,
    height: HEIGHT,
    exposureMs: 200,
    points: null,
  });
  await runtime.start();
  const stored = async () => (await runtime.getStats()).streams[0]?.ledger.stored ?? 0;
  // In the middle of a chunk: no file of it is on the disk yet.
  await expect.poll(stored).toBeGreaterThan(2);

  const source = `${bridge.url}/data/grows.zarr/@live`;
  for (const time of [1, (await stored()) - 1]) {
    const array = await zarr.open(new zarr.FetchStore(`${source}/0`), { kind: "array" });
    const frame = (await zarr.get(array, [time, null, null])).data as ArrayLike<number>;
    const { page } = await openPage(await address(viewer.origin, source, time), { webgpu: true });
    await expect.poll(async () => shown(await screen(page), frame), { timeout: 90_000, intervals: [500] }).toBe(1);
    await page.context().close();
  }
  expect((await runtime.getStats()).state).toBe("Running");
  const { streams } = await runtime.abort();
  expect(streams[0]?.ledger.dropped).toBe(0);
});
