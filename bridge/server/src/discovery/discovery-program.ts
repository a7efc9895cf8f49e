import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(
  new URL(`../../../../native/dist/zarrcam-discovery${process.platform === "win32" ? ".exe" : ""}`, import.meta.url),
);

export type DiscoveryProcess = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Multicast DNS, in a process of its own (`native/discovery`): what strangers send fills its memory, which is bounded, and takes
 * the time that nobody else wants. It ends with its input.
 */
export function startDiscovery(mode: "announce" | "browse"): DiscoveryProcess {
  const child = spawn(PROGRAM, [mode], { stdio: ["pipe", "pipe", "ignore"], windowsHide: true });
  // It may be gone before it is asked; its end says so.
  child.stdin.on("error", () => undefined);
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // A system that does not let it.
  }
  return child;
}
