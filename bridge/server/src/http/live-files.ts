import type { IncomingMessage, ServerResponse } from "node:http";

import { type HostRuntime, type LiveRange, isZarrcamError } from "@zarrcam/client/native";

import type { Bodies } from "./bodies.ts";
import { parseRange } from "./byte-range.ts";
import { beginResponse, matchesEtag } from "./file-body.ts";

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
  bodies: Bodies,
): Promise<boolean> {
  const read = (range: LiveRange) => runtime.readLive(dataset, key, range);
  /** The first slice comes with length and state of the whole, so that they belong together. */
  const begin = (range: LiveRange) => bodies.read((most) => read(beginningOf(range, most)).catch(notThere), true);
  const { headers, method } = request;
  const asked = method === "HEAD" ? null : rangeOf(headers.range);
  let answer = await begin(asked ?? { kind: "nothing" });
  const ifRange = headers["if-range"]?.toString();
  if (ifRange !== undefined && answer.kind !== "not_found" && !matchesEtag(ifRange, answer.etag, "strong")) {
    // What the client has is of another state: it gets the whole.
    answer = await begin(method === "HEAD" ? { kind: "nothing" } : { kind: "whole" });
  }
  if (answer.kind === "not_found") return false;

  // By the length that belongs to this very answer: a document may have grown since the range was asked for.
  const part = beginResponse(request, response, {
    size: answer.total_bytes,
    etag: answer.etag,
    contentType: key.endsWith(".json") ? "application/json" : "application/octet-stream",
    cacheControl: cacheControl(key, answer),
  });
  if (!part) return true;
  const { etag } = answer;
  const more = async (from: number, to: number) => {
    const slice = await read({ kind: "from", start: from, end: to });
    if (slice.kind !== "found" || slice.etag !== etag) throw new Error("The dataset has changed.");
    return slice.body;
  };
  await bodies.send(response, part, more, answer.kind === "found" ? answer.body : undefined);
  return true;
}

/** The first bytes of a range, as many as may be read at once; of what is counted from the end only the length. */
function beginningOf(range: LiveRange, most: number): LiveRange {
  switch (range.kind) {
    case "nothing":
      return range;
    case "whole":
      return { kind: "from", start: 0, end: most };
    case "from":
      return { ...range, end: Math.min(range.end, range.start + most) };
    case "last":
      return range.count > most ? { kind: "nothing" } : range;
  }
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
