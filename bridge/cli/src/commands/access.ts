import { DEFAULT_PORT, roles } from "@zarrcam/protocol";

import { askBridge, bridgeActions } from "../access-over-loopback.ts";
import { resetAccess } from "../access-reset.ts";
import { defineCommand } from "../command.ts";
import { UsageError, exitCodes } from "../exit-codes.ts";

const ACTIONS = [...Object.keys(bridgeActions), "reset"];

export const access = defineCommand({
  name: "access",
  summary: "Says who may reach this bridge from other computers, and takes it back.",
  positionals: ["ACTION"],
  optionalPositionals: ["ID", "NAME|ROLE"],
  options: {
    port: { type: "string", default: String(DEFAULT_PORT) },
    role: { type: "string" },
    name: { type: "string" },
    uses: { type: "string" },
    minutes: { type: "string" },
    json: { type: "boolean", default: false },
    state: { type: "string" },
    "new-authority": { type: "boolean" },
  },
  optionHelp: {
    port: { value: "N", text: `of the bridge that runs on this computer; default ${DEFAULT_PORT}` },
    role: { value: "ROLE", text: `invite: ${roles.join(", ")}; default observe` },
    name: { value: "NAME", text: "invite: what the device is to be called, where it does not say itself" },
    uses: { value: "N", text: "invite: for so many devices; default 1" },
    minutes: { value: "N", text: "invite: the link is good for so long; default 15" },
    json: { text: "one JSON document" },
    state: { value: "DIR", text: "reset: the state folder of the bridge, as `zarrcam serve --state` has it" },
    "new-authority": {
      text: "reset: makes a new certificate authority at the next start, too; every computer must then be told to trust it",
    },
  },
  notes: [
    "",
    "  invite            makes a pairing link, for a browser or a script of another computer",
    "  list              who is paired, and which invitations are open",
    "  rename ID NAME    calls a device so",
    "  role ID ROLE      changes what a device may do, at once",
    "  revoke ID         a device is paired no more; what it has open ends at once",
    "  withdraw ID       an invitation lets nobody in any more",
    "  reset             nobody is paired any more, and no invitation holds: the way back for whoever locked himself out. It needs no",
    "                    bridge; one that runs closes their connections within a second. Data and recordings are not touched",
  ].join("\n"),
  run: async ({ state, "new-authority": newAuthority = false, ...args }, [action = "", ...rest]) => {
    if (!ACTIONS.includes(action))
      throw new UsageError(`There is no \`zarrcam access ${action}\`; there is ${ACTIONS.join(", ")}.`);
    if (action === "reset") {
      if (rest[0] !== undefined) throw new UsageError(`${JSON.stringify(rest[0])} is one argument too many.`);
      await resetAccess(state, newAuthority);
    } else await askBridge(action, args, rest);
    return exitCodes.done;
  },
});
