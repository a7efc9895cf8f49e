import type { IncomingMessage, ServerResponse } from "node:http";

import { type HostRuntime, ZarrcamError } from "@zarrcam/client/native";
import { type Introduction, type RouteName, SUBPROTOCOL, allows } from "@zarrcam/protocol";

import type { Admission } from "../access/access.ts";
import type { AccessHandler, AccessRouteName } from "../access/access-requests.ts";
import { forbiddenText, youOf } from "../access/principal.ts";
import type { AuditEvent } from "../audit/audit.ts";
import { UploadError } from "../uploads/upload-error.ts";
import { listenerOf } from "../listeners/listener.ts";
import type { TrustPages } from "../trust/trust-pages.ts";
import type { Uploads } from "../uploads/uploads.ts";
import { sendDataFile } from "./data-files.ts";
import type { Sending } from "./file-body.ts";
import { FILES, sendFileList } from "./file-list.ts";
import { type FrameClients, framesTarget } from "./frame-clients.ts";
import { sendLive, splitLive } from "./live-files.ts";
import { sendPageFile } from "./page-files.ts";
import { type PreviewStreams, previewsTarget } from "./preview-streams.ts";
import { send, sendJson, sendNothing, sendText } from "./send.ts";
import { answerUpload } from "./upload-requests.ts";

/** A request that was admitted. */
export interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  segments: readonly string[];
  admission: Admission;
  /** Whether the connection may stay when all that came with the request was read. */
  keptAlive: boolean;
}
type Handler = (asked: Asked) => Promise<void> | void;
/** What answers each route: one that is missing here does not compile. */
export type Handlers = Readonly<Record<RouteName, Handler>>;

export interface HandlerOptions {
  accessHandlers: Record<AccessRouteName, AccessHandler>;
  runtime: Pick<HostRuntime, "dataDir" | "readLive">;
  version: string;
  /** What people call the camera computer. */
  rigName: string;
  /** The built page; null: there is none, only data and the control socket are served. */
  pageDir: string | null;
  sending: Sending;
  frameClients: FrameClients;
  previewStreams: PreviewStreams;
  uploads: Uploads;
  /** Notes what was done to files of the camera computer, or refused. */
  note: (event: Pick<AuditEvent, "principal" | "action" | "detail" | "address" | "refused">) => void;
  /** How the certificate is shown to who does not trust it yet; null: there is none. */
  trust: { pages: TrustPages; url: (host: string) => string } | null;
}

export function createHandlers(options: HandlerOptions): Handlers {
  const {
    runtime,
    version,
    rigName,
    pageDir,
    sending,
    frameClients,
    previewStreams,
    uploads,
    note,
    accessHandlers,
    trust,
  } = options;
  const ofAccess =
    (name: AccessRouteName): Handler =>
    async ({ request, response, admission, keptAlive }) => {
      const { status, headers = {}, body } = await accessHandlers[name](request, admission);
      keepAlive(request, response, keptAlive);
      for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
      if (body === null) sendNothing(response);
      else if (typeof body === "string") sendText(response, status, body);
      else sendJson(response, status, body);
    };
  return {
    hello: ({ response, admission: { principal, foreign, setCookie } }) => {
      if (setCookie !== null) response.setHeader("Set-Cookie", setCookie);
      const introduction: Introduction = {
        version,
        protocol: SUBPROTOCOL,
        may_control: foreign?.may !== "data",
        rig_name: rigName,
        you: principal && youOf(principal),
      };
      sendJson(response, 200, introduction);
    },
    data: async ({ request, response, segments }) => {
      const live = splitLive(segments.slice(1));
      if (live && (await sendLive(request, response, runtime, live, sending.bodies))) return;
      if (segments.length > 2 && segments.at(-1) === FILES) {
        if (await sendFileList(request, response, runtime.dataDir, segments.slice(1, -1), sending.bodies)) return;
      }
      // A folder may be called so, too.
      if (await sendDataFile(request, response, runtime.dataDir, segments.slice(1), sending)) return;
      notThere(response);
    },
    frames: ({ request, response, segments, admission: { principal } }) => {
      const target = framesTarget(segments, request.url ?? "");
      // Of a route with a role somebody asks, or it is denied.
      if (!target || !principal) return notThere(response);
      if (target.backPressure && !allows(principal.role, "control"))
        throw new ZarrcamError("forbidden", forbiddenText("back_pressure=true", "control", principal));
      return frameClients.send(request, response, target, principal);
    },
    previews: ({ request, response, segments, admission: { principal } }) => {
      const session = previewsTarget(segments, request.url ?? "");
      if (session === null || !principal) return notThere(response);
      return previewStreams.send(request, response, session, principal.id);
    },
    uploads: async ({ request, response, segments, keptAlive, admission: { principal } }) => {
      const address = principal?.address ?? "";
      try {
        const { status, value, did } = await answerUpload(request, response, segments, uploads, principal);
        if (did) note({ principal, ...did, address });
        // A piece that was read to its end leaves the connection for the next.
        keepAlive(request, response, keptAlive);
        if (value === null) sendNothing(response);
        else sendJson(response, status, value);
      } catch (error) {
        if (!(error instanceof UploadError)) throw error;
        note({ principal, action: "upload", detail: error.message, address, refused: error.status });
        sendText(response, error.status, error.message);
      }
    },
    socket: ({ response }) => sendText(response, 426, "This is the control socket: connect with a WebSocket."),
    pair: ofAccess("pair"),
    token: ofAccess("token"),
    ticket: ofAccess("ticket"),
    leave: ofAccess("leave"),
    trust: ({ request, response, segments }) => {
      const secure = listenerOf(request).scheme === "https";
      const answer = trust?.pages.answer(segments, trust.url(request.headers.host ?? ""), secure);
      if (!answer) return notThere(response);
      send(response, 200, answer.contentType, answer.body, answer.headers);
    },
    page: async ({ request, response, segments }) => {
      if (pageDir === null) return sendText(response, 404, "This bridge serves no page.");
      if (await sendPageFile(request, response, pageDir, segments, sending)) return;
      notThere(response);
    },
  };
}

function notThere(response: ServerResponse): void {
  sendText(response, 404, "There is no such file.");
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

function keepAlive(request: IncomingMessage, response: ServerResponse, keptAlive: boolean): void {
  response.shouldKeepAlive = keptAlive && (request.complete || !hasBody(request));
}
