import type { IncomingMessage, ServerResponse } from "node:http";

import type { Bodies } from "./bodies.ts";
import { parseRange } from "./byte-range.ts";
import { type OpenFileBudget, OpenFile } from "./open-file.ts";

/** What is sent of a file or of a body made from several, apart from its bytes (RFC 9110, 8.1). */
export interface Representation {
  /** Of the whole, bytes. */
  size: number;
  /** Entity tag with its quotes, and `W/` where it is weak. */
  etag: string;
  contentType: string;
  cacheControl: string;
}

/** What to send of a representation, headers written: null where headers were all (HEAD, 304, 412, 416). */
export function beginResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { size, etag, contentType, cacheControl }: Representation,
): { start: number; end: number } | null {
  response.setHeader("ETag", etag);
  response.setHeader("Cache-Control", cacheControl);
  response.setHeader("Accept-Ranges", "bytes");
  const { headers } = request;
  if (headers["if-match"] !== undefined && !matchesEtag(headers["if-match"], etag, "strong")) {
    response.writeHead(412).end();
    return null;
  }
  if (headers["if-none-match"] !== undefined && matchesEtag(headers["if-none-match"], etag, "weak")) {
    response.writeHead(304).end();
    return null;
  }
  const ifRange = headers["if-range"]?.toString();
  const rangeHeader = ifRange === undefined || matchesEtag(ifRange, etag, "strong") ? headers.range : undefined;
  const range = parseRange(rangeHeader, size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
    return null;
  }
  const { start, end } = range ?? { start: 0, end: size };
  response.writeHead(range ? 206 : 200, {
    "Content-Type": contentType,
    "Content-Length": end - start,
    ...(range ? { "Content-Range": `bytes ${start}-${end - 1}/${size}` } : {}),
  });
  if (request.method === "HEAD" || start === end) {
    response.end();
    return null;
  }
  return { start, end };
}

export function matchesEtag(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  if (comparison === "strong" && etag.startsWith("W/")) return false;
  const opaque = (tag: string) => (comparison === "weak" ? tag.replace(/^W\//, "") : tag);
  return header.split(",").some((tag) => opaque(tag.trim()) === opaque(etag));
}

/** What all answers of a bridge share: turns for reading, and files that stay open. */
export interface Sending {
  bodies: Bodies;
  openFiles: OpenFileBudget;
}

/** Sends a regular file that `path`, free of symlinks, names. False where there is none. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { bodies, openFiles }: Sending,
  kind: Pick<Representation, "contentType" | "cacheControl">,
): Promise<boolean> {
  const file = await bodies.read(() => OpenFile.open(path, openFiles), true);
  if (!file) return false;
  try {
    const part = beginResponse(request, response, { ...file.facts, ...kind });
    if (part) await bodies.send(response, part, (start, end) => file.read(start, end));
    return true;
  } finally {
    await file.close();
  }
}
