import { NativeRuntime } from "@zarrcam/client/native";
import type { Plan } from "@zarrcam/protocol";

import { defineCommand } from "../command.ts";
import { readConfiguration } from "../config-file.ts";
import { exitCodes } from "../exit-codes.ts";
import { bytes, duration, table } from "../format.ts";
import { print, printJson, problemsText } from "../output.ts";

export const validate = defineCommand({
  name: "validate",
  summary: "Says all that is wrong with a configuration (exit 1), or what it will write.",
  positionals: ["CONFIG.json"],
  options: { json: { type: "boolean", default: false } },
  optionHelp: { json: { text: "one JSON document: {problems, plans}" } },
  notes: "With - for CONFIG.json the configuration is read from standard input.",
  run: async ({ json }, [path = ""]) => {
    const configuration = await readConfiguration(path);
    await using runtime = new NativeRuntime();
    const { problems, plans } = await runtime.validate(configuration);
    if (json) printJson({ problems, plans });
    else {
      if (problems.length > 0) print(problemsText(problems));
      plans.forEach((plan, stream) => plan && print(planText(plan, stream)));
    }
    return problems.some(({ severity }) => severity === "error") ? exitCodes.failed : exitCodes.done;
  },
});

function planText(plan: Plan, stream: number): string {
  const until = plan.frames === null ? "until stopped" : String(plan.frames);
  const rows = [
    [`stream ${stream}`, ""],
    ["frames", plan.duration_s === null ? until : `${until}, ${duration(plan.duration_s)}`],
    [
      "shape",
      `${plan.shape.map((size) => size ?? "grows").join(" x ")}  (${plan.axes.map(({ name }) => name).join(" ")})`,
    ],
    ["chunks", plan.chunk.join(" x ")],
    ["shards", plan.shard ? plan.shard.join(" x ") : "none"],
    ["levels", String(plan.levels.length)],
    ["files", `${plan.files?.toLocaleString("en") ?? "grows with the run, each"} of ${bytes(plan.bytes_per_file)}`],
    ["total", plan.total_bytes === null ? "grows with the run" : `${bytes(plan.total_bytes)} before compression`],
    ["rate", plan.bytes_per_minute === null ? "as fast as it goes" : `${bytes(plan.bytes_per_minute)} a minute`],
    ["memory", `at most ${bytes(plan.memory_bound_bytes)}`],
    ["temporary room", bytes(plan.temporary_disk_bytes)],
    ["OME-NGFF", plan.ngff ? "yes" : `no: ${plan.ngff_reason ?? ""}`],
    ...(plan.order_note ? [["order", plan.order_note]] : []),
  ];
  return table(rows);
}
