import type { IncomingMessage, ServerResponse } from "node:http";

import { type HostRuntime, type LiveRange, isZarrcamError } from "@zarrcam/client/native";

import { parseRange } from "./byte-range.ts";
import { matchesEtag } from "./file-body.ts";

/** The segment under which a dataset is read while it is written. */
export const LIVE = "@live";

/** `["a.zarr", "@live", …]`: where the dataset's name ends and the key begins; null where nothing live is asked for. */
export function splitLive(segments: readonly string[]): { dataset: string; key: string } | null {
  const at = segments.indexOf(LIVE);
  if (at < 1) return null;
  return { dataset: segments.slice(0, at).join("/"), key: segments.slice(at + 1).join("/") };
}

/**
 * Answers from the dataset as it is now. False: "not yet", and every key that never will be: 404 is the one status that
 * all readers take so.
 */
export async function sendLive(
  request: IncomingMessage,
  response: ServerResponse,
  runtime: Pick<HostRuntime, "readLive">,
  { dataset, key }: { dataset: string; key: string },
): Promise<boolean> {
  const read = (range: LiveRange) => runtime.readLive(dataset, key, range);
  const { headers, method } = request;
  const asked = method === "HEAD" ? null : rangeOf(headers.range);
  let answer = await read(asked ?? { kind: "nothing" }).catch(notThere);
  const ifRange = headers["if-range"]?.toString();
  if (ifRange !== undefined && answer.kind !== "not_found" && !matchesEtag(ifRange, answer.etag, "strong")) {
    // What the client has is of another state: it gets the whole.
    delete headers.range;
    answer = await read(method === "HEAD" ? { kind: "nothing" } : { kind: "whole" }).catch(notThere);
  }
  if (answer.kind === "not_found") return false;

  response.setHeader("ETag", answer.etag);
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("Cache-Control", cacheControl(key, answer));
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
  if (ifMatch !== undefined && !matchesEtag(ifMatch, answer.etag, "strong")) {
    response.writeHead(412).end();
    return true;
  }
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, answer.etag, "weak")) {
    response.writeHead(304).end();
    return true;
  }
  // By the length that belongs to this very answer: a document may have grown since the range was asked for.
  const range = parseRange(headers.range, answer.total_bytes);
  if (answer.kind === "out_of_range" || range === "unsatisfiable") {
    response.writeHead(416, { "Content-Range": `bytes */${answer.total_bytes}` }).end();
    return true;
  }
  const { start, end } = range ?? { start: 0, end: answer.total_bytes };
  response.writeHead(range ? 206 : 200, {
    "Content-Type": key.endsWith(".json") ? "application/json" : "application/octet-stream",
    "Content-Length": end - start,
    ...(range ? { "Content-Range": `bytes ${start}-${end - 1}/${answer.total_bytes}` } : {}),
  });
  response.end(method === "HEAD" ? undefined : answer.body);
  return true;
}

/** Names are used again, and a cache would mix bytes of old and new: only under a run's own id may it keep anything. */
function cacheControl(key: string, { immutable }: { immutable: boolean }): string {
  if (key.endsWith(".json")) return "no-cache";
  return immutable ? "public, max-age=31536000, immutable" : "no-store";
}

function rangeOf(header: string | undefined): LiveRange {
  // The size is not known yet: a size beyond all files keeps what was asked.
  const range = parseRange(header, Number.MAX_SAFE_INTEGER);
  if (range === undefined) return { kind: "whole" };
  // Nothing to give by any length: the answer's own length says 416.
  if (range === "unsatisfiable") return { kind: "nothing" };
  const suffix = /^bytes=\s*-\s*(\d+)/i.exec(header ?? "");
  if (suffix) return { kind: "last", count: Number(suffix[1]) };
  return { kind: "from", start: range.start, end: range.end };
}

function notThere(error: unknown): { kind: "not_found" } {
  if (isZarrcamError(error, "not_found")) return { kind: "not_found" };
  throw error;
}
