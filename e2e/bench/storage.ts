// What looking costs storage: 1080p U16 into Zarr as fast as it goes, with and without a client that takes previews, in
// pairs of changing order; then with the page open, at 0.6 of the fastest rate.
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { Bridge } from "../harness/bridge.ts";
import { launch, open } from "../harness/browser.ts";
import { AppPage } from "../harness/app-page.ts";
import { configure, script } from "../harness/setup.ts";

const FRAMES = 900;
const PAIRS = 6;
const PAGE_RUNS = 4;

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

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
let pictures = 0;
/** The rate with a client that takes previews. */
async function seen(name: string): Promise<number> {
  const subscription = await viewer.subscribePreview({ stream: 0, maxWidth: 960, maxHeight: 540 }, () => {
    pictures += 1;
  });
  const { rate } = await record(name, 0);
  await subscription.close();
  return rate;
}

await record("warm.zarr", 0);
const rates: { alone: number; seen: number }[] = [];
for (let pair = 0; pair < PAIRS; pair++) {
  // The disk and the machine drift: the neighbour is compared, and each comes first as often as the other.
  const rate = { alone: 0, seen: 0 };
  if (pair % 2 === 1) rate.seen = await seen(`seen-${pair}.zarr`);
  rate.alone = (await record(`alone-${pair}.zarr`, 0)).rate;
  if (pair % 2 === 0) rate.seen = await seen(`seen-${pair}.zarr`);
  rates.push(rate);
}
const fastest = median(rates.map(({ alone }) => alone));
const ratios = rates.map(({ alone, seen }) => seen / alone);
const withClient = median(rates.map(({ seen }) => seen)).toFixed(0);
console.log(
  `storage alone ${fastest.toFixed(0)} frames/s, with a client that took ${pictures} previews ${withClient}: ` +
    `median of the pairs ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`,
);

const asked = 0.6 * fastest;
for (let run = 0; run < PAGE_RUNS; run++) {
  // Every other run begins while the page still starts up.
  const settled = run % 2 === 0;
  const { rate: bare, lost: lostBare } = await record(`bare-${run}.zarr`, 1000 / asked);
  const browser = await launch({ webgpu: false });
  const { page } = await open(browser, bridge.url, { width: 1280, height: 720 });
  const app = new AppPage(page);
  if (settled) await app.ready();
  const { rate, lost } = await record(`page-${run}.zarr`, 1000 / asked);
  const { received = 0 } = await app.counters();
  console.log(
    `${asked.toFixed(0)} frames/s asked: ${bare.toFixed(0)}/s stored, ${lostBare} lost without the page; ` +
      `with it ${settled ? "open" : "opening"} ${rate.toFixed(0)}/s, ${lost} of ${FRAMES} lost, ` +
      `${((received * rate) / FRAMES).toFixed(1)} pictures/s came`,
  );
  await browser.close();
}
await Promise.all([viewer.close(), runtime.close()]);
