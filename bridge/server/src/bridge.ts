import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { hostname } from "node:os";

import type { HostRuntime } from "@zarrcam/client/native";
import type { LogEntry } from "@zarrcam/protocol";

import { Access, type AccessAct, addressOf } from "./access/access.ts";
import { accessHandlers } from "./access/access-requests.ts";
import { Pairing } from "./access/pairing.ts";
import type { AllowedOrigins } from "./access/policy.ts";
import { Audit } from "./audit/audit.ts";
import { ControlSocket } from "./control/control-socket.ts";
import { asksForWebSocket, withoutUpgrade } from "./control/upgrades.ts";
import { type Rig, aloneAs } from "./discovery/rig.ts";
import { answerHttp, answerNoRoom } from "./http/answer.ts";
import { Bodies } from "./http/bodies.ts";
import { Connections } from "./http/connections.ts";
import { endWith } from "./http/end-with.ts";
import { FrameClients } from "./http/frame-clients.ts";
import { createHandlers } from "./http/handlers.ts";
import { shareHandles } from "./http/handles.ts";
import { OpenFileBudget } from "./http/open-file.ts";
import { PreviewStreams } from "./http/preview-streams.ts";
import { bareHead } from "./http/security-headers.ts";
import { Lan, secureUrl } from "./lan.ts";
import type { Say } from "./listeners/credentials.ts";
import type { LanListeners } from "./listeners/lan-listeners.ts";
import { type Reach, cameBy, doorOf, loopbackListener } from "./listeners/listener.ts";
import type { LanOptions } from "./listeners/lan-options.ts";
import { Uploads } from "./uploads/uploads.ts";

/** How long the head of a request may take to come, ms. */
export const HEAD_MS = 10_000;
/** How long all of a request may take to come, ms. */
export const REQUEST_MS = 30_000;
/** How long a connection may stay that asks nothing more, ms. */
export const KEEP_ALIVE_MS = 5000;
/** How long the head of a request may be, bytes. */
export const HEAD_BYTES = 16 << 10;
/** What a request that cannot be read is answered with, where it is no plain 400, by Node's name for the fault. */
const FAULTS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
/**
 * Connections that wait to be accepted. Node's 511 are soon full, and whoever comes then is not heard by the system for a
 * second: more than we can accept at all, so that we say ourselves who has to go.
 */
const BACKLOG = 4096;
/** How long clients have to take their leave when the bridge shuts down, ms. */
const GOODBYE_MS = 500;

export interface BridgeOptions {
  runtime: HostRuntime;
  /** Loopback only: 127.0.0.1 or ::1. Default 127.0.0.1. */
  host?: "127.0.0.1" | "::1";
  /** TCP port; 0: any that is free. */
  port: number;
  /** Absolute path of the folder of the built page; null: no page is served. */
  pageDir: string | null;
  /** Origins of other web pages (`https://viewer.example`), by what they may do. Default: none. */
  allowedOrigins?: AllowedOrigins;
  version: string;
  /** Absolute path of the folder that keeps certificates, devices and audit log; null (default): all of it in memory. */
  stateDir?: string | null;
  /** How other computers reach the bridge; null (default): not at all. */
  lan?: LanOptions | null;
  /** Gets what the bridge itself has to say, beside the log of its sessions: for the terminal. */
  report?: Say;
  /** Unix time in ms by which control ends after silence; a clock that never goes back. A test has its own. */
  controlClock?: () => number;
  /** What the camera computer is called, and who it finds. Default: its host name, and nobody. */
  rig?: Rig;
}

export interface Bridge {
  readonly port: number;
  /** Address of the page. */
  readonly url: string;
  /** The door for other computers; null: there is none. */
  readonly lan: Reach | null;
  /** Adds an entry to the log, which all sessions are told, and those to come. */
  log(level: LogEntry["level"], message: string): void;
  /** Ends all sessions and stops listening. The runtime goes on: whoever made it closes it. */
  close(): Promise<void>;
}

/** Serves the runtime: page and data over HTTP, control and previews over the WebSocket. Resolves when it listens. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { runtime, version, pageDir, host = "127.0.0.1", rig = aloneAs(hostname()) } = options;
  const early: LogEntry[] = [];
  let log = (entry: LogEntry): void => void early.push(entry);
  const say: Say = (level, message) => {
    options.report?.(level, message);
    log({ level, message, unix_ms: Date.now(), stream: null });
  };
  // First: nobody is let in where the certificate cannot be used.
  const lan = options.lan ? await Lan.prepare(options.lan, options.stateDir ?? null, say) : null;
  const shares = shareHandles();
  const connections = new Connections(shares.connections);
  const sending = { bodies: new Bodies(), openFiles: new OpenFileBudget(shares.openFiles) };
  const frameClients = new FrameClients(runtime, (socket) => connections.keep(socket));
  const previewStreams = new PreviewStreams();

  const uploads = new Uploads(runtime.dataDir);

  const audit = new Audit({ folder: options.stateDir ?? null, isKept: lan !== null, say });
  let door: LanListeners | null = null;
  const access = await Access.open({
    stateDir: options.stateDir ?? null,
    allowedOrigins: options.allowedOrigins ?? {},
    reach: () => door,
    report: ({ action, detail, by, address, refused }: AccessAct) => {
      say(refused ? "warning" : "info", detail);
      audit.add({ principal: by, action: `access.${action}`, detail, address, ...(refused && { refused: "refused" }) });
    },
    refused: ({ status, ...refusal }) => audit.add({ ...refusal, refused: status }),
  });
  const http = createServer({
    requestTimeout: REQUEST_MS,
    headersTimeout: HEAD_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEAD_BYTES,
    connectionsCheckingInterval: 1000,
  });
  await listen(http, options.port, host);
  const { port } = http.address() as AddressInfo;
  const loopback = loopbackListener(port);
  const pairing: Pairing = new Pairing(access, () => control.connected);
  const control: ControlSocket = new ControlSocket({
    runtime,
    version,
    access,
    pairing,
    previewStreams,
    audit,
    controlClock: options.controlClock,
    rig,
    isAlone: lan === null,
    goodbyeMs: GOODBYE_MS,
  });
  log = (entry) => control.log(entry);
  early.forEach(log);
  access.reportFault();
  const handlers = createHandlers({
    accessHandlers: accessHandlers(access, pairing),
    runtime,
    version,
    rigName: rig.name,
    pageDir,
    sending,
    frameClients,
    previewStreams,
    uploads,
    note: (event) => audit.add(event),
    trust: lan?.trust ? { pages: lan.trust, url: (host: string) => (door ? secureUrl(host, door) : "") } : null,
  });

  http.on("connection", (socket: Socket) => {
    // What others took has its mark already.
    if (!doorOf(socket)) cameBy(socket, loopback);
    connections.add(socket);
  });
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    connections.answer(
      response,
      () => answerHttp(request, response, { access, handlers }),
      () => answerNoRoom(response),
    );
  http.on("request", answer);
  // An answer without the "100 Continue" before it: what a request brings along is never read.
  http.on("checkContinue", answer);
  http.on("clientError", ({ code }: NodeJS.ErrnoException, socket) => {
    const fault = FAULTS[code ?? ""] ?? "400 Bad Request";
    if (isWorthNoting(code, socket as Socket)) noteUnreadable(socket as Socket, fault);
    // In the middle of another answer nothing can be said.
    if (!socket.writable || connections.isBusy(socket)) socket.destroy();
    else endWith(socket, bareHead(fault, { "Content-Length": 0 }));
  });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => void upgrade(request, socket, head));

  async function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const giveUp = () => socket.destroy();
    socket.on("error", giveUp);
    await connections.answered(socket);
    if (socket.destroyed) return;
    if (asksForWebSocket(request)) return control.accept(request, socket, head, () => connections.release(socket));
    // Read once more, as what it is without the offer.
    socket.off("error", giveUp);
    socket.setTimeout(0);
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    http.emit("connection", socket);
  }

  function noteUnreadable(socket: Socket, fault: string): void {
    const [refused = "", ...words] = fault.split(" ");
    const detail = words.join(" ").toLowerCase();
    audit.add({ principal: null, action: "request", detail, address: addressOf({ socket }), refused });
  }

  try {
    door = (await lan?.open(port, BACKLOG, (socket) => void http.emit("connection", socket))) ?? null;
  } catch (error) {
    http.close();
    control.close();
    access.close();
    throw error;
  }

  rig.opened({ port, reach: door, warn: (message) => say("warning", message) });
  return {
    port,
    url: `http://${host === "::1" ? "[::1]" : host}:${port}/`,
    lan: door,
    log: (level, message) => log({ level, message, unix_ms: Date.now(), stream: null }),
    close: async () => {
      control.beginClosing();
      const gone = rig.close();
      const closed = Promise.all([new Promise<void>((resolve) => http.close(() => resolve())), door?.close()]);
      http.closeIdleConnections();
      const impatient = setTimeout(() => {
        control.terminateAll();
        http.closeAllConnections();
      }, GOODBYE_MS);
      await closed;
      clearTimeout(impatient);
      control.close();
      access.close();
      await audit.close();
      await gone;
    },
  };
}

/** Whoever breaks off was refused nothing; nor was a browser that has opened a connection in advance, and not used it. */
function isWorthNoting(code: string | undefined, socket: Socket): boolean {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return socket.bytesRead > 0;
  return code?.startsWith("HPE_") ?? false;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
