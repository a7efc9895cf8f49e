import type { Plan, Problem, Stats, VideoStream } from "@zarrcam/protocol";
import { formatBytes, formatDuration, formatFps } from "../ui/format.ts";
import { costOf, diskLeftS } from "./sentence.ts";

/** One thing that was looked at before the start. */
export interface Check {
  label: string;
  value: string;
  /** What the value means, and where it is from. */
  explained: string;
  tone: "" | "warn" | "alarm";
}

/** Frames a second that were measured, and with which camera settings: others make it old. */
export interface MeasuredSpeed {
  settings: string;
  camera_fps: number;
  stored_fps: number | null;
}

export interface PreflightInput {
  streams: readonly {
    stream: VideoStream;
    plan: Plan | null;
    problems: readonly Problem[];
    freeBytes: number | null;
  }[];
  measured: MeasuredSpeed | null;
}

/** A camera slower than this share of what is asked is said to be too slow. */
const ENOUGH = 0.97;

export function preflight({ streams, measured }: PreflightInput): Check[] {
  return [disk(streams), memory(streams), name(streams), speed(streams, measured)];
}

/** What speed depends on: the same camera with the same settings is as fast again. */
export function speedKey(streams: readonly VideoStream[]): string {
  return JSON.stringify(streams.map(({ camera, frame_period_us }) => [camera, frame_period_us ?? 0]));
}

/** From the statistics, once they cover the two seconds over which rates are measured. */
export function measureSpeed(stats: Stats, streams: readonly VideoStream[]): MeasuredSpeed | null {
  const [first] = stats.streams;
  if (!first || first.elapsed_s < 2 || first.rates.camera_fps === 0) return null;
  const stored_fps = stats.state === "Running" ? first.rates.stored_fps : null;
  return { settings: speedKey(streams), camera_fps: first.rates.camera_fps, stored_fps };
}

function disk(streams: PreflightInput["streams"]): Check {
  const label = "Disk after";
  const free = streams.find(({ freeBytes }) => freeBytes !== null)?.freeBytes ?? null;
  const costs = streams.map(({ stream, plan }) => costOf(stream, plan));
  if (free === null)
    return { label, value: "–", explained: "Nothing is written, or the free space is not known", tone: "" };
  if (costs.some(({ bytes }) => bytes === null)) {
    const perMinute = costs.reduce((sum, { bytesPerMinute }) => sum + (bytesPerMinute ?? 0), 0);
    const left = diskLeftS(free, perMinute);
    const value = left === null ? formatBytes(free) : `full: ${formatDuration(left)}`;
    return { label, value, explained: `${formatBytes(free)} are free; the run goes on until it is stopped`, tone: "" };
  }
  const needed = costs.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const after = free - needed;
  const explained = `${formatBytes(needed)} of ${formatBytes(free)} free, before compression`;
  return after < 0
    ? { label, value: "too full", explained, tone: "warn" }
    : { label, value: formatBytes(after), explained, tone: "" };
}

function memory(streams: PreflightInput["streams"]): Check {
  const bound = streams.reduce((sum, { plan }) => sum + (plan?.memory_bound_bytes ?? 0), 0);
  const value = bound > 0 ? formatBytes(bound) : "–";
  return { label: "Memory", value, explained: "The writer never takes more, its queue included", tone: "" };
}

function name(streams: PreflightInput["streams"]): Check {
  const label = "Name";
  const about = streams.flatMap(({ problems }) => problems).filter(({ path }) => path.endsWith(".uri"));
  const wrong = about.find(({ severity }) => severity === "error");
  if (wrong)
    return { label, value: wrong.code === "exists" ? "taken" : "wrong", explained: wrong.message, tone: "alarm" };
  const replaced = about.find(({ code }) => code === "overwrite");
  if (replaced) return { label, value: "replaced", explained: replaced.message, tone: "warn" };
  const saved = streams.filter(({ stream }) => stream.storage.identifier?.name !== "trash");
  if (saved.length === 0) return { label, value: "none", explained: "Nothing is saved", tone: "warn" };
  return { label, value: "free", explained: "Nothing of this name is in the data folder", tone: "" };
}

function speed(streams: PreflightInput["streams"], measured: MeasuredSpeed | null): Check {
  const label = "Measured";
  if (!measured || measured.settings !== speedKey(streams.map(({ stream }) => stream))) {
    return {
      label,
      value: "–",
      explained: "Live for two seconds measures whether the camera is as fast as asked",
      tone: "",
    };
  }
  const [first] = streams;
  const periodUs = first ? first.stream.frame_period_us || first.stream.camera.settings.exposure_time_us : 0;
  const value = `${formatFps(measured.camera_fps)}/s`;
  if (periodUs === 0) return { label, value, explained: "From the camera, as fast as it goes", tone: "" };
  const asked = 1e6 / periodUs;
  const saved = measured.stored_fps === null ? "" : `, ${formatFps(measured.stored_fps)}/s were saved`;
  const explained = `From the camera, of ${formatFps(asked)}/s asked${saved}`;
  return { label, value, explained, tone: measured.camera_fps < ENOUGH * asked ? "warn" : "" };
}
