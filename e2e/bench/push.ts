// A loop in Python with NumPy that pushes 1080p U16 as fast as it is taken, beside the simulated camera with the same noise,
// into the same storage: pairs of changing order, medians of their ratios. `node --import tsx e2e/bench/push.ts PYTHON [FOLDER]`.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [WIDTH, HEIGHT] = [1920, 1080];
const FRAMES = 600;
const PAIRS = 5;

const [python = "python3", parent = tmpdir()] = process.argv.slice(2);
const here = fileURLToPath(new URL(".", import.meta.url));
const folder = await mkdtemp(join(parent, "zarrcam-bench-push-"));
process.env.ZARRCAM_PUSH_DIR = folder;
// Where it listens is read when the runtime begins.
const { NativeRuntime } = await import("@zarrcam/client/native");
await using runtime = new NativeRuntime();

function pusher(way: "put" | "in-place"): Promise<ChildProcess> {
  const env = { ...process.env, PYTHONPATH: join(here, "../../bridge/python/src") };
  const args = [join(here, "push_loop.py"), String(WIDTH), String(HEIGHT), way];
  const child = spawn(python, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.stdout.once("data", () => {
      resolve(child);
    });
    child.once("exit", (code) => {
      reject(new Error(`the pusher ended with ${code}`));
    });
  });
}

/** Frames a second from the start until all is stored. */
async function record(camera: string, storage: string): Promise<number> {
  const configuration = structuredClone(await runtime.getConfiguration());
  const video = configuration.video[0]!;
  video.camera.identifier = await runtime.select("Camera", camera);
  Object.assign(video.camera.settings, { shape: [WIDTH, HEIGHT], pixel_type: "U16", exposure_time_us: 0 });
  video.storage.identifier = await runtime.select("Storage", storage);
  const name = join(folder, "bench.zarr");
  const dimension = (axis: string, kind: "Space" | "Time", count: number, chunk: number) => ({
    name: axis,
    kind,
    array_size_px: count,
    chunk_size_px: chunk,
    shard_size_chunks: 0,
  });
  Object.assign(video.storage.settings, {
    uri: storage === "trash" ? "" : name,
    acquisition_dimensions: [
      dimension("x", "Space", WIDTH, WIDTH),
      dimension("y", "Space", HEIGHT, HEIGHT),
      dimension("t", "Time", 0, 1),
    ],
  });
  video.max_frame_count = FRAMES;
  await runtime.setConfiguration(configuration);
  const begun = performance.now();
  await runtime.start();
  const { ledger } = (await runtime.stop()).streams[0]!;
  const rate = ledger.stored / ((performance.now() - begun) / 1e3);
  if (ledger.dropped > 0) console.log(`${camera}: ${ledger.dropped} frames were lost`);
  await rm(name, { recursive: true, force: true });
  return rate;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

try {
  console.log(`${WIDTH} x ${HEIGHT} U16, ${FRAMES} frames, ${PAIRS} pairs, ${cpus().length} cores, into ${parent}`);
  for (const way of ["put", "in-place"] as const) {
    const child = await pusher(way);
    child.removeAllListeners("exit");
    for (const storage of ["trash", "ZarrV3", "ZarrV3Blosc1Lz4ByteShuffle"]) {
      const pairs: { simulated: number; pushed: number }[] = [];
      await record("simulated: uniform random", storage);
      for (let pair = 0; pair < PAIRS; pair++) {
        const rate = { simulated: 0, pushed: 0 };
        if (pair % 2 === 1) rate.pushed = await record("push: bench", storage);
        rate.simulated = await record("simulated: uniform random", storage);
        if (pair % 2 === 0) rate.pushed = await record("push: bench", storage);
        pairs.push(rate);
      }
      const of = (key: "simulated" | "pushed"): string => median(pairs.map((pair) => pair[key])).toFixed(0);
      const ratios = pairs.map(({ simulated, pushed }) => pushed / simulated);
      console.log(
        `${way.padEnd(9)} ${storage.padEnd(28)} simulated ${of("simulated").padStart(4)}/s, pushed ${of("pushed").padStart(4)}/s: ` +
          `${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`,
      );
    }
    child.kill();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
