// How fast an emulated USB3 Vision camera is recorded by a page into the browser's own storage: `npx tsx e2e/bench/usb3vision.ts`.
// The camera is faster than anything that takes its frames; what it dropped for want of a reader is lost, as with a real one. Real
// hardware was not measured: there a USB controller brings the bytes, here the same processor makes them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright/test";

import { AppPage } from "../harness/app-page.ts";
import { Bridge } from "../harness/bridge.ts";
import { chromiumArguments, chromiumPath } from "../harness/browser.ts";
import { EmulatedCamera } from "../harness/emulated-camera.ts";
import { DATASET, framesOf, usbDocument, useOwnCameras } from "../harness/usb3vision/recording.ts";

const [WIDTH, HEIGHT] = [1920, 1080];

interface Case {
  pixelType: "U8" | "U16";
  codec: "none" | "blosc-lz4";
  framesPerS: number;
}

function documentOf({ pixelType, codec, framesPerS }: Case, frames: number): object {
  const [level, shuffle] = codec === "none" ? [0, "none"] : [1, "byte"];
  return usbDocument({
    ...{ shape: [WIDTH, HEIGHT], frames, chunkFrames: 16, pixelType },
    camera: { exposure_time_us: 1e6 / framesPerS },
    storage: { compression: { codec, level, shuffle } },
  });
}

async function measured(url: string, of: Case, seconds: number): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), "zarrcam-usb-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: chromiumArguments(),
    viewport: { width: 1280, height: 720 },
  });
  try {
    const [page] = context.pages();
    if (!page) throw new Error("Chromium has no tab.");
    const frames = Math.round(of.framesPerS * seconds);
    await EmulatedCamera.plugInto(page, { granted: true, options: { sensor: [WIDTH, HEIGHT] } });
    await useOwnCameras(page, documentOf(of, frames));
    await page.goto(url);
    const app = await new AppPage(page).ready();
    await app.button("Record").click();
    const summary = await app.summary(seconds * 20_000 + 60_000);
    const rows = await framesOf(page, DATASET);
    const clocks = rows.map(({ clock }) => clock).filter((clock) => clock > 0);
    const stored = rows.filter(({ state }) => state === "stored").length;
    const tookS = (Math.max(...clocks) - Math.min(...clocks)) / 1e9;
    const bytes = WIDTH * HEIGHT * (of.pixelType === "U8" ? 1 : 2);
    const rate = ((stored * bytes) / tookS / 1e6).toFixed(0);
    return `${of.pixelType} ${of.codec} at ${of.framesPerS}/s: ${rate} MB/s stored, ${(stored / tookS).toFixed(1)} frames/s; ${summary}`;
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

await using bridge = await Bridge.start();
const cases: Case[] = [
  { pixelType: "U8", codec: "none", framesPerS: 50 },
  { pixelType: "U8", codec: "none", framesPerS: 100 },
  { pixelType: "U8", codec: "none", framesPerS: 300 },
  { pixelType: "U8", codec: "blosc-lz4", framesPerS: 300 },
  { pixelType: "U16", codec: "blosc-lz4", framesPerS: 100 },
];
for (const one of cases) console.log(await measured(bridge.url, one, Number(process.env["ZARRCAM_USB_S"] ?? 8)));
