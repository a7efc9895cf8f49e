import type { Ticket } from "@zarrcam/protocol";

import { DisconnectedError } from "../errors.ts";
import { intoSpace } from "./introduce.ts";

/** What a client shows to a bridge that it reaches over the network. A page that a bridge served shows its cookie by itself. */
export interface Shown {
  /** The token of a script, or of this very page: what `POST /access/token` gave. */
  token?: string;
}

/** The header by which a token is shown with a request. */
export function bearer({ token }: Shown): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

/**
 * What a socket offers besides its protocol, so that the bridge knows whose it is: browsers send no header with one, and an address
 * is no place for a secret.
 *
 * @param url of the control socket
 */
export async function ticketProtocol(url: string, shown: Shown, signal: AbortSignal): Promise<string[]> {
  if (shown.token === undefined) return [];
  const address = new URL("/access/ticket", url.replace(/^ws/, "http"));
  const options = { method: "POST", headers: bearer(shown), credentials: "omit", signal } as const;
  let response: Response;
  try {
    response = await fetch(intoSpace(address, options));
  } catch (cause) {
    throw new DisconnectedError(`No zarrcam answers at ${url}.`, { cause });
  }
  // The camera computer itself knows everybody.
  if (response.status === 409) return [];
  const text = await response.text();
  if (!response.ok) throw new DisconnectedError(`${url} does not let this client in: ${text.trim()}`);
  return [`zarrcam.ticket.${(JSON.parse(text) as Ticket).ticket}`];
}
