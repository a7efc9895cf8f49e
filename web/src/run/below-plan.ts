import type { Problem, RunSummary } from "@zarrcam/protocol";
import { formatDuration, formatNumber } from "../ui/format.ts";

/** One thing that is said below the plan; several stand side by side, and the first has the room. */
export interface Remark {
  kind: "warning" | "notice" | "snapshot" | "summary" | "ready";
  text: string;
  /** What may be left out where there is no room: text that the first words do without. */
  rest: string;
  tone: "" | "warn" | "alarm";
}

export interface Below {
  warnings: readonly Problem[];
  /** That the cameras or storage are too slow for what is asked. */
  tooSlow: string | null;
  notice: string | null;
  snapshot: string | null;
  summary: RunSummary | null;
  /** "1 camera ready"; null: they are not. */
  ready: string | null;
}

/** The one that matters most; null: all will do. */
export function warningOf(warnings: readonly Problem[], tooSlow: string | null): string | null {
  const full = warnings.find(({ code }) => code === "disk_full");
  return full?.message ?? tooSlow ?? warnings[0]?.message ?? null;
}

/** What would go wrong with the next run comes first, whatever the last one left. */
export function belowPlan({ warnings, tooSlow, notice, snapshot, summary, ready }: Below): Remark[] {
  const warning = warningOf(warnings, tooSlow);
  const remarks: (Remark | null)[] = [
    warning === null ? null : { kind: "warning", text: warning, rest: "", tone: "warn" },
    notice === null ? null : { kind: "notice", text: notice, rest: "", tone: "warn" },
    snapshot === null ? null : { kind: "snapshot", text: `Saved ${snapshot}, as captured`, rest: "", tone: "" },
    summary && summaryOf(summary),
  ];
  const said = remarks.filter((remark) => remark !== null);
  return said.length > 0 || ready === null ? said : [{ kind: "ready", text: ready, rest: "", tone: "" }];
}

/** "Saved 300, lost 0", and where and how long. */
function summaryOf({ streams, elapsed_s }: RunSummary): Remark {
  const sum = (of: "stored" | "dropped") => streams.reduce((total, { ledger }) => total + ledger[of], 0);
  const lost = sum("dropped");
  const names = streams.flatMap(({ path }) => path?.split(/[/\\]/).at(-1) ?? []).join(", ");
  const verb = streams.some(({ path }) => path !== null) ? "Saved" : "Counted";
  return {
    kind: "summary",
    text: `${verb} ${formatNumber(sum("stored"))}, lost ${formatNumber(lost)}`,
    rest: `${names === "" ? "" : `: ${names}`}, in ${formatDuration(elapsed_s)}`,
    tone: lost > 0 ? "alarm" : "",
  };
}
