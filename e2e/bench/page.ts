// What the page shows of a 1920 x 1080 U16 camera at 60 frames a second: distinct frames and their age, alone and
// while the same camera records for four viewers, of which one never takes its pictures. The page counts by itself.
// `--only WORDS` runs the cases whose names hold them, `--seconds N` watches so long.
import { connect } from "@zarrcam/client";
import { parseArgs } from "node:util";

import { Bridge } from "../harness/bridge.ts";
import { BareBrowser } from "./bare-browser.ts";

const { values: given } = parseArgs({ options: { only: { type: "string" }, seconds: { type: "string" } } });
const SECONDS = Number(given.seconds ?? 8);

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

/** Runs in the page, which is asked once: the figures that it shows, five times a second. */
async function watchHere(seconds: number) {
  interface Scope {
    zarrcam: { viewer: { counters(): Promise<Record<string, number>> } };
  }
  const { viewer } = (globalThis as unknown as Scope).zarrcam;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  await sleep(3000);
  const before = await viewer.counters();
  const begun = performance.now();
  const shown: number[] = [];
  const ages: number[] = [];
  while (performance.now() - begun < seconds * 1000) {
    const band = document.querySelector("[data-tone]")?.textContent ?? "";
    const words = /frame \d+\s+([\d.]+) (ms|s) old\s+(?:shown|slowed)\s+([\d.]+)/.exec(band.replace(/\s+/g, " "));
    if (words) {
      shown.push(Number(words[3]));
      ages.push(Number(words[1]) * (words[2] === "s" ? 1000 : 1));
    }
    await sleep(200);
  }
  const after = await viewer.counters();
  const gone = (performance.now() - begun) / 1000;
  const since = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / gone;
  const drawnBy = document.querySelector("[data-testid=renderer]")?.textContent?.trim() ?? "";
  return {
    shown: median(shown),
    ageMs: median(ages),
    carried: since("received"),
    megabytes: since("receivedBytes") / 1e6,
    drawnBy,
  };
}
/** The function as it is, called there; what transpiles it here may have named its parts by a helper of its own. */
function inPage<T>(here: (given: T) => unknown, given: T): string {
  return `(() => { const __name = (one) => one; return (${here.toString()})(${JSON.stringify(given)}); })()`;
}
type Figures = Awaited<ReturnType<typeof watchHere>>;
const watch = (page: BareBrowser) => page.evaluate<Figures>(inPage(watchHere, SECONDS));

/** The page is there and connected; zoomed in where that is asked for. */
async function readyHere(zoomIn: number) {
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const connected = () => /Connected/.test(document.querySelector("header")?.textContent ?? "");
  while (!connected() || !("zarrcam" in globalThis)) await sleep(50);
  const button = (name: string) =>
    [...document.querySelectorAll("button")].find(
      (one) => one.textContent?.trim() === name || one.getAttribute("aria-label") === name,
    );
  if (zoomIn > 0) button("1:1")?.click();
  for (let times = 1; times < zoomIn; times++) button("Zoom in")?.click();
  return [innerWidth, innerHeight];
}

const cases = [
  { renderer: "WebGPU (software adapter), chosen", webgpu: true, path: "/#renderer=webgpu" },
  { renderer: "2-D canvas, beside a software adapter", webgpu: true, path: "" },
  { renderer: "2-D canvas, no adapter", webgpu: false, path: "" },
];
const sizes = [
  { width: 1280, height: 720, zoomIn: 0 },
  { width: 1920, height: 1080, zoomIn: 0 },
  { width: 1920, height: 1080, zoomIn: 4 },
];
const all = cases.flatMap((one) =>
  sizes.map((size) => {
    const name = `${one.renderer}, ${size.width} x ${size.height}${size.zoomIn > 0 ? ", zoomed in" : ""}`;
    return { ...one, size, name };
  }),
);
for (const { name, webgpu, path, size } of all.filter(({ name }) => name.includes(given.only ?? ""))) {
  await using page = await BareBrowser.open(bridge.url + path, { webgpu, ...size });
  const inside = await page.evaluate<number[]>(inPage(readyHere, size.zoomIn));
  if (inside[0] !== size.width || inside[1] !== size.height) throw new Error(`the page is ${inside.join(" x ")} px`);
  await runtime.start({ record: false });
  const alone = await watch(page);
  await runtime.abort();
  console.log(
    `${name}: ${alone.shown.toFixed(1)} distinct frames/s shown (${alone.carried.toFixed(1)}/s came, ${alone.megabytes.toFixed(0)} MB/s), median age ${alone.ageMs.toFixed(0)} ms, by ${alone.drawnBy}`,
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
}
await runtime.close();
