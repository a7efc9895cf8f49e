import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import type { HostRuntime } from "@zarrcam/client/native";
import {
  type LogEntry,
  MAX_MESSAGE_BYTES,
  type RuntimeEvents,
  SUBPROTOCOL,
  WEBSOCKET_PATH,
  closeCodes,
  notificationMessage,
} from "@zarrcam/protocol";
import { type WebSocket, WebSocketServer } from "ws";

import { AccessPolicy } from "./access.ts";
import { createHandlers } from "./dispatcher.ts";
import { answerHttp } from "./http-files.ts";
import { Session } from "./session.ts";

const PING_EVERY_MS = 20_000;
const MAX_CONNECTIONS = 512;
const MAX_SESSIONS = 64;
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
  const handlers = createHandlers(runtime);
  let named = 0;

  const http = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  http.maxConnections = MAX_CONNECTIONS;
  await listen(http, options.port, options.host ?? "127.0.0.1");
  const { port } = http.address() as AddressInfo;
  const access = new AccessPolicy(port, options.allowedOrigins ?? []);

  http.on("request", (request, response) => {
    void answerHttp(request, response, { access, runtime, pageDir: options.pageDir });
  });
  http.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });

  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // Pixels do not shrink, and control messages are small.
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const refusal = refuseUpgrade(request, access, sessions.size);
    if (refusal) return rejectUpgrade(socket, refusal.status, refusal.message);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => void welcome(webSocket));
  });

  async function welcome(webSocket: WebSocket): Promise<void> {
    const session = new Session(`client ${++named}`, webSocket, runtime, handlers);
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

function refuseUpgrade(request: IncomingMessage, access: AccessPolicy, sessions: number) {
  const path = (request.url ?? "").split("?", 1)[0];
  if (path !== WEBSOCKET_PATH) return { status: 404, message: `The control socket is at ${WEBSOCKET_PATH}.` };
  const refused = access.checkHost(request) ?? access.checkSocketOrigin(request);
  if (refused) return refused;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL)) return { status: 400, message: `This bridge speaks ${SUBPROTOCOL} only.` };
  if (sessions >= MAX_SESSIONS) return { status: 503, message: `${MAX_SESSIONS} sessions are open already.` };
  return null;
}

function rejectUpgrade(socket: Duplex, status: number, message: string): void {
  const reasons: Record<number, string> = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    503: "Service Unavailable",
  };
  const body = message + "\n";
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
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
