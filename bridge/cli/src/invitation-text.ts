import { type NewInvitation, type Role } from "@zarrcam/protocol";

import { terminalQr } from "./terminal-qr.ts";

/** Where a text goes: a terminal has columns, and somebody before it. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
}

const MAY: Readonly<Record<Role, string>> = {
  observe: "observe: see the live view and all datasets, and change nothing",
  control: "control: set up and run the cameras, too",
  admin: "administer: decide who may come here, too",
};

/** An invitation for people: its links, and on a terminal the code for a camera. */
export function invitationText(
  { links, role }: Pick<NewInvitation, "links" | "role">,
  { uses, expiresS }: { uses: number; expiresS: number },
  terminal: Terminal,
): string {
  const [first] = links;
  if (first === undefined)
    return "No other computer reaches this zarrcam: start it for the local network with `npm start -- --lan`.";
  const code = terminal.isTTY ? terminalQr(first, terminal.columns ?? 80) : null;
  const who = uses === 1 ? "one device" : `${uses} devices`;
  return [
    `Open ${links.length === 1 ? "this link" : "one of these links"} in the browser of the other device${code === null ? "" : ", or point its camera at the code"}.`,
    `Within ${lengthText(expiresS)} it lets in ${who}, which may ${MAY[role]}.`,
    "Whoever has the link comes in: give it to nobody else.",
    "",
    ...links.map((link) => `  ${link}`),
    ...(code === null ? [] : ["", code]),
    "",
    first.startsWith("https:")
      ? `If that browser warns first, it does not know this zarrcam yet: http://${new URL(first).host}/trust says how it learns to.`
      : "This link is not encrypted: whoever is in the same network can read it on its way, and come in by it.",
  ].join("\n");
}

function lengthText(seconds: number): string {
  for (const [unit, of] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const)
    if (seconds >= of && seconds % of === 0) return `${seconds / of} ${unit}${seconds === of ? "" : "s"}`;
  return `${seconds} s`;
}
