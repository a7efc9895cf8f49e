import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";

import { resolveBelow } from "./data-files.ts";
import { type Sending, sendFile } from "./file-body.ts";

const CONTENT_TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** The built page. The page's own addresses (no file ending) all get its document. */
export async function sendPageFile(
  request: IncomingMessage,
  response: ServerResponse,
  pageDir: string,
  segments: readonly string[],
  sending: Sending,
): Promise<boolean> {
  const last = segments.at(-1) ?? "";
  const wanted = extname(last) === "" ? ["index.html"] : segments;
  const path = await resolveBelow(pageDir, wanted);
  if (path === null) return false;
  return sendFile(request, response, path, sending, {
    contentType: CONTENT_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
    // Vite names the files under assets/ by their content.
    cacheControl: wanted[0] === "assets" ? "public, max-age=31536000, immutable" : "no-cache",
  });
}
