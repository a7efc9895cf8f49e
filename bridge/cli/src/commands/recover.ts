import { resolve } from "node:path";

import { NativeRuntime } from "@zarrcam/client/native";

import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { plural } from "../format.ts";
import { print, printJson } from "../output.ts";

export const recover = defineCommand({
  name: "recover",
  summary: "Makes a dataset that a crash left whole again, and says what was saved. A second time changes nothing.",
  positionals: ["PATH"],
  options: { json: { type: "boolean", default: false } },
  optionHelp: { json: { text: "one JSON document" } },
  run: async ({ json }, [path = ""]) => {
    await using runtime = new NativeRuntime();
    const dataset = await runtime.recoverDataset(resolve(path));
    if (json) printJson(dataset);
    else print(`${dataset.path}: ${plural(dataset.frames_stored, "frame")} saved, shape ${dataset.shape.join(" x ")}.`);
    return exitCodes.done;
  },
});
