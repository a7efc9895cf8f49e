// Recording in the browser at a camera's pace: nothing is lost, and memory stays as it is.
import { readFileSync, readdirSync } from "node:fs";

import { connect } from "@zarrcam/client";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { BareBrowser } from "./bench/bare-browser.ts";
import { CAMERA, HEIGHT, WIDTH, call, layout, serveRecordingPage } from "./bench/recording-page/serve.ts";
import { Bridge } from "./harness/bridge.ts";
import { expect, test } from "./harness/test.ts";

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

/** `npm run soak -- recording` takes five minutes. */
const SECONDS = Number(process.env["ZARRCAM_RECORD_S"] ?? 30);
const FRAMES_PER_S = 60;
/** What the machine must be able to do before a loss is a fault of ours. */
const MARGIN = 1.5;
/** Garbage of JavaScript comes and goes by so much. */
const BREATH_BYTES = 48 << 20;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Bytes that the browser's renderers have in memory; null: this system does not say. */
function rendererBytes(browser: BareBrowser): number | null {
  if (process.platform !== "linux") return null;
  const read = (path: string) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "";
    }
  };
  let kb = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const group = / [A-Za-z] \d+ (\d+) /.exec(read(`/proc/${pid}/stat`))?.[1];
    if (Number(group) !== browser.pid || !read(`/proc/${pid}/cmdline`).includes("--type=renderer")) continue;
    kb += Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return kb * 1024;
}

test(`the browser records 1920 x 1080 at ${FRAMES_PER_S} frames/s for ${SECONDS} s, loses nothing and takes no more memory @alone`, async () => {
  test.setTimeout((SECONDS + 90) * 1000);
  await using page = await serveRecordingPage();
  await using bridge = await Bridge.start({ controlledBy: [new URL(page.url).origin] });
  await using runtime = await connect(`${bridge.url.replace("http", "ws")}/ws`);
  await using browser = await BareBrowser.open(page.url);
  const { configuration } = await runtime.getRevision();
  const video = configuration.video[0]!;
  video.camera.identifier = await runtime.select("Camera", CAMERA);
  video.storage.identifier = await runtime.select("Storage", "trash");

  async function record(exposureUs: number, frames: number, meanwhile: () => Promise<void>) {
    Object.assign(video.camera.settings, { shape: [WIDTH, HEIGHT], pixel_type: "U8", exposure_time_us: exposureUs });
    video.max_frame_count = frames;
    await runtime.setConfiguration(configuration);
    await call(browser, "beginRecording", bridge.url, layout("blosc-lz4", "U8"), WIDTH * HEIGHT);
    await runtime.start();
    await meanwhile();
    if (frames < 2 ** 53) await runtime.stop();
    const ended = await (frames < 2 ** 53 ? call(browser, "ended") : call(browser, "endRecording"));
    if (frames === 2 ** 53) await runtime.abort();
    await call(browser, "clear");
    expect(ended.failure).toBeNull();
    // Over both ends: what was captured is stored here, or lost and counted.
    expect(ended.stored + ended.lost + ended.waiting).toBe(ended.captured);
    expect(ended.waiting).toBe(0);
    return ended;
  }

  const fastest = await record(0, 2 ** 53, () => sleep(3000));
  const possible = fastest.bytes / fastest.seconds / (WIDTH * HEIGHT);
  const asked = FRAMES_PER_S * SECONDS;
  const memory: number[] = [];
  const ended = await record(1e6 / FRAMES_PER_S, asked, async () => {
    for (let second = 0; second < SECONDS; second += 1) {
      await sleep(1000);
      memory.push(rendererBytes(browser) ?? 0);
    }
  });
  expect(ended.captured).toBe(asked);
  const [begun, later] = [memory.slice(memory.length / 6, memory.length / 2), memory.slice(memory.length / 2)];
  const [before, after] = [Math.max(...begun), Math.max(...later)];
  const said = `${possible.toFixed(0)} frames/s possible, ${ended.lost} of ${asked} lost, ${(before / 1e6).toFixed(0)} then ${(after / 1e6).toFixed(0)} MB`;
  test.info().annotations.push({ type: "measured", description: said });
  console.log(said);
  expect(after).toBeLessThan(before + BREATH_BYTES);
  const isBusy = possible < MARGIN * FRAMES_PER_S;
  test.skip(isBusy && ended.lost > 0, `This machine is busy: ${possible.toFixed(0)} frames/s at the moment; ${said}`);
  expect(ended.lost, said).toBe(0);
});
