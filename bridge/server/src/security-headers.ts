import type { ServerResponse } from "node:http";

/** Codecs are wasm, workers may come as blobs, styles are set by scripts; nothing comes from elsewhere. */
const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' ws://localhost:* ws://127.0.0.1:* ws://[::1]:*",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A dataset is data: a page that lies in the folder must not run with the bridge's rights. */
const DATA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

export function setSecurityHeaders(response: ServerResponse, kind: "page" | "data"): void {
  response.setHeader("Content-Security-Policy", kind === "page" ? PAGE_POLICY : DATA_POLICY);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
}
