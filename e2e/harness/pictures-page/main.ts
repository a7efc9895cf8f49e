// The view worker and a worker that owns a camera, without the page around them, for journeys to call.
import { fitView } from "../../../web/src/viewer/core/geometry.ts";
import type { FromView } from "../../../web/src/viewer/live/messages.ts";
import { ViewClient } from "../../../web/src/viewer/live/view-client.ts";
import type { CameraRun } from "./messages.ts";

const size = { width: 640, height: 480 };

/** Of a picture that came onto the canvas. */
interface Seen {
  run: number | null;
  frame: number | null;
  skipped: number;
  width: number;
  counted: number;
  ends: [number, number];
}

const seen: Seen[] = [];
const links: string[] = [];
let readout: { x: number; y: number; value: unknown } | null = null;

function receive(message: FromView): void {
  if (message.kind === "link") links.push(message.state);
  else if (message.kind === "readout") readout = message.readout;
  else if (message.kind === "backend") attach(message.backend.generation);
  else if (message.kind === "shown") {
    const { run, frameId: frame, skipped, histogram } = message.caption;
    const counted = histogram.counts.reduce((sum, count) => sum + count, 0);
    const ends: [number, number] = [histogram.minimum, histogram.maximum];
    seen.push({ run, frame, skipped, width: message.picture.width, counted, ends });
  }
}

const view = new ViewClient("canvas2d", receive);

function attach(generation: number): void {
  const canvas = document.querySelector("canvas");
  if (canvas) view.canvas(0, generation, canvas.transferControlToOffscreen(), size);
}

/** Runs a camera in a worker of its own, and looks at it. Resolves when it has stopped. */
async function look(run: Omit<CameraRun, "port">): Promise<void> {
  const worker = new Worker(new URL("./cameras.worker.ts", import.meta.url), { type: "module" });
  const { port1, port2 } = new MessageChannel();
  view.takePicturesFrom({ kind: "port", port: port2 });
  view.send({ kind: "view", pane: 0, view: fitView({ width: run.shape[0], height: run.shape[1] }, size) });
  view.send({ kind: "subscribe", pane: 0, stream: 0, wanted: { maxWidth: 8192, maxHeight: 8192, region: null } });
  const ended = new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
  worker.postMessage({ ...run, port: port1 } satisfies CameraRun, [port1]);
  await ended;
}

const page = {
  look,
  seen: () => seen,
  links: () => links,
  point(x: number, y: number): void {
    readout = null;
    view.send({ kind: "point", pane: 0, at: { x, y } });
  },
  readout: () => readout,
  capture: async () => Array.from((await view.capture(0))?.data.subarray(0, 4000) ?? []),
};
export type PicturesPage = typeof page;
Object.assign(window, { page });
