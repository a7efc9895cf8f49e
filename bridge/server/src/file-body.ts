import { type FileHandle, open } from "node:fs/promises";
import { constants } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import { parseRange } from "./byte-range.ts";

export interface Representation {
  size: number;
  /** With its quotes, and `W/` where it is weak. */
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

/** Sends a regular file that `path`, free of symlinks, names. False where there is none. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  describe: (path: string) => Pick<Representation, "contentType" | "cacheControl">,
): Promise<boolean> {
  let file: FileHandle;
  try {
    // NOFOLLOW: a symlink that was put there after the path was resolved. NONBLOCK: a named pipe must not hang us.
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return false;
  }
  try {
    const stat = await file.stat({ bigint: true });
    if (!stat.isFile()) return false;
    // Weak: a chunk that is filled in place changes within one tick of the file system's clock.
    const etag = `W/"${stat.size.toString(16)}-${stat.mtimeNs.toString(16)}-${stat.ino.toString(16)}"`;
    const part = beginResponse(request, response, { size: Number(stat.size), etag, ...describe(path) });
    if (part) {
      const body = file.createReadStream({ start: part.start, end: part.end - 1, autoClose: false });
      // A client that goes away in the middle is no error of ours.
      await pipeline(body, response).catch(() => response.destroy());
    }
    return true;
  } finally {
    await file.close();
  }
}
