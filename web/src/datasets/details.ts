import type { FileDescription, VideoStream } from "@zarrcam/protocol";
import { FORMATS } from "../configuration/formats.ts";
import { pixelTypeLabel } from "../configuration/labels.ts";
import { formatBytes, formatDay, formatDuration, formatNumber, formatTime } from "../ui/format.ts";
import { datasetState, shapeText } from "./listing.ts";
import { PLACE_NAMES, type PlacedDataset } from "./placed-dataset.ts";

/** What a dataset keeps besides its pixels: how it was recorded, as far as it tells. */
export interface Kept {
  /** The stream of the configuration; null: its format does not keep it. */
  settings: VideoStream | null;
  /** What a TIFF or raw file says of its run; null: it is neither, or another program's. */
  description: FileDescription | null;
}

export interface DetailRow {
  label: string;
  value: string;
}

/** All that is known of a dataset, in the order in which people ask for it; what is not known is left out. */
export function detailRows(dataset: PlacedDataset, { settings, description }: Kept): DetailRow[] {
  const notes = settings?.storage.settings.notes ?? description?.notes ?? dataset.notes;
  const camera = settings?.camera ?? description?.camera ?? null;
  const state = datasetState(dataset);
  const rows: [label: string, value: string | null | undefined | false][] = [
    ["Sample", notes.sample],
    ["Operator", notes.operator],
    ["Notes", notes.text],
    ["Recorded", dataset.started_unix_ms !== null && timeText(dataset.started_unix_ms)],
    ["Frames", state.text],
    ["Lost", dataset.losses && formatNumber(dataset.losses.dropped)],
    ["Size", shapeText(dataset)],
    ...scaleRows(dataset),
    ["Channels", dataset.axes.find(({ kind }) => kind === "Channel")?.labels.join(", ")],
    ["Camera", camera?.identifier?.name],
    ["Exposure", camera && `${formatNumber(camera.settings.exposure_time_us / 1000)} ms`],
    ["Binning", camera && camera.settings.binning > 1 && `${camera.settings.binning} × ${camera.settings.binning}`],
    ["Averaged", settings && settings.frame_average_count > 1 && `${settings.frame_average_count} frames`],
    ["Pixel type", dataset.pixel_type ? pixelTypeLabel(dataset.pixel_type) : dataset.dtype],
    ["Format", FORMATS.find(({ id }) => id === dataset.kind)?.label],
    ["Chunks", dataset.chunks.length > 0 && dataset.chunks.join(" × ")],
    ["Zoom levels", dataset.levels.length > 1 && String(dataset.levels.length)],
    ["On disk", formatBytes(dataset.bytes)],
    ["Written by", dataset.run_id === null ? "another program, or an older version" : "zarrcam"],
    ["Where", dataset.place === "browser" ? PLACE_NAMES.browser : dataset.path],
  ];
  return rows.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

function timeText(unixMs: number): string {
  return `${formatDay(unixMs)} ${formatTime(unixMs)}`;
}

/** Pixel size, z step and interval, where somebody gave them. */
function scaleRows({ axes }: PlacedDataset): [string, string | null][] {
  const symbol = (unit: string) => ({ micrometer: "µm", nanometer: "nm", millimeter: "mm" })[unit] ?? unit;
  const length = (at: number) => {
    const axis = axes.at(at);
    return axis && axis.unit !== "" ? `${formatNumber(axis.scale)} ${symbol(axis.unit)}` : null;
  };
  const z = axes.slice(0, -2).findIndex(({ kind }) => kind === "Space");
  const time = axes.find(({ kind, unit }) => kind === "Time" && unit === "second");
  return [
    ["Pixel size", length(-1) ?? "not calibrated"],
    ["Z step", z < 0 ? null : length(z)],
    ["Interval", time ? formatDuration(time.scale) : null],
  ];
}

/** What is looked through for the words that somebody types: name, notes and channels. */
export function searchedText({ name, notes, axes }: Pick<PlacedDataset, "name" | "notes" | "axes">): string {
  // A bridge of before has no notes in its lists.
  const { sample = "", operator = "", text = "" } = (notes as PlacedDataset["notes"] | undefined) ?? {};
  return [name, sample, operator, text, ...axes.flatMap(({ labels }) => labels)].join("\n").toLowerCase();
}
