import { readFileSync } from "node:fs";

/** How the process's handles are shared out. What is left over, a third and more of 1,024, is the recording's. */
export interface HandleShares {
  /** HTTP connections, sessions of the control socket not counted. */
  connections: number;
  /** Files that stay open between two slices of a body. */
  openFiles: number;
}

export const MOST_CONNECTIONS = 1024;
export const MOST_OPEN_FILES = 64;

/** @param limit how many handles the process may have. */
export function shareHandles(limit = handleLimit()): HandleShares {
  const share = (part: number, most: number) => Math.max(4, Math.min(most, Math.floor(limit * part)));
  return { connections: share(0.5, MOST_CONNECTIONS), openFiles: share(0.05, MOST_OPEN_FILES) };
}

/** As the system says it; where it does not, a number that every system gives. */
function handleLimit(): number {
  try {
    const [, soft = ""] = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    if (soft === "unlimited") return Infinity;
    if (Number(soft) > 0) return Number(soft);
  } catch {
    // Not Linux.
  }
  return process.platform === "win32" ? 8192 : 1024;
}
