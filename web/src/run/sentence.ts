import type { Cost, VideoStream } from "@zarrcam/protocol";
import { formatBytes, formatCount, formatDuration } from "../ui/format.ts";

/** "300 frames, 21 s, 622 MB to out.zarr": what Record would do, before it is pressed. */
export function planSentence(streams: readonly { stream: VideoStream; cost: Cost | null }[]): {
  what: string;
  where: string;
} {
  if (streams.length === 0) return { what: "No camera chosen", where: "" };
  const saved = streams.filter(({ stream }) => stream.storage.identifier?.name !== "trash");
  const targets = saved.map(({ stream }) => stream.storage.settings.uri ?? "no name yet");
  const where = targets.length === 0 ? "not saved, only counted" : `to ${targets.join(", ")}`;
  const costs = streams.flatMap(({ cost }) => cost ?? []);
  // A camera that was just added is not judged yet.
  if (costs.length < streams.length) return { what: "Checking", where };
  const parts: string[] = [];
  const sum = (pick: (cost: Cost) => number | null) =>
    costs.some((cost) => pick(cost) === null) ? null : costs.reduce((total, cost) => total + (pick(cost) ?? 0), 0);
  const frames = sum(({ frames }) => frames);
  parts.push(frames === null ? "Until stopped" : formatCount(frames, "frame"));
  const longest = costs.some(({ duration_s }) => duration_s === null)
    ? null
    : Math.max(...costs.map(({ duration_s }) => duration_s ?? 0));
  if (longest !== null) parts.push(formatDuration(longest));
  const bytes = sum(({ bytes }) => bytes);
  const perMinute = sum(({ bytes_per_minute }) => bytes_per_minute);
  if (saved.length > 0) {
    if (bytes !== null) parts.push(formatBytes(bytes));
    else if (perMinute !== null) parts.push(`${formatBytes(perMinute)} a minute`);
  }
  return { what: parts.join(", "), where };
}
