import type { RunSummary } from "@zarrcam/protocol";
import { type BrowserStream, summaryHere } from "./both-ends.ts";
import { type Result, resultOf } from "./result.ts";
import type { StorePlace } from "./store-choice.svelte.ts";

/** The better the further on. */
const WORST_FIRST: readonly Result["level"][] = ["failed", "lost", "stopped", "good"];

/** What a run left that this browser stored, alone or beside the camera computer: what is worse comes first. */
export function resultOverBothEnds(summary: RunSummary, streams: readonly BrowserStream[], place: StorePlace): Result {
  const browser = streams.filter(({ report }) => report !== null).map(({ dataset }) => dataset);
  const here = { ...resultOf(summaryHere(summary, streams)), browser };
  if (place !== "both") return here;
  const there = resultOf(summaryThere(summary));
  const [first, second] =
    WORST_FIRST.indexOf(there.level) < WORST_FIRST.indexOf(here.level) ? [there, here] : [here, there];
  return {
    ...here,
    level: first.level,
    text: first.text,
    rest: `${first.rest}. ${second.text}${second.rest}`,
    details: [first.details, second.details].filter((part) => part !== "").join("\n"),
  };
}

function summaryThere(summary: RunSummary): RunSummary {
  const named = summary.streams.map((stream) => ({
    ...stream,
    path: stream.path === null ? null : `${stream.path} on the camera computer`,
  }));
  return { ...summary, streams: named };
}
