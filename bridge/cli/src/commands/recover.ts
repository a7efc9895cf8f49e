import { resolve } from "node:path";

import { NativeRuntime } from "@zarrcam/client/native";

import type { Recovery } from "@zarrcam/protocol";

import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { plural } from "../format.ts";
import { print, printJson } from "../output.ts";
import { pathArgument } from "../path-argument.ts";

export const recover = defineCommand({
  name: "recover",
  summary: "Makes a dataset that a crash left whole again, and says what was saved. A second time changes nothing.",
  positionals: ["PATH"],
  options: { json: { type: "boolean", default: false } },
  optionHelp: { json: { text: "one JSON document" } },
  run: async ({ json }, [path = ""]) => {
    await using runtime = new NativeRuntime();
    const recovery = await runtime.recoverDataset(resolve(pathArgument(path)));
    if (json) printJson(recovery);
    else print(recoveryText(recovery));
    return exitCodes.done;
  },
});

function recoveryText({ was_needed, frames_stored, frames_missing, frames_damaged, shape }: Recovery): string {
  if (!was_needed) return `Nothing had to be done: it is whole, with ${plural(frames_stored, "frame")}.`;
  const saved = `${plural(frames_stored, "frame")} saved, shape ${shape.join(" x ")}`;
  if (frames_missing === 0) return `${saved}.`;
  const damaged = frames_damaged > 0 ? `, ${frames_damaged} of them because their bytes on the disk are damaged` : "";
  return `${saved}; ${plural(frames_missing, "frame")} lost${damaged}.`;
}
