import type { DatasetInfo, PictureAdaptation, RuntimeState } from "@zarrcam/protocol";

import type { Histogram, Reading } from "../core/picture.ts";
import type { PlaneAxis } from "../core/axes.ts";
import { exactLabel } from "../core/stored-value.ts";

/** What the canvas shows, to be read from three metres. */
export type Tone = "ready" | "live" | "recording" | "dataset";

export function canvasWord(
  state: RuntimeState,
  dataset: string | null,
  connected: boolean,
): { word: string; tone: Tone } {
  // What the cameras do now is not known: no colour that promises it.
  if (!connected && dataset === null) return { word: "Not connected", tone: "ready" };
  if (state === "Running" && dataset === null) return { word: "Recording", tone: "recording" };
  if (dataset !== null) return { word: dataset, tone: "dataset" };
  switch (state) {
    case "Previewing":
      return { word: "Live, not saved", tone: "live" };
    case "Measuring":
      return { word: "Measuring speed", tone: "ready" };
    case "AwaitingConfiguration":
      return { word: "Needs set-up", tone: "ready" };
    case "Closed":
      return { word: "Not connected", tone: "ready" };
    default:
      return { word: "Ready", tone: "ready" };
  }
}

/** Why a dataset shows nothing: what is not there, and what is there and cannot be read yet. */
export function noFramesLabel(name: string, info: Pick<DatasetInfo, "state" | "frames_stored"> | null): string {
  const stored = info?.frames_stored ?? 0;
  if (info?.state === "open") return `${name} has no frames yet.`;
  if (info?.state === "needs_recovery") {
    const count = stored > 0 ? ` of ${stored} frame${stored === 1 ? "" : "s"}` : "";
    return `The recording${count} was interrupted: Recover, in Datasets, makes ${name} readable.`;
  }
  return `${name} has no frames: nothing was saved in it.`;
}

/** "mean of 3 × 3"; empty: the pixel itself. What is not known to be a mean is not called one. */
export function reductionLabel({
  scale: [x, y],
  depth = [],
  reduction,
}: Pick<Reading, "scale" | "reduction"> & { depth?: Reading["depth"] | undefined }): string {
  if (reduction === "none") return "";
  const factor = (scale: number) => String(Number(scale.toPrecision(4)));
  const extent = [`${factor(x)} × ${factor(y)}`, ...depth.map(({ axis, scale }) => `${factor(scale)} of ${axis}`)];
  const what = extent.join(", ");
  switch (reduction) {
    case "decimate":
      return `one of ${what}`;
    case "min":
      return `least of ${what}`;
    case "max":
      return `largest of ${what}`;
    case "mean":
      return `mean of ${what}`;
    case "unknown":
      return `from a smaller level, one for ${what}`;
  }
}

/** What is read at a point: the value, and what it is. Only what is stored for this very pixel is called exact. */
export function readingLabel(reading: Reading): { value: string; kind: string } {
  const { value, dataType, gap } = reading;
  if (gap?.kind === "damaged" || value === null) return { value: "–", kind: damageLabel(gap?.chunk ?? "") };
  // Of a camera's picture the pixels are; a mean of them has no digits beyond those that mean something.
  const plain = dataType === undefined && reading.reduction !== "none";
  const words = plain ? valueLabel(Number(value)) : exactLabel(value, dataType ?? "float32");
  if (gap) return { value: words, kind: "fill, nothing stored here" };
  if (reading.approximate) {
    const about = [reductionLabel(reading), "approximate: 8-bit JPEG"].filter((word) => word !== "");
    return { value: `≈ ${words}`, kind: about.join(", ") };
  }
  return { value: words, kind: reductionLabel(reading) || "exact" };
}

/** What a picture lost on a slow network, for the image, and in more words; null: nothing. */
export function networkLossLabel(
  adaptation: PictureAdaptation | null | undefined,
): { words: string; title: string } | null {
  if (!adaptation) return null;
  const { reduced, window } = adaptation;
  if (reduced === 1 && !window) return null;
  const smaller = `reduced ${reduced}\u202f×`;
  const words = [...(reduced > 1 ? [smaller] : []), ...(window ? ["8-bit JPEG"] : [])].join(", ");
  const titles = [
    ...(reduced > 1 ? [`A pixel is the mean of ${reduced} × ${reduced} that would be shown.`] : []),
    ...(window
      ? [
          `Values are approximate, and cut off below ${valueLabel(window.minimum)} and above ${valueLabel(window.maximum)}.`,
        ]
      : []),
    "The histogram counts all pixels of the frame, and what is saved is whole.",
  ];
  return { words: `${words} for the network${window ? ": values approximate" : ""}`, title: titles.join(" ") };
}

/** "t 2, GFP, z 1": the slowest first, counted from 1 as people count; elements with a name by it. */
export function positionLabel(
  axes: readonly Pick<PlaneAxis, "name" | "labels">[],
  position: readonly number[],
): string {
  const parts = position.map((index, at) => axes[at]?.labels[index] || `${axes[at]?.name ?? ""} ${index + 1}`.trim());
  return parts.reverse().join(", ");
}

/** "16 bit" for uint16, as Camera calls it. */
export function dataTypeLabel(type: string): string {
  const match = /^(u?int|float)(\d+)$/.exec(type);
  if (!match) return type === "bool" ? "1 bit" : type;
  const [, kind, bits = ""] = match;
  return `${bits} bit${kind === "float" ? " float" : kind === "int" ? ", signed" : ""}`;
}

/** "chunk 1/0/0 is damaged" */
export function damageLabel(chunk: string): string {
  return `chunk ${chunk} is damaged`;
}

export function histogramLabel({ of, partial = false }: Pick<Histogram, "of" | "partial">): string {
  switch (of) {
    case "frame":
      return partial ? "all stored pixels" : "all pixels";
    case "level":
      return partial ? "all stored pixels of this zoom level" : "all pixels of this zoom level";
    case "part":
      return "the part that is read";
  }
}

/** For a tooltip: what a number is that is not the index of a frame. */
export const HARDWARE_ID = "Hardware id: how the camera itself counts its frames";

/** Short and of even width: "32 ms", "4.1 s", "12 min". */
export function ageLabel(ms: number): string {
  const age = Math.max(0, ms);
  if (age < 1000) return `${Math.round(age)} ms`;
  if (age < 60_000) return `${(age / 1000).toFixed(1)} s`;
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min`;
  if (age < 172_800_000) return `${Math.floor(age / 3_600_000)} h`;
  return `${Math.floor(age / 86_400_000)} days`;
}

/** At most six digits that mean something. */
export function valueLabel(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (Math.abs(value) >= 2 ** 53 && Number.isFinite(value)) return value.toExponential(5);
  return String(Number(value.toPrecision(6)));
}

export function fpsLabel(fps: number | null | undefined): string {
  if (fps === null || fps === undefined) return "–";
  return fps >= 99.95 ? fps.toFixed(0) : fps.toFixed(1);
}

/** Whether fewer pictures come than the camera takes, so that storage has the computer. */
export function isHeldBack(
  stats: { preview_limit_fps: number | null; rates: { camera_fps: number } } | null | undefined,
): boolean {
  const limit = stats?.preview_limit_fps ?? null;
  return limit !== null && (stats?.rates.camera_fps ?? 0) > limit;
}
