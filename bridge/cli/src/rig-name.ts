import { hostname } from "node:os";

import { UsageError } from "./exit-codes.ts";

/** Longest name of a service in a network, bytes. */
const MOST_BYTES = 63;

/** What people are to call the camera computer, from an option's text; without one its host name. */
export function readRigName(text: string | undefined): string {
  if (text === undefined) return hostname().slice(0, MOST_BYTES) || "camera computer";
  const name = text.trim();
  if (name !== "" && Buffer.byteLength(name) <= MOST_BYTES && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return name;
  throw new UsageError(
    `--rig-name takes a name of one line and ${MOST_BYTES} bytes at most, not ${JSON.stringify(text.slice(0, 200))}.`,
  );
}
