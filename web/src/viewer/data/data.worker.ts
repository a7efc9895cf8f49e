// The data worker: reads and decodes planes of Zarr stores, counts their histograms, keeps what it has read.
import { countHistogram } from "../core/histogram.ts";
import type { CaptionedPicture, Histogram, Picture } from "../core/picture.ts";
import { FrameCache } from "./frame-cache.ts";
import { GpuHistogram } from "./gpu-histogram.ts";
import { ImageStore } from "./image-store.ts";
import type { FromData, PlaneRequest, ToData } from "./messages.ts";

const CACHE_BYTES = 256 << 20;

interface CachedPlane {
  picture: Picture;
  histogram: Histogram;
  byteLength: number;
}

const stores = new Map<string, ImageStore>();
const cache = new FrameCache<CachedPlane>(CACHE_BYTES);
const running = new Map<number, AbortController>();

const post = (message: FromData, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.addEventListener("message", ({ data }: MessageEvent<ToData>) => {
  switch (data.kind) {
    case "open":
      return void answer(data.request, async (signal) => {
        const store = await ImageStore.open(data.source, signal);
        stores.set(data.source.url, store);
        post({ kind: "opened", request: data.request, description: store.description });
      });
    case "plane":
      return void answer(data.request, async (signal) => {
        const { picture, histogram } = await readPlane(data.url, data.plane, signal);
        const pixels = picture.pixels.slice();
        const captioned = caption({ ...picture, pixels }, histogram, data.plane.index);
        post({ kind: "plane", request: data.request, captioned }, [pixels.buffer]);
      });
    case "abort":
      running.get(data.request)?.abort();
      return;
    case "close":
      stores.delete(data.url);
      cache.drop(`${data.url} `);
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

async function readPlane(url: string, request: PlaneRequest, signal: AbortSignal): Promise<CachedPlane> {
  const { index, level, region } = request;
  const key = `${url} ${level} ${index.join(",")} ${region ? Object.values(region).join(",") : "all"}`;
  const kept = cache.get(key);
  if (kept) return kept;
  const store = stores.get(url);
  if (!store) throw new Error("This dataset is not open.");
  const read = await store.plane(index, level, region, signal);
  const { levels, pixelType, reduction } = store.description;
  const [full] = levels;
  const scale = levels[level]?.scale ?? [1, 1];
  const picture: Picture = {
    pixelType,
    pixels: read.pixels,
    width: read.width,
    height: read.height,
    scale,
    reduction: level === 0 ? "none" : reduction,
    region: read.region,
    frameWidth: full?.width ?? read.width,
    frameHeight: full?.height ?? read.height,
  };
  const histogram = await count(picture, region ? "part" : level > 0 ? "level" : "frame");
  const plane = { picture, histogram, byteLength: read.pixels.byteLength };
  cache.set(key, plane);
  return plane;
}

let counter: Promise<GpuHistogram | null> | null = null;
let counting = false;

/** By the graphics card where there is one for it; by the processor while it counts another plane, or is lost. */
async function count({ pixels, pixelType }: Picture, of: Histogram["of"]): Promise<Histogram> {
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
