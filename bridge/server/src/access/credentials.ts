import type { IncomingMessage } from "node:http";

/** What a paired browser or script shows: which it says it is, and its secret. */
export interface Credential {
  id: string;
  secret: string;
}

const CREDENTIAL = /^([\w-]{8,64})\.([\w-]{22,64})$/;
const TICKET = "zarrcam.ticket.";

/** As it is told to a device, to be shown again. */
export function credentialText({ id, secret }: Credential): string {
  return `${id}.${secret}`;
}

function readCredential(text: string): Credential | null {
  const [, id, secret] = CREDENTIAL.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** Cookies know no ports: two bridges of one computer would take each other's. */
export const cookieName = (port: number): string => `__Host-zarrcam-${port}`;

/** As long as browsers keep one; it is given anew while it is used. */
const COOKIE_S = 400 * 24 * 3600;

/** The header that makes a browser keep its session, and never tell a script of it, nor another site's page. */
export function sessionCookie(port: number, credential: Credential): string {
  return `${cookieName(port)}=${credentialText(credential)}; ${COOKIE_ATTRIBUTES}; Max-Age=${COOKIE_S}`;
}
/** The header that makes a browser forget its session. */
export function noSessionCookie(port: number): string {
  return `${cookieName(port)}=; ${COOKIE_ATTRIBUTES}; Max-Age=0`;
}
const COOKIE_ATTRIBUTES = "Secure; HttpOnly; SameSite=Strict; Path=/";

/** What a request brought; null: nothing of the kind. `"unreadable"`: something that is none of ours. */
export function cookieCredential({ headers }: IncomingMessage, port: number): Credential | "unreadable" | null {
  const prefix = `${cookieName(port)}=`;
  const all = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const [found, another] = all.filter((pair) => pair.startsWith(prefix));
  if (found === undefined) return null;
  // A browser has one of this name: `__Host-` is for this host and all paths.
  if (another !== undefined) return "unreadable";
  return readCredential(found.slice(prefix.length)) ?? "unreadable";
}

export function bearerCredential({ headers }: IncomingMessage): Credential | "unreadable" | null {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const [, token = ""] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  return readCredential(token) ?? "unreadable";
}

/** The ticket among the subprotocols that a socket offers. */
export function offeredTicket({ headers }: IncomingMessage): string | null {
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const ticket = offered.find((name) => name.startsWith(TICKET));
  return ticket === undefined ? null : ticket.slice(TICKET.length);
}
