import type { Plan, VideoStream } from "@zarrcam/protocol";
import { framesPerStored, lastCount, storedFrames } from "../setup/sequence.ts";
import { bytesPerPixel } from "../setup/words.ts";
import { formatBytes, formatCount, formatDuration } from "../ui/format.ts";

/** What a stream costs, from the plan where there is one, else from its settings. */
export interface Cost {
  frames: number | null;
  durationS: number | null;
  bytes: number | null;
  bytesPerMinute: number | null;
}

export function costOf(stream: VideoStream, plan: Plan | null): Cost {
  const saves = stream.storage.identifier?.name !== "trash";
  if (plan) {
    return {
      frames: plan.frames,
      durationS: plan.duration_s,
      bytes: saves && plan.frames !== null ? plan.total_bytes : saves ? null : 0,
      bytesPerMinute: saves ? plan.bytes_per_minute : 0,
    };
  }
  const averaged = framesPerStored(stream);
  const periodS = ((stream.frame_period_us || stream.camera.settings.exposure_time_us) * averaged) / 1e6;
  const [width, height] = stream.camera.settings.shape;
  const frameBytes = width * height * (averaged > 1 ? 4 : bytesPerPixel(stream.camera.settings.pixel_type));
  const frames = storedFrames(stream);
  const interval = (stream.time_point_interval_us ?? 0) / 1e6;
  const points = lastCount(stream);
  let durationS = frames === null || periodS === 0 ? null : frames * periodS;
  if (durationS !== null && interval > 0 && points !== null) durationS = Math.max(durationS, points * interval);
  return {
    frames,
    durationS,
    bytes: frames === null ? null : saves ? frames * frameBytes : 0,
    bytesPerMinute: periodS > 0 && saves ? (60 / periodS) * frameBytes : null,
  };
}

/** "300 frames, 21 s, 622 MB to out.zarr": what Record would do, before it is pressed. */
export function planSentence(streams: readonly { stream: VideoStream; plan: Plan | null }[]): {
  what: string;
  where: string;
} {
  if (streams.length === 0) return { what: "No camera chosen", where: "" };
  const costs = streams.map(({ stream, plan }) => costOf(stream, plan));
  const parts: string[] = [];
  const sum = (pick: (cost: Cost) => number | null) =>
    costs.some((cost) => pick(cost) === null) ? null : costs.reduce((total, cost) => total + (pick(cost) ?? 0), 0);
  const frames = sum(({ frames }) => frames);
  parts.push(frames === null ? "Until stopped" : formatCount(frames, "frame"));
  const longest = costs.some(({ durationS }) => durationS === null)
    ? null
    : Math.max(...costs.map(({ durationS }) => durationS ?? 0));
  if (longest !== null) parts.push(formatDuration(longest));
  const bytes = sum(({ bytes }) => bytes);
  const perMinute = sum(({ bytesPerMinute }) => bytesPerMinute);
  const saved = streams.filter(({ stream }) => stream.storage.identifier?.name !== "trash");
  if (saved.length > 0) {
    if (bytes !== null) parts.push(formatBytes(bytes));
    else if (perMinute !== null) parts.push(`${formatBytes(perMinute)} a minute`);
  }
  const targets = saved.map(({ stream }) => stream.storage.settings.uri ?? "no name yet");
  const where = targets.length === 0 ? "not saved, only counted" : `to ${targets.join(", ")}`;
  return { what: parts.join(", "), where };
}

/** How long the disk lasts at the rate of the set-up; null: nothing is known or written. */
export function diskLeftS(freeBytes: number | null, bytesPerMinute: number | null): number | null {
  if (freeBytes === null || !bytesPerMinute) return null;
  return (freeBytes / bytesPerMinute) * 60;
}
