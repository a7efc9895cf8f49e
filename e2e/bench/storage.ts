// What looking costs storage: 1080p U16 into Zarr as fast as it goes, with and without a client that takes previews, in turns;
// then with the page open, at 0.6 of the fastest rate.
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { Bridge } from "../harness/bridge.ts";
import { launch, open } from "../harness/browser.ts";
import { configure, script } from "../harness/setup.ts";

const FRAMES = 900;
const RUNS = 5;

await using bridge = await Bridge.start();
const runtime = await script(bridge);
const viewer = await script(bridge);

/** Frames a second from the start until all is stored, and how many were lost. */
async function record(name: string, exposureMs: number): Promise<{ rate: number; lost: number }> {
  await configure(runtime, {
    name,
    storage: "ZarrV3Blosc1Lz4ByteShuffle",
    width: 1920,
    height: 1080,
    pixelType: "U16",
    exposureMs,
    points: FRAMES,
  });
  const begun = performance.now();
  await runtime.start({ record: true });
  const { ledger } = (await runtime.stop()).streams[0]!;
  const rate = ledger.stored / ((performance.now() - begun) / 1e3);
  await rm(join(bridge.dataDir, name), { recursive: true });
  return { rate, lost: ledger.dropped };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const alone: number[] = [];
const seen: number[] = [];
let pictures = 0;
await record("warm.zarr", 0);
for (let run = 0; run < RUNS; run++) {
  alone.push((await record(`alone-${run}.zarr`, 0)).rate);
  const subscription = await viewer.subscribePreview({ stream: 0, maxWidth: 960, maxHeight: 540 }, () => {
    pictures += 1;
  });
  seen.push((await record(`seen-${run}.zarr`, 0)).rate);
  await subscription.close();
}
const fastest = median(alone);
const ratio = (median(seen) / fastest).toFixed(2);
console.log(
  `storage alone ${fastest.toFixed(0)} frames/s, with a client that took ${pictures} previews ${median(seen).toFixed(0)}: ${ratio}`,
);

const browser = await launch({ webgpu: false });
await open(browser, bridge.url, { width: 1280, height: 720 });
const asked = 0.6 * fastest;
const { rate, lost } = await record("page.zarr", 1000 / asked);
console.log(`with the page open, ${asked.toFixed(0)} frames/s asked: ${rate.toFixed(0)}/s stored, ${lost} lost`);
await browser.close();
await Promise.all([viewer.close(), runtime.close()]);
