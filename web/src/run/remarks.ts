import type { Problem } from "@zarrcam/protocol";
import type { Result } from "./result.ts";

/** One thing that is said below the plan; several stand side by side, and the first has the room. */
export interface Remark {
  kind: "warning" | "notice" | "snapshot" | "summary" | "ready" | "uncalibrated";
  text: string;
  /** What may be left out where there is no room: text that the first words do without. */
  rest: string;
  tone: "" | "warn";
}

/** All that there may be to say. */
export interface RemarkInput {
  warnings: readonly Problem[];
  /** That the cameras or storage are too slow for what is asked. */
  tooSlow: string | null;
  notice: string | null;
  snapshot: string | null;
  /** Of a run that left all it should; any other has a place of its own. */
  result: Result | null;
  /** "1 camera ready"; null: they are not. */
  ready: string | null;
  /** Whether a camera is saved whose pixels have no size. */
  uncalibrated: boolean;
}

/** The one that matters most; null: all will do. */
export function warningOf(warnings: readonly Problem[], tooSlow: string | null): string | null {
  const full = warnings.find(({ code }) => code === "disk_full");
  return full?.message ?? tooSlow ?? warnings[0]?.message ?? null;
}

/** What would go wrong with the next run comes first, whatever the last one left. */
export function remarksOf({ warnings, tooSlow, notice, snapshot, result, ready, uncalibrated }: RemarkInput): Remark[] {
  const warning = warningOf(warnings, tooSlow);
  const remarks: (Remark | null)[] = [
    warning === null ? null : { kind: "warning", text: warning, rest: "", tone: "warn" },
    notice === null ? null : { kind: "notice", text: notice, rest: "", tone: "warn" },
    snapshot === null ? null : { kind: "snapshot", text: `Saved ${snapshot}, as captured`, rest: "", tone: "" },
    result?.level === "good" ? { kind: "summary", text: result.text, rest: result.rest, tone: "" } : null,
  ];
  const said = remarks.filter((remark) => remark !== null);
  if (said.length === 0 && ready !== null) said.push({ kind: "ready", text: ready, rest: "", tone: "" });
  if (uncalibrated) said.push({ kind: "uncalibrated", text: "Not calibrated: lengths are in px", rest: "", tone: "" });
  return said;
}
