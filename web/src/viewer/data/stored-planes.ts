// On the page's thread: a store that the data worker has open.
import type { DatasetInfo, Dimension, PixelType } from "@zarrcam/protocol";

import { bridgeDataUrl } from "../../connection/bridge-address.ts";
import { type PlaneAxis, acquiredAxes, frameIndexOf } from "../core/axes.ts";
import type { PlaneRequest, PlaneSink } from "../core/plane-source.ts";
import type { ArchivePlace } from "../core/archive-place.ts";
import type { DatasetPlace } from "../core/dataset-place.ts";
import type { StoreDescription, StorePlace, StoreSource } from "./messages.ts";
import type { StoreReader } from "./store-reader.ts";
import { shortName } from "./zarr/bounds.ts";

/** The planes of one opened store, by positions along axes in the order of acquisition, where that is known. */
export class StoredPlanes {
  /** The axes but x and y, the fastest first; the last is the time axis. */
  readonly axes: PlaneAxis[];
  readonly description: StoreDescription;
  readonly #reader: Pick<StoreReader, "planes" | "thumbnail" | "changed" | "close">;

  constructor(
    reader: Pick<StoreReader, "planes" | "thumbnail" | "changed" | "close">,
    description: StoreDescription,
    axes: PlaneAxis[],
  ) {
    this.#reader = reader;
    this.description = description;
    this.axes = axes;
  }

  /** @param named their captions tell the frame index. Resolves when the planes are on their way to the pane. */
  read(
    { planes, level, region }: PlaneRequest,
    { address }: PlaneSink,
    signal: AbortSignal,
    { named = false }: { named?: boolean } = {},
  ): Promise<void> {
    const wanted = planes.map(({ channel, position }) => {
      const frameIndex = named ? frameIndexOf(this.axes, position) : null;
      return { channel, position, frameIndex, index: this.#storeIndex(position), level, region };
    });
    return this.#reader.planes(this.description.store, wanted, address, signal);
  }
  thumbnail(position: number[], level: number, width: number, height: number): Promise<ImageData | null> {
    const plane = { index: this.#storeIndex(position), level, region: null };
    return this.#reader.thumbnail(this.description.store, plane, width, height, new AbortController().signal);
  }
  /** Whether its files are others than those that were read. */
  changed(signal: AbortSignal): Promise<boolean> {
    return this.#reader.changed(this.description.store, signal);
  }
  close(): void {
    this.#reader.close(this.description.store);
  }

  /** The store's own order of axes, slowest first. */
  #storeIndex(position: number[]): number[] {
    const { axes } = this;
    const own = this.description.axes;
    return own.map(({ name }, at) => {
      const found = axes.findIndex((axis) => axis.name === name);
      // A run without dimensions of its own has one, whatever the store calls it.
      return position[found < 0 && own.length === axes.length ? axes.length - 1 - at : found] ?? 0;
    });
  }
}

/** A dataset as it lies in its place. */
export async function openDataset(
  reader: StoreReader,
  info: DatasetInfo,
  place: DatasetPlace,
  signal: AbortSignal,
): Promise<StoredPlanes> {
  if (info.kind !== "zarr2" && info.kind !== "zarr3") {
    throw new Error(
      `This page shows Zarr; ${info.name} is ${info.kind === "tiff" ? "TIFF" : "raw"}, for other programs.`,
    );
  }
  const live = info.state === "open";
  if (live) return openLive(reader, info, place, signal);
  const source: StoreSource = {
    at: place === "browser" ? { kind: "opfs", path: `/${info.name}` } : { kind: "http", url: bridgeDataUrl(info.name) },
    live,
    format: info.kind,
    pixelType: info.pixel_type,
    isArray: info.levels[0]?.path === "",
    logged: info.run_id !== null,
    byLog: info.run_id === null ? null : livePlace(info.name, info.run_id, place),
  };
  const description = await reader.open(source, signal);
  return new StoredPlanes(reader, description, datasetAxes(description, info));
}

/** A zipped Zarr: what of it is known is what its metadata says. */
export async function openArchive(
  reader: StoreReader,
  place: ArchivePlace,
  signal: AbortSignal,
): Promise<StoredPlanes> {
  const description = await reader.open(place, signal);
  return new StoredPlanes(reader, description, datasetAxes(description, { acquisition_order: [], axes: [] }));
}

/** A dataset for a small picture of one plane: ours frame by frame, so that a plane costs no whole chunks. */
export async function openForOnePlane(
  reader: StoreReader,
  info: DatasetInfo,
  place: DatasetPlace,
  signal: AbortSignal,
): Promise<StoredPlanes> {
  if (info.run_id === null) return openDataset(reader, info, place, signal);
  return openLive(reader, info, place, signal);
}

async function openLive(
  reader: StoreReader,
  info: DatasetInfo,
  place: DatasetPlace,
  signal: AbortSignal,
): Promise<StoredPlanes> {
  const at = livePlace(info.name, info.run_id, place);
  const description = await reader.open(liveSource(at, info.pixel_type), signal);
  return new StoredPlanes(reader, description, datasetAxes(description, info));
}

/** What a run has stored so far, while it goes on and after. */
export async function openRun(
  reader: StoreReader,
  run: { dataset: string; runId: string; place: DatasetPlace; dimensions: Dimension[]; pixelType: PixelType },
  signal: AbortSignal,
): Promise<StoredPlanes> {
  const at = livePlace(run.dataset, run.runId, run.place);
  const description = await reader.open(liveSource(at, run.pixelType), signal);
  return new StoredPlanes(reader, description, acquiredAxes(run.dimensions));
}

function liveSource(at: StorePlace, pixelType: PixelType | null): StoreSource {
  return { at, live: true, format: "zarr3", pixelType, isArray: false, logged: true, byLog: null };
}

/** As they were acquired, the fastest first; where nobody knows, time last and the others as they change. */
function datasetAxes(
  { axes, channels }: StoreDescription,
  info: Pick<DatasetInfo, "acquisition_order" | "axes">,
): PlaneAxis[] {
  const acquired = info.acquisition_order.flatMap((name) => axes.filter((axis) => axis.name === name));
  const known = acquired.length === axes.length;
  const order = known ? acquired : [...axes].reverse();
  const time = order.findLastIndex(({ kind }) => kind === "Time");
  if (time >= 0 && !known) order.push(...order.splice(time, 1));
  let stride = 1;
  return order.map(({ name, kind, unit, scale, size }) => {
    const own = info.axes.find((axis) => axis.name === name)?.labels.map(shortName) ?? [];
    const axis: PlaneAxis = {
      name,
      kind,
      unit,
      scale,
      size,
      stride,
      labels: own.length > 0 || kind !== "Channel" ? own : channels.map(({ label }) => label),
    };
    stride *= Math.max(1, size);
    return axis;
  });
}

function livePlace(name: string, run: string | null, place: DatasetPlace): StorePlace {
  if (place === "browser") return { kind: "live", dataset: name, run };
  const live = run === null ? "@live/" : `@live/${encodeURIComponent(run)}/`;
  return { kind: "http", url: new URL(live, bridgeDataUrl(name)).href };
}
