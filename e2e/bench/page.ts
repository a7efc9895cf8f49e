// What the page shows of a 1920 x 1080 U16 camera at 60 frames a second: distinct frames and their age, alone and
// while the same camera records for four viewers, of which one never takes its pictures. The page counts by itself.
// `--only WORDS` runs the cases whose names hold them, `--seconds N` watches so long.
import { connect } from "@zarrcam/client";
import { parseArgs } from "node:util";

import { Bridge } from "../harness/bridge.ts";
import { BareBrowser } from "./bare-browser.ts";
import { ready, watch } from "./page-figures.ts";

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
  await ready(page, size);
  await runtime.start({ record: false });
  const alone = await watch(page, SECONDS);
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
  const among = await watch(page, SECONDS);
  const seconds = (performance.now() - begun) / 1e3;
  const { ledger } = (await runtime.abort()).streams[0]!;
  const rates = taken.map((count) => `${(count / seconds).toFixed(1)}/s`).join(" and ");
  console.log(
    `  recording, four viewers, one stalled: page ${among.shown.toFixed(1)}/s, others ${rates}; ${ledger.stored} of ${ledger.captured} frames saved, ${ledger.dropped} lost`,
  );
  await Promise.all(others.map((other) => other.close()));
}
await runtime.close();
