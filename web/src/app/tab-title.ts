import type { RuntimeState } from "@zarrcam/protocol";
import type { WholeRun } from "../run/whole-run.ts";
import type { Result } from "../run/result.ts";

/** What the browser's tab says: whoever works in another window sees how the recording stands, and how it ended. */
export function tabTitle(
  state: RuntimeState,
  whole: Pick<WholeRun, "decided" | "limit" | "lost"> | null,
  result: Pick<Result, "level"> | null,
): string {
  if (state === "Running" && whole) {
    const share = whole.limit ? `${Math.floor((100 * whole.decided) / whole.limit)} %` : "…";
    return `● ${share}${whole.lost > 0 ? `, ${whole.lost} lost` : ""} – recording – zarrcam`;
  }
  if (state === "Previewing") return "Live – zarrcam";
  if (result === null) return "zarrcam";
  const ended: Record<Result["level"], string> = {
    good: "✓ Saved",
    stopped: "✓ Stopped",
    lost: "✕ Frames lost",
    failed: "✕ Failed",
  };
  return `${ended[result.level]} – zarrcam`;
}
