// The data worker: reads and decodes planes of Zarr stores, counts their histograms, keeps what it has read.
import { countHistogram } from "../core/histogram.ts";
import type { CaptionedPicture, Histogram, Picture, PixelArray } from "../core/picture.ts";
import { FrameCache } from "./frame-cache.ts";
import { GpuHistogram } from "./gpu-histogram.ts";
import { ImageStore } from "./image-store.ts";
import type { FromData, PlaneRequest, ToData } from "./messages.ts";
import { makePicture } from "./make-picture.ts";
import { HttpStore } from "./zarr/http-store.ts";

const CACHE_BYTES = 256 << 20;

interface CachedPlane {
  picture: Picture;
  histogram: Histogram;
  byteLength: number;
}

/** By the number of their opening: who opens a name again reads it anew, and gets no plane of what was there before. */
const stores = new Map<number, ImageStore>();
const cache = new FrameCache<CachedPlane>(CACHE_BYTES);
const running = new Map<number, AbortController>();

const post = (message: FromData, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.addEventListener("message", ({ data }: MessageEvent<ToData>) => {
  switch (data.kind) {
    case "open":
      return void answer(data.request, async (signal) => {
        const { request, source } = data;
        const store = await ImageStore.open(source, (url, live) => new HttpStore(url, live), request, signal);
        stores.set(request, store);
        post({ kind: "opened", request, description: store.description });
      });
    case "plane":
      return void answer(data.request, async (signal) => {
        const { picture, histogram } = await readPlane(data.store, data.plane, signal);
        const own = copied(picture);
        const transfer = [own.pixels.buffer, ...(own.wide ? [own.wide.values.buffer] : [])];
        post({ kind: "plane", request: data.request, captioned: caption(own, histogram, data.plane.index) }, transfer);
      });
    case "changed":
      return void answer(data.request, async (signal) => {
        const changed = (await stores.get(data.store)?.changed(signal)) ?? false;
        post({ kind: "changed", request: data.request, changed });
      });
    case "abort":
      running.get(data.request)?.abort();
      return;
    case "close":
      stores.delete(data.store);
      cache.drop(`${data.store} `);
      return;
  }
});

async function answer(request: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  running.set(request, controller);
  try {
    await work(controller.signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    post({ kind: "refused", request, aborted: controller.signal.aborted, message });
  } finally {
    running.delete(request);
  }
}

async function readPlane(opened: number, request: PlaneRequest, signal: AbortSignal): Promise<CachedPlane> {
  const { index, level, region } = request;
  const key = `${opened} ${level} ${index.join(",")} ${region ? Object.values(region).join(",") : "all"}`;
  const kept = cache.get(key);
  if (kept) return kept;
  const store = stores.get(opened);
  if (!store) throw new Error("This dataset is not open.");
  const { picture, histogram } = await makePicture(store, request, signal, count);
  const { pixels, wide } = picture;
  const byteLength = pixels.byteLength + (wide?.values.byteLength ?? 0);
  const plane = { picture, histogram, byteLength };
  // Its store may be closed by now: nobody would ever drop it.
  if (stores.has(opened)) cache.set(key, plane);
  return plane;
}

function copied(picture: Picture): Picture {
  const { pixels, wide } = picture;
  return { ...picture, pixels: pixels.slice(), ...(wide ? { wide: { ...wide, values: wide.values.slice() } } : {}) };
}

let counter: Promise<GpuHistogram | null> | null = null;
let counting = false;

/** By the graphics card where there is one for it; by the processor while it counts another plane, or is lost. */
async function count(pixels: PixelArray, pixelType: Picture["pixelType"], of: Histogram["of"]): Promise<Histogram> {
  const gpu = await (counter ??= GpuHistogram.open());
  if (gpu?.lost) counter = null;
  else if (gpu && !counting) {
    counting = true;
    try {
      const counted = await gpu.count(pixels, pixelType, of);
      if (counted) return counted;
    } catch {
      // The device went while it counted.
    } finally {
      counting = false;
    }
  }
  return countHistogram(pixels, pixelType, of);
}

function caption(picture: Picture, histogram: Histogram, index: number[]): CaptionedPicture {
  return {
    picture,
    caption: {
      source: "dataset",
      stream: 0,
      frameId: null,
      place: null,
      index,
      hostClockMs: null,
      run: null,
      skipped: 0,
      histogram,
    },
  };
}
