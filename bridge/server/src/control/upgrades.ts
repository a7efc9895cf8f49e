import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

import { type OptionalNotification, SUBPROTOCOL, WEBSOCKET_PATH, wantedNotifications } from "@zarrcam/protocol";

import type { Access } from "../access/access.ts";
import type { AccessDenial } from "../access/policy.ts";
import type { Principal } from "../access/principal.ts";
import { endWith } from "../http/end-with.ts";
import { bareHead } from "../http/security-headers.ts";
import { noRoomFor } from "./session-shares.ts";

/** Whether it asks for a WebSocket. Every other upgrade is an offer that HTTP lets a server ignore: `h2c` say. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return (headers.upgrade ?? "").toLowerCase() === "websocket";
}

export interface AcceptedUpgrade {
  principal: Principal;
  /** What the session is to be told of. */
  wanted: ReadonlySet<OptionalNotification>;
}

export function checkUpgrade(
  request: IncomingMessage,
  access: Access,
  sessions: readonly Principal[],
): AcceptedUpgrade | { refusal: AccessDenial } {
  const refuse = (status: AccessDenial["status"], message: string, why: string, principal: Principal | null = null) => {
    access.refuse(request, status, why, WEBSOCKET_PATH, principal);
    return { refusal: { status, message } };
  };
  const [path, query] = (request.url ?? "").split("?", 2);
  if (path !== WEBSOCKET_PATH)
    return refuse(404, `The control socket is at ${WEBSOCKET_PATH}.`, "a socket by another path");
  const host = access.checkHost(request);
  if (host) return { refusal: host };
  const { denial, principal } = access.admit(request, "socket");
  if (denial) return { refusal: denial };
  // Of a route with a role somebody asks, or it is denied.
  if (!principal) return refuse(401, "Nobody is known by what this request shows.", "not paired");
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL))
    return refuse(400, `This bridge speaks ${SUBPROTOCOL} only.`, "another protocol", principal);
  const wanted = wantedNotifications(new URLSearchParams(query));
  if (typeof wanted === "string")
    return refuse(
      400,
      `There is no notification ${JSON.stringify(wanted.slice(0, 100))}.`,
      "no such notification",
      principal,
    );
  const noRoom = noRoomFor(principal, sessions);
  if (noRoom !== null) return refuse(503, noRoom, "no room", principal);
  return { principal, wanted };
}

export function rejectUpgrade(socket: Duplex, { status, message, headers = {} }: AccessDenial): void {
  const body = message + "\n";
  endWith(
    socket,
    bareHead(`${status} ${STATUS_CODES[status]}`, {
      ...headers,
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": Buffer.byteLength(body),
    }) + body,
  );
}

/** The request as it was, without the offer to upgrade: to be read once more, as plain HTTP. */
export function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    const kept = name.toLowerCase() === "connection" ? withoutOption(value, "upgrade") : value;
    if (name.toLowerCase() !== "upgrade" && kept !== "") lines.push(`${name}: ${kept}`);
  }
  return Buffer.from(lines.join("\r\n") + "\r\n\r\n", "latin1");
}

function withoutOption(list: string, option: string): string {
  const options = list.split(",").map((one) => one.trim());
  return options.filter((one) => one.toLowerCase() !== option).join(", ");
}
