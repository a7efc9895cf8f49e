// A worker that owns a camera, as the page's own: runs it, and lets who looks look.
import { SimulatedCamera } from "../../../web/src/cameras/simulated-camera.ts";
import { BrowserPreviews } from "../../../web/src/previews/browser-previews.ts";
import { Core } from "../../../web/src/recorder/core.ts";
import type { CameraRun } from "./messages.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function run({ camera: name, shape, pixelType, periodUs, frames, run, port }: CameraRun): Promise<void> {
  const core = await Core.load(await (await fetch("/zarrcam.wasm")).arrayBuffer());
  const previews = new BrowserPreviews(core);
  previews.connect(port);
  const camera = new SimulatedCamera(core, name, { shape, pixel_type: pixelType, exposure_time_us: 1000 }, periodUs);
  const pixels = core.allocate(camera.frameBytes);
  previews.begin();
  camera.start();
  for (let last = -1n; last < BigInt(frames - 1);) {
    const polled = camera.poll();
    if (polled.kind !== "exposed") {
      await pause(polled.kind === "not yet" ? polled.waitMs : 50);
      continue;
    }
    previews.withdraw(0);
    camera.read(pixels);
    last = polled.stamp.hardwareId;
    const [width, height] = shape;
    const unixNs = BigInt(Date.now()) * 1_000_000n;
    previews.offer(
      { ...polled.stamp, stream: 0, run, frameIndex: last, unixNs, width, height, pixelType, pixels },
      "free",
    );
    await pause(0);
  }
  previews.end(0);
  core.release(pixels);
  postMessage("ended");
}

self.addEventListener("message", ({ data }: MessageEvent<CameraRun>) => void run(data));
