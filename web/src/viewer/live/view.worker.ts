// The view worker: receives previews, keeps textures, draws. The page's thread sees captions and numbers, never pixels.
import type { PreviewFrame } from "@zarrcam/protocol";

import { Canvas2dRenderer } from "../render/canvas2d.ts";
import { Gpu, NOT_COMPOSED } from "../render/gpu.ts";
import { WebGpuRenderer } from "../render/webgpu.ts";
import { Backends } from "./backends.ts";
import { CanvasFaultError } from "./canvas-watch.ts";
import { CameraLink } from "./camera-link.ts";
import type { FromView, PlanesMessage, ToView, ViewCounters } from "./messages.ts";
import { CanvasPane } from "./canvas-pane.ts";
import { decoded, isEncoded } from "./decode-picture.ts";
import { connectTo } from "./pictures-source.ts";
import { windowOf } from "./picture-window.ts";
import { previewPicture } from "./preview-picture.ts";
import { ScreenRefresh } from "./screen-refresh.ts";

/** How often it is asked whether the canvases have what was drawn on them, ms. */
const LOOK_MS = 2500;
/** A 2-D canvas that is lost, or shows nothing, is waited for so long before another is made; then twice as long, ms. */
const RENEW_MS = 2000;
const LAST_RENEW_MS = 60_000;

const post = (message: FromView) => self.postMessage(message);
const panes = new Map<number, CanvasPane>();
const counters: ViewCounters = {
  uploads: 0,
  uploadedBytes: 0,
  draws: 0,
  received: 0,
  streamed: 0,
  overtaken: 0,
  receivedBytes: 0,
};
/** Pictures of a pane that are being decoded: the last of them. */
const decoding = new Map<number, Promise<unknown>>();
let generation = 0;

const link = new CameraLink({
  link: (state, reason) => post({ kind: "link", state, reason }),
  picture: receive,
  problem: (pane, problem) => post({ kind: "subscription", pane, problem }),
});

const backends = new Backends<Gpu>(
  (choice) => Gpu.open({ software: choice === "webgpu" }),
  (backend) => {
    if (backend.generation !== generation) for (const one of panes.values()) retire(one);
    ({ generation } = backend);
    post({ kind: "backend", backend });
  },
);

const refresh = new ScreenRefresh(
  () => {
    for (const one of panes.values()) if (one.waiting) one.draw(performance.now());
  },
  {
    requestAnimationFrame: (callback) => requestAnimationFrame(callback),
    setTimeout: (callback, ms) => self.setTimeout(callback, ms),
    clearTimeout: (timer) => self.clearTimeout(timer),
    now: () => performance.now(),
  },
);

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
      return backends.choose(message.renderer);
    case "pictures": {
      const { from } = message;
      return link.use(from && (() => connectTo(from)));
    }
    case "renderer":
      return backends.choose(message.renderer);
    case "visible":
      refresh.setVisible(message.visible);
      link.setInSight(message.visible);
      if (!message.visible) return;
      backends.wake();
      for (const one of panes.values()) one.redraw();
      break;
    case "wake":
      link.wake();
      return backends.wake();
    case "retry":
      return link.retry();
    case "road":
      return link.fixRoad(message.road);
    case "canvas":
      return attach(message);
    case "subscribe":
      pane(message.pane).follow(message.wanted !== null);
      link.request(message.pane, message.stream, message.wanted);
      return;
    case "capture":
      void pane(message.pane).capture(message.request);
      return;
    case "sync":
      return post({ kind: "synced", request: message.request, counters: { ...counters, ...sums() } });
    case "close-pane":
      link.request(message.pane, 0, null);
      retire(pane(message.pane));
      panes.delete(message.pane);
      return;
    case "resize":
      pane(message.pane).resize(message.size);
      break;
    case "view":
      pane(message.pane).setView(message.view);
      break;
    case "displays":
      pane(message.pane).setDisplays(message.displays, message.channel);
      link.setWindow(message.pane, windowOf(message.displays));
      break;
    case "pins":
      pane(message.pane).setPins(message.pins);
      break;
    case "point":
      pane(message.pane).setPoint(message.at);
      break;
    case "planes":
      pane(message.address.pane).offerPlanes(message);
      break;
    case "connect":
      message.port.onmessage = ({ data }: MessageEvent<PlanesMessage>) => {
        // What was read for a pane that is closed by now has nowhere to go.
        panes.get(data.address.pane)?.offerPlanes(data);
        schedule();
      };
      return;
    case "epoch":
      pane(message.pane).setEpoch(message.epoch, message.empty);
      break;
  }
  schedule();
}

function pane(id: number): CanvasPane {
  let found = panes.get(id);
  if (!found) panes.set(id, (found = new CanvasPane(id, post, { idle: schedule, unable })));
  return found;
}

function receive(id: number, frame: PreviewFrame): Promise<void> {
  counters.received++;
  if (link.road === "stream") counters.streamed++;
  counters.receivedBytes += frame.pixels.byteLength;
  const before = decoding.get(id);
  if (!isEncoded(frame) && !before) return offer(id, frame, frame);
  // None overtakes another that takes longer to decode.
  const decode = Promise.all([decoded(frame), before]).then(
    ([whole]) => ({ drawn: offer(id, whole, frame) }),
    (error: unknown) => {
      post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
      return { drawn: Promise.resolve() };
    },
  );
  decoding.set(id, decode);
  return decode.then(({ drawn }) => {
    if (decoding.get(id) === decode) decoding.delete(id);
    return drawn;
  });
}

/** @param whole with its pixels. @param frame as it came */
function offer(id: number, whole: PreviewFrame, frame: PreviewFrame): Promise<void> {
  // While it was decoded its pane may have been closed.
  const one = panes.get(id);
  if (!one) return Promise.resolve();
  return new Promise((taken) => {
    one.offerPreview(previewPicture(whole), taken, () => link.giveBack(frame));
    schedule();
  });
}

/** Only what waits to be drawn asks the screen. */
function schedule(): void {
  for (const one of panes.values()) if (one.waiting) return refresh.request();
}

function attach({ pane: id, generation, canvas, size }: Extract<ToView, { kind: "canvas" }>): void {
  // A canvas for a backend that is gone: the page makes another.
  if (generation !== backends.current?.generation) return;
  const one = pane(id);
  retire(one);
  const { gpu } = backends;
  try {
    one.setRenderer(gpu ? new WebGpuRenderer(gpu, canvas) : onProcessor(one, canvas), size);
  } catch (error) {
    unable(error);
  }
  schedule();
}

function onProcessor(one: CanvasPane, canvas: OffscreenCanvas): Canvas2dRenderer {
  const renderer = new Canvas2dRenderer(canvas, {
    lost: () => renewLater(() => one.renderer === renderer && !renderer.ready),
    restored: () => {
      one.redraw();
      schedule();
    },
  });
  return renderer;
}

let renewMs = RENEW_MS;
let renewal: ReturnType<typeof setTimeout> | undefined;
/** Another 2-D canvas, if this one is still of no use by then. */
function renewLater(needed: () => boolean): void {
  clearTimeout(renewal);
  renewal = setTimeout(() => {
    if (!needed()) return;
    renewMs = Math.min(2 * renewMs, LAST_RENEW_MS);
    backends.renew();
  }, renewMs);
}

/** Whoever draws cannot, or in vain. Without WebGPU another canvas is all that is left to try. */
function unable(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const inVain = error instanceof CanvasFaultError;
  if (backends.gpu)
    return backends.refuse(
      backends.gpu,
      inVain ? { ...NOT_COMPOSED, reason: message } : { reason: message, remedy: "" },
    );
  post({ kind: "failed", message });
  if (inVain) renewLater(() => true);
}

/** Its counts stay. */
function retire(one: CanvasPane): void {
  const gone = one.renderer?.counters;
  counters.uploads += gone?.uploads ?? 0;
  counters.uploadedBytes += gone?.uploadedBytes ?? 0;
  counters.draws += gone?.draws ?? 0;
  one.setRenderer(null);
}

setInterval(() => {
  const now = performance.now();
  for (const one of panes.values()) one.lookAgain(now);
  schedule();
}, LOOK_MS);

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
