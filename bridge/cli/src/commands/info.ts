import { resolve } from "node:path";

import { NativeRuntime } from "@zarrcam/client/native";
import type { DatasetInfo } from "@zarrcam/protocol";

import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { bytes, plural, table } from "../format.ts";
import { print, printJson } from "../output.ts";
import { pathArgument } from "../path-argument.ts";

function stateText({ state, frames_stored }: DatasetInfo): string {
  if (state === "open") return "is being written now";
  if (state === "closed") return "closed";
  return `needs recovery: its log holds ${plural(frames_stored, "frame")}, and \`zarrcam recover\` makes it whole`;
}

export const info = defineCommand({
  name: "info",
  summary: "Says what is in a dataset: arrays, frames, gaps, whether it needs recovery.",
  positionals: ["PATH"],
  options: { json: { type: "boolean", default: false } },
  optionHelp: { json: { text: "one JSON document" } },
  run: async ({ json }, [path = ""]) => {
    await using runtime = new NativeRuntime();
    const dataset = await runtime.getDatasetInfo(resolve(pathArgument(path)));
    if (json) printJson(dataset);
    else print(infoText(dataset));
    return exitCodes.done;
  },
});

function infoText(dataset: DatasetInfo): string {
  const { losses, codec } = dataset;
  const rows = [
    ["path", dataset.path],
    ["kind", dataset.kind],
    ["state", stateText(dataset)],
    ...row("end", endText(dataset)),
    ["shape", `${dataset.shape.join(" x ")}  (${dataset.axes.map(({ name }) => name).join(" ")})`],
    ["type", dataset.dtype],
    ["chunks", dataset.chunks.join(" x ")],
    ["shards", dataset.shards ? dataset.shards.join(" x ") : "none"],
    ["codec", codec === null ? "not one that zarrcam writes" : codec.codec],
    ["levels", dataset.levels.map(({ path, shape }) => `${path}: ${shape.join(" x ")}`).join("; ") || "none"],
    ["frames", String(dataset.frames_stored)],
    ["lost", losses === null ? "not known" : plural(losses.dropped, "frame")],
    ...row("not captured", notCapturedText(dataset)),
    ["size", bytes(dataset.bytes)],
    ...row("started", dataset.started_unix_ms === null ? null : new Date(dataset.started_unix_ms).toISOString()),
    ...row("run", dataset.run_id),
    ...dataset.remarks.map((remark) => ["note", remark]),
  ];
  return table(rows);
}

function row(name: string, text: string | null): string[][] {
  return text === null ? [] : [[name, text]];
}

/** How the run ended; null: not known. */
export function endText({ end, frame_limit, frames_stored, losses }: DatasetInfo): string | null {
  if (end === null) return null;
  const lost = losses?.dropped ?? 0;
  const reasons = {
    complete: lost > 0 ? `${plural(lost, "frame")} lost` : "",
    stopped: "stopped by the user",
    failed: end.reason ?? "the run failed",
    interrupted: "interrupted by a crash",
  };
  const count = frame_limit === null ? plural(frames_stored, "frame") : `${frames_stored} of ${frame_limit}`;
  if (end.kind === "complete" && lost === 0) return `complete: ${count}`;
  // Without a plan a user's stop is the end that was meant.
  if (end.kind === "stopped" && frame_limit === null) return `${reasons.stopped}: ${count}`;
  return `incomplete: ${count}, ${reasons[end.kind]}`;
}

/** How many frames the array has room for and the run never captured; null: none, or not known. */
function notCapturedText({ captured_end, shape }: DatasetInfo): string | null {
  const frames = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  if (captured_end === null || captured_end >= frames) return null;
  return plural(frames - captured_end, "frame");
}
