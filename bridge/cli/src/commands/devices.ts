import { NativeRuntime } from "@zarrcam/client/native";

import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { table } from "../format.ts";
import { print, printJson } from "../output.ts";

export const devices = defineCommand({
  name: "devices",
  summary: "Lists the cameras and storage devices of this machine.",
  positionals: [],
  options: { json: { type: "boolean", default: false } },
  optionHelp: { json: { text: "one JSON document: [{identifier, description, plays_file}, ...]" } },
  run: async ({ json }) => {
    await using runtime = new NativeRuntime();
    const found = await runtime.devices();
    if (json) printJson(found);
    else print(table(found.map(({ identifier: { kind, name }, description }) => [kind, name, description])));
    return exitCodes.done;
  },
});
