import type { SpeedReport, Stats, StreamSpeed, VideoStream } from "@zarrcam/protocol";
import { isActive } from "../configuration/streams.ts";
import { formatDuration, formatFps } from "../ui/format.ts";
import type { Check } from "./preflight.ts";

/** What the camera did when it last ran, in Live or a run: storage's own rate is not known of it. */
export interface SeenSpeed {
  camera: string;
  camera_fps: number;
}

/** Slower than this share of what is asked is too slow: the rest is the clock's. */
const ENOUGH = 0.95;

/** What a camera's speed depends on. */
export function cameraKey(streams: readonly VideoStream[]): string {
  return JSON.stringify(streams.map(({ camera, frame_period_us }) => [camera, frame_period_us ?? 0]));
}

/** What storage's speed depends on besides: not on names, notes and how long a run is. */
function storageKey(streams: readonly VideoStream[]): string {
  return JSON.stringify(
    streams.map(({ storage, frame_average_count }) => {
      const settings: Partial<typeof storage.settings> = { ...storage.settings };
      for (const name of ["uri", "overwrite", "notes", "external_metadata_json"] as const) delete settings[name];
      settings.acquisition_dimensions = storage.settings.acquisition_dimensions.map((entry, index, { length }) =>
        index === length - 1 ? { ...entry, array_size_px: 0 } : entry,
      );
      return [storage.identifier?.name, settings, storage.write_delay_ms, Math.max(1, frame_average_count)];
    }),
  );
}

/** Whether a report is of these settings. */
export function isMeasuredWith(report: SpeedReport, streams: readonly VideoStream[]): boolean {
  const measured = report.configuration.video.filter(isActive);
  return cameraKey(measured) === cameraKey(streams) && storageKey(measured) === storageKey(streams);
}

/** From the statistics of a camera at work, once they cover the two seconds over which rates are measured. */
export function seenSpeed({ streams: [first] }: Stats, streams: readonly VideoStream[]): SeenSpeed | null {
  if (first?.state_of_stream !== "running" || first.elapsed_s < 2 || first.rates.camera_fps === 0) return null;
  // Between time points the camera rests.
  if (streams.some(({ time_point_interval_us }) => (time_point_interval_us ?? 0) > 0)) return null;
  return { camera: cameraKey(streams), camera_fps: first.rates.camera_fps };
}

/** "just now", "2 min ago". */
export function ageText(seconds: number): string {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} days ago`;
}

export interface SpeedCheck extends Check {
  age: string;
  /** Beside the plan, before Record is pressed; null: all will do. */
  warning: string | null;
}

/** The measured speed against what is asked: of several streams the one that is worst off. */
export function speedCheck(
  streams: readonly VideoStream[],
  report: { report: SpeedReport; age_s: number } | null,
  seen: { speed: SeenSpeed; age_s: number } | null,
): SpeedCheck {
  const label = "Speed test";
  if (report && isMeasuredWith(report.report, streams)) {
    const age = ageText(report.age_s);
    const verdicts = report.report.streams.map((speed, index) => verdict(speed, streams[index], report.report));
    const worst = verdicts.find(({ warning }) => warning !== null) ?? verdicts[0];
    const explanation = report.report.streams.map(explain).join("\n");
    if (worst) return { label, age, explanation: `${explanation}\nTested ${age}`, ...worst };
  }
  if (seen?.speed.camera === cameraKey(streams)) {
    const [first] = streams;
    const asked = first ? askedFps(first) : null;
    const slow = asked !== null && seen.speed.camera_fps < ENOUGH * asked;
    const value = `camera ${perSecond(seen.speed.camera_fps, asked)}`;
    return {
      label,
      value,
      age: ageText(seen.age_s),
      explanation: "The camera, when it last ran. Test speed times storage as well",
      tone: slow ? "warn" : "",
      warning: slow ? `The camera is too slow: ${value}.` : null,
    };
  }
  const explanation = "Test speed runs camera and storage for two seconds with these settings";
  return { label, value: "not run", age: "", explanation, tone: "", warning: null };
}

function verdict(
  speed: StreamSpeed,
  stream: VideoStream | undefined,
  { configuration }: SpeedReport,
): Pick<SpeedCheck, "value" | "tone" | "warning"> {
  const { asked_fps, camera_fps, stored_fps, loses_after_s, name } = speed;
  const storage = `storage ${perSecond(stored_fps, asked_fps)}`;
  if (asked_fps === null) return { value: storage, tone: "", warning: null };
  if (camera_fps < ENOUGH * asked_fps) {
    const value = `camera ${perSecond(camera_fps, asked_fps)}`;
    return { value, tone: "warn", warning: `${name} is too slow: ${value} asked.` };
  }
  const asLong = configuration.video[speed.stream]?.max_frame_count === stream?.max_frame_count;
  if (stored_fps >= asked_fps || (asLong && loses_after_s === null)) return { value: storage, tone: "", warning: null };
  const when = asLong && loses_after_s !== null ? ` after ${formatDuration(loses_after_s)}` : "";
  return {
    value: storage,
    tone: "warn",
    warning: `Storage cannot follow: ${perSecond(stored_fps, asked_fps)} asked. Frames would be lost${when}.`,
  };
}

function explain({ name, camera_fps, stored_fps, stored_bytes_per_s, asked_fps }: StreamSpeed): string {
  const asked = asked_fps === null ? "asked: as fast as possible" : `asked: ${formatFps(asked_fps)}/s`;
  const rate = `${Math.round(stored_bytes_per_s / 1e6)} MB/s`;
  return `${name}: camera alone ${formatFps(camera_fps)}/s, storage alone ${formatFps(stored_fps)}/s (${rate}), ${asked}`;
}

function perSecond(fps: number, asked: number | null): string {
  return asked === null ? `${formatFps(fps)}/s` : `${formatFps(fps)}/s of ${formatFps(asked)}`;
}

/** null: as fast as the camera can, or one a trigger. */
function askedFps({ frame_period_us, camera: { settings } }: VideoStream): number | null {
  const periodUs = Math.max(frame_period_us ?? 0, settings.exposure_time_us);
  return periodUs > 0 && !settings.input_triggers.frame_start.enable ? 1e6 / periodUs : null;
}
