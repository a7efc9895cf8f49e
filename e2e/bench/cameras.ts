// How many 1080p frames a second the simulated cameras deliver into `trash`, as fast as possible: medians of five runs.
import { NativeRuntime } from "@zarrcam/client/native";

const FRAMES = 1500;
const RUNS = 5;

await using runtime = new NativeRuntime();
const configuration = await runtime.getConfiguration();
const video = configuration.video[0]!;
video.storage.identifier = await runtime.select("Storage", "trash");
video.max_frame_count = FRAMES;

for (const name of ["simulated: radial sin", "simulated: uniform random", "simulated: empty"]) {
  for (const pixelType of ["U8", "U16"] as const) {
    video.camera.identifier = await runtime.select("Camera", name);
    Object.assign(video.camera.settings, { shape: [1920, 1080], pixel_type: pixelType, exposure_time_us: 0 });
    await runtime.setConfiguration(configuration);
    const rates = [];
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      await runtime.start();
      await runtime.stop();
      rates.push(FRAMES / ((performance.now() - started) / 1e3));
    }
    const median = rates.sort((a, b) => a - b)[RUNS >> 1]!;
    console.log(`${name.padEnd(26)} ${pixelType.padEnd(4)} ${median.toFixed(0)} frames/s`);
  }
}
