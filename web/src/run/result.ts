import type { DatasetInfo, RunSummary, StreamSummary } from "@zarrcam/protocol";
import { fileName } from "../configuration/file-name.ts";
import { formatDuration, formatNumber } from "../ui/format.ts";

/** What a run left, in words that stay until they are read or the next run begins. */
export interface Result {
  /** Which run this is of: once dismissed it does not come back. */
  id: string;
  /** `failed` and `lost`: data is missing. `stopped`: somebody ended it before its count. `good`: all is there. */
  level: "failed" | "lost" | "stopped" | "good";
  text: string;
  /** The rest of the sentence, which is cut off where there is no room. */
  rest: string;
  /** What went wrong, in full, with paths; "": nothing did. */
  details: string;
  /** Names of the datasets that it left in this browser. */
  browser?: readonly string[];
  /** The first dataset that it left on the camera computer, by its name in the data folder. */
  dataset?: string;
}

/** A longer reason would hide the counts behind it. */
const SHORT = 48;

export function resultOf(summary: RunSummary): Result {
  const { streams, elapsed_s, run_id } = summary;
  const several = streams.length > 1;
  const sum = (pick: (stream: StreamSummary) => number) => streams.reduce((total, stream) => total + pick(stream), 0);
  const lost = sum(({ ledger }) => ledger.dropped);
  const names = streams.flatMap(({ path }) => (path === null ? [] : fileName(path))).join(", ");
  const verb = streams.some(({ path }) => path !== null) ? "Saved" : "Counted";
  const saved = `${verb} ${formatNumber(sum(({ frames_stored }) => frames_stored))}, lost ${formatNumber(lost)}`;
  const where = `${names === "" ? "" : `: ${names}`}, in ${formatDuration(elapsed_s)}`;
  const details = streams.flatMap(({ name, error }) => (error ? [`${name}: ${error.message}`] : [])).join("\n");
  const failed = streams.filter(({ end }) => end.kind === "failed");
  const [worst] = failed;
  if (worst) {
    const others = [...failed.slice(1), ...streams.filter((stream) => !failed.includes(stream))];
    const rest = others.map((stream) => `; ${stream.name}${failed.includes(stream) ? " " : ": "}${ofStream(stream)}`);
    const text = several ? `${worst.name} ${ofStream(worst)}` : capital(ofStream(worst));
    return { id: run_id, level: "failed", text, rest: `${rest.join("")}${where}`, details };
  }
  const early = streams.filter(stoppedEarly);
  const at = early.map((stream) => `${several ? `${stream.name} ` : ""}${countText(stream)}`).join(", ");
  const stopped = early.length === 0 ? "" : `; stopped at ${at}`;
  if (lost > 0) {
    const by = streams.filter(({ ledger }) => ledger.dropped > 0);
    const each = by.map(({ name, ledger }) => `${name} lost ${formatNumber(ledger.dropped)}`).join(", ");
    return { id: run_id, level: "lost", text: saved, rest: `${where}${several ? `; ${each}` : ""}${stopped}`, details };
  }
  return { id: run_id, level: early.length > 0 ? "stopped" : "good", text: saved, rest: where + stopped, details };
}

/** The dataset of a run that can be shown: the first one in the data folder. Undefined: it left none there. */
export function datasetOf({ streams }: RunSummary, dataDir: string): string | undefined {
  const folder = dataDir.endsWith("/") ? dataDir : `${dataDir}/`;
  const path = streams.find(({ path, frames_stored }) => frames_stored > 0 && path?.startsWith(folder))?.path;
  return path?.slice(folder.length);
}

/** The result of a run whose process ended. @param datasets what it wrote, as it is now; null: it is not recovered yet */
export function resultOfCutOff(paths: readonly string[], datasets: readonly DatasetInfo[] | null): Result {
  const id = `cut off: ${paths.join(" ")}`;
  const names = paths.map(fileName).join(", ");
  if (!datasets) {
    const rest = `: ${names}; what was stored is kept, and is made whole`;
    return { id, level: "failed", text: "Stopped: zarrcam ended while it recorded", rest, details: "" };
  }
  const list = datasets.map((dataset) => `${fileName(dataset.path)}: ${countText(dataset)} saved`).join(", ");
  const whole = datasets.every(({ end, losses }) => end?.kind === "complete" && !losses?.dropped);
  const text = whole ? "Complete, though zarrcam ended" : "Stopped: zarrcam ended while it recorded";
  return { id, level: whole ? "good" : "failed", text: `${text}, ${list}`, rest: "", details: "" };
}

/** "12 of 100"; "12", where no end was planned. */
export function countText({ frames_stored, frame_limit }: Pick<StreamSummary, "frames_stored" | "frame_limit">) {
  const stored = formatNumber(frames_stored);
  return frame_limit === null ? stored : `${stored} of ${formatNumber(frame_limit)}`;
}

/** "stopped: disk full, 12 of 100 saved". */
function ofStream(stream: StreamSummary): string {
  const { end, error, ledger, path } = stream;
  const counts = `${countText(stream)} ${path === null ? "counted" : "saved"}`;
  const lost = ledger.dropped > 0 || end.kind !== "failed" ? `, lost ${formatNumber(ledger.dropped)}` : "";
  if (end.kind !== "failed") return `${counts}${lost}`;
  const reason = end.reason ?? "";
  const words = reason !== "" && reason.length <= SHORT ? reason : `the ${error?.code ?? "run"} failed`;
  return `stopped: ${words.replace(/\.$/, "")}, ${counts}${lost}`;
}

/** Without a count to reach, a stop is the end that was meant. */
function stoppedEarly({ end, frame_limit }: StreamSummary): boolean {
  return end.kind === "stopped" && frame_limit !== null;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
