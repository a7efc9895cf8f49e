import { connect, isZarrcamError } from "@zarrcam/client";
import {
  INVITATION_S,
  MAX_INVITATION_S,
  MAX_INVITATION_USES,
  type Invitation,
  type PairedDevice,
  type Role,
  roles,
} from "@zarrcam/protocol";

import { wholeNumber } from "./command.ts";
import { UsageError } from "./exit-codes.ts";
import { plural } from "./format.ts";
import { invitationText } from "./invitation-text.ts";
import { print, printJson, say } from "./output.ts";

type Bridge = Awaited<ReturnType<typeof connect>>;

export interface AccessArguments {
  port: string;
  json: boolean;
  role?: string;
  name?: string;
  uses?: string;
  minutes?: string;
}

interface Action {
  /** What follows the action's name. */
  positionals: readonly string[];
  run(bridge: Bridge, args: AccessArguments, positionals: readonly string[]): Promise<void>;
}

/** What is done by a bridge that runs on this computer. */
export const bridgeActions: Readonly<Record<string, Action>> = {
  invite: { positionals: [], run: invite },
  list: { positionals: [], run: list },
  rename: {
    positionals: ["ID", "NAME"],
    run: async (bridge, { json }, [id = "", name = ""]) => {
      const device = await bridge.call("access.rename", { id, name });
      if (json) printJson(device);
      else print(`It is called ${JSON.stringify(device.name)} now.`);
    },
  },
  role: {
    positionals: ["ID", "ROLE"],
    run: async (bridge, { json }, [id = "", role = ""]) => {
      const device = await bridge.call("access.set_role", { id, role: roleNamed(role) });
      if (json) printJson(device);
      else print(`${JSON.stringify(device.name)} has the role ${device.role} now.`);
    },
  },
  revoke: {
    positionals: ["ID"],
    run: async (bridge, { json }, [id = ""]) => {
      await bridge.call("access.revoke", { id });
      if (json) printJson({});
      else print("It is paired no more; what it had open has ended.");
    },
  },
  withdraw: {
    positionals: ["ID"],
    run: async (bridge, { json }, [id = ""]) => {
      await bridge.call("access.withdraw", { invitation: id });
      if (json) printJson({});
      else print("The invitation is withdrawn: its link lets nobody in any more.");
    },
  },
};

/** Asks the bridge of this computer, who takes everybody here for an admin. @throws where none runs. */
export async function askBridge(name: string, args: AccessArguments, positionals: readonly string[]): Promise<void> {
  const action = bridgeActions[name];
  if (!action) throw new UsageError(`There is no \`zarrcam access ${name}\`.`);
  const missing = action.positionals[positionals.length];
  if (missing !== undefined)
    throw new UsageError(`${missing} is missing: zarrcam access ${name} ${action.positionals.join(" ")}`);
  const extra = positionals[action.positionals.length];
  if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one argument too many.`);
  const port = wholeNumber(args.port, "port", 1, 65_535);
  let bridge: Bridge;
  try {
    bridge = await connect(`ws://127.0.0.1:${port}/ws?notifications=`);
  } catch (cause) {
    if (!isZarrcamError(cause, "disconnected")) throw cause;
    throw new Error(
      `No zarrcam runs here at port ${port}: \`zarrcam serve --lan\` starts one, --port names the port of another.`,
      { cause },
    );
  }
  try {
    await action.run(bridge, args, positionals);
  } finally {
    await bridge.close();
  }
}

async function invite(bridge: Bridge, { json, role = "observe", name, uses, minutes }: AccessArguments): Promise<void> {
  const most = MAX_INVITATION_S / 60;
  const expires_s = minutes === undefined ? INVITATION_S : 60 * wholeNumber(minutes, "minutes", 1, most);
  const useCount = uses === undefined ? 1 : wholeNumber(uses, "uses", 1, MAX_INVITATION_USES);
  const wanted = { role: roleNamed(role), uses: useCount, expires_s };
  const invitation = await bridge.call("access.invite", name === undefined ? wanted : { ...wanted, name });
  if (invitation.links.length === 0) {
    await bridge.call("access.withdraw", { invitation: invitation.invitation });
    throw new Error(
      "No other computer reaches this bridge, so no link would lead to it: start it with `zarrcam serve --lan`.",
    );
  }
  if (json) printJson(invitation);
  else print(invitationText(invitation, { uses: useCount, expiresS: expires_s }, process.stdout));
}

async function list(bridge: Bridge, { json }: AccessArguments): Promise<void> {
  const [devices, invitations] = [await bridge.call("access.devices", {}), await bridge.call("access.invitations", {})];
  if (json) return printJson({ devices, invitations });
  print(table(devices.map(deviceRow), ["ID", "NAME", "ROLE", "KIND", "LAST SEEN", "FROM"]) ?? "Nobody is paired.");
  if (invitations.length > 0)
    print(`\n${table(invitations.map(invitationRow), ["INVITATION", "NAME", "ROLE", "FOR", "UNTIL"])}`);
  if (devices.length > 0) say("`zarrcam access revoke ID` ends what one may do.");
}

function deviceRow({ id, name, role, kind, origin, connected, last_seen_unix_ms, address }: PairedDevice): string[] {
  const what = kind === "device" ? "browser" : origin === null ? "script" : `page ${origin}`;
  return [id, name, role, what, connected ? "connected" : minute(last_seen_unix_ms), address ?? ""];
}

function invitationRow({ id, name, role, uses_left, expires_unix_ms }: Invitation): string[] {
  return [id, name ?? "", role, plural(uses_left, "device"), minute(expires_unix_ms)];
}

/** In local time, to the minute. */
function minute(unixMs: number): string {
  const at = new Date(unixMs - new Date(unixMs).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16).replace("T", " ");
}

/** Null: no rows. */
function table(rows: readonly string[][], heads: readonly string[]): string | null {
  if (rows.length === 0) return null;
  const all = [[...heads], ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}

function roleNamed(text: string): Role {
  const role = roles.find((one) => one === text);
  if (!role) throw new UsageError(`A role is one of ${roles.join(", ")}, not ${JSON.stringify(text)}.`);
  return role;
}
