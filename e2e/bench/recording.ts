// Recording in the browser, beside the two roads that it joins: reading every frame from the bridge with nothing done, and writing to
// the browser's own storage with nothing read. Real Chromium, one after the other in every round, since the machine changes.
// `node --import tsx e2e/bench/recording.ts [SECONDS_A_FIGURE [ROUNDS [U8,U16]]]`
import { loadavg } from "node:os";

import { connect } from "@zarrcam/client";
import type { PixelType } from "@zarrcam/protocol";

import { Bridge } from "../harness/bridge.ts";
import { BareBrowser } from "./bare-browser.ts";
import { processorSeconds } from "./processor.ts";
import type { Measured } from "./recording-page/main.ts";
import { CAMERA, HEIGHT, LAYER_FRAMES, WIDTH, call, layout, serveRecordingPage } from "./recording-page/serve.ts";

const [seconds = 3, rounds = 5] = process.argv.slice(2, 4).map(Number);
const pixelTypes = (process.argv[4] ?? "U8,U16").split(",") as PixelType[];
const CODECS = { raw: "none", lz4: "blosc-lz4" } as const;

await using page = await serveRecordingPage();
await using bridge = await Bridge.start({ controlledBy: [new URL(page.url).origin] });
await using runtime = await connect(`${bridge.url.replace("http", "ws")}/ws`);
await using browser = await BareBrowser.open(page.url);

async function capture(pixelType: PixelType): Promise<void> {
  const { configuration } = await runtime.getRevision();
  const video = configuration.video[0]!;
  video.camera.identifier = await runtime.select("Camera", CAMERA);
  video.storage.identifier = await runtime.select("Storage", "trash");
  Object.assign(video.camera.settings, { shape: [WIDTH, HEIGHT], pixel_type: pixelType, exposure_time_us: 0 });
  video.max_frame_count = 2 ** 53;
  await runtime.setConfiguration(configuration);
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const mbPerS = ({ bytes, seconds: took }: Measured): number => bytes / took / 1e6;

/** With the processor time of bridge and browser together, s/GB; a little of what comes before and after is in it. */
async function counted(work: () => Promise<Measured>): Promise<{ rate: number; cost: number }> {
  const whose = { pid: bridge.pid, group: browser.pid };
  const before = processorSeconds(whose);
  const measured = await work();
  return { rate: mbPerS(measured), cost: (processorSeconds(whose) - before) / (measured.bytes / 1e9) };
}

async function read(): Promise<Measured> {
  await runtime.start();
  const measured = await call(browser, "read", bridge.url, seconds);
  await runtime.abort();
  return measured;
}

async function record(codec: "none" | "blosc-lz4", pixelType: PixelType, frameBytes: number): Promise<Measured> {
  await call(browser, "beginRecording", bridge.url, layout(codec, pixelType), frameBytes);
  await runtime.start();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1e3));
  const measured = await call(browser, "endRecording");
  await runtime.abort();
  const { captured, stored, failure } = measured;
  if (failure !== null || captured !== stored) throw new Error(`${captured} captured, ${stored} stored: ${failure}`);
  return measured;
}

console.log(
  `MB/s, and processor time of bridge and browser in s/GB, medians of ${rounds} rounds of ${seconds} s each; load ${loadavg()[0]?.toFixed(1)}`,
);
for (const pixelType of pixelTypes) {
  const frameBytes = WIDTH * HEIGHT * (pixelType === "U8" ? 1 : 2);
  await capture(pixelType);
  const found: Record<string, number[]> = {};
  const note = (name: string, value: number) => (found[name] ??= []).push(value);
  for (let round = 0; round < rounds; round += 1) {
    const reading = await counted(read);
    const blocks = { layerBytes: LAYER_FRAMES * frameBytes, blockBytes: 512 << 10 };
    const writing = await counted(() => call(browser, "write", blocks, seconds));
    await call(browser, "clear");
    note("reading alone", reading.rate);
    note("reading alone: s/GB", reading.cost);
    note("writing alone", writing.rate);
    note("writing alone: s/GB", writing.cost);
    for (const [name, codec] of Object.entries(CODECS)) {
      const recording = await counted(() => record(codec, pixelType, frameBytes));
      await call(browser, "clear");
      note(`recording, ${name}`, recording.rate);
      note(`recording, ${name}: s/GB`, recording.cost);
      note(`recording, ${name}: of the lesser`, recording.rate / Math.min(reading.rate, writing.rate));
    }
  }
  for (const [name, values] of Object.entries(found)) {
    const digits = name.includes(":") ? 2 : 0;
    const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
    console.log(
      `${pixelType.padEnd(4)} ${name.padEnd(34)} ${median(values).toFixed(digits).padStart(6)}  (${least} to ${most})`,
    );
  }
}
console.log(`load ${loadavg()[0]?.toFixed(1)}`);
