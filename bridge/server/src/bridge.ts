import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { HostRuntime } from "@zarrcam/client/native";
import {
  type LogEntry,
  MAX_MESSAGE_BYTES,
  type RunSummary,
  type RuntimeEvents,
  SUBPROTOCOL,
  closeCodes,
  notificationMessage,
} from "@zarrcam/protocol";
import { type WebSocket, WebSocketServer } from "ws";

import { AccessPolicy } from "./access.ts";
import { Bodies } from "./bodies.ts";
import { CallTurns } from "./call-turns.ts";
import { Connections } from "./connections.ts";
import { createHandlers } from "./dispatcher.ts";
import { shareHandles } from "./handles.ts";
import { answerHttp, answerNoRoom } from "./http-files.ts";
import { KeptFiles } from "./open-file.ts";
import { PictureRoom } from "./picture-room.ts";
import { Session } from "./session.ts";
import { asksForWebSocket, endWith, refuseUpgrade, rejectUpgrade, withoutUpgrade } from "./upgrades.ts";

const PING_EVERY_MS = 20_000;
/** How long a request's head, and all of a request, may take, ms. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
/** Entries that a new session is told. */
const LOG_KEPT = 100;
/** How long clients have to take their leave when the bridge shuts down, ms. */
const GOODBYE_MS = 500;

export interface BridgeOptions {
  runtime: HostRuntime;
  /** Loopback only: 127.0.0.1 or ::1. Default 127.0.0.1. */
  host?: "127.0.0.1" | "::1";
  /** 0: any that is free. */
  port: number;
  /** The built page, absolute. */
  pageDir: string | null;
  /** Origins, `https://viewer.example`, that may read `/data`. */
  allowedOrigins?: readonly string[];
  version: string;
}

export interface Bridge {
  readonly port: number;
  /** Where the page is. */
  readonly url: string;
  /** Tells all sessions, and those to come. */
  log(level: LogEntry["level"], message: string): void;
  /** Ends sessions and listening; the runtime stays its owner's. */
  close(): Promise<void>;
}

/** Serves the runtime: page and data over HTTP, control and previews over the WebSocket. Resolves when it listens. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { runtime, version } = options;
  const sessions = new Set<Session>();
  const recentLog: LogEntry[] = [];
  const shared = { runtime, handlers: createHandlers(runtime), calls: new CallTurns(), room: new PictureRoom() };
  const shares = shareHandles();
  const connections = new Connections(shares.connections);
  const sending = { bodies: new Bodies(), keptFiles: new KeptFiles(shares.keptFiles) };
  let named = 0;
  let lastRun: RunSummary | null = null;

  const http = createServer({
    requestTimeout: REQUEST_MS,
    headersTimeout: HEAD_MS,
    connectionsCheckingInterval: 1000,
  });
  await listen(http, options.port, options.host ?? "127.0.0.1");
  const { port } = http.address() as AddressInfo;
  const access = new AccessPolicy(port, options.allowedOrigins ?? []);

  http.on("connection", (socket: Socket) => connections.add(socket));
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    connections.answer(
      response,
      () => answerHttp(request, response, { access, runtime, pageDir: options.pageDir, sending }),
      () => answerNoRoom(response),
    );
  http.on("request", answer);
  // An answer without the "100 Continue" before it: what a request brings along is never read.
  http.on("checkContinue", answer);
  http.on("clientError", (_error, socket) => {
    // In the middle of another answer nothing can be said.
    if (!socket.writable || connections.isBusy(socket)) socket.destroy();
    else endWith(socket, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });

  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // Pixels do not shrink, and control messages are small.
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
    autoPong: false,
    // One message of a session, then the others': a flood holds up its sender alone.
    allowSynchronousEvents: false,
    maxFragments: 1024,
    maxBufferedChunks: 16_384,
    // Of ws, but not of its types.
    ...({ closeTimeout: GOODBYE_MS } as object),
  });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => void upgrade(request, socket, head));

  async function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const giveUp = () => socket.destroy();
    socket.on("error", giveUp);
    await connections.answered(socket);
    if (socket.destroyed) return;
    if (!asksForWebSocket(request)) {
      // Read once more, as what it is without the offer.
      socket.off("error", giveUp);
      socket.setTimeout(0);
      socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
      http.emit("connection", socket);
      return;
    }
    const refusal = refuseUpgrade(request, access, sessions.size);
    if (refusal) return rejectUpgrade(socket, refusal);
    connections.release(socket);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => void welcome(webSocket));
  }

  async function welcome(webSocket: WebSocket): Promise<void> {
    const session = new Session(`client ${++named}`, webSocket, shared);
    sessions.add(session);
    webSocket.on("close", () => sessions.delete(session));
    try {
      const [{ configuration, revision }, stats, speed, devices] = await Promise.all([
        runtime.getRevision(),
        runtime.getStats(),
        runtime.getSpeed(),
        runtime.devices(),
      ]);
      const { dataDir: data_dir } = runtime;
      session.greet({
        version,
        client: session.name,
        data_dir,
        configuration,
        revision,
        state: stats.state,
        stats,
        last_run: lastRun,
        speed,
        devices,
        log: recentLog,
      });
    } catch {
      session.close(closeCodes.goingAway, "The runtime is closed.");
    }
  }

  function broadcast(name: string, params: object): void {
    const text = notificationMessage(name, params);
    for (const session of sessions) session.sendShared(text, name === "stats");
  }
  function remember(entry: LogEntry): void {
    if (recentLog.push(entry) > LOG_KEPT) recentLog.shift();
  }

  const subscriptions = [
    ...(["state", "configuration", "stats", "published", "run_ended", "speed"] as const).map((event) =>
      runtime.on(event, (data: RuntimeEvents[typeof event]) => broadcast(event, data)),
    ),
    runtime.on("run_ended", (summary) => (lastRun = summary)),
    runtime.on("log", (entry) => {
      remember(entry);
      broadcast("log", entry);
    }),
  ];
  const heartbeat = setInterval(() => {
    for (const session of sessions) session.ping();
  }, PING_EVERY_MS);
  heartbeat.unref();

  return {
    port,
    url: `http://${options.host === "::1" ? "[::1]" : "127.0.0.1"}:${port}/`,
    log: (level, message) => {
      const entry = { level, message, host_clock_ms: Date.now(), stream: null };
      remember(entry);
      broadcast("log", entry);
    },
    close: async () => {
      clearInterval(heartbeat);
      for (const off of subscriptions) off();
      for (const session of sessions) session.close(closeCodes.goingAway, "The bridge shuts down.");
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeIdleConnections();
      const impatient = setTimeout(() => {
        for (const client of webSockets.clients) client.terminate();
        http.closeAllConnections();
      }, GOODBYE_MS);
      await closed;
      clearTimeout(impatient);
      webSockets.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
