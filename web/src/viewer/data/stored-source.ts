import type { DatasetInfo, Dimension, PixelType } from "@zarrcam/protocol";

import { type RunAxis, runAxes } from "../time/axes.ts";
import type { StoreDescription, StoreSource } from "./messages.ts";
import type { StoreReader } from "./store-reader.ts";

/** Stored frames to look at: a dataset, or a run of this bridge. Its axes are in the order of acquisition where it is known. */
export interface StoredSource {
  /** In the data folder. */
  name: string;
  url: string;
  /** Fastest first; the last is the time axis. */
  axes: RunAxis[];
  description: StoreDescription;
  /** Places from this one on were never captured; null: all were, or nobody knows. */
  capturedEnd: number | null;
}

/** A dataset as it lies on disk. */
export async function openDataset(reader: StoreReader, info: DatasetInfo, signal: AbortSignal): Promise<StoredSource> {
  if (info.kind !== "zarr2" && info.kind !== "zarr3") {
    throw new Error(
      `This page shows Zarr; ${info.name} is ${info.kind === "tiff" ? "TIFF" : "raw"}, for other programs.`,
    );
  }
  const live = info.state === "open";
  if (live) return openLive(reader, info, signal);
  const source: StoreSource = {
    url: dataUrl(info.name),
    live,
    format: info.kind,
    pixelType: info.pixel_type,
    isArray: info.levels[0]?.path === "",
    logged: info.run_id !== null,
    byLog: info.run_id === null ? null : liveUrl(info.name, info.run_id),
  };
  const description = await reader.open(source, signal);
  return sourceOf(info, source.url, description);
}

/** A dataset for a small picture of one plane: ours frame by frame, so that a plane costs no whole chunks. */
export async function openForOnePlane(
  reader: StoreReader,
  info: DatasetInfo,
  signal: AbortSignal,
): Promise<StoredSource> {
  if (info.run_id === null) return openDataset(reader, info, signal);
  return openLive(reader, info, signal);
}

async function openLive(reader: StoreReader, info: DatasetInfo, signal: AbortSignal): Promise<StoredSource> {
  const url = liveUrl(info.name, info.run_id);
  return sourceOf(info, url, await reader.open(liveSource(url, info.pixel_type), signal));
}

function liveSource(url: string, pixelType: PixelType | null): StoreSource {
  return { url, live: true, format: "zarr3", pixelType, isArray: false, logged: true, byLog: null };
}

function sourceOf(info: DatasetInfo, url: string, description: StoreDescription): StoredSource {
  const axes = datasetAxes(description, info);
  // Of one that is being recorded the end is not known yet.
  const capturedEnd = info.state === "open" ? null : info.captured_end;
  return { name: info.name, url, description, axes, capturedEnd };
}

/** What a run has stored so far, while it goes on and after. */
export async function openRun(
  reader: StoreReader,
  run: { dataset: string; runId: string; dimensions: Dimension[]; pixelType: PixelType },
  signal: AbortSignal,
): Promise<StoredSource> {
  const url = liveUrl(run.dataset, run.runId);
  const description = await reader.open(liveSource(url, run.pixelType), signal);
  return { name: run.dataset, url, description, axes: runAxes(run.dimensions), capturedEnd: null };
}

/** The store's own order of axes: a position along the run's axes, by name. */
export function storeIndex({ axes, description }: StoredSource, index: number[]): number[] {
  return description.axes.map(({ name }, at) => {
    const found = axes.findIndex((axis) => axis.name === name);
    // A run without dimensions of its own has one, whatever the store calls it.
    return index[found < 0 && description.axes.length === axes.length ? axes.length - 1 - at : found] ?? 0;
  });
}

/** As they were acquired, the fastest first; where nobody knows, time last and the others as they change. */
function datasetAxes({ axes, channels }: StoreDescription, info: DatasetInfo): RunAxis[] {
  const acquired = info.acquisition_order.flatMap((name) => axes.filter((axis) => axis.name === name));
  const known = acquired.length === axes.length;
  const order = known ? acquired : [...axes].reverse();
  const time = order.findLastIndex(({ kind }) => kind === "Time");
  if (time >= 0 && !known) order.push(...order.splice(time, 1));
  let stride = 1;
  return order.map(({ name, kind, unit, scale, size }) => {
    const own = info.axes.find((axis) => axis.name === name)?.labels ?? [];
    const axis: RunAxis = {
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

function dataUrl(name: string): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return new URL(`/data/${path}/`, location.href).href;
}
function liveUrl(name: string, run: string | null): string {
  return new URL(run === null ? "@live/" : `@live/${encodeURIComponent(run)}/`, dataUrl(name)).href;
}
