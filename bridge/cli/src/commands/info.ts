import { resolve } from "node:path";

import { NativeRuntime } from "@zarrcam/client/native";
import type { DatasetInfo } from "@zarrcam/protocol";

import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { bytes, plural, table } from "../format.ts";
import { print, printJson } from "../output.ts";

const states: Record<DatasetInfo["state"], string> = {
  open: "is being written now",
  closed: "closed",
  needs_recovery: "needs recovery: `zarrcam recover` makes it whole",
};

export const info = defineCommand({
  name: "info",
  summary: "Says what is in a dataset: arrays, frames, gaps, whether it needs recovery.",
  positionals: ["PATH"],
  options: { json: { type: "boolean", default: false } },
  optionHelp: { json: { text: "one JSON document" } },
  run: async ({ json }, [path = ""]) => {
    await using runtime = new NativeRuntime();
    const dataset = await runtime.getDatasetInfo(resolve(path));
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
    ["state", states[dataset.state]],
    ["shape", `${dataset.shape.join(" x ")}  (${dataset.axes.map(({ name }) => name).join(" ")})`],
    ["type", dataset.dtype],
    ["chunks", dataset.chunks.join(" x ")],
    ["shards", dataset.shards ? dataset.shards.join(" x ") : "none"],
    ["codec", codec === null ? "not one that zarrcam writes" : codec.codec],
    ["levels", dataset.levels.map(({ path, shape }) => `${path}: ${shape.join(" x ")}`).join("; ") || "none"],
    ["frames", String(dataset.frames_stored)],
    ["lost", losses === null ? "not known" : plural(losses.dropped, "frame")],
    ["size", bytes(dataset.bytes)],
    ...(dataset.started_unix_ms === null ? [] : [["started", new Date(dataset.started_unix_ms).toISOString()]]),
    ...(dataset.run_id === null ? [] : [["run", dataset.run_id]]),
  ];
  return table(rows);
}
