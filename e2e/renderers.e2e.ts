// The two renderers, in a real browser, on the same pictures: WebGPU's picture is read back from its texture.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

import { newPage } from "./harness/browser.ts";
import { expect, test } from "./harness/test.ts";

const viewer = fileURLToPath(new URL("../web/src/viewer/", import.meta.url));

/** Draws every case with both and returns how far they are apart, r g b a bytes. */
const entry = `
import { Gpu } from "${viewer}render/gpu.ts";
import { WebGpuRenderer } from "${viewer}render/webgpu.ts";
import { Canvas2dRenderer } from "${viewer}render/canvas2d.ts";
import { GpuHistogram } from "${viewer}data/gpu-histogram.ts";
import { countHistogram } from "${viewer}core/histogram.ts";

const arrays = { U8: Uint8Array, I8: Int8Array, U10: Uint16Array, U12: Uint16Array, U14: Uint16Array, U16: Uint16Array, I16: Int16Array, F32: Float32Array };
const ranges = { U8: [0, 255], I8: [-128, 127], U10: [0, 1023], U12: [0, 4095], U14: [0, 16383], U16: [0, 65535], I16: [-32768, 32767], F32: [-1, 1] };

function picture(pixelType, scale) {
  const [width, height] = [101, 67];
  const [low, high] = ranges[pixelType];
  const pixels = new arrays[pixelType](width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const part = ((x * 7 + y * 13) % 97) / 96;
      const value = low + part * (high - low);
      pixels[y * width + x] = pixelType === "F32" ? value : Math.round(value);
    }
  }
  // The last column stands for fewer px of the frame than the others.
  const region = { x: 5, y: 3, width: width * scale - (scale > 1 ? 1 : 0), height: height * scale };
  return { pixelType, pixels, width, height, scale: [scale, scale], reduction: scale > 1 ? "mean" : "none", region, frameWidth: 400, frameHeight: 300 };
}

async function shot(renderer, view, layers) {
  renderer.resize({ width: 200, height: 150 });
  const { data } = await renderer.capture(view, layers);
  const { uploads } = renderer.counters;
  renderer.dispose();
  return { data, uploads };
}

globalThis.compare = async () => {
  const gpu = await Gpu.open({ software: true });
  const results = [];
  for (const pixelType of Object.keys(arrays)) {
    for (const maxSide of [gpu.maxSide, 37]) {
      for (const [zoom, scale] of [[1, 1], [0.37, 1], [2.6, 1], [0.9, 3], [7, 2]]) {
        const one = picture(pixelType, scale);
        const view = { centre: { x: 5.3 + (101 * scale) / 2, y: 2.8 + (67 * scale) / 2 }, zoom, fit: false };
        const [min, max] = ranges[pixelType];
        const display = { min, max, gamma: 1.4, map: "viridis", auto: false, markSaturated: true };
        const name = [pixelType, "zoom", zoom, "scale", scale, "tile", maxSide].join(" ");
        results.push({ name, ...(await apart(gpu, maxSide, view, [{ picture: one, display }])) });
      }
    }
  }
  return results;
};

async function apart(gpu, maxSide, view, layers) {
  const a = await shot(new WebGpuRenderer(gpu, new OffscreenCanvas(8, 8), maxSide), view, layers);
  const b = await shot(new Canvas2dRenderer(new OffscreenCanvas(8, 8)), view, layers);
  const result = { worst: 0, different: 0, drawn: 0, white: 0, uploads: a.uploads };
  for (let at = 0; at < a.data.length; at += 4) {
    let worst = 0;
    for (let byte = at; byte < at + 4; byte++) worst = Math.max(worst, Math.abs(a.data[byte] - b.data[byte]));
    result.worst = Math.max(result.worst, worst);
    if (worst > 0) result.different++;
    if (a.data[at + 3] > 0) result.drawn++;
    if (b.data[at] === 255 && b.data[at + 1] === 255 && b.data[at + 2] === 255) result.white++;
  }
  return result;
}

/** Channels added up: each with limits and a colour of its own, so that some px go over white. */
globalThis.overlays = async () => {
  const gpu = await Gpu.open({ software: true });
  const results = [];
  for (const maxSide of [gpu.maxSide, 37]) {
    for (const [zoom, scale] of [[1, 1], [2.6, 1], [0.9, 3]]) {
      const layers = [["#00ff00", 0.1, 0.6], ["#ff00ff", 0, 0.5], ["yellow", 0.3, 1]].map(([map, min, max], at) => {
        const one = picture("U16", scale);
        one.pixels = one.pixels.map((value) => (value * (3 + at)) % 65536);
        return { picture: one, display: { min: min * 65535, max: max * 65535, gamma: 1 + at / 4, map, auto: false, markSaturated: false } };
      });
      const view = { centre: { x: 5.3 + (101 * scale) / 2, y: 2.8 + (67 * scale) / 2 }, zoom, fit: false };
      results.push({ name: ["zoom", zoom, "scale", scale, "tile", maxSide].join(" "), ...(await apart(gpu, maxSide, view, layers)) });
    }
  }
  return results;
};

globalThis.histograms = async () => {
  const gpu = await GpuHistogram.open({ software: true });
  const results = [];
  for (const pixelType of Object.keys(arrays)) {
    for (const { pixels } of [picture(pixelType, 1), { pixels: new arrays[pixelType](3).fill(7) }, { pixels: new arrays[pixelType](1) }]) {
      if (pixelType === "F32") pixels[0] = NaN;
      const text = ({ counts, ...rest }) => JSON.stringify({ ...rest, counts: [...counts] });
      const [a, b] = [await gpu.count(pixels, pixelType, "frame"), countHistogram(pixels, pixelType, "frame")];
      results.push({ name: pixelType + " " + pixels.length, gpu: text(a), cpu: text(b) });
    }
  }
  return results;
};

/** A device that refuses a buffer: no counts are better than those of the plane before. */
globalThis.refused = async () => {
  const gpu = await GpuHistogram.open({ software: true });
  const [small, large] = [new Uint8Array(1000).fill(3), new Uint8Array(100_000).fill(200)];
  await gpu.count(small, "U8", "frame");
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (given) {
    return createBuffer.call(this, { ...given, size: 2 * this.limits.maxBufferSize });
  };
  const none = await gpu.count(large, "U8", "frame");
  GPUDevice.prototype.createBuffer = createBuffer;
  const again = await gpu.count(large, "U8", "frame");
  return { none, again: again?.counts[0], minimum: again?.minimum };
};
`;

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

test("with and without WebGPU pictures and histograms of every pixel type are the same, tiled or whole @alone", async ({
  launchBrowser,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "zarrcam-renderers-"));
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  await writeFile(join(folder, "main.ts"), entry);
  await writeFile(join(folder, "index.html"), `<!doctype html><script type="module" src="./main.ts"></script>`);
  await build({ root: folder, configFile: false, logLevel: "error", base: "./", build: { outDir: "out" } });

  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    readFile(join(folder, "out", path)).then(
      (body) => response.writeHead(200, { "Content-Type": types[extname(path)] ?? "text/plain" }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await using _server = { [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())) };

  const { page } = await newPage(await launchBrowser({ webgpu: true }));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction("typeof compare === 'function'");
  interface Apart {
    name: string;
    worst: number;
    different: number;
    drawn: number;
    white: number;
    uploads: number;
  }
  const results = await page.evaluate<Apart[]>("compare()");
  const overlays = await page.evaluate<Apart[]>("overlays()");

  const histograms = await page.evaluate<{ name: string; gpu: string; cpu: string }[]>("histograms()");
  expect(await page.evaluate("refused()")).toEqual({ none: null, again: 100_000, minimum: 200 });
  expect(histograms).toHaveLength(8 * 3);
  for (const { name, gpu, cpu } of histograms) expect(`${name} ${gpu}`).toBe(`${name} ${cpu}`);

  expect(results).toHaveLength(8 * 2 * 5);
  // At the edge between two tones single and double precision may fall apart: by one colour, seldom.
  expect(results.filter(({ worst, different, drawn }) => worst > 4 || different > drawn / 100)).toEqual([]);
  expect(overlays).toHaveLength(2 * 3);
  expect(overlays.filter(({ worst, different, drawn }) => worst > 4 || different > drawn / 100)).toEqual([]);
  expect(overlays.filter(({ white }) => white === 0)).toEqual([]);
  expect(results.filter(({ drawn }) => drawn < 900)).toEqual([]);
  expect(new Set(results.map(({ uploads }) => uploads))).toEqual(new Set([1, 6]));
});
