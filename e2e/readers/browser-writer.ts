// Records as a page would: with the core in wasm, into files in memory that have the rules of the browser's own storage, which are
// then left in a folder. One JSON line a request, one an answer: {configuration, drops, told, folder} -> {ledger, mostOpen, error}.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { SimulatedCamera } from "../../web/src/cameras/simulated-camera.ts";
import { hasCore, loadCore } from "../../web/src/recorder/core.fixture.ts";
import { MemoryTree } from "../../web/src/recorder/memory-tree.fixture.ts";
import { Recording } from "../../web/src/recorder/recording.ts";
import { Store } from "../../web/src/recorder/store.ts";
import type { Configuration } from "../../bridge/protocol/src/index.ts";

interface Request {
  configuration: Configuration;
  /** Frame indices that the camera loses; never the last. */
  drops: number[];
  /** Each loss is told, as a bridge tells it; else the next frame shows it. */
  told: boolean;
  folder: string;
}

const PATH = "/run.zarr";

async function record({ configuration, drops, told, folder }: Request) {
  const core = await loadCore();
  const tree = new MemoryTree();
  const store = await Store.open(core, tree, PATH);
  const recording = new Recording(store, { path: PATH, configuration, stream: 0, runId: "memory" });
  await store.drain();
  const video = configuration.video[0];
  if (!video) throw new Error("no stream");
  // As fast as it is asked: which frames are lost is chosen.
  const settings = { ...video.camera.settings, exposure_time_us: 0 };
  const camera = new SimulatedCamera(core, video.camera.identifier?.name ?? "", settings, 0);
  const pixels = core.allocate(camera.frameBytes);
  camera.start();
  for (let full = false; !full;) {
    const polled = camera.poll();
    if (polled.kind !== "exposed") continue;
    const { hardwareId } = polled.stamp;
    if (drops.includes(Number(hardwareId))) {
      if (told) await recording.lose(1, Number(hardwareId), "queue");
      continue;
    }
    camera.read(pixels);
    full = await recording.take({ ...polled.stamp, frameIndex: hardwareId, unixNs: 0n }, pixels);
  }
  await recording.finish({ kind: "complete", reason: null });
  const report = recording.report();
  camera.close();
  recording.close();
  await store.drain();
  store.close();
  for (const path of tree.files.keys()) {
    const file = join(folder, path.slice(PATH.length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, tree.contents(path) ?? "");
  }
  return { ...report, mostOpen: tree.mostOpen, error: report.failure };
}

if (!hasCore) throw new Error("there is no core for the browser: node scripts/build.mjs core");
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await record(JSON.parse(line) as Request).catch((error: unknown) => ({
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
