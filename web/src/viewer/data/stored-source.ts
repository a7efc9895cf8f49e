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
}

/** A dataset as it lies on disk. */
export async function openDataset(reader: StoreReader, info: DatasetInfo, signal: AbortSignal): Promise<StoredSource> {
  if (info.kind !== "zarr2" && info.kind !== "zarr3") {
    throw new Error(
      `This page shows Zarr; ${info.name} is ${info.kind === "tiff" ? "TIFF" : "raw"}, for other programs.`,
    );
  }
  const live = info.state === "open";
  const source: StoreSource = {
    url: live ? liveUrl(info.name, info.run_id) : dataUrl(info.name),
    live,
    format: live ? "zarr3" : info.kind,
    pixelType: info.pixel_type,
  };
  const description = await reader.open(source, signal);
  return { name: info.name, url: source.url, description, axes: datasetAxes(description, info) };
}

/** A dataset for a small picture of one plane: ours frame by frame, so that a plane costs no whole chunks. */
export async function openForOnePlane(
  reader: StoreReader,
  info: DatasetInfo,
  signal: AbortSignal,
): Promise<StoredSource> {
  if (info.run_id === null) return openDataset(reader, info, signal);
  const url = liveUrl(info.name, info.run_id);
  const description = await reader.open({ url, live: true, format: "zarr3", pixelType: info.pixel_type }, signal);
  return { name: info.name, url, description, axes: datasetAxes(description, info) };
}

/** What a run has stored so far, while it goes on and after. */
export async function openRun(
  reader: StoreReader,
  run: { dataset: string; runId: string; dimensions: Dimension[]; pixelType: PixelType },
  signal: AbortSignal,
): Promise<StoredSource> {
  const url = liveUrl(run.dataset, run.runId);
  const description = await reader.open({ url, live: true, format: "zarr3", pixelType: run.pixelType }, signal);
  return { name: run.dataset, url, description, axes: runAxes(run.dimensions) };
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
