import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import { MAX_SESSIONS, SUBPROTOCOL, WEBSOCKET_PATH } from "@zarrcam/protocol";

import type { AccessPolicy } from "./access.ts";

/** How long a client has to take a refusal before its connection goes, ms. */
const REFUSAL_MS = 1000;

export interface UpgradeRefusal {
  status: 400 | 403 | 404 | 503;
  message: string;
}

/** Whether it asks for a WebSocket. Every other upgrade is an offer that HTTP lets a server ignore: `h2c` say. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return (headers.upgrade ?? "").toLowerCase() === "websocket";
}

export function refuseUpgrade(request: IncomingMessage, access: AccessPolicy, sessions: number): UpgradeRefusal | null {
  const path = (request.url ?? "").split("?", 1)[0];
  if (path !== WEBSOCKET_PATH) return { status: 404, message: `The control socket is at ${WEBSOCKET_PATH}.` };
  const refused = access.checkHost(request) ?? access.checkSocketOrigin(request);
  if (refused) return refused;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL)) return { status: 400, message: `This bridge speaks ${SUBPROTOCOL} only.` };
  if (sessions >= MAX_SESSIONS) return { status: 503, message: `${MAX_SESSIONS} sessions are open already.` };
  return null;
}

const REASONS: Record<UpgradeRefusal["status"], string> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

export function rejectUpgrade(socket: Duplex, { status, message }: UpgradeRefusal): void {
  const body = message + "\n";
  endWith(
    socket,
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Says it and ends the connection, whether or not the other side reads or closes its own. */
export function endWith(socket: Duplex, text: string): void {
  const impatient = setTimeout(() => socket.destroy(), REFUSAL_MS);
  socket.once("close", () => clearTimeout(impatient));
  // What still comes is thrown away: an answer would be lost with a connection that is reset over unread bytes.
  socket.resume();
  socket.end(text);
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
