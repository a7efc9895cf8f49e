import { readAddress } from "../connection/bridge-address.ts";

/** Where a rig is, and what lets this page in there. */
export interface RigLink {
  readonly origin: string;
  /** Of an invitation; null: the text has none. */
  readonly token: string | null;
}

/**
 * What somebody means who types or pastes: an address, a link that a bridge printed, or the text of a QR code.
 * @returns null: it is none
 */
export function readRigLink(text: string): RigLink | null {
  const origin = readAddress(text);
  if (origin === null) return null;
  const at = text.indexOf("#");
  const token = at < 0 ? null : new URLSearchParams(text.trim().slice(at + 1)).get("pair");
  return { origin, token: token === null || token === "" ? null : token };
}
