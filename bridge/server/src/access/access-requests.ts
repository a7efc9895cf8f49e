import type { IncomingMessage } from "node:http";

import { type Paired, type NewToken, type Ticket, pairingRequestSchema } from "@zarrcam/protocol";
import { safeParse } from "valibot";

import { type Access, type Admission, addressOf, tooManyGuesses } from "./access.ts";
import { credentialText, noSessionCookie, sessionCookie } from "./credentials.ts";
import { listenerOf } from "../listeners/listener.ts";
import { type Pairing, WrongInvitationError } from "./pairing.ts";

/** A token and a name are some hundred. */
const MOST_BYTES = 4096;

export interface AccessAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** JSON; text for people where it is refused; null: nothing. */
  body: object | string | null;
}
export type AccessRouteName = "pair" | "token" | "ticket" | "leave";
/** What answers a `POST /access/…`. */
export type AccessHandler = (request: IncomingMessage, admission: Admission) => Promise<AccessAnswer>;

export function accessHandlers(access: Access, pairing: Pairing): Record<AccessRouteName, AccessHandler> {
  return {
    pair: async (request) => {
      const listener = listenerOf(request);
      if (listener.kind !== "lan") {
        const why =
          listener.kind === "loopback"
            ? "Whoever sits at the camera computer needs no pairing."
            : "A browser keeps no session of a page that came over plain http: open the bridge's https address.";
        return { status: 409, body: why };
      }
      const paired = await pairWith(access, pairing, request, "device", null);
      if ("refused" in paired) return paired.refused;
      const { device, credential } = paired;
      const body: Paired = { id: device.id, name: device.name, role: device.role };
      return { status: 201, headers: { "Set-Cookie": sessionCookie(listener.port, credential) }, body };
    },
    token: async (request, { foreign }) => {
      if (listenerOf(request).kind === "insecure")
        return {
          status: 409,
          body: "A token would be read by everybody on the way over plain http: ask the bridge's https address for it.",
        };
      const paired = await pairWith(access, pairing, request, "token", foreign?.origin ?? null);
      if ("refused" in paired) return paired.refused;
      const { device, credential } = paired;
      const body: NewToken = { id: device.id, name: device.name, role: device.role, token: credentialText(credential) };
      return { status: 201, body };
    },
    ticket: async (request, { principal, foreign }) => {
      await bodyOf(request);
      if (!principal || (principal.kind !== "device" && principal.kind !== "token"))
        return { status: 409, body: "Nobody needs a ticket here: connect without one." };
      const body: Ticket = { ticket: access.tickets.make(principal.id, foreign?.origin ?? null, performance.now()) };
      return { status: 201, body };
    },
    leave: async (request, { principal }) => {
      await bodyOf(request);
      if (!principal || (principal.kind !== "device" && principal.kind !== "token"))
        return { status: 409, body: "Nobody is paired here who could leave." };
      await pairing.leave(principal);
      return { status: 204, headers: { "Set-Cookie": noSessionCookie(listenerOf(request).port) }, body: null };
    },
  };
}

async function pairWith(
  access: Access,
  pairing: Pairing,
  request: IncomingMessage,
  kind: "device" | "token",
  origin: string | null,
) {
  const refuse = (status: number, body: string, why: string, headers: Record<string, string> = {}) => {
    access.refuse(request, status, why, "/access");
    return { refused: { status, body, headers } satisfies AccessAnswer };
  };
  const address = addressOf(request);
  // Whoever sits there is never kept waiting.
  const isLimited = listenerOf(request).kind !== "loopback";
  const waitMs = isLimited ? access.invitationGuesses.waitMs(address, performance.now()) : 0;
  if (waitMs > 0) {
    const { status, message, headers } = tooManyGuesses(waitMs);
    return refuse(status, message, "too many wrong tokens", headers);
  }
  // A form of another page can send no JSON without asking first.
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? ""))
    return refuse(415, "Send JSON, with Content-Type: application/json.", "no JSON");
  const text = await bodyOf(request);
  if (text === null) return refuse(413, `A request for pairing has ${MOST_BYTES} bytes at most.`, "too long");
  const parsed = safeParse(pairingRequestSchema, asJson(text));
  // Not quoted: what was sent may be a secret in the wrong place.
  if (!parsed.success)
    return refuse(
      400,
      'Send {"token": …, "name": …}: the token of a pairing link, and what this device is to be called.',
      "no request for pairing",
    );
  const known = kind === "device" ? access.browserOf(request) : null;
  try {
    return await pairing.pair({ ...parsed.output, name: parsed.output.name, kind, origin, address, known });
  } catch (error) {
    if (!(error instanceof WrongInvitationError)) throw error;
    if (isLimited && access.invitationGuesses.count(address, performance.now()))
      access.reportGuessing("invitations", address);
    return refuse(
      403,
      "This invitation is not open: it was used, has expired, or was withdrawn. Ask for a new link.",
      "no open invitation",
    );
  }
}

/** What came with a request, as text; null: too much. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // What is left unread must not take the answer with it.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
