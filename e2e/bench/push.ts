// A loop in Python with NumPy that pushes 1080p U16 as fast as it is taken, beside the simulated camera with the same noise,
// into the same storage: pairs of changing order, medians of their ratios. `node --import tsx e2e/bench/push.ts PYTHON [FOLDER]`.
// Where that Python has pymmcore-plus and mm-test-adapters, Micro-Manager's demo camera pushes as well.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
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

const size = [String(WIDTH), String(HEIGHT)];
const loop = join(here, "push_loop.py");
const ways = [
  { way: "put", camera: "push: bench", args: [loop, ...size, "put"], exposureUs: 0 },
  { way: "in place", camera: "push: bench", args: [loop, ...size, "in-place"], exposureUs: 0 },
];
if (spawnSync(python, ["-c", "import pymmcore_plus, mm_test_adapters"]).status === 0) {
  const args = [join(here, "../../examples/micromanager.py"), "--shape", ...size.toReversed(), "--exposure-ms", "1"];
  ways.push({ way: "Micro-Manager", camera: "push: Camera", args, exposureUs: 1000 });
}

function pusher(args: string[]): Promise<ChildProcess> {
  const env = { ...process.env, PYTHONPATH: join(here, "../../bridge/python/src") };
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

/** Processor time of a process, ms. */
async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14);
  return (Number(user) + Number(system)) * 10;
}

interface Figures {
  /** Frames a second from the start until all is stored. */
  rate: number;
  /** Processor time of bridge and program, ms a frame: what others do on the machine changes it little. */
  cost: number;
}

async function record(camera: string, storage: string, pusher?: ChildProcess, exposureUs = 0): Promise<Figures> {
  const processes = [process.pid, ...(pusher?.pid === undefined ? [] : [pusher.pid])];
  const used = async (): Promise<number> =>
    (await Promise.all(processes.map(processorMs))).reduce((sum, one) => sum + one, 0);
  const configuration = structuredClone(await runtime.getConfiguration());
  const video = configuration.video[0]!;
  video.camera.identifier = await runtime.select("Camera", camera);
  Object.assign(video.camera.settings, { shape: [WIDTH, HEIGHT], pixel_type: "U16", exposure_time_us: exposureUs });
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
  const before = await used();
  const begun = performance.now();
  await runtime.start();
  const { ledger } = (await runtime.stop()).streams[0]!;
  const rate = ledger.stored / ((performance.now() - begun) / 1e3);
  const cost = ((await used()) - before) / ledger.stored;
  if (ledger.dropped > 0) console.log(`${camera}: ${ledger.dropped} frames were lost`);
  await rm(name, { recursive: true, force: true });
  return { rate, cost };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

try {
  console.log(`${WIDTH} x ${HEIGHT} U16, ${FRAMES} frames, ${PAIRS} pairs, ${cpus().length} cores, into ${parent}`);
  for (const { way, camera, args, exposureUs } of ways) {
    const child = await pusher(args);
    child.removeAllListeners("exit");
    for (const storage of ["trash", "ZarrV3", "ZarrV3Blosc1Lz4ByteShuffle"]) {
      const pairs: { simulated: Figures; pushed: Figures }[] = [];
      await record("simulated: uniform random", storage);
      for (let pair = 0; pair < PAIRS; pair++) {
        const pushedFirst = pair % 2 === 1 ? await record(camera, storage, child, exposureUs) : null;
        const simulated = await record("simulated: uniform random", storage);
        pairs.push({ simulated, pushed: pushedFirst ?? (await record(camera, storage, child, exposureUs)) });
      }
      const of = (key: "simulated" | "pushed"): string => {
        const figures = pairs.map((pair) => pair[key]);
        const [rate, cost] = [median(figures.map(({ rate }) => rate)), median(figures.map(({ cost }) => cost))];
        return `${rate.toFixed(0).padStart(4)}/s (${cost.toFixed(1)} ms)`;
      };
      const ratios = pairs.map(({ simulated, pushed }) => pushed.rate / simulated.rate);
      console.log(
        `${way.padEnd(13)} ${storage.padEnd(28)} simulated ${of("simulated")}, pushed ${of("pushed")}: ` +
          `${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`,
      );
    }
    child.kill();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
