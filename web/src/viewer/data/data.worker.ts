// The data worker: reads and decodes planes of Zarr stores, counts their histograms, keeps what it has read, and sends the
// planes to the view worker by a port of its own. The page's thread never sees their pixels.
import type { ArchivePlace } from "../core/archive-place.ts";
import type { ChannelPicture, Histogram, Picture } from "../core/picture.ts";
import type { PlaneAddress } from "../core/plane-source.ts";
import { FrameCache } from "./frame-cache.ts";
import { HistogramCounter } from "./histogram-counter.ts";
import { ImageStore } from "./image-store.ts";
import { makePicture } from "./make-picture.ts";
import type { ChannelPlaneRequest, FromData, StorePlace, StoreSource, StoredPlaneRequest, ToData } from "./messages.ts";
import { shrinkPicture } from "./thumbnail-picture.ts";
import { FileAccess, UrlAccess } from "../../zip/random-access.ts";
import { HttpStore } from "./zarr/http-store.ts";
import { LiveStore } from "./zarr/live-store.ts";
import { OpfsStore } from "./zarr/opfs-store.ts";
import type { Store } from "./zarr/store.ts";
import { ZipStore } from "./zarr/zip-store.ts";

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
const counter = new HistogramCounter();
const connecting = new Map<number, (port: MessagePort) => void>();
let nextConnect = 1;
let toView: MessagePort | null = null;

const post = (message: FromData, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

self.addEventListener("message", ({ data }: MessageEvent<ToData>) => {
  switch (data.kind) {
    case "connect":
      toView = data.port;
      return;
    case "open":
      return void answer(data.request, async (signal) => {
        const { request, source } = data;
        const store = await openImage(source, request, signal);
        stores.set(request, store);
        post({ kind: "opened", request, description: store.description });
      });
    case "planes":
      return void answer(data.request, async (signal) => {
        const planes = await Promise.all(data.planes.map((plane) => captioned(data.store, plane, signal)));
        // What was decoded before its request was taken back is kept, but nobody waits for it.
        signal.throwIfAborted();
        deliver(planes, data.address);
        post({ kind: "delivered", request: data.request });
      });
    case "thumbnail":
      return void answer(data.request, async (signal) => {
        const { request, store, plane, width, height } = data;
        const { picture, histogram } = await readPlane(store, plane, signal);
        post({ kind: "thumbnail", request, image: shrinkPicture(picture, histogram, width, height) });
      });
    case "changed":
      return void answer(data.request, async (signal) => {
        const changed = (await stores.get(data.store)?.changed(signal)) ?? false;
        post({ kind: "changed", request: data.request, changed });
      });
    case "port":
      connecting.get(data.request)?.(data.port);
      connecting.delete(data.request);
      return;
    case "abort":
      running.get(data.request)?.abort();
      return;
    case "close":
      stores.delete(data.store);
      cache.drop(`${data.store} `);
      return;
  }
});

async function openImage(
  source: StoreSource | ArchivePlace,
  request: number,
  signal: AbortSignal,
): Promise<ImageStore> {
  if (!("kind" in source)) return ImageStore.open(source, openStore, request, signal);
  const access = source.kind === "file" ? new FileAccess(source.file) : new UrlAccess(source.url);
  const store = await ZipStore.open(access, signal);
  const { format, isArray } = store;
  const at = { kind: "http", url: "" } as const;
  const archive = { at, live: false, format, isArray, logged: false, byLog: null, pixelType: null };
  return ImageStore.open(archive, () => store, request, signal);
}

function openStore(at: StorePlace, live: boolean): Store {
  if (at.kind === "http") return new HttpStore(at.url, live);
  if (at.kind === "opfs") return new OpfsStore(at.path);
  return new LiveStore(() => connect(at.dataset), at.run);
}

/** The page knows who has a dataset of this browser. */
function connect(dataset: string): Promise<MessagePort> {
  const request = nextConnect++;
  return new Promise((resolve) => {
    connecting.set(request, resolve);
    post({ kind: "connect", request, dataset });
  });
}

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

async function readPlane(opened: number, request: StoredPlaneRequest, signal: AbortSignal): Promise<CachedPlane> {
  const { index, level, region } = request;
  const part = region ? [region.x, region.y, region.width, region.height].join(",") : "all";
  const key = `${opened} ${level} ${index.join(",")} ${part}`;
  const kept = cache.get(key);
  if (kept) return kept;
  const store = stores.get(opened);
  if (!store) throw new Error("This dataset is not open.");
  const { picture, histogram } = await makePicture(store, request, signal, (...plane) => counter.count(...plane));
  const { pixels, wide } = picture;
  const byteLength = pixels.byteLength + (wide?.values.byteLength ?? 0);
  const plane = { picture, histogram, byteLength };
  // Its store may be closed by now: nobody would ever drop it.
  if (stores.has(opened)) cache.set(key, plane);
  return plane;
}

async function captioned(opened: number, plane: ChannelPlaneRequest, signal: AbortSignal): Promise<ChannelPicture> {
  const { picture, histogram } = await readPlane(opened, plane, signal);
  const { channel, position, frameIndex } = plane;
  return {
    channel,
    captioned: {
      picture: copied(picture),
      caption: {
        source: "stored",
        frameId: null,
        frameIndex,
        position,
        unixMs: null,
        run: null,
        skipped: 0,
        histogram,
      },
    },
  };
}

/** The cache keeps its own. */
function copied(picture: Picture): Picture {
  const { pixels, wide } = picture;
  return { ...picture, pixels: pixels.slice(), ...(wide ? { wide: { ...wide, values: wide.values.slice() } } : {}) };
}

function deliver(planes: ChannelPicture[], address: PlaneAddress): void {
  if (!toView) throw new Error("Nobody here shows planes.");
  const transfer = planes.flatMap(({ captioned: { picture } }) => [
    picture.pixels.buffer,
    ...(picture.wide ? [picture.wide.values.buffer] : []),
  ]);
  toView.postMessage({ kind: "planes", address, planes }, transfer);
}
