import type { DatasetInfo, Problem, VideoStream } from "@zarrcam/protocol";
import { isActive } from "../configuration/streams.ts";
import { formatBytes, formatCount, formatDay, formatTime } from "../ui/format.ts";

/** `foreign_files`: with files in it that zarrcam did not write. */
const REPLACES = ["overwrite", "foreign_files"];

/** Names of the datasets that Record would replace, as they stand in the set-up. */
export function replacedNames(problems: readonly Problem[], streams: readonly VideoStream[]): string[] {
  return streams.flatMap((stream, index) => {
    const { uri } = stream.storage.settings;
    const path = `video[${index}].storage.settings.uri`;
    const replaces = problems.some((problem) => REPLACES.includes(problem.code) && problem.path === path);
    return replaces && uri !== null && isActive(stream) ? [uri] : [];
  });
}

/** A name as datasets have it: within the data folder, where it was given as a path. */
export function nameInFolder(uri: string, dataDir: string): string {
  // Only where paths begin with a drive does a backslash part them.
  const plain = (path: string) => (dataDir.startsWith("/") ? path : path.replaceAll("\\", "/"));
  const path = plain(uri.replace(/^file:\/\//, ""));
  const folder = `${plain(dataDir).replace(/\/$/, "")}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** "out.zarr: 300 frames, 622 MB, of 2026-11-27 05:10:22". */
export function replacedLine(name: string, info: DatasetInfo | null): string {
  if (!info) return name;
  const date = info.started_unix_ms;
  const when = date === null ? "" : `, of ${formatDay(date)} ${formatTime(date)}`;
  return `${name}: ${formatCount(info.frames_stored, "frame")}, ${formatBytes(info.bytes)}${when}`;
}
