// The view worker: receives previews, keeps textures, draws. The page's thread sees captions and numbers, never pixels.
import { Canvas2dRenderer } from "../render/canvas2d.ts";
import { Gpu, GpuUnavailableError, type GpuAbsence } from "../render/gpu.ts";
import { WebGpuRenderer } from "../render/webgpu.ts";
import { CameraLink } from "./camera-link.ts";
import type { Backend, FromView, ToView, ViewCounters } from "./messages.ts";
import { Pane } from "./pane.ts";
import { previewPicture } from "./preview-picture.ts";

/** A lost device is asked for again after so long; one that is lost soon again, after twice as long each time. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 300_000;
/** A device that lived so long is not blamed for the next loss. */
const PROVEN_MS = 60_000;

const post = (message: FromView) => self.postMessage(message);
const panes = new Map<number, Pane>();
const counters: ViewCounters = { uploads: 0, uploadedBytes: 0, draws: 0, received: 0, overtaken: 0, receivedBytes: 0 };
let backend: Backend | null = null;
let gpu: Gpu | null = null;
let link: CameraLink | null = null;
let scheduled = false;

self.addEventListener("message", ({ data }: MessageEvent<ToView>) => {
  try {
    handle(data);
  } catch (error) {
    post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});

function handle(message: ToView): void {
  switch (message.kind) {
    case "open":
      link = new CameraLink(message.url, {
        link: (state, reason) => post({ kind: "link", state, reason }),
        picture: receive,
        problem: (pane, problem) => post({ kind: "subscription", pane, problem }),
      });
      if (message.renderer === "canvas2d") use("canvas2d", null);
      else void openGpu(FIRST_RETRY_MS / 2, false);
      return;
    case "canvas":
      return attach(message);
    case "subscribe":
      pane(message.pane).follow(message.wanted !== null);
      link?.want(message.pane, message.stream, message.wanted);
      return;
    case "capture":
      void pane(message.pane).capture(message.request);
      return;
    case "sync":
      return post({ kind: "synced", request: message.request, counters: { ...counters, ...sums() } });
    case "close-pane":
      link?.want(message.pane, 0, null);
      retire(pane(message.pane));
      panes.delete(message.pane);
      return;
    case "resize":
      pane(message.pane).resize(message.size);
      break;
    case "view":
      pane(message.pane).setView(message.view);
      break;
    case "looks":
      pane(message.pane).setLooks(message.looks, message.channel);
      break;
    case "pins":
      pane(message.pane).setPins(message.pins);
      break;
    case "point":
      pane(message.pane).setPoint(message.at);
      break;
    case "picture":
      if (message.captioned) pane(message.pane).offer(message.captioned, () => undefined, message.channel);
      else pane(message.pane).clear();
      break;
  }
  schedule();
}

function pane(id: number): Pane {
  let found = panes.get(id);
  if (!found) panes.set(id, (found = new Pane(id, post)));
  return found;
}

function receive(id: number, frame: Parameters<typeof previewPicture>[0]): Promise<void> {
  counters.received++;
  counters.receivedBytes += frame.pixels.byteLength;
  return new Promise((taken) => {
    pane(id).offerPreview(previewPicture(frame), taken);
    schedule();
  });
}

/** Once a screen refresh; while the page is hidden not at all, and then no credit goes back and nothing is sent. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const one of panes.values()) if (one.waiting) one.draw(performance.now());
  });
}

function attach({ pane: id, generation, canvas, size }: Extract<ToView, { kind: "canvas" }>): void {
  // A canvas for a backend that is gone: the page makes another.
  if (!backend || generation !== backend.generation) return;
  const one = pane(id);
  retire(one);
  one.setRenderer(gpu ? new WebGpuRenderer(gpu, canvas) : new Canvas2dRenderer(canvas), size);
  schedule();
}

/** Its counts stay. */
function retire(one: Pane): void {
  const gone = one.renderer?.counters;
  counters.uploads += gone?.uploads ?? 0;
  counters.uploadedBytes += gone?.uploadedBytes ?? 0;
  counters.draws += gone?.draws ?? 0;
  one.setRenderer(null);
}

function sums(): Partial<ViewCounters> {
  const sum = { uploads: counters.uploads, uploadedBytes: counters.uploadedBytes, draws: counters.draws, overtaken: 0 };
  for (const { renderer, overtaken } of panes.values()) {
    sum.overtaken += overtaken;
    sum.uploads += renderer?.counters.uploads ?? 0;
    sum.uploadedBytes += renderer?.counters.uploadedBytes ?? 0;
    sum.draws += renderer?.counters.draws ?? 0;
  }
  return sum;
}

function use(kind: Backend["kind"], absence: GpuAbsence | null): void {
  for (const one of panes.values()) retire(one);
  backend = { kind, absence, generation: (backend?.generation ?? 0) + 1 };
  post({ kind: "backend", backend });
}

/** @param waitedMs how long the try before this one was waited for. */
async function openGpu(waitedMs: number, again: boolean): Promise<void> {
  const retry = (afterMs: number) => setTimeout(() => void openGpu(afterMs, true), afterMs);
  try {
    const opened = await Gpu.open();
    const openedAtMs = performance.now();
    gpu = opened;
    use("webgpu", null);
    void opened.device.lost.then(({ message }) => {
      gpu = null;
      const proven = performance.now() - openedAtMs > PROVEN_MS;
      const afterMs = proven ? FIRST_RETRY_MS : Math.min(2 * waitedMs, LAST_RETRY_MS);
      use("canvas2d", {
        reason: `The graphics device was lost${message ? `: ${message.replace(/\.$/, "")}.` : "."}`,
        mend: `It is asked for again in ${Math.round(afterMs / 1000)} s; until then the processor draws the same picture.`,
      });
      retry(afterMs);
    });
  } catch (error) {
    const absence =
      error instanceof GpuUnavailableError
        ? error.absence
        : { reason: error instanceof Error ? error.message : String(error), mend: "Reload the page to try again." };
    if (again) retry(Math.min(2 * waitedMs, LAST_RETRY_MS));
    else use("canvas2d", absence);
  }
}
