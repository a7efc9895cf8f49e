import type { IncomingMessage, ServerResponse } from "node:http";

import { type HostRuntime, isZarrcamError } from "@zarrcam/client/native";
import { type Introduction, SUBPROTOCOL, errorNumbers } from "@zarrcam/protocol";

import { UploadError } from "../uploads/upload-error.ts";
import type { Uploads } from "../uploads/uploads.ts";
import type { AccessPolicy, ForeignRight } from "../access.ts";
import { sendDataFile } from "./data-files.ts";
import type { Sending } from "./file-body.ts";
import { FILES, sendFileList } from "./file-list.ts";
import { type FrameClients, framesTarget } from "./frame-clients.ts";
import { sendLive, splitLive } from "./live-files.ts";
import { sendPageFile } from "./page-files.ts";
import { type PreviewStreams, previewsTarget } from "./preview-streams.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { UPLOADS, answerUpload } from "./upload-requests.ts";
import { pathSegments } from "./url-path.ts";

export interface HttpFilesOptions {
  access: AccessPolicy;
  runtime: Pick<HostRuntime, "dataDir" | "readLive">;
  version: string;
  /** The built page; null: there is none, only data and the control socket are served. */
  pageDir: string | null;
  sending: Sending;
  frameClients: FrameClients;
  previewStreams: PreviewStreams;
  uploads: Uploads;
}

/** By its right, what a page of another origin may read: never this page, which nobody else is to show. */
const READABLE: Record<ForeignRight, readonly string[]> = {
  data: ["hello", "data"],
  everything: ["hello", "data", "streams", "sessions", "uploads"],
};

/** Answers every HTTP request. Never rejects. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpFilesOptions,
): Promise<void> {
  try {
    await answer(request, response, options);
  } catch (error) {
    // In the middle of a body nothing can be said: the client sees it cut short.
    if (response.headersSent) response.destroy();
    else if (isZarrcamError(error)) sendText(response, errorNumbers[error.code].http, error.message);
    else sendText(response, 500, "The file could not be read.");
  }
}

/** Where all connections are taken by others who are being served. */
export function answerNoRoom(response: ServerResponse): Promise<void> {
  response.shouldKeepAlive = false;
  response.setHeader("Retry-After", "1");
  sendText(response, 503, "All connections are taken; this one ends. Ask again in a second.");
  return Promise.resolve();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { access, runtime, version, pageDir, sending, frameClients, previewStreams, uploads }: HttpFilesOptions,
): Promise<void> {
  const segments = pathSegments(request.url ?? "");
  const isUpload = segments?.[0] === UPLOADS;
  // What comes with a request is not read, but for uploads: the connection ends with the answer.
  const keptAlive = response.shouldKeepAlive;
  if (hasBody(request)) response.shouldKeepAlive = false;
  const host = access.checkHost(request);
  if (host) return sendText(response, host.status, host.message);
  if (segments === null) return sendText(response, 400, "The path is not one of this server's.");
  const [first] = segments;
  const isData = first === "data";
  setSecurityHeaders(response, segments);
  const reader = access.checkReader(request);
  // A cache must not give one origin's answer to another.
  response.setHeader("Vary", "Origin");
  if (reader.denial) return sendText(response, reader.denial.status, reader.denial.message);
  const { foreign } = reader;
  if (foreign) {
    const readable = READABLE[foreign.may];
    if (!readable.includes(first ?? ""))
      return sendText(response, 403, `Pages of this origin may read ${readable.map((name) => `/${name}`).join(", ")}.`);
    allowOrigin(response, foreign.origin, isUpload ? "GET, HEAD, POST, PUT, DELETE" : "GET, HEAD");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
  }
  if (isUpload) return sendUploadAnswer(request, response, segments, uploads, keptAlive);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return sendText(response, 405, "Files are read with GET and HEAD; everything else goes over the control socket.");
  }
  if (isData) {
    const live = splitLive(segments.slice(1));
    if (live && (await sendLive(request, response, runtime, live, sending.bodies))) return;
    if (segments.length > 2 && segments.at(-1) === FILES) {
      if (await sendFileList(request, response, runtime.dataDir, segments.slice(1, -1), sending.bodies)) return;
    }
    // A folder may be called so, too.
    if (await sendDataFile(request, response, runtime.dataDir, segments.slice(1), sending)) return;
    return sendText(response, 404, "There is no such file.");
  }
  if (first === "hello" && segments.length === 1) {
    const introduction: Introduction = { version, protocol: SUBPROTOCOL, may_control: foreign?.may !== "data" };
    return sendJson(response, introduction);
  }
  const frames = framesTarget(segments, request.url ?? "");
  if (frames) return frameClients.send(request, response, frames);
  const session = previewsTarget(segments, request.url ?? "");
  if (session !== null) return previewStreams.send(request, response, session);
  if (first === "ws") return sendText(response, 426, "This is the control socket: connect with a WebSocket.");
  if (pageDir === null) return sendText(response, 404, "This bridge serves no page.");
  if (await sendPageFile(request, response, pageDir, segments, sending)) return;
  sendText(response, 404, "There is no such file.");
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

async function sendUploadAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
  uploads: Uploads,
  keptAlive: boolean,
): Promise<void> {
  try {
    const { status, value } = await answerUpload(request, response, segments, uploads);
    // A piece that was read to its end leaves the connection for the next.
    response.shouldKeepAlive = keptAlive && (request.complete || !hasBody(request));
    if (value === null) return void response.writeHead(status, { "Cache-Control": "no-store" }).end();
    send(response, status, "application/json", JSON.stringify(value) + "\n");
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    sendText(response, error.status, error.message);
  }
}

function allowOrigin(response: ServerResponse, origin: string, methods: string): void {
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Methods", methods);
  response.setHeader("Access-Control-Allow-Headers", "Range, If-Match, If-None-Match, If-Range, Cache-Control");
  response.setHeader("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, ETag");
  response.setHeader("Access-Control-Allow-Private-Network", "true");
  response.setHeader("Access-Control-Max-Age", "600");
  response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
}

export function sendText(response: ServerResponse, status: number, message: string): void {
  send(response, status, "text/plain; charset=utf-8", message + "\n");
}
function sendJson(response: ServerResponse, value: object): void {
  send(response, 200, "application/json", JSON.stringify(value) + "\n");
}
function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": body.length,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
