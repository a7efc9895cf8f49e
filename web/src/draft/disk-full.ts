import type { CameraCapabilities, DeviceInfo, Plan, Problem, VideoStream } from "@zarrcam/protocol";
import { formatCount } from "../ui/format.ts";
import { compressionEdits, compressionOf, formatOf } from "../configuration/formats.ts";
import type { Edit } from "../configuration/edit.ts";
import { dimensionsOf, lastCount, setBinning, setCount } from "../configuration/sequence.ts";

/** One of several things that would solve a problem: where no one value is the right one, the user chooses. */
export interface Remedy {
  label: string;
  explanation: string;
  edits: Edit[];
}

/** What is known of the stream whose disk will be full. */
export interface RemedyContext {
  stream: VideoStream;
  /** Path of the stream in the document. */
  base: string;
  plan: Plan | null;
  freeBytes: number | null;
  camera: CameraCapabilities | null;
  devices: readonly DeviceInfo[];
}

export function remediesOf(problem: Problem, context: RemedyContext): Remedy[] {
  if (problem.code !== "disk_full") return [];
  return [fewer(context), compressed(context), binned(context)].filter((remedy) => remedy !== null);
}

/** Bytes that would be written, and that there is room for. */
function room({ plan, freeBytes }: RemedyContext): { needed: number; free: number } | null {
  if (plan?.total_bytes == null || freeBytes === null) return null;
  return { needed: plan.total_bytes, free: freeBytes - plan.temporary_disk_bytes };
}

function fewer(context: RemedyContext): Remedy | null {
  const { stream, base, plan } = context;
  const points = lastCount(stream);
  const bytes = room(context);
  // One that fits by itself shares the disk with others: fewer or smaller frames of it alone may not do.
  if (points === null || bytes === null || bytes.needed <= bytes.free) return null;
  const fit = Math.floor((points * bytes.free) / bytes.needed);
  if (fit < 1) return null;
  const dimensions = dimensionsOf(stream, plan);
  const last = dimensions.length - 1;
  const what = dimensions[last]?.kind === "Time" ? "time point" : "step";
  return {
    label: `Stop after ${formatCount(fit, what)}`,
    explanation: "As many as there is room for, before compression",
    edits: setCount(stream, base, last, fit, plan),
  };
}

function compressed({ stream, base, devices }: RemedyContext): Remedy | null {
  if (!formatOf(stream.storage.identifier)?.chunked || compressionOf(stream.storage).codec !== "none") return null;
  return {
    label: "Compress with zstd",
    explanation: "Lossless. How much it saves depends on the image: noise saves little",
    edits: compressionEdits(`${base}.storage`, stream.storage, devices, { codec: "blosc-zstd" }),
  };
}

function binned(context: RemedyContext): Remedy | null {
  const { stream, base, camera } = context;
  const bytes = room(context);
  const now = stream.camera.settings.binning;
  const larger = (camera?.binning ?? []).filter((binning) => binning > now).sort((a, b) => a - b);
  if (bytes === null || bytes.needed <= bytes.free) return null;
  const share = (binning: number) => (now / binning) ** 2;
  const fits = larger.find((binning) => share(binning) * bytes.needed <= bytes.free);
  // What leaves the disk full all the same is no remedy.
  if (fits === undefined) return null;
  return {
    label: `Bin ${fits} × ${fits}`,
    explanation: `1/${Math.round(1 / share(fits))} of the data, over the same field of view`,
    edits: setBinning(stream, base, fits),
  };
}
