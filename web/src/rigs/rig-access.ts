// How this page is let in by other rigs: by a token of its own, which it gets for an invitation.
import { type WebSocketConstructor, intoSpace } from "@zarrcam/client/remote";

/** @throws with a sentence */
export async function pairWith(origin: string, invitation: string): Promise<string> {
  const response = await post(origin, "/access/token", null, {
    token: invitation,
    name: `Overview of ${location.host}`.slice(0, 80),
  });
  if (response === null)
    throw new Error(
      `${origin} does not answer this page. It may not run, its certificate may not be trusted by this browser yet, or it does not let pages of ${location.origin} in.`,
    );
  if (response.status === 429)
    throw new Error("Too many links that were not right have been tried from here. Wait a minute, then add it again.");
  if (!response.ok)
    throw new Error(
      "This link lets nobody in: it was used, its time is over, or it was withdrawn. Ask whoever gave it for a new one.",
    );
  const { token } = (await response.json()) as { token?: unknown };
  if (typeof token !== "string") throw new Error(`What answers at ${origin} is no zarrcam of this version.`);
  return token;
}

/** A WebSocket that a rig lets in: a browser sends no header of a page's own with it, so a ticket for one connection goes along. */
export async function socketWithTicket(origin: string, token: string): Promise<WebSocketConstructor> {
  const response = await post(origin, "/access/ticket", token, {});
  if (!response?.ok) throw new Error(`${origin} gives this page no ticket for a connection.`);
  const { ticket } = (await response.json()) as { ticket: string };
  class TicketSocket extends WebSocket {
    constructor(url: string, protocols: readonly string[]) {
      super(url, [...protocols, `zarrcam.ticket.${ticket}`]);
    }
  }
  return TicketSocket;
}

/** Takes leave of a rig. */
export async function leave(origin: string, token: string): Promise<void> {
  await post(origin, "/access/leave", token, {});
}

/** Null: nobody answers whom this page may read. */
function post(origin: string, path: string, token: string | null, body: object): Promise<Response | null> {
  const request = intoSpace(new URL(path, origin), {
    method: "POST",
    mode: "cors",
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    headers: { "Content-Type": "application/json", ...(token !== null && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return fetch(request).catch(() => null);
}
