import type { Dimension, Plan, VideoStream } from "@zarrcam/protocol";
import { channelsAt } from "./channels.ts";
import type { Edit } from "./edit.ts";
import { dimension, dimensionsOf, framesPerStep, insertDimension, totalFor, writeDimensions } from "./sequence.ts";
import { micrometres } from "./sizes.ts";

/** Index of the dimension of planes between x, y and the open-ended one; -1: there is none. */
export function planesAt(dimensions: readonly Dimension[]): number {
  const last = dimensions.length - 1;
  return dimensions.findIndex(({ kind }, index) => index >= 2 && index < last && kind === "Space");
}

/** Distance from plane to plane, µm; null: not given, or in a unit that nobody knows. */
export function stepUm(entry: Dimension | undefined): number | null {
  const factor = entry?.scale ? micrometres(entry.unit ?? "") : null;
  return entry?.scale && factor !== null ? tidy(entry.scale * factor) : null;
}

/** From the first plane to the last, µm; null: the step is not given. */
export function rangeUm(entry: Dimension | undefined): number | null {
  const step = stepUm(entry);
  return step === null || !entry ? null : tidy(step * Math.max(0, entry.array_size_px - 1));
}

/** So many planes cover a range: both ends are taken, and the last one is not before its end. */
export function planesFor(range: number, step: number): number {
  return Math.ceil(tidy(range / step)) + 1;
}

/** Number of planes and the distance between them; null leaves the distance as it is. */
export function setStack(
  stream: VideoStream,
  base: string,
  planes: number,
  step: number | null,
  plan: Plan | null = null,
): Edit[] {
  const dimensions = dimensionsOf(stream, plan);
  const at = planesAt(dimensions);
  const size = step === null ? {} : { scale: step, unit: "micrometer" };
  const entry = dimensions[at];
  if (!entry) {
    const free = dimensions.some(({ name }) => name === "z") ? "z2" : "z";
    return insertDimension(stream, base, { ...dimension(free, "Space", planes, 1), ...size }, plan);
  }
  const follows = entry.chunk_size_px === entry.array_size_px || entry.chunk_size_px > planes;
  const next = {
    ...entry,
    ...size,
    array_size_px: planes,
    chunk_size_px: follows ? Math.max(1, planes) : entry.chunk_size_px,
  };
  const changed = dimensions.map((one, index) => (index === at ? next : one));
  const isAsLong = framesPerStep(changed) === framesPerStep(dimensions);
  return [...writeDimensions(stream, base, changed), ...(isAsLong ? [] : totalFor(stream, base, changed))];
}

/** Which of planes and channels changes faster; null: one of them is missing, and there is nothing to choose. */
export function fasterOf(dimensions: readonly Dimension[]): "planes" | "channels" | null {
  const [planes, channels] = [planesAt(dimensions), channelsAt(dimensions)];
  return planes < 0 || channels < 0 ? null : planes < channels ? "planes" : "channels";
}

/** The order of acquisition; the array keeps the axes in the order that OME-Zarr asks for: t, c, z, y, x. */
export function setFaster(
  stream: VideoStream,
  base: string,
  faster: "planes" | "channels",
  plan: Plan | null = null,
): Edit[] {
  const dimensions = [...dimensionsOf(stream, plan)];
  const [planes, channels] = [planesAt(dimensions), channelsAt(dimensions)];
  const [z, c] = [dimensions[planes], dimensions[channels]];
  if (!z || !c || fasterOf(dimensions) === faster) return [];
  const usual = [...dimensions];
  dimensions[planes] = c;
  dimensions[channels] = z;
  const names = (list: readonly Dimension[]) => list.map(({ name }) => name).reverse();
  const settings = `${base}.storage.settings`;
  return [
    { path: `${settings}.acquisition_dimensions`, value: dimensions },
    { path: `${settings}.storage_order`, value: faster === "channels" ? names(usual) : undefined },
  ];
}

function tidy(value: number): number {
  return Number.parseFloat(value.toPrecision(12));
}
