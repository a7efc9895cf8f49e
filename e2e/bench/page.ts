// What the page shows of a 1920 x 1080 U16 camera at 60 frames a second: distinct frames and their age, alone and
// while the same camera records for four viewers, of which one never takes its pictures.
import { connect } from "@zarrcam/client";
import type { Page } from "playwright-core";

import { Bridge } from "../harness/bridge.ts";
import { launch, open } from "../harness/browser.ts";
import { Desk } from "../harness/desk.ts";

const SECONDS = 8;

await using bridge = await Bridge.start();
const url = `${bridge.url.replace("http", "ws")}/ws`;
const runtime = await connect(url);
const { configuration } = await runtime.getRevision();
const video = configuration.video[0]!;
video.camera.identifier = await runtime.select("Camera", "simulated: radial sin");
video.storage.identifier = await runtime.select("Storage", "trash");
Object.assign(video.camera.settings, { shape: [1920, 1080], pixel_type: "U16", exposure_time_us: 1e6 / 60 });
video.max_frame_count = 2 ** 53;
await runtime.setConfiguration(configuration);

const shownWords = /frame \d+\s+([\d.]+) (ms|s) old\s+(?:shown|slowed)\s+([\d.]+)/;
async function watch(page: Page): Promise<{ shown: number; ageMs: number; carried: number }> {
  const desk = new Desk(page);
  await page.waitForTimeout(3000);
  const before = await desk.counters();
  const begun = performance.now();
  const shown: number[] = [];
  const ages: number[] = [];
  while (performance.now() - begun < SECONDS * 1e3) {
    const band = (await page.locator("[data-tone]").first().textContent()) ?? "";
    const [, age, unit, rate] = shownWords.exec(band.replace(/\s+/g, " ")) ?? [];
    if (rate) shown.push(Number(rate));
    if (age) ages.push(Number(age) * (unit === "s" ? 1000 : 1));
    await page.waitForTimeout(200);
  }
  const after = await desk.counters();
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  const seconds = (performance.now() - begun) / 1e3;
  return {
    shown: median(shown),
    ageMs: median(ages),
    carried: ((after["received"] ?? 0) - (before["received"] ?? 0)) / seconds,
  };
}

const cases = [
  { renderer: "WebGPU (software adapter), chosen", webgpu: true, path: "/#renderer=webgpu" },
  { renderer: "2-D canvas, beside a software adapter", webgpu: true, path: "" },
  { renderer: "2-D canvas, no adapter", webgpu: false, path: "" },
];
const sizes = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];
for (const { renderer, webgpu, path, size } of cases.flatMap((one) => sizes.map((size) => ({ ...one, size })))) {
  const browser = await launch({ webgpu });
  const { page } = await open(browser, bridge.url + path, size);
  await runtime.start({ record: false });
  const alone = await watch(page);
  await runtime.abort();
  console.log(
    `${renderer}, ${size.width} x ${size.height}: ${alone.shown.toFixed(1)} distinct frames/s shown (${alone.carried.toFixed(1)}/s came), median age ${alone.ageMs.toFixed(0)} ms`,
  );

  const others = await Promise.all([connect(url), connect(url), connect(url)]);
  const taken = [0, 0];
  await Promise.all(
    others.map((other, index) =>
      other.subscribePreview({ stream: 0, maxWidth: 640, maxHeight: 360 }, () => {
        if (index === 2) return new Promise<void>(() => undefined);
        taken[index] = (taken[index] ?? 0) + 1;
      }),
    ),
  );
  await runtime.start({ record: true });
  const begun = performance.now();
  const among = await watch(page);
  const seconds = (performance.now() - begun) / 1e3;
  const { ledger } = (await runtime.abort()).streams[0]!;
  const rates = taken.map((count) => `${(count / seconds).toFixed(1)}/s`).join(" and ");
  console.log(
    `  recording, four viewers, one stalled: page ${among.shown.toFixed(1)}/s, others ${rates}; ${ledger.stored} of ${ledger.captured} frames saved, ${ledger.dropped} lost`,
  );
  await Promise.all(others.map((other) => other.close()));
  await browser.close();
}
await runtime.close();
