import { NativeRuntime } from "@zarrcam/client/native";

import { cameraInterfaceHelp } from "../camera-interfaces.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { table } from "../format.ts";
import { print, printJson, say } from "../output.ts";

export const devices = defineCommand({
  name: "devices",
  summary: "Lists the cameras and storage devices of this machine.",
  positionals: [],
  options: {
    json: { type: "boolean", default: false },
    "camera-interface": { type: "string", multiple: true, default: [] },
  },
  optionHelp: {
    json: { text: "one JSON document: [{identifier, description, plays_file}, ...]" },
    "camera-interface": cameraInterfaceHelp,
  },
  run: async ({ json, "camera-interface": cameraInterfaces }) => {
    await using runtime = new NativeRuntime({ cameraInterfaces });
    const { devices: found, advice } = await runtime.refreshDevices();
    if (json) printJson(found);
    else print(table(found.map(({ identifier: { kind, name }, description }) => [kind, name, description])));
    advice.forEach(say);
    return exitCodes.done;
  },
});
