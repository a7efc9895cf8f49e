import type { Dimension, Plan, VideoStream } from "@zarrcam/protocol";
import { usualName } from "./channel-names.ts";
import type { Edit } from "./edit.ts";
import { dimension, dimensionsOf, insertDimension, setCount, writeDimensions } from "./sequence.ts";

/** Index of the dimension of channels between x, y and the open-ended one; -1: there is none. */
export function channelsAt(dimensions: readonly Dimension[]): number {
  const last = dimensions.length - 1;
  return dimensions.findIndex(({ kind }, index) => index >= 2 && index < last && kind === "Channel");
}

/** One channel's name; empty: the usual one. The first name of a single channel makes the dimension that keeps it. */
export function setChannelName(
  stream: VideoStream,
  base: string,
  channel: number,
  name: string,
  plan: Plan | null = null,
): Edit[] {
  const dimensions = dimensionsOf(stream, plan);
  const at = channelsAt(dimensions);
  const entry = dimensions[at];
  if (!entry) {
    if (name === "") return [];
    const free = dimensions.some((one) => one.name === "c") ? "channel" : "c";
    return insertDimension(stream, base, { ...dimension(free, "Channel", 1, 1), labels: [name] }, plan);
  }
  const labels = named(entry);
  labels[channel] = name === "" ? usualName(channel) : name;
  const isUnnamed = labels.every((label, index) => label === usualName(index));
  return write(stream, base, dimensions, at, { ...entry, labels: isUnnamed ? [] : labels });
}

/** A colour of one's own, "#rrggbb"; the channels get names with it, since colours are kept beside them. */
export function setChannelColor(
  stream: VideoStream,
  base: string,
  channel: number,
  color: string,
  plan: Plan | null = null,
): Edit[] {
  const dimensions = dimensionsOf(stream, plan);
  const at = channelsAt(dimensions);
  const entry = dimensions[at];
  if (!entry) return [];
  const labels = named(entry);
  const colors = labels.map((_, index) => entry.colors?.[index] ?? "");
  colors[channel] = color.replace("#", "").toUpperCase();
  return write(stream, base, dimensions, at, { ...entry, labels, colors });
}

/** Takes one channel out, with its name and colour. */
export function removeChannel(stream: VideoStream, base: string, channel: number, plan: Plan | null = null): Edit[] {
  const dimensions = dimensionsOf(stream, plan);
  const at = channelsAt(dimensions);
  const entry = dimensions[at];
  if (!entry || entry.array_size_px < 2) return [];
  const without = (list: readonly string[] | undefined) => (list ?? []).filter((_, index) => index !== channel);
  const left = { ...entry, labels: without(entry.labels), colors: without(entry.colors) };
  const own = stream.storage.settings;
  const shortened: VideoStream = {
    ...stream,
    storage: {
      ...stream.storage,
      settings: { ...own, acquisition_dimensions: dimensions.map((one, index) => (index === at ? left : one)) },
    },
  };
  return setCount(shortened, base, at, entry.array_size_px - 1, plan);
}

function named(entry: Dimension): string[] {
  return Array.from({ length: entry.array_size_px }, (_, index) => entry.labels?.[index] ?? usualName(index));
}

/** Without empty lists: what says nothing is not in the document. */
function write(
  stream: VideoStream,
  base: string,
  dimensions: readonly Dimension[],
  at: number,
  { labels = [], colors = [], ...rest }: Dimension,
): Edit[] {
  const next: Dimension = {
    ...rest,
    ...(labels.length > 0 ? { labels } : {}),
    ...(labels.length > 0 && colors.some((color) => color !== "") ? { colors } : {}),
  };
  return writeDimensions(
    stream,
    base,
    dimensions.map((one, index) => (index === at ? next : one)),
  );
}
