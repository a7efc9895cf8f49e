import type { IncomingMessage, ServerResponse } from "node:http";

import type { Principal } from "../access/principal.ts";
import type { Uploads } from "../uploads/uploads.ts";
import { UploadError, asUploadError } from "../uploads/upload-error.ts";

/** A piece comes within the time that a request may take, and is written as it comes. */
export const MOST_PIECE_BYTES = 16 << 20;

/** What is to be said: JSON, or nothing. */
export interface UploadAnswer {
  status: number;
  value: object | null;
  /** What the audit log is to say of it; left out: nothing, as of each of many pieces. */
  did?: { action: "upload.begin" | "upload.publish" | "upload.remove"; detail: string };
}

/** A dataset that comes file by file (`bridge/protocol/README.md`, Uploads). Throws an `UploadError` for what is refused. */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
  uploads: Uploads,
  principal: Principal | null,
): Promise<UploadAnswer> {
  try {
    return await answer(request, response, segments, uploads, principal);
  } catch (error) {
    throw asUploadError(error);
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  [, id, ...names]: readonly string[],
  uploads: Uploads,
  principal: Principal | null,
): Promise<UploadAnswer> {
  const { method } = request;
  const query = new URL(request.url ?? "", "http://localhost").searchParams;
  if (id === undefined) {
    if (method !== "POST") return refuse(response, "POST");
    const upload = await uploads.begin(
      query.get("name") ?? "",
      Number(query.get("files") ?? NaN),
      Number(query.get("bytes") ?? NaN),
      principal,
    );
    return {
      status: 201,
      value: { id: upload.id, most_piece_bytes: MOST_PIECE_BYTES },
      did: { action: "upload.begin", detail: upload.order.name },
    };
  }
  if (names.length === 0) {
    if (method === "GET" || method === "HEAD") {
      const upload = await uploads.find(id);
      return { status: 200, value: { ...upload.order, here: await uploads.list(upload) } };
    }
    // All of it is here.
    if (method === "POST") {
      const name = await uploads.publish(id);
      return { status: 201, value: { name }, did: { action: "upload.publish", detail: name } };
    }
    if (method !== "DELETE") return refuse(response, "GET, HEAD, POST, DELETE");
    const name = await uploads.remove(id);
    return { status: 204, value: null, did: { action: "upload.remove", detail: name } };
  }
  if (method !== "PUT") return refuse(response, "PUT");
  const bytes = Number(request.headers["content-length"] ?? NaN);
  if (!Number.isSafeInteger(bytes)) throw new UploadError(411, "The length of a piece must be told (Content-Length).");
  if (bytes > MOST_PIECE_BYTES) throw new UploadError(413, `A piece has ${MOST_PIECE_BYTES} bytes at most.`);
  const at = Number(query.get("at") ?? 0);
  if (!Number.isSafeInteger(at) || at < 0) throw new UploadError(400, "`at` is where the piece begins, in bytes.");
  const upload = await uploads.find(id);
  await upload.write(names, at, request as AsyncIterable<Uint8Array>);
  return { status: 204, value: null };
}

function refuse(response: ServerResponse, allowed: string): never {
  response.setHeader("Allow", allowed);
  throw new UploadError(405, `Here one may ask with ${allowed}.`);
}
