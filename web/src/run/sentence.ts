import type { RecordingEstimate, VideoStream } from "@zarrcam/protocol";
import { formatBytes, formatCount, formatDuration } from "../ui/format.ts";
import type { StorePlace } from "./store-choice.svelte.ts";

/** The camera computer is what is meant where nothing is said. */
const IN_PLACE: Record<StorePlace, string> = {
  computer: "",
  browser: " in this browser",
  both: " in this browser and on the camera computer",
};

/** "300 frames, 21 s, 622 MB to out.zarr": what Record would do, before it is pressed. */
export function planSentence(
  streams: readonly { stream: VideoStream; estimate: RecordingEstimate | null }[],
  place: StorePlace = "computer",
): { what: string; where: string } {
  if (streams.length === 0) return { what: "No camera chosen", where: "" };
  const saved = streams.filter(({ stream }) => stream.storage.identifier?.name !== "trash");
  const targets = saved.map(({ stream }) => stream.storage.settings.uri ?? "no name yet");
  const where = targets.length === 0 ? "not saved, only counted" : `to ${targets.join(", ")}${IN_PLACE[place]}`;
  const estimates = streams.flatMap(({ estimate }) => estimate ?? []);
  // A camera that was just added is not judged yet.
  if (estimates.length < streams.length) return { what: "Checking", where };
  const parts: string[] = [];
  const sum = (pick: (estimate: RecordingEstimate) => number | null) =>
    estimates.some((estimate) => pick(estimate) === null)
      ? null
      : estimates.reduce((total, estimate) => total + (pick(estimate) ?? 0), 0);
  const frames = sum(({ frames }) => frames);
  parts.push(frames === null ? "Until stopped" : formatCount(frames, "frame"));
  const longest = estimates.some(({ duration_s }) => duration_s === null)
    ? null
    : Math.max(...estimates.map(({ duration_s }) => duration_s ?? 0));
  if (longest !== null) parts.push(formatDuration(longest));
  const bytes = sum(({ bytes }) => bytes);
  const perMinute = sum(({ bytes_per_minute }) => bytes_per_minute);
  if (saved.length > 0) {
    if (bytes !== null) parts.push(formatBytes(bytes));
    else if (perMinute !== null) parts.push(`${formatBytes(perMinute)} a minute`);
  }
  return { what: parts.join(", "), where };
}
